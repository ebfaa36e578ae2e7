"""The demo's two people, in a process of their own: they answer prompts by public commands.

Their accounts are named *simulated*, so nobody takes what they signed for a person's judgement.
"""

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

from bioctl.cli.common import connect
from bioctl.cli.demo import OPERATOR, SUPERVISOR
from bioctl.cli.demo_process import LEAVING, beside, command
from bioctl.errors import UnreachableError

LOOK_S = 0.3
"""How often they look at the screen (host)."""

RESTARTS = 3
"""How often they let a held batch go on, as after a computer that slept; then they stop it."""

PREFERRED = ("pH", "good")
"""Which reading they copy when several have the eu that is asked for."""


def main(folder: Path, batch: str) -> None:
    """Answer every prompt of a batch until it is over or the controller is gone."""
    LEAVING.watch()
    site, restarts = folder / "site.yaml", 0
    with connect(site) as client:
        while True:
            try:
                view = client.view()
            except UnreachableError:
                return
            for prompt in view["prompts"]:
                if prompt["batch"] == batch:
                    answer(folder, prompt, view)
            for held in (one for one in view["batches"] if one["state"] == "HELD"):
                let_go_on(folder, held, "restart" if restarts < RESTARTS else "stop")
                restarts += 1
            time.sleep(LOOK_S)


def answer(folder: Path, prompt: Mapping[str, Any], view: Mapping[str, Any]) -> None:
    """Answer one prompt as the person of the role it asks for."""
    who = SUPERVISOR if prompt["role"] == "supervisor" else OPERATOR
    _bioctl(folder, who, *_verb(prompt, view))


def let_go_on(folder: Path, held: Mapping[str, Any], verb: str) -> None:
    """Decide what becomes of a held batch."""
    reason = "simulated: looked at the plant and its readings after a hold"
    _bioctl(folder, SUPERVISOR, "command", held["id"], verb, "--reason", reason)


def _bioctl(folder: Path, who: str, *words: str) -> None:
    login = ["--user", who, "--password-file", str(folder / "secrets" / f"{who}.password")]
    words = ("batch", *words, *login, "--site", str(folder / "site.yaml"))
    with beside(command(*words), stdout=DEVNULL, stderr=DEVNULL) as process:
        process.wait()


def _verb(prompt: Mapping[str, Any], view: Mapping[str, Any]) -> list[str]:
    if prompt["kind"] == "signature":
        return ["sign", prompt["batch"], prompt["id"], "--meaning", prompt["choices"][0]]
    value = prompt["choices"][0] if prompt["choices"] else _measured(prompt, view)
    return ["answer", prompt["batch"], prompt["id"], str(value)]


def _measured(prompt: Mapping[str, Any], view: Mapping[str, Any]) -> float:
    """Return what a laboratory would find: the reading with that eu, or the middle of the range."""
    readings = {
        name: reading["value"]
        for unit in view["units"].values()
        for name, reading in unit["readings"].items()
        if reading["eu"] == prompt["eu"] and prompt["eu"]
    }
    for name in PREFERRED:
        if name in readings:
            return round(float(readings[name]), 2)
    return (float(prompt["low"]) + float(prompt["high"])) / 2


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
