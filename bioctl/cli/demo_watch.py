"""What a person wants to see of `bioctl batch watch --json`: a line when it matters."""

import json
from collections.abc import Mapping
from queue import Empty, SimpleQueue
from subprocess import DEVNULL, PIPE
from threading import Thread
from typing import IO, Any

import typer

from bioctl.cli.demo_process import beside, command
from bioctl.cli.screen import plain
from bioctl.clock import duration_text

SHOWN = {
    "batch.state",
    "phase.state",
    "prompt.opened",
    "prompt.answered",
    "signature",
    "result",
    "alarm.raised",
    "alarm.cleared",
    "alarm.escalated",
    "interlock.tripped",
    "permissive.missing",
    "loop.fallback",
    "link.down",
    "batch.sealed",
}
QUIET_S = 4.0
"""A sign of life at least this often (host)."""


def follow(site: str, batch: str) -> int:
    """Show a batch until it is over; return the exit code of `batch watch`."""
    words = ["batch", "watch", batch, "--json", "--site", site]
    typer.echo(f"$ bioctl {' '.join(words)}")
    with beside(command(*words), stdout=PIPE, text=True) as watching:
        said: SimpleQueue[str | None] = SimpleQueue()
        Thread(target=_listen, args=(watching.stdout, said), daemon=True).start()
        while (line := _next(said)) is not None:
            if not line:
                _pulse(site, batch)
            elif _matters(entry := json.loads(line)):
                _show(entry)
        watching.wait()
    return int(watching.returncode)


def _listen(stream: IO[str] | None, said: "SimpleQueue[str | None]") -> None:
    for line in stream or ():
        said.put(line)
    said.put(None)


def _next(said: "SimpleQueue[str | None]") -> str | None:
    """Return the next line, "" when it has been quiet for long, None at the end."""
    try:
        return said.get(timeout=QUIET_S)
    except Empty:
        return ""


def _pulse(site: str, batch: str) -> None:
    """Show where the batch is while nothing is decided: cells take their time."""
    words = ["batch", "list", "--json", "--site", site]
    with beside(command(*words), stdout=PIPE, stderr=DEVNULL, text=True) as process:
        said, _ = process.communicate()
    for one in json.loads(said or "[]"):
        if one["id"] == batch and one["elapsed"] is not None:
            place = f"{one['path']} {one['step']}, {one['done']} of {one['of']} steps complete"
            typer.echo(f"  {duration_text(one['elapsed']):>13}  ... {plain(place)}")


def _matters(entry: Mapping[str, Any]) -> bool:
    if entry["kind"] == "phase.state":
        return str(entry["data"]["state"]) != "COMPLETE"
    return entry["kind"] in SHOWN and not entry["data"].get("silent")


def _show(entry: Mapping[str, Any]) -> None:
    typer.echo(f"  {duration_text(float(entry['t'])):>13}  {plain(str(entry['sentence']))}")
