"""What a YAML parser complains about, in words for whoever wrote the file.

PyYAML's C parser and its Python one say the same thing differently; here both read alike.
"""

import re
from typing import Final

import yaml

from bioctl.errors import InputError, Where
from bioctl.language.nearest import visible

_BRACKETS: Final = "close every bracket, and put a comma between two values."
_SAYS: Final = (
    (
        "mapping values are not allowed",
        "a second `key: value` begins in one line.",
        "put ': ' once in a line, check the indentation, and quote text that contains ': '.",
    ),
    (
        "expected key|<block end>|'-' indicator|sequence entries are not allowed",
        "this line does not fit the lines above it.",
        "check the indentation, and that brackets and quotes are closed.",
    ),
    ("',' or '[]}]'", "a bracket is not closed before this.", _BRACKETS),
    (
        "could not find expected ':'",
        "a key without its colon ends before this.",
        "a key needs a colon and a space after it: `key: value`.",
    ),
    ("unexpected ':'", "a colon stands alone here.", "put a space after the colon of a key."),
    (
        "cannot start any token",
        "text can't begin with this character.",
        "quote text that starts with it.",
    ),
    ("unexpected end of stream", "the file ends inside a quoted text.", "close the quote."),
    (
        "document separator",
        "the document ends inside a quoted text.",
        "close the quote before the line ---.",
    ),
    (
        "escape",
        "this escape has no meaning.",
        "use single quotes: a backslash has a meaning in double quotes.",
    ),
    ("node content", "a value is missing before this.", _BRACKETS),
    (
        "document start",
        "nothing can stand after the end of the document.",
        "keep one document in a file.",
    ),
    (
        "block scalar|indentation indicator|chomping|comment or",
        "the text after | or > is broken.",
        "begin it in the next line, indented by two spaces.",
    ),
    ("anchor|alias", "& and * can't begin a text.", "quote text that starts with this character."),
    ("tag", "! can't begin a text.", "quote text that starts with this character."),
    ("mapping keys", "'? ' can't begin a text here.", "quote text that starts with ?."),
    (
        "directive|alphabetic or numeric char",
        "a line can't begin with %.",
        "delete it, or quote the text.",
    ),
)


def not_yaml(error: yaml.MarkedYAMLError, file: str) -> InputError:
    """Return the refusal of a file that no YAML parser can read, at its place."""
    mark = error.problem_mark or error.context_mark
    where = Where(file, mark.line + 1, mark.column + 1) if mark else Where(file)
    problem = error.problem or ""
    found = ((says, mend) for pattern, says, mend in _SAYS if re.search(pattern, problem))
    says, mend = next(found, (f"{visible(problem, 120)}.", ""))
    return InputError(f"this is not YAML: {says}", where=where, help=mend)
