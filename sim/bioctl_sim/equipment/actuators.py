"""Actuators that need time: agitator, gas flow controllers, temperature control unit."""

from typing import Final

_AGITATOR_RAMP: Final = 10.0
"""rpm a second."""
_FLOW_LAG: Final = 0.5
"""Part of the way a flow controller goes in a second (time constant about 1.4 s)."""
_FLOW_CUT_OFF: Final = 0.01
"""Part of full scale below which a flow controller closes (turndown 1:100)."""


def ramp_agitator(speed: float, setpoint: float) -> float:
    """Return the agitator speed in rpm a second later."""
    return (
        max(setpoint, speed - _AGITATOR_RAMP)
        if setpoint < speed
        else min(setpoint, speed + _AGITATOR_RAMP)
    )


class GasFlow:
    """A mass flow controller: standard L/min (0 degC, 1 atm), first-order, closed below 1 %."""

    __slots__ = ("_cut_off", "flow")

    def __init__(self, full_scale: float) -> None:
        self._cut_off = full_scale * _FLOW_CUT_OFF
        self.flow = 0.0

    def step(self, setpoint: float) -> bool:
        """Advance one second; True where the flow moved."""
        flow = self.flow
        target = setpoint if setpoint >= self._cut_off else 0.0
        if flow == target:
            return False
        flow += (target - flow) * _FLOW_LAG
        self.flow = target if abs(target - flow) < 1e-5 else flow
        return True
