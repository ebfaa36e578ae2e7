"""Words for messages: the nearest valid name, and foreign text made safe to show."""

import difflib
from collections.abc import Iterable

SHOWN = 60
"""Characters of foreign text that a message repeats."""

LISTED = 12
"""Names a help text lists before it says how many more there are."""


def visible(text: str, limit: int = SHOWN) -> str:
    """Return foreign text fit for a message, cut to `limit` characters.

    What can't be seen, reorders text or only looks like a Latin letter is shown by its number.
    """
    cut, rest = text[:limit], "…" if len(text) > limit else ""
    if not (cut.isascii() and cut.isprintable()):
        cut = "".join(char if _plain(char) else f"<U+{ord(char):04X}>" for char in cut)
    return cut + rest


def _plain(char: str) -> bool:
    return char.isprintable() and ord(char) < 0x100


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
    head = did_you_mean(name, every)
    return f"{head} known {what}: {listing(every)}.".lstrip()


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `did you mean '…'?`, or "" where no known name is like it."""
    close = nearest(name, known)
    return f"did you mean '{close}'?" if close else ""
