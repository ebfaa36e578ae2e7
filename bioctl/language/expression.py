"""The tree of a condition: what the parser makes and the compiler takes. Plain values, no text.

Every eu is settled already: a `Scaled` node brings its number into the eu of its neighbour.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["stable", "rate", "min", "max", "mean"]
Comparator = Literal["<", "<=", ">", ">=", "==", "!="]
Operator = Literal["+", "-", "*", "/"]


@dataclass(frozen=True, slots=True)
class Constant:
    """A number as written."""

    value: float


@dataclass(frozen=True, slots=True)
class Variable:
    """A reading, formula entry or `elapsed`, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Windowed:
    """The result of the `index`-th window of the condition; not of `stable`."""

    index: int


@dataclass(frozen=True, slots=True)
class Scaled:
    """A number in another eu: times `above`, divided by `below`."""

    number: "Number"
    above: int
    below: int


@dataclass(frozen=True, slots=True)
class Negative:
    """Minus a number."""

    number: "Number"


@dataclass(frozen=True, slots=True)
class Absolute:
    """A number without its sign."""

    number: "Number"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two numbers and what joins them."""

    symbol: Operator
    left: "Number"
    right: "Number"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two numbers in one eu, compared."""

    symbol: Comparator
    left: "Number"
    right: "Number"


@dataclass(frozen=True, slots=True)
class Both:
    """Kleene `and` of two or more claims."""

    terms: tuple["Claim", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Kleene `or` of two or more claims."""

    terms: tuple["Claim", ...]


@dataclass(frozen=True, slots=True)
class Opposite:
    """Kleene `not`."""

    claim: "Claim"


@dataclass(frozen=True, slots=True)
class Stable:
    """Whether the `index`-th window, one of `stable`, is calm."""

    index: int


Number = Constant | Variable | Windowed | Scaled | Negative | Absolute | Arithmetic
Claim = Comparison | Both | Either | Opposite | Stable


@dataclass(frozen=True, slots=True)
class Window:
    """What one call of `stable`, `rate`, `min`, `max` or `mean` looks at.

    Attributes:
        kind: the function.
        of: the number it watches; no window within.
        span_s: how far it looks back, s.
        tolerance: of `stable`, in the eu of `of`.
    """

    kind: Kind
    of: Number
    span_s: float
    tolerance: Number | None = None
