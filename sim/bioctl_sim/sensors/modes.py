"""How a sensor fails: what it shows then, with which status.

A mode turns the reading into `gain * reading + offset`; the plant's own loops see the same.
"""

import math
from collections.abc import Mapping
from typing import Final, NamedTuple

GOOD: Final = 0
BAD_SENSOR_FAILURE: Final = 0x808C_0000
BAD_NO_COMMUNICATION: Final = 0x8031_0000
UNCERTAIN_LAST_USABLE: Final = 0x4090_0000
UNCERTAIN_NOT_ACCURATE: Final = 0x4093_0000
"""OPC UA Part 4 and Part 8."""

_OUT_S: Final = 30.0
"""s, time constant of a probe that cools in the open."""


class Mode(NamedTuple):
    """One way to fail.

    Attributes:
        help: what is wrong.
        observable: what shows it first.
        detection: a rule that finds it.
        amount: where none is given; with `low`, `high` and `eu` (`eu`: the tag's own).
        status: OPC UA status while it lasts.
        noise: factor on the noise; 0 takes the amount.
        holds: whether the value stands still.
        stale: whether the time stamp stands still too.
    """

    help: str
    observable: str
    detection: str
    amount: float = 0.0
    low: float = 0.0
    high: float = 0.0
    eu: str = ""
    status: int = GOOD
    noise: float = 1.0
    holds: bool = False
    stale: bool = False


MODES: Final[Mapping[str, Mode]] = {
    "stuck": Mode(
        "the reading stands still, status Good",
        "no noise any more",
        "spread over 10 min below 0.2 sigma",
        holds=True,
    ),
    "dropout": Mode(
        "the reading is Bad, its value held",
        "status Bad",
        "quality",
        status=BAD_SENSOR_FAILURE,
        holds=True,
    ),
    "stale": Mode(
        "value and time stamp stand still",
        "status Uncertain, old time stamp",
        "age of the reading",
        status=UNCERTAIN_LAST_USABLE,
        holds=True,
        stale=True,
    ),
    "uncertain": Mode(
        "the reading goes on, Uncertain",
        "status Uncertain",
        "quality",
        status=UNCERTAIN_NOT_ACCURATE,
    ),
    "drift": Mode(
        "the reading drifts away",
        "the loop moves its output to keep a false value",
        "residual against a second measurement; for pH, CO2 in exhaust",
        amount=0.001,
        low=-100.0,
        high=100.0,
        eu="eu/h",
    ),
    "offset": Mode(
        "the reading is too high or too low",
        "a step in the reading",
        "residual against a second measurement",
        amount=0.1,
        low=-1000.0,
        high=1000.0,
        eu="eu",
    ),
    "ageing": Mode(
        "slope lost, as of an old oxygen cap",
        "less gas than the culture should need",
        "one-point check at a known gas",
        amount=0.1,
        low=-1.0,
        high=0.95,
        eu="part",
    ),
    "spike": Mode(
        "single false values, once a minute on average",
        "rate of change",
        "median of three",
        amount=0.2,
        high=10.0,
        eu="part",
    ),
    "noise": Mode(
        "noisier",
        "spread of the reading",
        "spread over 10 min above 3 sigma",
        amount=5.0,
        low=1.0,
        high=1000.0,
        eu="times",
        noise=0.0,
    ),
    "bubble": Mode(
        "an air bubble sits on the oxygen probe",
        "DO up while O2 flow goes down, and noisy",
        "residual against the oxygen balance",
        amount=0.5,
        high=1.0,
        eu="part",
        noise=5.0,
    ),
    "out": Mode(
        "the temperature probe is out of its well",
        "T falls to the room's, the jacket saturates, pH moves",
        "energy balance of jacket and vessel; interlock on a hot jacket",
    ),
}
"""By name; a sensor fault is written UNIT.POINT.mode, for example `BR101.AT101.drift`."""


class Failure(NamedTuple):
    """A mode at work on one sensor: amount, the second it began, the value held, room in degC."""

    mode: str
    amount: float
    since: int
    held: float
    room: float

    def shown(self, second: int) -> tuple[float, float]:
        """Return gain and offset on the reading at a simulated second."""
        mode, amount = self.mode, self.amount
        if MODES[mode].holds:
            return 0.0, self.held
        if mode == "drift":
            return 1.0, amount * (second - self.since) / 3600.0
        if mode == "offset":
            return 1.0, amount
        if mode == "ageing":
            return 1.0 - amount, 0.0
        if mode == "bubble":
            return 1.0 - amount, 100.0 * amount
        if mode == "out":
            left = math.exp((self.since - second) / _OUT_S)
            return left, (1.0 - left) * self.room
        return 1.0, 0.0

    @property
    def noise(self) -> float:
        """Factor on the noise."""
        return MODES[self.mode].noise or self.amount
