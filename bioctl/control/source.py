"""Where an inner loop has its setpoint from: another loop, a ratio to a measurement, or fixed.

An inner loop serves an outer one and follows its mode: it acts (CAS) whenever the outer loop is not
OFF, unless a person takes it to MAN or AUTO; meanwhile a cascade's outer loop tracks.

    cascade      temperature ──setpoint──► jacket ──► heater
    ratio        permeate = 1.02 x feed flow, as long as the level loop is not OFF
    mid-ranging  a slow loop whose measurement is a quick output and whose setpoint is its middle
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from bioctl.control.check import finite, text
from bioctl.errors import InputError


@dataclass(frozen=True, slots=True)
class Source:
    """A setpoint that no person gives: `ratio` x `of` + `bias`, or the demand of loop `serves`.

    Attributes:
        serves: the loop whose mode is followed.
        of: measurement the ratio refers to; "" in a cascade, and where the setpoint is `bias`.
        ratio: setpoint eu per eu of `of`; 0 makes `bias` the setpoint.
        bias: setpoint eu.
        cascade: whether the outer loop's demand is the setpoint.
    """

    serves: str
    of: str = ""
    ratio: float = 0.0
    bias: float = 0.0
    cascade: bool = False

    def __post_init__(self) -> None:
        text("setpoint_from", "the loop it serves", self.serves)
        finite("setpoint_from", "ratio", self.ratio)
        finite("setpoint_from", "value", self.bias)
        if self.of and self.ratio == 0:
            raise InputError(f"setpoint_from: the ratio to {self.of} is 0; it would ignore it.")


class Sourced(Protocol):
    """What `in_order` asks of a loop."""

    @property
    def source(self) -> Source | None:
        """Where its setpoint comes from; None: from recipe or person."""


L = TypeVar("L", bound=Sourced)


def in_order(loops: Mapping[str, L]) -> dict[str, L]:
    """Return the loops, outer ones before those that serve them.

    Raises:
        InputError: a loop serves itself, or one that is not there.
    """
    found: dict[str, L] = {}
    for name in loops:
        for one in reversed(_chain(loops, name)):
            found.setdefault(one, loops[one])
    return found


def _chain(loops: Mapping[str, L], name: str) -> list[str]:
    chain = [name]
    while (source := loops[chain[-1]].source) is not None:
        if source.serves in chain:
            raise InputError(f"loop {name} serves itself: {' -> '.join([*chain, source.serves])}.")
        if source.serves not in loops:
            raise InputError(f"loop {chain[-1]} serves {source.serves}, which is no loop here.")
        chain.append(source.serves)
    return chain


def served(loops: Mapping[str, L], name: str) -> Iterable[str]:
    """Return the loops of a cascade that have their setpoints from this one."""
    return [
        inner
        for inner, one in loops.items()
        if one.source is not None and one.source.cascade and one.source.serves == name
    ]
