"""Errors on the wire: class → HTTP status and JSON body, and back to the same class.

| class             | status | exit code |
|-------------------|--------|-----------|
| InputError(s)     | 400    | 1         |
| UsageError        | 400    | 2         |
| RefusedError      | 403    | 3         |
| UnreachableError  | 503    | 4         |
| StorageError      | 507    | 4         |
| IntegrityError    | 500    | 5         |
| BioctlError       | 500    | 1         |
"""

from collections.abc import Mapping
from typing import Any

from bioctl.errors import (
    BioctlError,
    InputError,
    InputErrors,
    IntegrityError,
    RefusedError,
    StorageError,
    UnreachableError,
    UsageError,
    Where,
)

STATUS: Mapping[type[BioctlError], int] = {
    InputErrors: 400,
    InputError: 400,
    UsageError: 400,
    RefusedError: 403,
    UnreachableError: 503,
    StorageError: 507,
    IntegrityError: 500,
    BioctlError: 500,
}

CLASSES: Mapping[str, type[BioctlError]] = {kind.__name__: kind for kind in STATUS}


def status_of(error: BioctlError) -> int:
    """Return the HTTP status of an error: that of its nearest class in the table."""
    return STATUS[_listed(error)]


def to_json(error: BioctlError) -> dict[str, Any]:
    """Return the body that tells the other side of this error."""
    kind = _listed(error)
    body: dict[str, Any] = {
        "error": kind.__name__,
        "message": error.message,
        "help": error.help,
        "exit_code": error.exit_code,
    }
    if error.where:
        place = error.where
        body["where"] = {"file": place.file, "line": place.line, "column": place.column}
    if isinstance(error, InputErrors):
        body["errors"] = [to_json(one) for one in error.errors]
    return body


def from_json(body: object) -> BioctlError:
    """Return the error a body tells of; one nobody understands is still an error."""
    if not isinstance(body, dict):
        return BioctlError("The controller answered with an error it did not explain.")
    kind = CLASSES.get(str(body.get("error")), BioctlError)
    if kind is InputErrors:
        ones = [from_json(one) for one in body.get("errors", [])]
        return InputErrors([one for one in ones if isinstance(one, InputError)])
    message = str(body.get("message", ""))
    return kind(message, where=_where(body.get("where")), help=str(body.get("help", "")))


def _listed(error: BioctlError) -> type[BioctlError]:
    return next(kind for kind in type(error).__mro__ if kind in STATUS)


def _where(place: object) -> Where | None:
    if not isinstance(place, dict):
        return None
    line, column = place.get("line"), place.get("column")
    return Where(
        str(place.get("file", "")),
        line if isinstance(line, int) else 0,
        column if isinstance(column, int) else 0,
    )
