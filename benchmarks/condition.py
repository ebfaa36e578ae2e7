"""What asking a condition costs, as a ratio to the same expression as a Python lambda over floats.

Run: python benchmarks/condition.py. The lambda knows no quality, no eu and no INVALID; both take
turns in one process, so that a busy machine slows both. Goal: at most 3.
"""

import statistics
import time
from collections.abc import Callable

from bioctl.language.condition import compile_condition
from bioctl.values import Reading

ROUNDS = 101
CALLS = 2_000
NAMES = {"glucose": "mmol/L", "elapsed": "s", "pH": "pH", "temperature": "degC", "feed": "mL"}
GOOD = {"glucose": 14.0, "elapsed": 7200.0, "pH": 7.1, "temperature": 36.8, "feed": 1500.0}
CASES: dict[str, Callable[..., bool]] = {
    "glucose < 15 mmol/L": lambda glucose: glucose < 15.0,
    "glucose < 3 mmol/L": lambda glucose: glucose < 3.0,
    "glucose < 3 mmol/L or elapsed > 72 h": (
        lambda elapsed, glucose: glucose < 3.0 or elapsed > 259200.0
    ),
    "temperature > 36 degC and not (pH < 7 or pH > 7.4)": (
        lambda pH, temperature: temperature > 36.0 and not (pH < 7.0 or pH > 7.4)
    ),
    "feed / elapsed > 2000 mL/h": lambda elapsed, feed: feed / elapsed > 2000.0 / 3600.0,
}


def timed(call: Callable[..., object], values: tuple[float, ...]) -> float:
    """Return processor seconds of one call."""
    start = time.thread_time()
    for _ in range(CALLS):
        call(*values)
    return (time.thread_time() - start) / CALLS


def main() -> None:
    """Measure and print."""
    print(f"{'condition':52} {'lambda':>8} {'floats':>14} {'readings':>16}")
    readings = {name: Reading(value) for name, value in GOOD.items()}
    for text, plain in CASES.items():
        condition = compile_condition(text, NAMES)
        values = tuple(GOOD[name] for name in condition.names)
        taken: dict[str, list[float]] = {"lambda": [], "floats": [], "readings": []}
        for _ in range(ROUNDS):
            taken["lambda"].append(timed(plain, values))
            taken["floats"].append(timed(condition.decide, values))
            taken["readings"].append(timed(condition.evaluate, (readings.__getitem__,)))  # type: ignore[arg-type]
        base, floats, whole = (statistics.median(one) for one in taken.values())
        print(
            f"{text:52} {base * 1e9:5.0f} ns {floats * 1e9:5.0f} ns x{floats / base:4.1f}"
            f" {whole * 1e9:7.0f} ns x{whole / base:4.1f}"
        )
    _looking_back()


def _looking_back() -> None:
    condition = compile_condition(
        "stable(pH, 0.05, 1 h) and rate(glucose, 2 h) < 0 mmol/L/h", NAMES
    )
    readings = {name: Reading(value) for name, value in GOOD.items()}
    windows, now = condition.step((), readings.__getitem__, 0.0)[1], 0.0
    start = time.thread_time()
    for now in range(10, 30_000, 10):
        _, windows = condition.step(windows, readings.__getitem__, float(now))
    taken = (time.thread_time() - start) / 3000
    print(f"{condition.text}: {taken * 1e6:.0f} us a scan")


if __name__ == "__main__":
    main()
