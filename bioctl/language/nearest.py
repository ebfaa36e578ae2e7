"""Words for messages: the nearest valid name, and foreign text made safe to show."""

import difflib
from collections.abc import Iterable

SHOWN = 60
"""Characters of foreign text that a message repeats."""

LISTED = 12
"""Names a help text lists before it says how many more there are."""


def visible(text: str, limit: int = SHOWN) -> str:
    """Return foreign text fit for a message: cut to `limit`, nothing invisible or reordering."""
    cut = text if len(text) <= limit else f"{text[: limit - 1]}…"
    if cut.isprintable():
        return cut
    return "".join(char if char.isprintable() else f"<U+{ord(char):04X}>" for char in cut)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like `name`, capitals aside; None where none is like it."""
    if len(name) > SHOWN:
        return None
    by_lower = {candidate.lower(): candidate for candidate in known}
    found = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def listing(names: Iterable[str]) -> str:
    """Return `a, b, c and 4 more`, or `none`."""
    every = list(names)
    more = len(every) - LISTED
    return (", ".join(every[:LISTED]) or "none") + (f" and {more} more" if more > 0 else "")


def suggest(name: str, known: Iterable[str], what: str) -> str:
    """Return the help for an unknown name.

    Args:
        name: what was written.
        known: every valid name, in the order a person would like to read.
        what: what the names are, in the plural: `phases`.
    """
    every = list(known)
    close = nearest(name, every)
    head = f"did you mean '{close}'? " if close else ""
    return f"{head}known {what}: {listing(every)}"
