"""The grammar of names: recipes, formula entries, roles and steps are safe in paths."""

import re

from bioctl.errors import InputError
from bioctl.language.nearest import visible

NAME = r"[a-z][a-z0-9_]{0,39}"
VERSION = r"[0-9]{1,4}(\.[0-9]{1,4}){0,2}"

STEP_KEYS = (
    "with",
    "orders",
    "until",
    "takes",
    "timeout",
    "on timeout",
    "remind",
    "restart at",
    "checked by",
    "suppress alarms",
    "note",
)
"""Keys of a phase item, which no step can have as its name."""

BLOCK_KEYS = ("parallel", "choose", "repeat", "synchronise", "include")
"""First words of a block, which no step can have as its name either."""

_NAME = re.compile(NAME)
_DEVICES = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]")  # file names that Windows keeps for itself


def check_name(text: str, what: str) -> str:
    """Return a valid name.

    Args:
        text: what was written.
        what: what it names, in words: `the name of a step`.

    Raises:
        InputError: anything but a lower-case letter followed by up to 39 lower-case letters, digits
            and underscores; or a word that is kept for keys or by file systems.
    """
    if not _NAME.fullmatch(text):
        raise InputError(
            f"'{visible(text)}' can't be {what}.",
            help="use up to 40 lower-case letters a-z, digits and _, the first a letter"
            + _proposal(text),
        )
    if text in STEP_KEYS or text in BLOCK_KEYS or _DEVICES.fullmatch(text):
        raise InputError(f"'{text}' can't be {what}: the word is reserved.", help="add to it.")
    return text


def _proposal(text: str) -> str:
    proposal = re.sub(r"[^a-z0-9]+", "_", text[:200].lower()).strip("_0123456789")
    return f": {proposal}" if text.isascii() and _NAME.fullmatch(proposal) else "."
