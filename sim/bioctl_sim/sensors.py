"""Sensors: noise, resolution, range and failure between the true value and the tag.

Lag belongs to the probes inside the units. Noise is first-order autoregressive with a 5 s
correlation (AR(1); Box and Jenkins, *Time Series Analysis*), drawn once from the seed and looked
up by simulated second: reading twice, or not reading, changes nothing.
"""

import math
import random
from collections.abc import Mapping
from typing import Final, NamedTuple

from bioctl_sim.refused import Refused
from bioctl_sim.taglist import TagDef

GOOD: Final = 0
BAD_SENSOR_FAILURE: Final = 0x808C0000
"""OPC UA Part 4: BadSensorFailure."""

_TABLE: Final = 7919
"""Samples in the noise table (a prime, so that equal offsets of two tags do not lock)."""
_CORRELATION_S: Final = 5.0


class Accuracy(NamedTuple):
    """Noise and resolution in the tag's eu, and noise as part of the reading."""

    sigma: float
    resolution: float
    relative: float = 0.0


_EXACT: Final = Accuracy(0.0, 0.0)

ACCURACY: Final[Mapping[str, Accuracy]] = {
    "TT101": Accuracy(0.01, 0.01),
    "TT102": Accuracy(0.02, 0.01),
    "AT101": Accuracy(0.002, 0.001),
    "AT102": Accuracy(0.15, 0.1),
    "AT103": Accuracy(0.0, 0.01),
    "AT104": Accuracy(0.0, 0.01),
    "AT105": Accuracy(0.3, 0.1, 0.01),
    "AT106": Accuracy(0.01, 0.01),
    "AT107": Accuracy(0.01, 0.01),
    "AT108": Accuracy(0.0, 0.001, 0.02),
    "AT109": Accuracy(0.0, 0.1),
    "WT101": Accuracy(0.001, 0.001),
    "PT101": Accuracy(0.1, 0.1),
    "ST101": Accuracy(0.2, 0.1),
    "FT101": Accuracy(0.001, 0.001),
    "FT102": Accuracy(0.001, 0.001),
    "FT103": Accuracy(0.001, 0.001),
    "FT104": Accuracy(0.0005, 0.0005),
    "FQ101": Accuracy(0.0, 0.01),
    "FQ102": Accuracy(0.0, 0.1),
    "FQ103": Accuracy(0.0, 0.1),
    "FQ104": Accuracy(0.0, 0.1),
    "FQ105": Accuracy(0.0, 0.1),
    "TT201": Accuracy(0.02, 0.01),
    "WT201": Accuracy(0.001, 0.001),
    "WT202": Accuracy(0.0003, 0.0001),
    "WT203": Accuracy(0.002, 0.001),
    "PT201": Accuracy(1.0, 0.1),
    "FT201": Accuracy(0.2, 0.1),
    "FQ201": Accuracy(0.0, 0.1),
    "FQ205": Accuracy(0.0, 0.1),
    "AT201": Accuracy(0.0, 0.01),
    "AT202": Accuracy(0.0, 0.01, 0.01),
    "AT203": Accuracy(0.0, 0.1),
    "WT301": Accuracy(0.0002, 0.0001),
    "WT302": Accuracy(0.0, 0.001),
    "WT303": Accuracy(0.0, 0.001),
    "AT301": Accuracy(0.0, 0.01, 0.01),
    "AT302": Accuracy(0.0, 0.1),
}


class _Channel(NamedTuple):
    point: str
    output: bool
    sigma: float
    relative: float
    per_step: float  # 1/resolution, 0 for none
    low: float
    high: float
    offset: int


class SensorRack:
    """All channels of the plant in tag order.

    Args:
        tags: the tag list.
        seed: of the noise.
        noise: False switches the noise off, not the resolution.
    """

    def __init__(self, tags: tuple[TagDef, ...], seed: int, *, noise: bool) -> None:
        source = random.Random(seed)  # noqa: S311 - noise of a model, no secret
        self._table = _noise_table(source)
        self._channels = [(tag.unit, _channel(tag, source, noise=noise)) for tag in tags]
        self._statuses = [GOOD] * len(tags)
        self._held: dict[int, float] = {}

    def read(
        self,
        second: int,
        measured: Mapping[str, Mapping[str, float]],
        outputs: Mapping[str, Mapping[str, float]],
    ) -> list[float]:
        """Return what the tags show at a simulated second, in tag order."""
        table = self._table
        values: list[float] = []
        append = values.append
        for unit, channel in self._channels:
            point, output, sigma, relative, per_step, low, high, offset = channel
            if output:
                append(outputs[unit][point])
                continue
            value = measured[unit][point]
            if sigma or relative:
                value += (sigma + relative * value) * table[(second + offset) % _TABLE]
            if per_step:
                value = math.floor(value * per_step + 0.5) / per_step
            append(low if value < low else min(value, high))
        for index, held in self._held.items():
            values[index] = held
        return values

    def statuses(self) -> list[int]:
        """Return the OPC UA status code of each tag in order."""
        return list(self._statuses)

    def set_fault(self, index: int, values: list[float], *, active: bool, mode: str) -> None:
        """Hold a channel at its present value (`bad` or `frozen`), or let it go."""
        if mode not in ("bad", "frozen"):
            raise Refused(f"A sensor can't be {mode!r}: expected bad or frozen.")
        self._statuses[index] = BAD_SENSOR_FAILURE if active and mode == "bad" else GOOD
        if active:
            self._held[index] = values[index]
        else:
            self._held.pop(index, None)


def _noise_table(source: random.Random) -> list[float]:
    keep = math.exp(-1.0 / _CORRELATION_S)
    spread = math.sqrt(1.0 - keep * keep)
    value = source.gauss(0.0, 1.0)
    table = []
    for _ in range(_TABLE):
        value = keep * value + spread * source.gauss(0.0, 1.0)
        table.append(value)
    return table


def _channel(tag: TagDef, source: random.Random, *, noise: bool) -> _Channel:
    accuracy = ACCURACY.get(tag.point, _EXACT)
    return _Channel(
        point=tag.point,
        output=tag.kind == "o",
        sigma=accuracy.sigma if noise else 0.0,
        relative=accuracy.relative if noise else 0.0,
        per_step=1.0 / accuracy.resolution if accuracy.resolution else 0.0,
        low=tag.low,
        high=tag.high,
        offset=source.randrange(_TABLE),
    )
