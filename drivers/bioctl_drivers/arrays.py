"""Plant arrays (value and status of many tags) to readings, without making what did not change."""

import math
from collections.abc import Mapping, Sequence

from bioctl.tags import Tag
from bioctl.values import Quality, Reading, Scalar, bad
from bioctl_drivers.status import quality_of, status_words


class ArrayImage:
    """Readings of the tags that stand in an array of the plant, kept from turn to turn.

    Args:
        tags: those this controller asks for.
        names: the array's order, as node ids; tags that are not in it are left out.
    """

    def __init__(self, tags: Sequence[Tag], names: Sequence[str]) -> None:
        self.names = tuple(names)
        place = {name: index for index, name in enumerate(names)}
        self._places = tuple(
            (place[tag.node], tag.name, tag.type) for tag in tags if tag.node in place
        )
        self._values: Sequence[float] = ()
        self._statuses: Sequence[int] = ()
        self._readings: dict[str, Reading] = {}

    @property
    def served(self) -> frozenset[str]:
        """Names of the tags this image knows."""
        return frozenset(name for _, name, _ in self._places)

    def forget(self) -> None:
        """Make every reading anew at the next update; after a lost connection."""
        self._values, self._statuses, self._readings = (), (), {}

    def update(
        self, values: Sequence[float], statuses: Sequence[int], time: float
    ) -> Mapping[str, Reading]:
        """Take arrays read at source time `time` (s since 1970 UTC) and return all readings.

        A reading whose value and status did not change keeps its time, as a subscription would.

        Raises:
            ValueError: the arrays are not as long as the list of names.
        """
        if not len(values) == len(statuses) == len(self.names):
            raise ValueError(
                f"{len(values)} values and {len(statuses)} statuses for {len(self.names)} names"
            )
        readings = dict(self._readings)
        old = self._values or (math.nan,) * len(values)
        old_statuses = self._statuses or (-1,) * len(values)
        for place, name, type_ in self._places:
            value, status = values[place], statuses[place]
            if value != old[place] or status != old_statuses[place]:
                readings[name] = reading_of(value, status, time, type_)
        self._values, self._statuses, self._readings = values, statuses, readings
        return readings


def reading_of(value: float, status: int, time: float, type_: str) -> Reading:
    """Return one number of an array as the reading of a tag of this type."""
    if not math.isfinite(value):
        return bad("the plant sent no finite number", value, time)
    typed: Scalar = value
    if type_ == "bool":
        typed = value != 0
    elif type_ == "int32":
        typed = int(value)
    quality = quality_of(status)
    if quality is Quality.GOOD:
        return Reading(typed, quality, time)
    return Reading(typed, quality, time, status_words(status))
