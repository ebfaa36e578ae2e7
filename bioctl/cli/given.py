"""The options of every command that a person gives, declared once.

@app.command()
@given
def release(loop: Loop, *, by: By) -> None:
    by.ask("loop.release", {"loop": loop})
"""

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from bioctl.cli.ask import Second, ask, ask_each
from bioctl.cli.common import SITE, JsonOption, PasswordOption, SiteOption, UserOption

Reason = Annotated[str, typer.Option(help="Why; it goes into the record.")]


@dataclass(frozen=True, slots=True)
class By:
    """Who gives a command, why, to which cell, and how the answer is told."""

    user: str
    site: Path
    password_file: Path | None
    as_json: bool
    reason: str = ""

    def ask(
        self,
        name: str,
        args: Mapping[str, Any],
        *,
        meaning: str | None = None,
        second: Second | None = None,
    ) -> None:
        """Send a command as this person and print the answer.

        Raises:
            RefusedError: the cell rejected it.
            UnreachableError: nobody answers.
        """
        ask(
            self.site, self.user, self.password_file, name, args,
            reason=self.reason, meaning=meaning, second=second, as_json=self.as_json,
        )  # fmt: skip

    def ask_each(self, name: str, several: Sequence[Mapping[str, Any]]) -> None:
        """Send a command once for each of these arguments, and print every answer.

        Raises:
            RefusedError: the cell rejected one or more.
            UnreachableError: nobody answers.
        """
        ask_each(
            self.site, self.user, self.password_file, name, several,
            reason=self.reason, as_json=self.as_json,
        )  # fmt: skip


def given(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command with the options of a person and a reason; it gets them as `by`."""
    return _with(command, _reasoned)


def given_without_reason(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command with the options of a person, whose act is its own reason."""
    return _with(command, _plain)


def _plain(
    *,
    user: UserOption,
    site: SiteOption = SITE,
    password_file: PasswordOption = None,
    as_json: JsonOption = False,
) -> None: ...


def _reasoned(
    *,
    reason: Reason,
    user: UserOption,
    site: SiteOption = SITE,
    password_file: PasswordOption = None,
    as_json: JsonOption = False,
) -> None: ...


def _with(command: Callable[..., None], options: Callable[..., None]) -> Callable[..., None]:
    """Let Typer see the command's own parameters and the options, instead of `by`."""
    shown = inspect.signature(command)
    own = [one for one in shown.parameters.values() if one.name != "by"]
    more = inspect.signature(options).parameters

    @functools.wraps(command)
    def run(**values: Any) -> None:  # noqa: ANN401  whatever the command line gives
        by = By(**{name: values.pop(name) for name in more})
        command(**values, by=by)

    every = {one.name: one.annotation for one in (*own, *more.values())}
    run.__annotations__ = every | {"return": None}
    run.__signature__ = shown.replace(parameters=[*own, *more.values()])  # type: ignore[attr-defined]
    return run
