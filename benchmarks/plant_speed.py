"""How fast one bioreactor runs in process, as multiples of real time and of a bare reference.

    python benchmarks/plant_speed.py [--rounds 5]

A 5 L packed bed with cells, its own loops closed, perfused: all physics at its step of 1 s. It
is advanced in calls of 1 s, as a controller in lockstep at 1 s would, and of an hour, plain and
accelerated. Reference: as many bare Python loops of 100 multiplications and additions as
simulated seconds, in turns with the plant, so that a busy machine slows both. Goal: 80,000 x
accelerated, with the same numbers (`tests/sim/vessel/test_accelerate.py`).
"""

import argparse
import statistics
import time

from bioctl_sim.plant import Plant
from bioctl_sim.plantfile.load import read

_PLANT = """
plant: speed
units:
  BR101:
    kind: packed_bed
    volume: 5 L
    preset: msc_placental
    loops: {temperature: 37 degC, ph: 7.25, oxygen: 50 %, weight: 4 kg}
"""


def ready(*, accelerated: bool) -> Plant:
    """Return a plant whose culture is a day old and perfused."""
    plant = Plant(file=read(_PLANT, "speed.yaml"), accelerated=accelerated)
    plant.execute("BR101", "DOSE", {"source": "medium", "volume": 3800.0, "rate": 1000.0})
    plant.write("BR101.SC101", 80.0)
    plant.step(3600.0)
    plant.execute("BR101", "DOSE", {"source": "inoculum", "volume": 200.0, "rate": 100.0})
    plant.step(86_400.0)
    plant.write("BR101.PC103", 1.0)
    plant.step(600.0)
    return plant


def bare(seconds: int) -> float:
    """Return the time of the reference, s."""
    start, x = time.perf_counter(), 0.0
    for _ in range(seconds):
        for _ in range(100):
            x = x * 0.5 + 1.0
    return time.perf_counter() - start


def stepped(plant: Plant, seconds: int, call: float) -> float:
    """Return the time for some simulated seconds in calls of some length, s."""
    start = time.perf_counter()
    for _ in range(round(seconds / call)):
        plant.step(call)
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    plants = {"plain": ready(accelerated=False), "accelerated": ready(accelerated=True)}
    cases = [(how, call) for how in plants for call in (1.0, 3600.0)]
    ratios: dict[tuple[str, float], list[float]] = {case: [] for case in cases}
    rates: dict[tuple[str, float], list[float]] = {case: [] for case in cases}
    for _ in range(rounds):
        for how, call in cases:
            seconds = 7200 if how == "plain" else 72_000
            took = stepped(plants[how], seconds, call)
            ratios[how, call].append(took / bare(7200) * 7200 / seconds)
            rates[how, call].append(seconds / took)
    for how, call in cases:
        rate, ratio = statistics.median(rates[how, call]), statistics.median(ratios[how, call])
        print(f"{how:12} calls of {call:6.0f} s: {rate:10,.0f} x real time, "
              f"{ratio:6.3f} of 100 bare operations a second")  # fmt: skip


if __name__ == "__main__":
    main()
