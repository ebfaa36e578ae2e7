"""Where the reading of a condition stands: its words, depth, work and windows so far."""

from typing import Final

from bioctl.language.expression import Window
from bioctl.language.tokens import Token, refuse, tokenise

MAX_DEPTH: Final = 20
MAX_STEPS: Final = 1000
"""Comparisons and operations of one evaluation; a window counts as many as it has parts."""


class Cursor:
    """The words of a condition, taken one by one within limits."""

    def __init__(self, text: str, *, windows: bool) -> None:
        self.tokens = tokenise(text)
        self.windows: list[Window] = []
        self.may_look_back = windows
        self.steps = 0
        self.depth = 0
        self._at = 0

    def peek(self) -> Token:
        """Return the next token without taking it."""
        return self.tokens[self._at]

    def take(self) -> Token:
        """Take the next token."""
        token = self.tokens[self._at]
        self._at += token.kind != "end"
        return token

    def accept(self, *operators: str) -> Token | None:
        """Take the next token if it is one of these operators."""
        token = self.peek()
        return self.take() if token.kind == "operator" and token.text in operators else None

    def spend(self, token: Token, steps: int = 1) -> None:
        """Count work of the evaluation to come."""
        self.steps += steps
        if self.steps > MAX_STEPS:
            message = f"from here on the condition takes more than {MAX_STEPS} steps."
            refuse(token.column, message, "use fewer windows, or split the phase.")

    def deeper(self, token: Token) -> None:
        """Count one level more."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            refuse(token.column, f"nested deeper than {MAX_DEPTH} levels.", "simplify it.")
