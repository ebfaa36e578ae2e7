"""What a file must be before any parser sees it: small, UTF-8, and nothing in it invisible."""

import re

from bioctl.errors import InputError, InputErrors, Where
from bioctl.language.nearest import visible

MAX_BYTES = 1024 * 1024
MOST = 100
"""More lines than this are not told: the file is no text."""

# Controls but line feed and CRLF; C1 controls and NEL; soft hyphen; zero width and bidi marks;
# line and paragraph separators; BOM; surrogates; noncharacters; tags.
FORBIDDEN = re.compile(
    "[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\uffff\U000e0000-\U000e0fff]"
    "|\r(?!\n)"
)

_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def prescan(text: str | bytes, file: str) -> str:
    """Return the text with line feeds only, ready for the parser.

    Raises:
        InputError: over 1 MiB, or not UTF-8.
        InputErrors: every line with a byte-order mark, a tab, or a control, zero-width or
            bidirectional character, the first hundred of them.
    """
    if len(text) > MAX_BYTES:
        raise too_large(file)
    decoded = _decode(text, file) if isinstance(text, bytes) else text
    if FORBIDDEN.search(decoded):
        raise _all_forbidden(decoded, file)
    return decoded.replace("\r\n", "\n")


def too_large(file: str) -> InputError:
    """Return the refusal of a file over `MAX_BYTES`."""
    return InputError(
        f"the file has more than {MAX_BYTES} bytes and was not read.",
        where=Where(file),
        help="a recipe or site file is far smaller; split it.",
    )


def _decode(data: bytes, file: str) -> str:
    if data.startswith(_BOMS):
        raise InputError(
            "the file starts with a byte-order mark.",
            where=Where(file, 1, 1),
            help="save it as UTF-8 without BOM.",
        )
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        raise InputError(
            f"byte 0x{data[error.start]:02X} is not UTF-8.",
            where=place(before, len(before), file),
            help="save the file as UTF-8.",
        ) from None


def _all_forbidden(text: str, file: str) -> InputErrors:
    """Return the first of each line."""
    found: dict[int, InputError] = {}
    line, start = 1, 0
    for match in FORBIDDEN.finditer(text):
        line += text.count("\n", start, match.start())
        start = match.start()
        if line not in found:
            found[line] = _forbidden(text, start, file)
        if len(found) == MOST:
            break
    return InputErrors(list(found.values()))


def _forbidden(text: str, index: int, file: str) -> InputError:
    where = place(text, index, file)
    if text[index] == "\t":
        return InputError("a tab is not allowed.", where=where, help="indent with two spaces.")
    if text[index] == "\ufeff" and index == 0:
        message, mend = "the file starts with a byte-order mark.", "save it as UTF-8 without BOM."
    else:
        message = f"the character {visible(text[index])} is not allowed."
        mend = "delete it: it is a control character, or can't be seen, or reorders text."
    return InputError(message, where=where, help=mend)


def place(text: str, index: int, file: str) -> Where:
    """Return the 1-based line and column of a character."""
    start = text.rfind("\n", 0, index) + 1
    return Where(file, text.count("\n", 0, index) + 1, index - start + 1)
