"""Strict YAML: a tree of nodes that know their place, and nothing guessed.

A scalar stays the text that was written (`on`, `12:30` and `010` are just text); typed accessors
read it. Anchors, aliases, tags, merge keys, directives, several documents, nesting beyond 50 and
duplicate keys are refused, all of them in one pass. The tree is built from the C parser's events
with a list as its stack: nothing recurses or is expanded, and the work ends at the first level too
deep or the hundredth error.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Never

import yaml

from bioctl.errors import InputError, Where
from bioctl.language.findings import Findings
from bioctl.language.nearest import visible
from bioctl.language.prescan import FORBIDDEN, prescan
from bioctl.language.quantity import NUMBER
from bioctl.language.syntax import not_yaml

MAX_DEPTH = 50

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NUMBER = re.compile(NUMBER)
_BOOLEANS = {"true": True, "false": False}
_NULLS = frozenset({"", "~", "null"})


@dataclass(slots=True, eq=False)
class Node:
    """A value in a file. Line and column are 1-based."""

    file: str
    line: int
    column: int

    @property
    def where(self) -> Where:
        """The place of the node's first character."""
        return Where(self.file, self.line, self.column)

    def where_at(self, offset: int) -> Where:  # noqa: ARG002
        """Return the place of a character inside the node; here: its first."""
        return self.where

    @property
    def shape(self) -> str:
        """What the node is, in words."""
        return "nothing"

    def refuse(self, message: str, help: str = "") -> Never:  # noqa: A002
        """Raise an InputError at this node."""
        raise InputError(message, where=self.where, help=help)

    def as_mapping(self) -> "Mapping":
        """Return this node as a mapping, or refuse."""
        self.refuse(f"expected `key: value` lines, found {self.shape}.")

    def as_sequence(self) -> "Sequence":
        """Return this node as a list, or refuse."""
        self.refuse(f"expected a list (lines that start with `- `), found {self.shape}.")

    def as_text(self) -> str:
        """Return the text of one value, or refuse."""
        self.refuse(f"expected one value, found {self.shape}.")

    def as_float(self) -> float:
        """Return a finite number, or refuse."""
        text = self.as_text()
        if not _NUMBER.fullmatch(text) or (value := float(text)) in {float("inf"), -float("inf")}:
            self.refuse(f"'{visible(text)}' is not a number.", "write it as in 12 or 0.5.")
        return value

    def as_int(self) -> int:
        """Return a whole number, or refuse."""
        value = self.as_float()
        if value != int(value):
            self.refuse(f"{value:g} is not a whole number.")
        return int(value)

    def as_bool(self) -> bool:
        """Return true or false, or refuse; `on`, `yes` and 1 are not accepted."""
        text = self.as_text()
        if text not in _BOOLEANS:
            self.refuse(f"'{visible(text)}' is neither true nor false.", "write true or false.")
        return _BOOLEANS[text]


@dataclass(slots=True, eq=False)
class Scalar(Node):
    """One value as it was written."""

    text: str
    verbatim: bool = True
    """Whether every character of `text` stands in the file as it is, on one line."""
    quoted: bool = False

    @property
    def shape(self) -> str:
        """What the node is, in words."""
        return "nothing" if self.empty else f"the value '{visible(self.text)}'"

    @property
    def empty(self) -> bool:
        """Whether nothing, `~` or `null` was written, without quotes."""
        return not self.quoted and self.text in _NULLS

    def where_at(self, offset: int) -> Where:
        """Return the place of a character of the text, as well as quoting allows."""
        shift = offset + self.quoted if self.verbatim else 0
        return Where(self.file, self.line, self.column + shift)

    def as_text(self) -> str:
        """Return the text, or refuse where nothing was written."""
        if self.empty:
            self.refuse("expected a value, found nothing.")
        return self.text


@dataclass(slots=True, eq=False)
class Mapping(Node):
    """`key: value` lines, in their order."""

    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Scalar] = field(default_factory=dict)

    @property
    def shape(self) -> str:
        """What the node is, in words."""
        return "`key: value` lines"

    def as_mapping(self) -> "Mapping":
        """Return this node."""
        return self


@dataclass(slots=True, eq=False)
class Sequence(Node):
    """A list."""

    items: list[Node] = field(default_factory=list)

    @property
    def shape(self) -> str:
        """What the node is, in words."""
        return "a list"

    def as_sequence(self) -> "Sequence":
        """Return this node."""
        return self


def parse(text: str | bytes, file: str, findings: Findings | None = None) -> Node:
    """Return the tree of one file.

    Args:
        text: its content; bytes are taken as UTF-8.
        file: its name in messages.
        findings: where keys that stand twice are noted, so that whoever reads the tree can go on
            and tell them with everything else; without it they are raised.

    Raises:
        InputError: not YAML, too deep or too large.
        InputErrors: all that YAML has and a recipe may not: a key twice, anchors, tags, ...
    """
    source = prescan(text, file)
    builder = _Builder(file, findings)
    try:
        builder.take_all(_LOADER(source).get_event)
    except yaml.MarkedYAMLError as error:
        raise not_yaml(error, file) from None
    return builder.finish()


class _Builder:
    """Events in, tree out. It sees every scalar of a file, so it is written to be quick."""

    def __init__(self, file: str, findings: Findings | None) -> None:
        self.file = file
        self.findings = Findings() if findings is None else findings
        self.go_on = findings is not None  # until something is found that makes the tree doubtful
        self.root: Node | None = None
        self.node: Mapping | Sequence | None = None  # the open one
        self.key: Scalar | None = None  # of the open mapping: waits for its value
        self.outer: list[tuple[Mapping | Sequence | None, Scalar | None]] = []
        self.take_by_type: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._mapping,
            yaml.SequenceStartEvent: self._sequence,
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }

    def take_all(self, get_event: Callable[[], Any]) -> None:
        handlers = self.take_by_type
        while (event := get_event()) is not None:
            handler = handlers.get(event.__class__)
            if handler is not None:
                handler(event)

    def finish(self) -> Node:
        if not self.go_on:
            self.findings.finish()
        if self.root is None or (isinstance(self.root, Scalar) and self.root.empty):
            raise InputError("the file is empty.", where=Where(self.file, 1, 1))
        return self.root

    def _scalar(self, event: Any) -> None:  # noqa: ANN401
        start, end, text = event.start_mark, event.end_mark, event.value
        quoted = bool(event.style)
        verbatim = start.line == end.line
        if quoted:
            verbatim = verbatim and end.column - start.column == len(text) + 2
        node = Scalar(self.file, start.line + 1, start.column + 1, text, verbatim, quoted)
        if event.anchor is not None or event.tag is not None:
            self._note_marks(event, node)
        if quoted and (found := FORBIDDEN.search(text)):
            message = f"the character {visible(found.group())} is not allowed."
            self._forbid(node, message, "delete it.")
        parent = self.node
        if parent.__class__ is not Mapping:
            self._put(node)
        elif self.key is None:
            self._key(parent, node)
        else:
            parent.entries[self.key.text] = node
            self.key = None

    def _mapping(self, event: Any) -> None:  # noqa: ANN401
        self._open(
            event, Mapping(self.file, event.start_mark.line + 1, event.start_mark.column + 1)
        )

    def _sequence(self, event: Any) -> None:  # noqa: ANN401
        start = event.start_mark
        self._open(event, Sequence(self.file, start.line + 1, start.column + 1))

    def _open(self, event: Any, node: Mapping | Sequence) -> None:  # noqa: ANN401
        if event.anchor is not None or event.tag is not None:
            self._note_marks(event, node)
        if len(self.outer) >= MAX_DEPTH:
            node.refuse(f"nested deeper than {MAX_DEPTH} levels.", "flatten the file.")
        if isinstance(self.node, Mapping) and self.key is None:
            node.refuse(
                "a key must be one plain word.", "write `key: value`; quote text with { or [."
            )
        self._put(node)
        self.outer.append((self.node, self.key))
        self.node, self.key = node, None

    def _close(self, _event: Any) -> None:  # noqa: ANN401
        self.node, self.key = self.outer.pop()

    def _alias(self, event: Any) -> None:  # noqa: ANN401
        start = event.start_mark
        node = Scalar(self.file, start.line + 1, start.column + 1, f"*{event.anchor}")
        message = "an alias (*name) is not allowed."
        self._forbid(node, message, "write the value out, or quote the text.")
        if isinstance(self.node, Mapping) and self.key is None:
            self._key(self.node, node)
        else:
            self._put(node)

    def _document(self, event: Any) -> None:  # noqa: ANN401
        node = Node(self.file, event.start_mark.line + 1, event.start_mark.column + 1)
        if self.root is not None:
            node.refuse("a second document starts here.", "keep one document in a file.")
        if event.version or event.tags:
            node.refuse("a directive (%) is not allowed.", "delete the line that starts with %.")

    def _note_marks(self, event: Any, node: Node) -> None:  # noqa: ANN401
        if event.anchor is not None:
            mend = "write values out, or quote the text."
            self._forbid(node, "an anchor (&name) is not allowed.", mend)
        if event.tag is not None:
            self._forbid(node, f"the tag '{visible(event.tag)}' is not allowed.", "delete it.")

    def _forbid(self, node: Node, message: str, mend: str) -> None:
        self.findings.add(node, message, mend)
        self.go_on = False

    def _put(self, node: Node) -> None:
        """Put a value where it belongs."""
        if isinstance(self.node, Sequence):
            self.node.items.append(node)
        elif self.node is None:
            self.root = node
        elif self.key is not None:
            self.node.entries[self.key.text] = node
            self.key = None

    def _key(self, parent: Mapping, node: Scalar) -> None:
        text = node.text
        if text == "<<" or not text:
            message = "a merge or empty key is not allowed."
            self._forbid(node, message, "write `key: value`.")
        self.key = node
        first = parent.keys.setdefault(text, node)
        if first is not node:
            self.findings.add(
                node,
                f"the key '{visible(text)}' stands twice: in line {first.line} and in line "
                f"{node.line}.",
                "keep one of the two.",
            )
