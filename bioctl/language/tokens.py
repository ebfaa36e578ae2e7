"""Words of a condition: quantities, names, operators, each with its column."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple, Never

from bioctl.errors import InputError, Where
from bioctl.language.nearest import visible
from bioctl.language.quantity import Quantity, parse_quantity

MAX_TEXT = 1000
MAX_TOKENS = 200

_NUMBER = r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?"
_EU = r"(?:(?!(?:and|or|not)\b)[A-Za-z%][A-Za-z0-9%]*|1(?:e[0-9]+)?(?=/))(?:/[A-Za-z0-9%]+)*"
_TOKEN = re.compile(
    r"[ \n]*(?:(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)"
    r"|(?P<operator><=|>=|==|!=|[<>+*/(),-])"
    rf"|(?P<duration>{_NUMBER} +(?:d|h|min|s)(?: +{_NUMBER} +(?:d|h|min|s)\b)+)"
    rf"|(?P<quantity>{_NUMBER}(?: +{_EU})?)(?![A-Za-z0-9_%.]|,[0-9])"
    r"|(?P<end>$))"
)
IN_CONDITION = "condition"
"""The file of a place that counts from a condition's own first character."""

_SPACE = re.compile(r"[ \n]*")
_WORDS = frozenset({"and", "or", "not"})
_HINTS = {
    "=": "write == to compare.",
    "&": "write and.",
    "|": "write or.",
    "!": "write not.",
    ";": "put a comma between two values.",
    '"': "conditions compare numbers only.",
    "'": "conditions compare numbers only.",
}


class Token(NamedTuple):
    """One word of a condition.

    Attributes:
        kind: what it is; the keywords and, or, not are operators.
        text: as written.
        column: 0-based offset in the condition.
        quantity: the value of a quantity.
    """

    kind: Literal["quantity", "name", "operator", "end"]
    text: str
    column: int
    quantity: Quantity | None = None


def refuse(column: int, message: str, help: str = "") -> Never:  # noqa: A002
    """Raise an InputError at a 0-based offset of the condition."""
    raise InputError(message, where=Where(IN_CONDITION, 1, column + 1), help=help)


@lru_cache(maxsize=1024)
def tokenise(text: str) -> tuple[Token, ...]:
    """Return the tokens of a condition, `end` last.

    A condition is read when its recipe is checked, bound and run, and recipes repeat themselves.

    Raises:
        InputError: a character or number that no condition has, or too long a text.
    """
    if len(text) > MAX_TEXT:
        refuse(0, f"the condition is longer than {MAX_TEXT} characters.", "split the step.")
    tokens = tuple(_tokens(text))
    if len(tokens) > MAX_TOKENS:
        refuse(tokens[MAX_TOKENS].column, f"the condition has more than {MAX_TOKENS} words.")
    return tokens


def _tokens(text: str) -> Iterator[Token]:
    position, kind = 0, ""
    while kind != "end":
        match = _TOKEN.match(text, position)
        if match is None:
            space = _SPACE.match(text, position)
            _unknown(text, space.end() if space else position)
        kind = match.lastgroup or "end"
        yield _token(kind, match[kind], match.start(kind))
        position = match.end()


def _token(kind: str, word: str, column: int) -> Token:
    if kind == "name":
        return Token("operator" if word in _WORDS else "name", word, column)
    if kind == "operator":
        return Token("operator", word, column)
    if kind == "end":
        return Token("end", "", column)
    try:
        return Token("quantity", word, column, parse_quantity(word))
    except InputError as error:
        refuse(column, error.message, error.help)


def _unknown(text: str, position: int) -> Never:
    char = text[position]
    if char.isdigit() or char == ".":
        word = re.split(r"[\s()<>=]", text[position:], maxsplit=1)[0]
        refuse(position, f"'{visible(word)}' is not a number with its eu.", _mended(word))
    message = f"'{visible(char)}' has no meaning in a condition."
    refuse(
        position, message, _HINTS.get(char, "use names, numbers with eu, < <= > >= == != and or.")
    )


def _mended(word: str) -> str:
    if word.count(",") and word.count("."):
        return "use a decimal point in a number, and a space after a comma between two."
    try:
        parse_quantity(word.rstrip(","))
    except InputError as error:
        return error.help
    return ""
