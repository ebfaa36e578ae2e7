"""What people and programs see: plain sentences, tables, JSON.

Text from outside (a comment, a batch name) may hold control characters that move the cursor or
colour a lie; they are shown as escapes.
"""

import sys
from collections.abc import Iterable, Sequence

import typer

from bioctl.errors import BioctlError, InputErrors


def plain(text: str) -> str:
    """Return the text with every control character made visible, as Python escapes it."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def sentence(error: BioctlError) -> str:
    """Return an error as people read it: place and what happened, below it what to do."""
    if isinstance(error, InputErrors):
        return "\n".join(sentence(one) for one in error.errors)
    head = f"{error.where}: error: {error.message}" if error.where else error.message
    lines = [plain(line) for line in head.splitlines()]
    if error.help:
        lines.append(f"help: {plain(error.help)}")
    return "\n".join(lines)


def print_json(value: object, *, one_line: bool = False) -> None:
    """Print JSON; indented for a single answer, one line for each of a stream."""
    import orjson

    options = 0 if one_line else orjson.OPT_INDENT_2
    typer.echo(orjson.dumps(value, option=options).decode())


def print_table(heads: Sequence[str], rows: Iterable[Sequence[str]], nothing: str) -> None:
    """Print rows under heads, or the sentence `nothing` where there are none."""
    body = [[plain(cell) for cell in row] for row in rows]
    if not body:
        typer.echo(nothing)
        return
    table = [list(heads), *body]
    widths = [max(len(row[i]) for row in table) for i in range(len(heads))]
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


def on_terminal() -> bool:
    """Return whether a person looks: colours only then."""
    return sys.stdout.isatty()
