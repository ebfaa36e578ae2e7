"""Numbers, times and names as the record writes them."""

from typing import Final

from bioctl.batch.record.markup import Markup, join, tag
from bioctl.batch.record.model import Moment
from bioctl.clock import duration_text
from bioctl.values import Scalar

DASH: Final = "\N{EN DASH}"
"""Stands where there is no value."""

EUS: Final = {"degC": "°C", "1e6/mL": "10⁶/mL", "1e6": "10⁶"}
"""How people write an eu, where the recipe language spells it otherwise."""


def number(value: float) -> str:
    """Return a number with at most six digits, without a needless exponent."""
    shown = f"{value:.6g}"
    return f"{value:.0f}" if "e+" in shown and abs(value) < 1e15 else shown


def show(value: Scalar | None, eu: str = "") -> str:
    """Return a value with its eu; a dash for no value."""
    if value is None:
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    told = value if isinstance(value, str) else number(value)
    return f"{told} {EUS.get(eu, eu)}".rstrip()


def utc(moment: Moment | None) -> str:
    """Return UTC to the second with Z: `2026-01-05 06:00:00Z`."""
    return DASH if moment is None else f"{moment.utc[:10]} {moment.utc[11:19]}Z"


def process(moment: Moment | None) -> str:
    """Return process time since the batch's start: `1 d 02:03:04`."""
    return DASH if moment is None else duration_text(moment.t)


def when(moment: Moment | None) -> Markup:
    """Return process time with UTC below it."""
    if moment is None:
        return Markup(DASH)
    return join(process(moment), tag("small", utc(moment), class_="time"))


def words(name: str) -> str:
    """Return a name of the recipe language for people to read."""
    return name.replace("_", " ")


def short(digest: str) -> Markup:
    """Return a hash, its first 12 characters standing out and the rest after it."""
    return tag("code", tag("b", digest[:12]), digest[12:], class_="hash")
