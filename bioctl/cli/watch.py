"""`bioctl batch watch`: the journal of a batch as sentences, live."""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bioctl.cli.common import SITE, JsonOption, SiteOption, connect, example
from bioctl.cli.screen import on_terminal, plain, print_json
from bioctl.errors import InputError

if TYPE_CHECKING:
    from bioctl.port.client import PortClient

EXAMPLE = example(
    "bioctl batch watch B-0001 --site demo-site/site.yaml",
    "bioctl batch watch B-0001 --no-follow --json",
)

WAIT_S = 20.0
ENDS = {"COMPLETE": 0, "STOPPED": 1, "ABORTED": 1}
COLOURS = {
    "alarm": typer.colors.YELLOW,
    "interlock": typer.colors.RED,
    "prompt": typer.colors.CYAN,
    "signature": typer.colors.CYAN,
    "batch": typer.colors.GREEN,
    "command": typer.colors.MAGENTA,
}

Entry = Mapping[str, Any]


def watch(
    batch: Annotated[str, typer.Argument(help="The batch id.")],
    follow: Annotated[bool, typer.Option(help="Go on until the batch is over.")] = True,
    site: SiteOption = SITE,
    as_json: JsonOption = False,
) -> None:
    """Show what happens in a batch; exit 0 at COMPLETE, 1 at STOPPED or ABORTED."""
    with connect(site) as client:
        _known(client, batch)
        state = _tail(client, batch, site, follow, as_json)
        if state not in ENDS and not as_json:
            _show_prompts(client, batch, site)
    raise typer.Exit(ENDS.get(state, 0))


def _known(client: "PortClient", batch: str) -> None:
    if not client.entries(batch=batch, limit=1):
        names = ", ".join(str(one["id"]) for one in client.view()["batches"]) or "none"
        raise InputError(f"There is no batch {batch}.", help=f"There are: {names}.")


def _tail(client: "PortClient", batch: str, site: Path, follow: bool, as_json: bool) -> str:
    """Print entries until the batch is over, or there is none left; return its last state."""
    state = ""
    for entry in _entries(client, batch, WAIT_S if follow else 0.0):
        if as_json:
            print_json(entry, one_line=True)
        else:
            _show(entry, batch, site)
        if entry["kind"] == "batch.state":
            state = str(entry["data"]["state"])
        if follow and state in ENDS:
            break
    return state


def _entries(client: "PortClient", batch: str, wait_s: float) -> Iterator[Entry]:
    after = 0
    while True:
        found = client.entries(after, batch, wait_s)
        yield from found
        if found:
            after = int(found[-1]["seq"])
        elif not wait_s:
            return


def _show(entry: Entry, batch: str, site: Path) -> None:
    from bioctl.clock import duration_text

    kind = str(entry["kind"])
    line = f"{duration_text(float(entry['t']))}  {plain(str(entry['sentence']))}"
    colour = COLOURS.get(kind.partition(".")[0])
    typer.echo(typer.style(line, fg=colour) if on_terminal() and colour else line)
    if kind == "prompt.opened":
        typer.echo(hint({**entry["data"], "batch": batch}, site))


def _show_prompts(client: "PortClient", batch: str, site: Path) -> None:
    mine: Iterable[Entry] = [one for one in client.view()["prompts"] if one["batch"] == batch]
    for prompt in mine:
        typer.echo(f"open prompt {prompt['id']}: {plain(str(prompt['text']))}")
        typer.echo(hint(prompt, site))


def hint(prompt: Entry, site: Path) -> str:
    """Return the command that answers, ready to copy; what else fits stands behind `#`."""
    place = f"--user USER --site {shlex.quote(str(site))}"
    who = f"{shlex.quote(str(prompt['batch']))} {shlex.quote(str(prompt['id']))}"
    signs = prompt.get("kind") == "signature"
    verb = f"sign {who} --meaning" if signs else f"answer {who}"
    choices = [str(choice) for choice in prompt.get("choices") or []]
    value, *others = choices or ["approved" if signs else "VALUE"]
    eu = "" if choices or signs else prompt.get("eu")
    remark = f"  # or {', '.join(others)}" if others else f"  # in {eu}" if eu else ""
    return plain(f"    bioctl batch {verb} {shlex.quote(value)} {place}{remark}")
