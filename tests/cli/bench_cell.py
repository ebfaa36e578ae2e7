"""A cell of one bench for the command line's tests, as a process: `bench_cell.py SOCKET`.

`batch.start` asks a number (P1), its answer asks a signature (P2), approval completes the batch.
`batch.stop`, `.abort` and `.hold` do what they say. There is no plant.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

from bioctl.errors import InputError, RefusedError
from bioctl.port.messages import Answer, Command, Session
from bioctl.port.server import create_app, serve

PEOPLE = {"ola": "Ola Nordmann", "siri": "Siri Hansen"}
PASSWORD = "correct horse"  # noqa: S105
VERSION = {
    "recipe": "expand", "version": "1.0", "status": "in review", "author": "siri",
    "approver": "", "hash": "ab" * 32,
}  # fmt: skip
ALARM = {
    "unit": "BR101", "tag": "x", "unevaluable": False, "shelved_s": None, "active": True,
    "consequence": "x", "action": "Look\x1b[2J.", "occurrence": 1, "escalations": 0,
}  # fmt: skip
ALARMS = [
    ALARM | {"alarm": "oxygen_bad", "priority": 2, "state": "acknowledged", "since": 5.0},
    ALARM | {"alarm": "ph_low", "priority": 3, "state": "shelved", "since": 1.0, "shelved_s": 600,
             "occurrence": 0},
    ALARM | {"alarm": "ph_high", "priority": 2, "state": "suppressed by design", "since": None,
             "active": False},
    ALARM | {"alarm": "temperature_high", "priority": 1, "state": "unacknowledged", "since": 9.0,
             "occurrence": 3, "escalations": 2},
    ALARM | {"alarm": "glucose_low", "priority": 2, "state": "unacknowledged", "since": 9.0,
             "unevaluable": True},
]  # fmt: skip
INTERLOCK = {"unit": "BR101", "protects": "the bag", "holds": [], "reset": "person"}
INTERLOCKS = [
    INTERLOCK | {"interlock": "pressure_high", "tripped": True, "cause": "pressure > 80 mbar",
                 "first_out": True, "bypassed_s": None, "acts": True},
    INTERLOCK | {"interlock": "level_low", "tripped": False, "cause": "", "first_out": False,
                 "bypassed_s": 300.0, "acts": False},
    INTERLOCK | {"interlock": "feed_used_up", "tripped": True, "cause": "feed_total.used > 20 L",
                 "first_out": False, "bypassed_s": 120.0, "acts": False, "reset": "second"},
]  # fmt: skip
PERMISSIVE = {"unit": "BR101", "protects": "cells", "before": ["inoculate", "charge"],
              "source": ["inoculum"], "when": "pH > 7", "bypassed_s": None}  # fmt: skip
PERMISSIVES = [
    PERMISSIVE | {"permissive": "ready", "given": False, "missing": "it needs pH > 7; now pH 6.9"},
    PERMISSIVE | {"permissive": "warm", "given": True, "missing": "", "source": []},
]
ENDS = {"stop": "STOPPED", "abort": "ABORTED", "hold": "HELD"}


class BenchCell:
    def __init__(self) -> None:
        self.log: list[dict[str, Any]] = []
        self.batches: dict[str, dict[str, Any]] = {}
        self.prompts: dict[str, dict[str, Any]] = {}
        self.recipes: list[dict[str, Any]] = []
        self.changed = asyncio.Condition()

    async def login(self, user: str, password: str) -> Session:
        if user not in PEOPLE or password != PASSWORD:
            raise RefusedError("The user or the password is wrong.")
        return Session(token=user, user=user, name=PEOPLE[user], role="operator")

    async def command(self, token: str | None, command: Command) -> Answer:
        if token not in PEOPLE:
            raise RefusedError("Nobody is logged in.")
        noun, _, verb = command.name.partition(".")
        if noun == "recipe":
            return self._recipe(verb, command)
        if noun == "alarm":
            return self._alarm(verb, command)
        if noun in ("interlock", "loop"):
            return self._interlock(verb, command)
        batch = str(command.args["batch"])
        if verb != "start" and batch not in self.batches:
            raise InputError(f"There is no batch {batch}.")
        async with self.changed:
            answer = getattr(self, f"_{verb}", self._move)(verb, batch, command)
            self.changed.notify_all()
        return answer

    def view(self) -> dict[str, Any]:
        return {
            "batches": [*self.batches.values()],
            "prompts": [*self.prompts.values()],
            "recipes": [VERSION],
            "alarms": ALARMS,
            "interlocks": INTERLOCKS,
            "permissives": PERMISSIVES,
            "given": self.recipes,
        }

    async def entries(
        self, after: int, batch: str | None, wait_s: float, limit: int
    ) -> list[dict[str, Any]]:
        def found() -> list[dict[str, Any]]:
            return [e for e in self.log[after:] if batch in (None, e["batch"])][:limit]

        try:
            async with asyncio.timeout(wait_s), self.changed:
                await self.changed.wait_for(lambda: bool(found()))
        except TimeoutError:
            return []
        return found()

    def _recipe(self, verb: str, command: Command) -> Answer:
        meaning = command.signature.meaning if command.signature else "nothing"
        self.recipes.append({"verb": verb, "meaning": meaning, "args": command.args})
        return Answer(outcome="done", message=f"recipe {verb}: {meaning}")

    def _alarm(self, verb: str, command: Command) -> Answer:
        name, seen = command.args["alarm"], command.args.get("occurrence")
        if name not in {f"BR101.{one['alarm']}" for one in ALARMS}:
            raise InputError(f"there is no alarm {name!r}")
        if verb == "ack":
            if seen != 1 and name == "BR101.oxygen_bad":
                raise RefusedError(f"alarm {name} was raised again since")
            return Answer(outcome="done", message=f"ack {name} #{seen}: {command.reason}")
        minutes = f" for {command.args['minutes']:g} min" if verb == "shelve" else ""
        return Answer(outcome="done", message=f"{verb}{minutes}: {command.reason}")

    def _interlock(self, verb: str, command: Command) -> Answer:
        signature = command.signature
        meaning = f"{signature.meaning} by {signature.user}" if signature else "nothing"
        minutes = f" for {command.args['minutes']:g} min" if verb == "bypass" else ""
        message = f"{verb}{minutes}: {command.reason}, signed {meaning}"
        return Answer(outcome="done", message=message)

    def _start(self, _verb: str, batch: str, command: Command) -> Answer:
        if batch in self.batches:
            raise RefusedError(f"Batch {batch} was already started.", help="Choose a new id.")
        self.batches[batch] = {
            "id": batch,
            "recipe": command.args["file"],
            "path": None,
            "elapsed": 3_600.0,
            "args": command.args,
        }
        self._become(batch, "RUNNING", command.reason)
        self._open(batch, "P1", "number", "pH of the medium\x1b[2J?")
        return Answer(outcome="done", message=f"Batch {batch} is RUNNING.")

    def _answer(self, _verb: str, batch: str, command: Command) -> Answer:
        if command.args["value"] != "7.2":
            return Answer(outcome="rejected", message="Expected 6.8 .. 7.4.")
        self._close(batch, "P1")
        self._open(batch, "P2", "signature", "Harvest?")
        return Answer(outcome="done", message="Noted.")

    def _sign(self, _verb: str, batch: str, command: Command) -> Answer:
        signature = command.signature
        if not signature or signature.password.get_secret_value() != PASSWORD:
            raise RefusedError("The signature is not valid.")
        self._close(batch, "P2")
        self._become(batch, "COMPLETE", signature.meaning)
        return Answer(outcome="accepted", message="")

    def _move(self, verb: str, batch: str, command: Command) -> Answer:
        if verb not in ENDS:
            return Answer(outcome="rejected", message=f"{verb} is not possible now.")
        self._become(batch, ENDS[verb], command.reason)
        return Answer(outcome="done", message=f"Batch {batch} is {ENDS[verb]}.")

    def _become(self, batch: str, state: str, cause: str) -> None:
        self.batches[batch]["state"] = state
        data = {"state": state, "cause": cause}
        self._note(batch, "batch.state", data, f"Batch {batch} is {state}: {cause}.")

    def _open(self, batch: str, id_: str, kind: str, text: str) -> None:
        prompt = {"id": id_, "text": text, "kind": kind, "choices": [], "eu": "pH"}
        self.prompts[f"{batch}/{id_}"] = {**prompt, "batch": batch}
        self._note(batch, "prompt.opened", prompt, f"Asked: {text}")

    def _close(self, batch: str, id_: str) -> None:
        if not self.prompts.pop(f"{batch}/{id_}", None):
            raise RefusedError(f"Prompt {id_} is not open.")

    def _note(self, batch: str, kind: str, data: dict[str, Any], sentence: str) -> None:
        seq = len(self.log) + 1
        entry = {"seq": seq, "kind": kind, "batch": batch, "data": data, "t": 90_061.0}
        self.log.append({**entry, "sentence": sentence})


async def main(path: Path) -> None:
    ready = asyncio.Event()
    port = asyncio.create_task(serve(create_app(BenchCell()), path, ready=ready))
    await ready.wait()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await port


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
