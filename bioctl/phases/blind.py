"""What a phase does when the measurement its pumps are stopped by can't be trusted."""

import math

from bioctl.phases.phase import Fail, View

PATIENCE_S = 30.0
"""A pump goes on this long without seeing what it does, process seconds; then the phase holds."""


def blind(v: View, *names: str) -> tuple[Fail, ...]:
    """Return a Fail when one of these measurements has not been GOOD for too long, else nothing."""
    lost = [name for name in names if math.isnan(v.number(name))]
    if v.held_for("blind", true=bool(lost)) < PATIENCE_S:
        return ()
    return (Fail(f"{' and '.join(lost)} not GOOD for {PATIENCE_S:g} s: nobody sees what it does"),)
