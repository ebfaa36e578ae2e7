"""Collect all that is wrong with one file, sort it by place, show it with its line and a caret."""

from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

from bioctl.errors import InputError, InputErrors, Where
from bioctl.language.nearest import visible

P = ParamSpec("P")
T = TypeVar("T")

LIMIT = 100
"""A file with more errors than this is given up: the rest would be noise."""


class Placed(Protocol):
    """Anything with a place in a file: a node of a document."""

    @property
    def where(self) -> Where:
        """The place of its first character."""

    def where_at(self, offset: int) -> Where:
        """The place of the character `offset` inside its text."""


class Findings:
    """The errors of one file, found in any order."""

    def __init__(self) -> None:
        self._errors: list[InputError] = []

    def __len__(self) -> int:
        return len(self._errors)

    def add(self, node: Placed, message: str, help: str = "") -> None:  # noqa: A002
        """Note one error at a node; gives up with `InputErrors` when there are too many."""
        self._note(InputError(message, where=node.where, help=help))

    def attempt(
        self, node: Placed, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T | None:
        """Return what `call` returns; where it refuses, note that at the node and return None."""
        try:
            return call(*args, **kwargs)
        except InputError as error:
            self.place(error, node)
            return None

    def place(self, error: InputError, node: Placed) -> None:
        """Note an error of a text that stands at a node; its own column counts from there."""
        inside = error.where.column - 1 if error.where else 0
        where = node.where_at(inside) if inside > 0 else node.where
        self._note(InputError(error.message, where=where, help=error.help))

    def finish(self) -> None:
        """Raise `InputErrors`, sorted by place, when anything was found."""
        if self._errors:
            raise InputErrors(sorted(self._errors, key=_position))

    def _note(self, error: InputError) -> None:
        self._errors.append(error)
        if len(self._errors) >= LIMIT:
            last = f"gave up after {LIMIT} errors."
            self._errors.append(InputError(last, where=error.where, help="mend these first."))
            self.finish()


def _position(error: InputError) -> tuple[str, int, int]:
    where = error.where
    return (where.file, where.line, where.column) if where else ("", 0, 0)


def render(error: InputError, text: str | None = None) -> str:
    """Return one error, or all of an `InputErrors`, as lines for a terminal.

        recipes/x.yaml:7:13: error: unknown phase 'gorw'.
          7 |       - grow: gorw
            |               ^
        help: did you mean 'grow'?

    Args:
        error: what was found.
        text: the file's text; without it no source line is shown.
    """
    errors = error.errors if isinstance(error, InputErrors) else (error,)
    lines = text.replace("\r\n", "\n").split("\n") if text is not None else []
    return "\n".join(_render_one(one, lines) for one in errors)


def _render_one(error: InputError, lines: list[str]) -> str:
    where = error.where
    head = f"{where}: error: {error.message}" if where else f"error: {error.message}"
    source = _source(where, lines) if where and 0 < where.line <= len(lines) else []
    return "\n".join([head, *source, *([f"help: {error.help}"] if error.help else [])])


def _source(where: Where, lines: list[str]) -> list[str]:
    line, column = lines[where.line - 1], max(where.column, 1)
    start = max(0, column - 80)  # a very long line is shown around its error only
    before, after = visible(line[start : column - 1], 200), visible(line[column - 1 :], 80)
    gutter = len(str(where.line)) + 2
    caret = f"{' ' * gutter} | {' ' * len(before)}^"
    return [f"{where.line:>{gutter}} | {before}{after}", caret] if column else []
