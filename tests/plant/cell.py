"""A cell of real processes: plant, site, accounts, controller, and a person at its port.

with new_cell(template, folder) as cell:
    cell.start_plant()
    cell.start()
    cell.command("batch.start", ...)
"""

import json
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bioctl.audit.read import read_entries
from bioctl.clock import SystemClock
from bioctl.errors import UnreachableError
from bioctl.port.client import PortClient
from bioctl.port.messages import Answer, Command, Signing

from .programs import Program, done

SHORT = Path(__file__).parent / "short.yaml"
BATCH = "B-1"
PEOPLE = {"ola": "operator", "siri": "supervisor"}
URL = "opc.tcp://127.0.0.1:4840/plant"

Entry = dict[str, Any]
Wanted = Callable[[Entry], bool]


def make_template(folder: Path) -> None:
    """Make plant, site and accounts by the public commands; nothing runs afterwards."""
    secrets = folder / "secrets"
    site, plant = str(folder / "site.yaml"), str(folder / "plant")
    done("site", "init", str(folder), "--plant-url", URL)
    for name, role in PEOPLE.items():
        (secrets / name).write_text(f"{role} heron lamp 47\n")
    ours = ("--password-file", str(secrets / "plant.password"), "--home", plant)
    done("plant", "user", "bioctl", "--role", "control", *ours)
    done("plant", "trust", str(folder / "pki/own/bioctl.der"), "--home", plant)
    first = Program(folder / "plant.out", "plant", "serve", "--home", plant, "--port", "0")
    first.ready("plant ready")
    first.stop()
    done("site", "trust", str(folder / "plant/pki/own/plant.der"), "--site", site)
    by = ["--by", "siri", "--by-password-file", str(secrets / "siri")]
    for name, adder in (("siri", []), ("ola", by)):
        about = ["--name", f"{name.title()} Holm", "--role", PEOPLE[name]]
        secret = ["--password-file", str(secrets / name)]
        done("user", "add", name, *about, *secret, *adder, "--site", site)


@contextmanager
def new_cell(template: Path, folder: Path) -> Iterator["Cell"]:
    """Make a cell from the template; every process it started is gone afterwards."""
    shutil.copytree(template, folder, dirs_exist_ok=True)
    cell = Cell(folder)
    try:
        yield cell
    finally:
        for program in (cell.controller, cell.plant):
            if program:
                program.kill()
        cell.close()


class Cell:
    """One cell; its processes are started by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.site = folder / "site.yaml"
        self.journal = folder / "journal.db"
        self.plant: Program | None = None
        self.controller: Program | None = None
        self.port = 0
        self.seen = 0
        """Number of the last entry that `follow` has looked at."""
        self._client: PortClient | None = None
        self._tokens: dict[str, str] = {}

    # --- processes -------------------------------------------------------------------------

    def start_plant(self, speed: float = 1.0, seed: int = 1, faults: Sequence[str] = ()) -> Program:
        """Run the plant, on the port it had before or on a free one."""
        words = ["--port", str(self.port), "--speed", str(speed), "--seed", str(seed)]
        words += [word for fault in faults for word in ("--fault", fault)]
        home = str(self.folder / "plant")
        self.plant = Program(self.folder / "plant.out", "plant", "serve", "--home", home, *words)
        url = self.plant.ready("plant ready").split()[-1]
        if not self.port:
            self.port = int(url.rpartition(":")[2].partition("/")[0])
            self.edit(URL, url)
        return self.plant

    def start(self) -> Program:
        """Run the controller until its port is open."""
        log = self.folder / "controller.out"
        self.close()
        self.controller = Program(log, "serve", "--site", str(self.site))
        self.controller.until(self._answers, "open port")
        return self.controller

    def edit(self, old: str, new: str) -> None:
        """Change the site file."""
        text = self.site.read_text()
        assert old in text, f"{old} is not in the site file"
        self.site.write_text(text.replace(old, new))

    def until(self, true: Callable[[], Any], what: str, within_s: float = 90.0) -> Any:
        """Wait until `true()`, as long as the controller lives."""
        assert self.controller
        return self.controller.until(true, what, within_s)

    def _answers(self) -> bool:
        try:
            return bool(self.client.view())
        except UnreachableError:
            return False

    # --- the port --------------------------------------------------------------------------

    @property
    def client(self) -> PortClient:
        if self._client is None:
            self._client = PortClient(self.folder / "port.sock")
        return self._client

    def close(self) -> None:
        """Hang up; what a controller that is gone said is worth nothing."""
        self._tokens.clear()
        if self._client:
            self._client.close()
        self._client = None

    def view(self) -> dict[str, Any]:
        return self.client.view()

    def readings(self, unit: str) -> Mapping[str, Mapping[str, Any]]:
        found: Mapping[str, Mapping[str, Any]] = self.view()["units"][unit]["readings"]
        return found

    def batch(self) -> dict[str, Any]:
        return next(one for one in self.view()["batches"] if one["id"] == BATCH)

    def link(self) -> dict[str, Any]:
        found: dict[str, Any] = self.view()["links"].get("plant", {"link": "down", "reason": ""})
        return found

    def now(self) -> float:
        """Return seconds since 1970 UTC."""
        return SystemClock().utc()

    def secret(self, user: str) -> str:
        return (self.folder / "secrets" / user).read_text().strip()

    def command(
        self, name: str, user: str = "ola", reason: str = "", meaning: str = "", **args: Any
    ) -> Answer:
        """Let a person give a command."""
        if user not in self._tokens:
            self._tokens[user] = self.client.login(user, self.secret(user)).token
        signing = (
            Signing(user=user, password=SecretStr(self.secret(user)), meaning=meaning)
            if meaning
            else None
        )
        deadline = self.now() + 30.0
        args = {"batch": BATCH, **args}
        command = Command(
            id=uuid.uuid4().hex,
            name=name,
            args=args,
            reason=reason,
            deadline=deadline,
            signature=signing,
        )
        return self.client.command(self._tokens[user], command)

    def begin(self, recipe: Path = SHORT, **values: str) -> None:
        """Let the operator start the batch."""
        self.until(lambda: self.link()["link"] == "up", "link to the plant")
        text = recipe.read_text()
        self.command("batch.start", recipe=text, file=recipe.name, values=values, units={})

    def answer(self, prompt: Mapping[str, Any]) -> None:
        """Let the person who is asked answer as the procedure wishes."""
        choices = prompt["choices"]
        if prompt["kind"] == "signature":
            self.command("batch.sign", "siri", prompt=prompt["id"], meaning=choices[0])
        else:
            self.command("batch.answer", "ola", prompt=prompt["id"], value=choices[0])

    # --- what happened -----------------------------------------------------------------------

    def follow(self, wanted: Wanted, what: str, *, answer: bool = True) -> Entry:
        """Watch the batch live from where we were; return the first entry that is wanted."""
        news: list[Entry] = []

        def found() -> Entry | None:
            news[:] = self.client.entries(self.seen, BATCH, wait_s=0.5)
            for entry in news:
                self.seen = entry["seq"]
                if wanted(entry):
                    return entry
                if answer and entry["kind"] == "prompt.opened":
                    self.answer(entry["data"])
            return None

        entry: Entry = self.until(found, what, 100.0)
        return entry

    def finish(self, state: str = "COMPLETE") -> None:
        """Watch the batch until it is over, answering what is asked."""
        over = {state, "HELD", "COMPLETE", "STOPPED", "ABORTED"}
        entry = self.follow(
            lambda e: e["kind"] == "batch.state" and e["data"]["state"] in over, state
        )
        assert entry["data"]["state"] == state, entry["sentence"]

    def skip(self) -> None:
        """Look only at what happens from now on."""
        self.seen = self.entries()[-1]["seq"]

    def entries(self) -> list[Entry]:
        """Return all of the journal, from the file."""
        return [{**entry.body, "seq": entry.seq} for entry in read_entries(self.journal)]

    def plant_log(self) -> list[Entry]:
        """Return what the plant wrote down itself."""
        text = (self.folder / "plant" / "plant.log.jsonl").read_text()
        return [json.loads(line) for line in text.splitlines()]
