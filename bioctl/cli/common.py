"""What the commands share: options, the site, the password, the running controller."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bioctl.errors import UsageError

if TYPE_CHECKING:
    from bioctl.port.client import PortClient

SITE = Path("site.yaml")

SiteOption = Annotated[Path, typer.Option("--site", envvar="BIOCTL_SITE", help="The site file.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
UserOption = Annotated[str, typer.Option("--user", envvar="BIOCTL_USER", help="Who asks.")]
PasswordOption = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        envvar="BIOCTL_PASSWORD_FILE",
        help="A file whose first line is the password; without it a terminal asks.",
    ),
]

SECOND_HELP = "The second person, a supervisor or QA, who signs."
SecondOption = Annotated[str | None, typer.Option("--second", metavar="USER", help=SECOND_HELP)]
SecondPasswordOption = Annotated[
    Path | None,
    typer.Option(help="A file with the second person's password; without it a terminal asks."),
]


def noun(help_: str) -> typer.Typer:
    """Return the group of commands of one noun."""
    return typer.Typer(help=help_, no_args_is_help=True, rich_markup_mode=None)


def example(*lines: str) -> str:
    """Return the epilog that shows how a command is typed; the line breaks stay."""
    return "\n".join(("\b", "Example:", *(f"  {line}" for line in lines)))


def existing_site(site: Path) -> Path:
    """Return the site file.

    Raises:
        UsageError: there is none.
    """
    if not site.is_file():
        raise UsageError(
            f"There is no site file {site}.",
            help="Name it with --site or BIOCTL_SITE, or make one with `bioctl site init DIR`.",
        )
    return site


def read_password(file: Path | None, user: str, option: str = "--password-file") -> str:
    """Return the password: the first line of `file`, or what a person types on a terminal.

    Raises:
        UsageError: no file and no terminal, or the file can't be read or is empty.
    """
    if file is None:
        if not sys.stdin.isatty():
            raise UsageError(
                f"There is no password for {user}: no {option} and no terminal to ask at.",
                help=f"Write it to a file only you can read and give it with {option}.",
            )
        from getpass import getpass

        return getpass(f"Password of {user}: ")
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise UsageError(f"The password file {file} can't be read: {reason}.") from None
    if not lines or not lines[0]:
        raise UsageError(f"The password file {file} is empty.", help="Its first line is it.")
    return lines[0]


def connect(site: Path) -> "PortClient":
    """Return a client of the controller that serves this site."""
    from bioctl.port.client import PortClient

    return PortClient(site_path(site, "port", "port.sock"), f"bioctl serve --site {site}")


def site_path(site: Path, name: str, default: str) -> Path:
    """Return a path the site file gives, relative to its folder.

    Only this field is read: a site file that is being edited must not stand between a person and
    Abort, or an auditor and the journal.
    """
    from bioctl.language.document import parse

    file = existing_site(site)
    node = parse(file.read_bytes(), str(file)).as_mapping().entries.get(name)
    return file.parent / (node.as_text() if node else default)
