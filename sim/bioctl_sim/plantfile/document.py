"""Strict YAML with positions: mappings, lists and plain text, nothing guessed and nothing shared.

Every complaint is kept with its line, so that a file is told all that is wrong with it at once.
"""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any, Final

import yaml

from bioctl_sim.plantfile.quantity import Dimension, expected, read
from bioctl_sim.refused import Refused

_LOADER: Final[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_MAX_DEPTH: Final = 12
_MAX_SIZE: Final = 200_000
_MAX_TOLD: Final = 20
_SHOWN: Final = 60


class PlantFileError(Refused):
    """A plant file can't be used: one sentence for each thing that is wrong, with its line."""


class Complaints:
    """What is wrong with a file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: list[tuple[int, str]] = []

    def add(self, line: int, sentence: str) -> None:
        """Note a complaint at a line (1-based)."""
        self._found.append((line, sentence))

    def settle(self) -> None:
        """Raise PlantFileError if there were any."""
        if self._found:
            told = [f"{self.file}:{line}: {text}" for line, text in sorted(self._found)]
            more = len(told) - _MAX_TOLD
            tail = [f"{self.file}: and {more} more."] if more > 0 else []
            raise PlantFileError("\n".join(told[:_MAX_TOLD] + tail))


class Section:
    """A mapping in the file; asks for keys, and complains of those nobody asked for.

    Args:
        node: of the mapping.
        name: its key, where it is one of several.
        what: its name in complaints: `unit BR101`.
        complaints: where they go.
    """

    def __init__(self, node: yaml.Node, what: str, complaints: Complaints, name: str = "") -> None:
        self.name = name
        self.line = node.start_mark.line + 1
        self.what = what
        self.complaints = complaints
        self._asked: list[str] = []
        self._items: dict[str, tuple[int, yaml.Node]] = {}
        if isinstance(node, yaml.MappingNode):
            self._take(node)
        elif not _empty(node):
            self.complain("", "expected `key: value` lines", self.line)

    def _take(self, node: yaml.MappingNode) -> None:
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self.complain("", "expected a plain word as key", line)
            elif key.value in self._items:
                first = self._items[key.value][0]
                self.complain(key.value, f"is there twice, first in line {first}", line)
            else:
                self._items[key.value] = (line, value)

    def complain(self, key: str, sentence: str, line: int | None = None) -> None:
        """Note a complaint about a key, at its line."""
        if line is None:
            line = self._items[key][0] if key in self._items else self.line
        where = f"{self.what}, {key}" if self.what and key else self.what or key
        self.complaints.add(line, f"{where}: {sentence}.")

    def line_of(self, key: str) -> int:
        """Return the line of a key."""
        return self._items[key][0] if key in self._items else self.line

    def has(self, key: str) -> bool:
        """Return whether a key is there."""
        self._asked.append(key)
        return key in self._items

    def text(self, key: str, default: str | None = None) -> str:
        """Return the text of a key; without default it must be there."""
        node = self._node(key, needed=default is None)
        if node is None:
            return default or ""
        if not isinstance(node, yaml.ScalarNode) or not node.value:
            self.complain(key, "expected a word")
            return default or ""
        return str(node.value)

    def choice(self, key: str, choices: Iterable[str], default: str | None = None) -> str:
        """Return one of the known words, "" where it is none."""
        known = list(choices)
        word = self.text(key, default)
        if word and word not in known:
            self.complain(key, f"'{_cut(word)}' is unknown{_near(word, known)}")
        return word if word in known else ""

    def quantity(
        self,
        key: str,
        dimension: Dimension,
        low: float,
        high: float,
        default: float | None = None,
        *,
        needed: bool = False,
    ) -> float:
        """Return a quantity within a range, in the dimension's eu."""
        found = self.optional(key, dimension, low, high)
        if found is None and needed and key not in self._items:
            self.complain(key, f"is missing: expected {expected(dimension)}", self.line)
        return found if found is not None else (low if default is None else default)

    def optional(self, key: str, dimension: Dimension, low: float, high: float) -> float | None:
        """Return a quantity within a range; None where the key is not there, or wrong."""
        node = self._node(key, needed=False)
        if node is None:
            return None
        text = node.value if isinstance(node, yaml.ScalarNode) else "..."
        value = read(text, dimension)
        if value is None:
            self.complain(key, f"'{_cut(text)}' is not {expected(dimension)}")
        elif not low <= value <= high:
            eu = dimension.eu
            self.complain(
                key, f"{text} is out of range, expected {low:g} to {high:g} {eu}".rstrip()
            )
        else:
            return value
        return None

    def whole(self, key: str, low: int, high: int, default: int) -> int:
        """Return a whole number within a range."""
        node = self._node(key, needed=False)
        if node is None:
            return default
        text = node.value if isinstance(node, yaml.ScalarNode) else "..."
        if not text.isdecimal() or not low <= int(text) <= high:
            self.complain(key, f"'{_cut(text)}' is not a whole number from {low} to {high}")
            return default
        return int(text)

    def switch(self, key: str, *, default: bool) -> bool:
        """Return `on` or `off`."""
        return self.choice(key, ("off", "on"), "on" if default else "off") == "on"

    def section(self, key: str, what: str = "") -> "Section | None":
        """Return a mapping within, None where the key is not there."""
        node = self._node(key, needed=False)
        if node is None:
            return None
        return Section(node, what or f"{self.what}, {key}", self.complaints)

    def sections(self, key: str, what: str) -> Iterator["Section"]:
        """Return the named mappings of a mapping: `BR101: {...}`."""
        inner = self.section(key, key)
        for name, (line, node) in (inner._items if inner else {}).items():  # noqa: SLF001
            found = Section(node, f"{what} {_cut(name)}", self.complaints, name)
            found.line = line
            yield found

    def rows(self, key: str, what: str) -> Iterator["Section"]:
        """Return the mappings of a list."""
        node = self._node(key, needed=False)
        if node is None or _empty(node):
            return
        if not isinstance(node, yaml.SequenceNode):
            self.complain(key, "expected a list: lines that start with `- `")
            return
        for row in node.value:
            yield Section(row, what, self.complaints)

    def finish(self) -> None:
        """Complain of every key nobody asked for."""
        for key, (line, _) in self._items.items():
            if key not in self._asked:
                where = f"{self.what}: " if self.what else ""
                near = _near(key, self._asked)
                self.complaints.add(line, f"{where}there is no '{_cut(key)}' here{near}.")

    def _node(self, key: str, *, needed: bool) -> yaml.Node | None:
        self._asked.append(key)
        if key in self._items:
            return self._items[key][1]
        if needed:
            self.complain(key, "is missing", self.line)
        return None


def parse(text: str, complaints: Complaints) -> Section:
    """Return the file's mapping.

    Raises:
        PlantFileError: it is no plain YAML: broken, with anchors, tags or several documents.
    """
    if len(text) > _MAX_SIZE:
        complaints.add(1, f"the file is longer than {_MAX_SIZE} characters.")
        complaints.settle()
    try:
        _plain_only(text, complaints)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        complaints.add(mark.line + 1 if mark else 1, f"this is no YAML: {broken.problem}.")
        node = None
    except yaml.YAMLError as broken:
        complaints.add(1, f"this is no YAML: {' '.join(str(broken).split())}.")
        node = None
    complaints.settle()
    if node is None:
        raise PlantFileError(f"{complaints.file}:1: the file is empty, expected `plant: NAME`.")
    return Section(node, "", complaints)


def _plain_only(text: str, complaints: Complaints) -> None:
    depth = documents = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        odd = isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None)
        tag = getattr(event, "tag", None)
        if odd or tag or documents > 1 or depth > _MAX_DEPTH:
            complaints.add(line, "anchors, tags, several documents and deep nesting are not used.")
            complaints.settle()


def _empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.value in {"", "~", "null"}


def _near(word: str, known: Iterable[str]) -> str:
    every = list(dict.fromkeys(known))
    near = get_close_matches(word, every, 1, 0.5)
    hint = f", did you mean '{near[0]}'? Expected" if near else ", expected"
    return f"{hint} one of {', '.join(every)}"


def _cut(text: str) -> str:
    shown = "".join(c if c.isprintable() else "?" for c in text[:_SHOWN])
    return shown + ("..." if len(text) > _SHOWN else "")
