"""What a person wants to see of `bioctl batch watch --json`: a line when it matters."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

import typer

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
    "interlock.tripped",
    "loop.fallback",
    "link.down",
    "batch.sealed",
}
QUIET_S = 5.0
"""A sign of life at least this often (host)."""


def follow(site: str, batch: str) -> int:
    """Show a batch until it is over; return the exit code of `batch watch`."""
    words = ["batch", "watch", batch, "--json", "--site", site]
    typer.echo(f"$ bioctl {' '.join(words)}")
    command = [sys.executable, "-m", "bioctl", *words]
    last = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watching:  # noqa: S603
        for line in watching.stdout or ():
            entry = json.loads(line)
            if _matters(entry) or time.monotonic() - last > QUIET_S:
                _show(entry)
                last = time.monotonic()
    return watching.returncode


def _matters(entry: Mapping[str, Any]) -> bool:
    if entry["kind"] == "phase.state":
        return str(entry["data"]["state"]) != "COMPLETE"
    return entry["kind"] in SHOWN


def _show(entry: Mapping[str, Any]) -> None:
    typer.echo(f"  {duration_text(float(entry['t'])):>13}  {plain(str(entry['sentence']))}")
