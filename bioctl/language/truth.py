"""Three-valued truth (Kleene): what depends on a value one can't trust is INVALID, not FALSE."""

from collections.abc import Callable
from enum import Enum
from typing import Never

from bioctl.values import Reading

Lookup = Callable[[str], Reading]
"""Where a condition gets its readings: by name."""


class Truth(Enum):
    """The answer to a condition. Compare with `is`; only TRUE may start or satisfy anything."""

    TRUE = "TRUE"
    FALSE = "FALSE"
    INVALID = "INVALID"

    def __bool__(self) -> Never:
        """Refuse `if truth:`, which would take INVALID for one of the two."""
        raise TypeError("compare with Truth.TRUE, Truth.FALSE or Truth.INVALID")
