"""What one update of the law costs, as ratios to simple-pid run beside it.

Run: python benchmarks/control_cost.py. Goals: scalar <= 1, bank <= 0.1 a loop at 300 loops.
"""

import timeit

import numpy as np
from simple_pid import PID

from bioctl.control.bank import Bank
from bioctl.control.pid import Tuning, start, step

ROUNDS = 9
LOOPS = 300


def main() -> None:
    """Print the table."""
    peer = PID(2.0, 0.02, 0.0, setpoint=37.0, output_limits=(5.0, 42.0), sample_time=None)
    law = Tuning(2.0, 100.0)
    state = start(law, 37.0, 36.0, 30.0)
    laws = [law if at % 2 else Tuning(2.0, 100.0, td_s=10.0, dead_band=0.02) for at in range(LOOPS)]
    bank = Bank(laws, [state] * LOOPS)
    sp, pv, low, high, real = (np.full(LOOPS, one) for one in (37.0, 36.5, 5.0, 42.0, 30.0))

    def ours() -> None:
        nonlocal state
        _, state = step(law, state, 37.0, 36.5, 1.0, 5.0, 42.0, 30.0)

    acts = {
        "simple-pid": (lambda: peer(36.5, dt=1.0), 20_000, 1),
        "bioctl, scalar": (ours, 20_000, 1),
        f"bioctl, bank of {LOOPS}": (
            lambda: bank.step(sp, pv, 1.0, low, high, real), 400, LOOPS,
        ),
    }  # fmt: skip
    best = dict.fromkeys(acts, float("inf"))
    for _ in range(ROUNDS):  # turn by turn, so that a busy machine slows all
        for name, (act, count, loops) in acts.items():
            best[name] = min(best[name], timeit.timeit(act, number=count) / count / loops)
    for name, seconds in best.items():
        print(f"{name:22} {seconds * 1e9:7.0f} ns a loop   {seconds / best['simple-pid']:.3f}")


if __name__ == "__main__":
    main()
