"""What a control automaton wants journaled; the shell adds actor, batch, unit and times."""

from collections.abc import Mapping
from typing import NamedTuple


class ControlEvent(NamedTuple):
    """One discrete thing that happened.

    Attributes:
        kind: journal kind, for example `loop.fallback`.
        data: plain JSON values by key; never NaN or infinity (None instead).
    """

    kind: str
    data: Mapping[str, float | int | str | None]
