"""The three loops with their starting tunings against simple processes of a 5 L packed bed."""

import random
from collections.abc import Callable, Mapping

from bioctl.control.loop import scan_loop
from bioctl.control.loop_config import LoopConfig, Mode
from bioctl.control.loop_state import LoopState, set_mode, set_setpoint
from bioctl.values import Reading

DT = 10.0
Process = Callable[[Mapping[str, float]], float]


def run(
    config: LoopConfig, process: Process, pv: float, actual: Mapping[str, float], sp: float, *,
    hours: float,
) -> list[float]:  # fmt: skip
    state = set_mode(config, set_setpoint(config, LoopState(), sp), Mode.AUTO)
    real, trend = dict(actual), []
    for turn in range(int(hours * 3600 / DT)):
        state, outputs, _ = scan_loop(
            config, state, Reading(pv), real, turn * DT, DT, total=Reading(0.0)
        )
        real |= outputs
        pv = process(real)
        trend.append(pv)
    return trend


def test_temperature_reaches_its_setpoint_with_little_overshoot(temperature: LoopConfig) -> None:
    noise = random.Random(1)  # noqa: S311
    vessel, jacket = 36.0, 36.0

    def process(real: Mapping[str, float]) -> float:
        nonlocal vessel, jacket
        for _ in range(10):
            jacket += (real["jacket"] - jacket) / 120.0
            vessel += (jacket - vessel) / 1480.0 + (22.0 - vessel) / 40_000.0
        return vessel + noise.gauss(0, 0.01)

    trend = run(temperature, process, 36.0, {"jacket": 36.0}, 37.0, hours=6)
    assert max(trend) < 37.6
    assert max(abs(pv - 37.0) for pv in trend[-720:]) < 0.1


def test_ph_holds_while_lactate_pulls_it_down(ph: LoopConfig) -> None:
    noise = random.Random(2)  # noqa: S311
    value = 7.2
    both = []

    def process(real: Mapping[str, float]) -> float:
        nonlocal value
        both.append(min(real["base_pump"], real["carbon_dioxide"]))
        # 1 mmol/L/h lactate pulls by 0.05 pH/h; full base or CO2 moves 1.5 pH/h
        value += DT / 3600 * (-0.05 + 1.5 * real["base_pump"] / 5 - real["carbon_dioxide"] * 3)
        return value + noise.gauss(0, 0.003)

    trend = run(ph, process, 7.2, {"base_pump": 0.0, "carbon_dioxide": 0.0}, 7.2, hours=48)
    assert max(abs(pv - 7.2) for pv in trend) < 0.08
    assert max(abs(pv - 7.2) for pv in trend[-1000:]) < 0.05
    assert max(both) == 0.0


def test_ph_above_its_setpoint_is_brought_down_by_carbon_dioxide(ph: LoopConfig) -> None:
    value, based = 7.5, []

    def process(real: Mapping[str, float]) -> float:
        nonlocal value
        based.append(real["base_pump"])
        value += DT / 3600 * (0.02 + 1.5 * real["base_pump"] / 5 - real["carbon_dioxide"] * 3)
        return value

    trend = run(ph, process, 7.5, {"base_pump": 0.0, "carbon_dioxide": 0.0}, 7.2, hours=24)
    assert abs(trend[-1] - 7.2) < 0.05
    assert max(based) < 0.5


def test_oxygen_follows_growing_cells_through_all_segments(oxygen: LoopConfig) -> None:
    noise = random.Random(3)  # noqa: S311
    value, demand, used = 60.0, 0.3, []

    def process(real: Mapping[str, float]) -> float:
        nonlocal value, demand
        demand *= 1.0 + DT / 3600 * 0.02  # uptake doubles in about 35 h
        total = real["air"] + real["nitrogen"] + real["oxygen"]
        saturation = 100.0 * (0.2095 * real["air"] + real["oxygen"]) / 0.2095 / total
        kla: float = 2.0 * (real["agitation"] / 60.0) ** 1.2 * (total / 0.1) ** 0.4  # 1/h
        value += DT / 3600 * (kla * (saturation - value) - 100.0 * demand)
        used.append({name for name, flow in real.items() if flow > 0.001})
        return value + noise.gauss(0, 0.2)

    start = oxygen.structure.values(-20.0)
    trend = run(oxygen, process, 60.0, start, 40.0, hours=220)
    late = trend[1500:]
    assert max(abs(pv - 40.0) for pv in late) < 5.0
    assert {"nitrogen", "air", "agitation"} in used
    assert {"oxygen", "air", "agitation"} in used
