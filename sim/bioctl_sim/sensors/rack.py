"""All instruments of a plant: from the probes' lagged values to what the tags show.

A pure function of lagged values, simulated second, seed, calibration and failures: reading twice,
or never, changes nothing.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from bioctl_sim.sensors.channel import Channel, channel, ph_reading
from bioctl_sim.sensors.modes import BAD_NO_COMMUNICATION, GOOD, MODES, Failure
from bioctl_sim.sensors.noise import TABLE, noise_table, spike
from bioctl_sim.taglist import SensorDef, TagDef

_REFRESH_S: Final = 60
"""Drift moves in steps of a minute."""
_SENSED: Final = ("TT01", "AT01", "AT02", "WT01", "LT01")
"""What a vessel's own loops look at, in the order of `faults.effects.SENSED`."""
_TEMPERATURE, _PH = "TT01", "AT01"
_MOVING: Final = frozenset({"drift", "out"})

Measured = Mapping[str, float]
_Row = tuple[str, float, float, float, float, float, float, float, int, int]


class UnitRack:
    """The instruments of one unit, in the order of its tags.

    Args:
        tags: of the unit.
        sensors: instruments by generic point.
        seed: of noise and errors.
        noise: False for instruments without noise, error, drift and resolution.
    """

    def __init__(
        self,
        tags: Sequence[TagDef],
        sensors: Mapping[str, SensorDef],
        seed: int,
        *,
        noise: bool,
    ) -> None:
        self._noise = noise
        self._table = noise_table(seed)
        self._generic = [tag.generic for tag in tags]
        self.channels: dict[str, Channel] = {
            tag.generic: channel(tag, sensors.get(tag.generic), seed, noise=noise)
            for tag in tags
            if tag.kind == "m"
        }
        self._places = {tag.generic: index for index, tag in enumerate(tags)}
        self.silent = False
        """Whether nothing is heard of the unit: all Bad, values and time stamps stand still."""
        self._hushed: list[float] = []
        self._glass = _PH in self.channels and sensors.get(_PH, _NONE).type == "ph_glass"
        self.statuses: list[int] = []
        """OPC UA status code of each tag in order."""
        self.stale: list[int] = []
        """Places of the tags whose time stamp stands still."""
        self.drifting = False
        """Whether a failure moves with time."""
        self._drifts = False
        self._broken: list[str] = []
        self._judge()
        self._rows: list[_Row] = []
        self._made = -1

    def read(self, second: int, measured: Measured, outputs: Measured) -> list[float]:
        """Return what the unit's tags show at a simulated second, in their order."""
        if self.silent:
            return list(self._hushed)
        period = second // _REFRESH_S if self._drifts else 0
        if period != self._made:
            self._rows, self._made = self._fresh(period * _REFRESH_S), period
        shown = dict(outputs)
        table = self._table
        for generic, gain, offset, sigma, relative, per_step, low, high, salt, hold in self._rows:
            value = gain * measured[generic] + offset
            if sigma or relative:
                place = (second // hold * 37 if hold else second) + salt
                value += (sigma + relative * value) * table[place % TABLE]
            if per_step:
                value = math.floor(value * per_step + 0.5) / per_step
            shown[generic] = low if value < low else min(value, high)
        if self._glass and (self._noise or self.channels[_TEMPERATURE].failures):
            shown[_PH] = self._one(_PH, second, measured)
        for generic in self._broken:
            shown[generic] = self._one(generic, second, measured)
        return [shown[generic] for generic in self._generic]

    def _judge(self) -> None:
        """Find anew what the failures make of statuses and time stamps."""
        count = len(self._generic)
        if self.silent:
            self.statuses = [BAD_NO_COMMUNICATION] * count
            self.stale = list(range(count))
            return
        self.statuses, self.stale = [GOOD] * count, []
        for generic, c in self.channels.items():
            place = self._places[generic]
            for failure in c.failures.values():
                mode = MODES[failure.mode]
                self.statuses[place] = max(self.statuses[place], mode.status)
                if mode.stale:
                    self.stale.append(place)
        self.drifting = any(
            failure.mode in _MOVING
            for c in self.channels.values()
            for failure in c.failures.values()
        )
        self._drifts = any(c.drifts for c in self.channels.values())
        self._broken = [generic for generic, c in self.channels.items() if c.failures]

    def hush(self, second: int, measured: Measured, outputs: Measured) -> None:
        """Lose communication with the unit."""
        if not self.silent:
            self._hushed, self.silent = self.read(second, measured, outputs), True
            self._judge()

    def hear(self) -> None:
        """Communication is back."""
        self.silent = False
        self._judge()

    @property
    def size(self) -> int:
        """How many tags the unit has."""
        return len(self._generic)

    def place(self, generic: str) -> int:
        """Return where a point stands among the unit's tags."""
        return self._places[generic]

    def fail(self, generic: str, name: str, failure: Failure) -> None:
        """Let a sensor fail, by the name of the fault."""
        self.channels[generic].failures[name] = failure
        self._judge()

    def mend(self, generic: str, name: str) -> None:
        """Take one failure away."""
        self.channels[generic].failures.pop(name, None)
        self._judge()

    def calibrate(self, generic: str, value: float, second: int, measured: Measured) -> float:
        """Make a sensor show `value` now and return what it showed before, noise apart.

        Raises:
            Refused: it can't be adjusted, or not by that much.
        """
        gain, offset = self._affine(generic, second, measured)
        shown = gain * measured[generic] + offset
        c = self.channels[generic]
        wanted = value
        if self._glass and generic == _PH:
            # The correction is kept at 25 degC; what the display needs is a little more.
            scale = self._glass_scale(second, measured)
            wanted = shown + (value - shown) / scale
        c.adjust(shown, wanted)
        self._made = -1
        return shown

    def sensed(self, second: int, measured: Measured) -> list[float]:
        """Return gain and offset of what the unit's own loops see, in the order of `SENSED`."""
        found: list[float] = []
        for generic in _SENSED:
            found += self._affine(generic, second, measured) if generic in self.channels else _TRUE
        return found

    def _affine(self, generic: str, second: int, measured: Measured) -> tuple[float, float]:
        """Return gain and offset on the lagged value, failures included."""
        c = self.channels[generic]
        drifted = second // _REFRESH_S * _REFRESH_S
        gain, offset = c.systematic(drifted)
        if self._glass and generic == _PH:
            true, shown = self._temperatures(second, measured)
            gain, offset = ph_reading(gain, offset, true, shown)
        return c.failed(second, gain, offset)

    def _temperatures(self, second: int, measured: Measured) -> tuple[float, float]:
        true = measured[_TEMPERATURE]
        gain, offset = self._affine(_TEMPERATURE, second, measured)
        return true, gain * true + offset

    def _glass_scale(self, second: int, measured: Measured) -> float:
        true, shown = self._temperatures(second, measured)
        return ph_reading(0.0, 1.0, true, shown)[1] - 7.0

    def _one(self, generic: str, second: int, measured: Measured) -> float:
        """Read one channel with all that can be wrong with it."""
        c = self.channels[generic]
        gain, offset = self._affine(generic, second, measured)
        value = gain * measured[generic] + offset
        if any(MODES[failure.mode].holds for failure in c.failures.values()):
            return value
        louder = math.prod(failure.noise for failure in c.failures.values())
        if self._noise or louder > 1.0:
            deviation = (c.sigma + c.relative * value) * louder
            value += deviation * self._table[(second + c.salt) % TABLE]
        for failure in c.failures.values():
            if failure.mode == "spike":
                value *= 1.0 + failure.amount * spike(second, c.salt)
        if c.per_step:
            value = math.floor(value * c.per_step + 0.5) / c.per_step
        return min(max(value, c.tag.low), c.tag.high)

    def _fresh(self, second: int) -> list[_Row]:
        rows: list[_Row] = []
        for generic, c in self.channels.items():
            gain, offset = c.systematic(second)
            sigma, relative = (c.sigma, c.relative) if self._noise else (0.0, 0.0)
            tag = c.tag
            rows.append(
                (generic, gain, offset, sigma, relative, c.per_step, tag.low, tag.high, c.salt,
                 c.type.hold)
            )  # fmt: skip
        return rows


_NONE: Final = SensorDef("", 0.0, 0.0)
_TRUE: Final = (1.0, 0.0)
