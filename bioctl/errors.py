"""Every error bioctl raises on purpose, as a tree one can read.

    BioctlError                 base; carries one plain sentence, and where it happened
    ├── InputError              exit 1: a file or value is wrong; the author can mend it
    │   └── InputErrors         exit 1: all that is wrong with one file, in one pass
    ├── UsageError              exit 2: the command was typed wrongly
    ├── RefusedError            exit 3: understood, and not allowed now (role, state, policy)
    ├── UnreachableError        exit 4: the plant, controller or a port can't be reached
    ├── IntegrityError          exit 5: a record was altered, cut or does not fit
    └── StorageError            exit 4: the journal or history can't be written

A message says what happened, where, what was expected and what to do. `help` is the last part.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file: 1-based line and column; 0 where unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        place = f"{self.file}:{self.line}"
        return f"{place}:{self.column}" if self.column else place


class BioctlError(Exception):
    """A failure a person or caller can act on: one sentence, its place and its remedy."""

    exit_code = 1

    def __init__(self, message: str, *, where: Where | None = None, help: str = "") -> None:  # noqa: A002
        super().__init__(message)
        self.message = message
        self.where = where
        self.help = help

    def __str__(self) -> str:
        text = f"{self.where}: error: {self.message}" if self.where else self.message
        return f"{text} help: {self.help}" if self.help else text


class InputError(BioctlError):
    """A file, recipe, site or typed value is wrong. Nothing was started."""


class InputErrors(InputError):  # noqa: N818  it is several
    """All findings in one file, collected in one pass."""

    def __init__(self, errors: Sequence[InputError]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = tuple(errors)


class UsageError(BioctlError):
    """The command line is wrong."""

    exit_code = 2


class RefusedError(BioctlError):
    """Authority, state table, equipment mode or policy forbids it. The refusal is journaled."""

    exit_code = 3


class UnreachableError(BioctlError):
    """The other side does not answer or does not trust us."""

    exit_code = 4


class StorageError(BioctlError):
    """The journal or history can't be written or opened."""

    exit_code = 4


class IntegrityError(BioctlError):
    """A record does not verify; the message names the first bad sequence number."""

    exit_code = 5
