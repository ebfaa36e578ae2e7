"""Reading a mapping of the site file field by field, with every error at its place."""

import math
import re
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Mapping_
from typing import TypeVar

from bioctl.errors import InputError
from bioctl.language.document import Mapping, Node
from bioctl.language.nearest import nearest, suggest, visible
from bioctl.language.quantity import NUMBER, compatible, convert, parse_quantity, parse_range
from bioctl.language.tokens import IN_CONDITION
from bioctl.tags import Tag
from bioctl.values import Range

T = TypeVar("T")
Levels = dict[str, float]


class Fields:
    """One mapping of a file: take the fields by name; what is left over is an error."""

    def __init__(self, node: Node, errors: list[InputError], what: str) -> None:
        self.node: Mapping = node.as_mapping()
        self.errors = errors
        self.what = what
        self._known: list[str] = []

    def get(self, name: str) -> Node | None:
        """Return a field's node, None where it is not given."""
        self._known.append(name)
        return self.node.entries.get(name)

    def take(self, name: str, read: Callable[[Node], T], default: T | None = None) -> T:
        """Return a field as `read` makes of it; without default it must be given.

        Raises:
            InputError: missing, or not what `read` expects.
        """
        node = self.get(name)
        if node is not None:
            return located(node, read)
        if default is None:
            near = nearest(name, self.node.entries)
            self.node.refuse(
                f"{self.what} needs `{name}`.", f"did you mean it by {near!r}?" if near else ""
            )
        return default

    def want(self, name: str, read: Callable[[Node], T], instead: T) -> T:
        """Return a field as `read` makes of it, or note what is wrong and return `instead`."""
        try:
            return self.take(name, read)
        except InputError as error:
            self.errors.append(error)
            return instead

    def close(self, others: Iterable[str] = ()) -> None:
        """Note every field nobody asked for, with the nearest valid name."""
        known = [*self._known, *others]
        for name, key in self.node.keys.items():
            if name not in known:
                message = f"{self.what} has no field {visible(name)!r}."
                remedy = suggest(name, known, "fields")
                self.errors.append(InputError(message, where=key.where, help=remedy))


def located(node: Node, read: Callable[[Node], T]) -> T:
    """Return `read(node)`; an InputError without a place in a file gets the node's.

    Raises:
        InputError: from `read`.
    """
    try:
        return read(node)
    except InputError as error:
        if error.where is not None and error.where.file != IN_CONDITION:
            raise
        raise InputError(error.message, where=node.where, help=error.help) from None


def collect(errors: list[InputError], node: Node, read: Callable[[Node], T]) -> T | None:
    """Return `read(node)`, or note the error at its place and return None."""
    try:
        return located(node, read)
    except InputError as error:
        errors.append(error)
        return None


def known(names: Iterable[str], what: str) -> Callable[[Node], str]:
    """Return a reader of one of these names; `what` they are, in the singular."""
    every = list(names)

    def read(node: Node) -> str:
        name = node.as_text()
        if name not in every:
            node.refuse(f"unknown {what} {visible(name)!r}.", suggest(name, every, f"{what}s"))
        return name

    return read


def each(read: Callable[[Node], T]) -> Callable[[Node], tuple[T, ...]]:
    """Return a reader of a list."""
    return lambda node: tuple(located(item, read) for item in node.as_sequence().items)


def levels(outputs: Mapping_[str, Tag], errors: list[InputError]) -> Callable[[Node], Levels]:
    """Return a reader of `output: value` lines; true and false are 1 and 0.

    Unknown outputs and values outside an output's range are noted at their places.
    """

    def read(node: Node) -> dict[str, float]:
        entries = node.as_mapping()
        found = {name: collect(errors, one, _level) for name, one in entries.entries.items()}
        for name, value in found.items():
            place = entries.keys[name].where
            if name not in outputs:
                remedy = suggest(name, outputs, "outputs")
                message = f"unknown output {visible(name)!r}."
                errors.append(InputError(message, where=place, help=remedy))
            elif value is not None and value not in outputs[name].range:
                low, high = outputs[name].range
                message = f"{name} {value:g} is outside {low:g} .. {high:g} {outputs[name].eu}"
                where = entries.entries[name].where
                errors.append(InputError(f"{message.rstrip()}.", where=where))
        return {name: value for name, value in found.items() if value is not None}

    return read


def without(lines: Mapping, names: Iterable[str]) -> Mapping:
    """Return a mapping's node without some of its entries."""
    gone = frozenset(names)
    kept = {name: child for name, child in lines.entries.items() if name not in gone}
    keys = {name: lines.keys[name] for name in kept}
    return Mapping(lines.file, lines.line, lines.column, kept, keys)


def text(node: Node) -> str:
    """Return the text of a scalar."""
    return node.as_text()


def mapping(node: Node) -> Mapping:
    """Return a mapping's node."""
    return node.as_mapping()


def number(node: Node) -> float:
    """Return a finite number."""
    return node.as_float()


def above_zero(read: Callable[[Node], float]) -> Callable[[Node], float]:
    """Return a reader that refuses 0 and less."""

    def checked(node: Node) -> float:
        value = read(node)
        if not value > 0:
            node.refuse(f"{value:g} is not above 0.")
        return value

    return checked


def seconds(node: Node) -> float:
    """Return a duration in s."""
    return quantity("s")(node)


def quantity(eu: str) -> Callable[[Node], float]:
    """Return a reader of a quantity that converts to `eu`; a bare number is taken to be in it."""

    def read(node: Node) -> float:
        words = node.as_text()
        if re.fullmatch(NUMBER, words):
            return node.as_float()
        value = parse_quantity(words)
        return convert(value.value, value.eu, eu)

    return read


def span(words: str, eu: str) -> Range:
    """Return `low .. high [eu]` in `eu`; an eu of another kind is refused.

    Raises:
        InputError: not a range, or an eu that can't be converted.
    """
    try:
        low, high = (float(part) for part in words.split(".."))
    except ValueError:
        found, found_eu = parse_range(words)
        if not compatible(found_eu, eu):
            raise InputError(f"range is in {found_eu}, expected {eu}.") from None
        return Range(convert(found.low, found_eu, eu), convert(found.high, found_eu, eu))
    if not (math.isfinite(low) and math.isfinite(high)):
        raise InputError(f"range {visible(words)} is not finite.", help="write it as in 0 .. 60.")
    if low > high:
        raise InputError(f"range {words} is reversed.")
    return Range(low, high)


def in_eu(eu: str) -> Callable[[Node], Range]:
    """Return a reader of a range in `eu`."""
    return lambda node: span(node.as_text(), eu)


def pair(node: Node) -> tuple[float, float]:
    """Return a list of two numbers."""
    items = node.as_sequence().items
    if len(items) != 2:
        node.refuse("expected two numbers, as in [0, 100].")
    return items[0].as_float(), items[1].as_float()


def _level(node: Node) -> float:
    switch = {"true": 1.0, "false": 0.0}.get(node.as_text())
    return node.as_float() if switch is None else switch


def plain(node: Node) -> object:
    """Return scalars as bool, number or text, a mapping as dict, a list as list: driver options."""
    if isinstance(node, Mapping):
        return {name: plain(child) for name, child in node.entries.items()}
    if hasattr(node, "items"):
        return [plain(child) for child in node.as_sequence().items]
    words = node.as_text()
    if words in ("true", "false"):
        return words == "true"
    try:
        return int(words) if words.lstrip("-").isdigit() else float(words)
    except ValueError:
        return words
