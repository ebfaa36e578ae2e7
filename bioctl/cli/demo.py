"""`bioctl demo`: a whole batch, by public commands only, as a person would type them."""

import shlex
import socket
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from subprocess import PIPE, STDOUT
from typing import Annotated

import typer

from bioctl.cli.common import example
from bioctl.cli.demo_process import LEAVING, beside, command, running
from bioctl.cli.demo_watch import follow
from bioctl.cli.screen import plain
from bioctl.errors import InputError

EXAMPLE = example("bioctl demo", "bioctl demo --recipe packed_bed_expansion --out my-demo")

BATCH = "DEMO-001"
OPERATOR, SUPERVISOR = "simulated-operator", "simulated-supervisor"
PEOPLE = "bioctl.cli.simulated_people"
"""Who answers prompts: a program of its own that uses the same public commands."""


def demo(
    recipe: Annotated[str, typer.Option(help="A recipe's name or file.")] = "first_expansion",
    out: Annotated[Path | None, typer.Option(help="A new folder for all it makes.")] = None,
) -> None:
    """Run a whole batch on the simulated plant and leave its record, journal and verdict."""
    from bioctl.recipe.library import find_recipe

    find_recipe(recipe)
    folder = _folder(out)
    LEAVING.watch()
    try:
        code = _run(recipe, folder)
    except SystemExit:
        with suppress(OSError):  # the terminal may be gone
            _say(f"ended early; all it had started has ended, what it made is in {folder}")
        raise
    raise typer.Exit(code)


def _run(recipe: str, folder: Path) -> int:
    """Run the batch from set-up to verdict; return the worst exit code."""
    began, site = time.monotonic(), str(folder / "site.yaml")
    with ExitStack() as stack:
        _prepare(folder, stack)
        _say("two simulated people stand by: an operator and a supervisor")
        _bioctl("batch", "start", recipe, "--id", BATCH, *_as(folder, OPERATOR), "--site", site)
        stack.enter_context(beside([sys.executable, "-m", PEOPLE, str(folder), BATCH]))
        code = follow(site, BATCH)
        for form in ("html", "json"):
            out = ("--out", str(folder / f"record.{form}"))
            _bioctl("record", BATCH, "--format", form, *out, "--site", site)
    verdict = _bioctl("audit", "verify", str(folder / "journal.db"), check=False)
    _say(f"done in {time.monotonic() - began:.0f} s; open {folder / 'record.html'} in a browser")
    return code or verdict


def _prepare(folder: Path, stack: ExitStack) -> None:
    """Make plant, site and accounts, each trusting the other's certificate, and start both."""
    site, plant, port = str(folder / "site.yaml"), str(folder / "plant"), _free_port()
    for name in (OPERATOR, SUPERVISOR):
        _secret(folder, name)
    secret = str(folder / "secrets" / "plant.password")
    _bioctl("site", "init", str(folder), "--plant-url", f"opc.tcp://127.0.0.1:{port}/plant")
    _bioctl(
        "plant", "user", "bioctl", "--role", "control", "--password-file", secret, "--home", plant
    )
    _bioctl("plant", "trust", str(folder / "pki/own/bioctl.der"), "--home", plant)
    place = ("--home", plant, "--port", str(port), "--seed", "1")
    _serve(stack, folder / "plant.out", "plant", "serve", *place)
    _bioctl("site", "trust", str(folder / "plant/pki/own/plant.der"), "--site", site)
    _account(folder, SUPERVISOR, "Simulated Supervisor", "supervisor")
    by = ["--by", SUPERVISOR, "--by-password-file", str(_password(folder, SUPERVISOR))]
    _account(folder, OPERATOR, "Simulated Operator", "operator", *by)
    _serve(stack, folder / "controller.out", "serve", "--site", site)


def _serve(stack: ExitStack, said: Path, *words: str) -> None:
    _show(*words)
    _say(stack.enter_context(running(said, *words)))


def _account(folder: Path, user: str, name: str, role: str, *by: str) -> None:
    password = ["--password-file", str(_password(folder, user))]
    site = ["--site", str(folder / "site.yaml")]
    _bioctl("user", "add", user, "--name", name, "--role", role, *password, *by, *site)


def _folder(out: Path | None) -> Path:
    """Return a new folder; what an earlier demo left is never touched.

    Raises:
        InputError: it exists and holds something, or can't be made.
    """
    names = (
        [out]
        if out
        else [Path(f"demo-out{suffix}") for suffix in ("", *(f"-{n}" for n in range(2, 100)))]
    )
    for folder in names:
        if not folder.exists() or not any(folder.iterdir()):
            try:
                (folder / "secrets").mkdir(parents=True, mode=0o700)
            except OSError as error:
                raise InputError(f"{folder} can't be made: {error.strerror}") from None
            return folder.resolve()
    raise InputError(f"{names[0]} holds files already", help="name a new folder with --out")


def _secret(folder: Path, name: str) -> None:
    import secrets

    file = _password(folder, name)
    file.touch(mode=0o600)
    file.write_text(secrets.token_urlsafe(18) + "\n", "utf-8")


def _password(folder: Path, name: str) -> Path:
    return folder / "secrets" / f"{name}.password"


def _as(folder: Path, user: str) -> list[str]:
    return ["--user", user, "--password-file", str(_password(folder, user))]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _say(text: str) -> None:
    typer.echo(f"  {plain(text)}")


def _show(*words: str) -> None:
    typer.echo(f"$ bioctl {shlex.join(words)}")


def _bioctl(*words: str, check: bool = True) -> int:
    """Run one public command and show what it says; a failure ends the demo with its exit code."""
    _show(*words)
    with beside(command(*words), stdout=PIPE, stderr=STDOUT, text=True) as process:
        said, _ = process.communicate()
    for line in said.splitlines():
        _say(line)
    if check and process.returncode:
        raise typer.Exit(process.returncode)
    return int(process.returncode)
