"""The head of a recipe file, read into `bioctl.recipe.header`."""

import re
from collections.abc import Mapping
from datetime import date

from bioctl.errors import InputError
from bioctl.language.document import Node
from bioctl.language.fields import fields
from bioctl.language.nearest import suggest, visible
from bioctl.language.quantity import parse_quantity
from bioctl.recipe.header import STATUSES, Approval, Change, Header
from bioctl.recipe.scope import Scope

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HASH = re.compile(r"[0-9a-f]{64}")


def read_header(found: Mapping[str, Node], scope: Scope) -> Header:
    """Return the header of the keys found."""
    dates = {key: _date(found.get(key), scope) for key in ("dated", "effective", "expires")}
    if dates["effective"] and dates["expires"] and dates["expires"] <= dates["effective"]:
        scope.findings.add(found["expires"], "it expires before it is effective.", "swap them.")
    return Header(
        status=_status(found.get("status"), scope),
        batch_size=_batch_size(found.get("batch size"), scope),
        approvals=tuple(
            Approval(**row) for row in _rows(found, "approvals", _APPROVAL, "an approval", scope)
        ),
        history=tuple(Change(**row) for row in _rows(found, "history", _CHANGE, "a change", scope)),
        **dates,
    )


_APPROVAL = ("by", "role", "on", "meaning", "hash")
_CHANGE = ("version", "on", "by", "change")


def _rows(
    found: Mapping[str, Node], key: str, keys: tuple[str, ...], what: str, scope: Scope
) -> list[dict[str, str]]:
    node = found.get(key)
    sequence = scope.findings.attempt(node, node.as_sequence) if node else None
    rows = []
    for item in sequence.items if sequence else ():
        row = fields(item, scope.findings, what, keys)
        values = {one: scope.text(row.get(one)) for one in keys}
        values["on"] = _date(row.get("on"), scope)
        if "hash" in row and values["hash"] and not _HASH.fullmatch(values["hash"]):
            mend = "copy it from `bioctl recipe check --json`."
            scope.findings.add(row["hash"], "a hash has 64 digits 0-9 and a-f.", mend)
        rows.append(values)
    return rows


def _status(node: Node | None, scope: Scope) -> str:
    text = scope.text(node)
    if node is not None and text and text not in STATUSES:
        mend = suggest(text, STATUSES, "statuses")
        scope.findings.add(node, f"unknown status '{visible(text)}'.", mend)
    return text or STATUSES[0]


def _batch_size(node: Node | None, scope: Scope) -> str:
    text = scope.text(node)
    if node is None or not text:
        return ""
    quantity = scope.findings.attempt(node, parse_quantity, text)
    return str(quantity) if quantity else ""


def _date(node: Node | None, scope: Scope) -> str:
    text = scope.text(node)
    if node is not None and text:
        scope.findings.attempt(node, _check_date, text)
    return text


def _check_date(text: str) -> None:
    try:
        real = bool(_DATE.fullmatch(text)) and bool(date.fromisoformat(text))
    except ValueError:  # the 31st of February
        real = False
    if not real:
        raise InputError(f"'{visible(text)}' is not a date.", help="write it as in 2026-03-31.")
