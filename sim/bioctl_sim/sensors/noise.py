"""Noise that is looked up, not drawn: reading twice, or not reading, changes nothing.

First-order autoregressive with a 5 s correlation (AR(1); Box and Jenkins, *Time Series Analysis*),
drawn once from the seed and addressed by simulated second.
"""

import math
import random
from functools import cache
from typing import Final

TABLE: Final = 7919
"""Values in the table (a prime, so that equal offsets of two tags do not lock)."""
_CORRELATION_S: Final = 5.0
_SPIKES_EVERY: Final = 60
"""s between two spikes of a spiking sensor, on average."""


@cache
def noise_table(seed: int) -> tuple[float, ...]:
    """Return standard noise of a seed, one value for each simulated second, then over again."""
    source = random.Random(seed)  # noqa: S311 - noise of a model, no secret
    keep = math.exp(-1.0 / _CORRELATION_S)
    spread = math.sqrt(1.0 - keep * keep)
    value = source.gauss(0.0, 1.0)
    table = []
    for _ in range(TABLE):
        value = keep * value + spread * source.gauss(0.0, 1.0)
        table.append(value)
    return tuple(table)


def spike(second: int, salt: int) -> float:
    """Return +1 or -1 in the odd second in which a spiking sensor spikes, else 0."""
    mixed = ((second + salt) * 2_654_435_761) % 4_294_967_296 >> 8
    if mixed % _SPIKES_EVERY:
        return 0.0
    return 1.0 if mixed // _SPIKES_EVERY % 2 else -1.0
