"""Where one stands while a procedure is read: the level of a list, and the names around it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bioctl.errors import InputError
from bioctl.language.document import Mapping, Node
from bioctl.language.nearest import visible
from bioctl.language.quantity import compatible, format_quantity, parse_quantity
from bioctl.recipe.names import check_name
from bioctl.recipe.rules import tagged
from bioctl.recipe.scope import Scope

LONGEST_S = 90 * 86400.0
"""No wait is longer."""


@dataclass(slots=True)
class Place:
    """A place in a procedure.

    Attributes:
        role: the unit it is about; "" above unit procedures.
        seen: names given in this list and its blocks so far, with their nodes.
    """

    scope: Scope
    role: str = ""
    seen: dict[str, Node] = field(default_factory=dict)

    def name(self, node: Node | None, what: str) -> str:
        """Return a name, checked against the grammar of names."""
        text = self.scope.text(node)
        if node is not None and text:
            self.scope.findings.attempt(node, check_name, text, what)
        return text

    def distinct(self, node: Node | None, what: str) -> str:
        """Return a name nobody else in this list has: paths must be unique."""
        name = self.name(node, f"the name of {what}")
        first = self.seen.setdefault(name, node) if node is not None else None
        if node is not None and name and first is not None and first is not node:
            bare = what.split(" ", 1)[1]
            message = f"the {bare} '{visible(name)}' is there already, in line {first.line}."
            self.scope.findings.add(node, message, "give it another name.")
        return name

    def seconds(self, node: Node | None, what: str) -> float:
        """Return a time in seconds; 0 and a finding where it is none."""
        text = self.scope.text(node)
        if node is None or not text:
            return 0.0
        return self.scope.findings.attempt(node, seconds_of, text, what) or 0.0

    def word(self, node: Node | None, what: str, known: tuple[str, ...]) -> str:
        """Return one of some words; the first where nothing is written or it is none of them."""
        text = self.scope.text(node)
        if node is not None and text and text not in known:
            message = f"{what} can't be '{visible(text)}'."
            self.scope.findings.add(node, message, f"write {' or '.join(known)}.")
        return text if text in known else known[0]

    def timeout(self, node: Node | None, mapping: Node, what: str) -> float:
        """Return a time-out in seconds; a finding where there is none."""
        if node is None:
            mend = "say how long it may take at most, as in timeout: 8 h."
            message = tagged("unbounded-wait", f"{what} needs 'timeout'.")
            self.scope.findings.add(mapping, message, mend)
        return self.seconds(node, "a timeout")


def seconds_of(text: str, what: str) -> float:
    """Return a time in seconds, above 0 s and at most 90 d.

    Raises:
        InputError: it is none.
    """
    quantity = parse_quantity(text)
    if not compatible(quantity.eu, "s"):
        mend = "write it as in 12 h 30 min."
        raise InputError(f"{what} is a time, '{visible(text)}' is not.", help=mend)
    seconds = quantity.to("s")
    if not 0 < seconds <= LONGEST_S:
        longest = format_quantity(LONGEST_S, "s")
        mend = f"give more than 0 s and at most {longest}."
        raise InputError(f"{what} of {text} can't be.", help=mend)
    return seconds


Read = Callable[[Mapping, Place], Any]
"""Read one element; None where it can't be read, and the findings tell why."""


@dataclass(frozen=True, slots=True)
class Level:
    """A level of the procedure.

    Attributes:
        what: one element, in words: `phase`.
        key: the key of a list of them: `phases`.
        read: reads one.
    """

    what: str
    key: str
    read: Read
