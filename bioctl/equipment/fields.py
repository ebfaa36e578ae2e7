"""Reading a mapping of the site file field by field, with every error at its place."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from bioctl.errors import InputError
from bioctl.language.document import Mapping, Node
from bioctl.language.nearest import nearest, suggest
from bioctl.language.quantity import compatible, convert, parse_quantity, parse_range
from bioctl.values import Range

T = TypeVar("T")


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

    def close(self, others: Iterable[str] = ()) -> None:
        """Note every field nobody asked for, with the nearest valid name."""
        known = [*self._known, *others]
        for name, key in self.node.keys.items():
            if name not in known:
                message, remedy = (
                    f"{self.what} has no field {name!r}.",
                    suggest(name, known, "field"),
                )
                self.errors.append(InputError(message, where=key.where, help=remedy))


def located(node: Node, read: Callable[[Node], T]) -> T:
    """Return `read(node)`; an InputError without a place gets the node's.

    Raises:
        InputError: from `read`.
    """
    try:
        return read(node)
    except InputError as error:
        if error.where is not None and error.where.file == node.file:
            raise
        raise InputError(error.message, where=node.where, help=error.help) from None


def collect(errors: list[InputError], node: Node, read: Callable[[Node], T]) -> T | None:
    """Return `read(node)`, or note the error at its place and return None."""
    try:
        return located(node, read)
    except InputError as error:
        errors.append(error)
        return None


def text(node: Node) -> str:
    """Return the text of a scalar."""
    return node.as_text()


def mapping(node: Node) -> Mapping:
    """Return a mapping's node."""
    return node.as_mapping()


def number(node: Node) -> float:
    """Return a finite number."""
    return node.as_float()


def seconds(node: Node) -> float:
    """Return a duration in s."""
    return quantity("s")(node)


def quantity(eu: str) -> Callable[[Node], float]:
    """Return a reader of a quantity that converts to `eu`; a bare number is taken to be in it."""

    def read(node: Node) -> float:
        words = node.as_text()
        try:
            return float(words)
        except ValueError:
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


def numbers(node: Node) -> dict[str, float]:
    """Return `name: number` lines; true and false are 1 and 0."""
    return {name: _level(child) for name, child in node.as_mapping().entries.items()}


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
