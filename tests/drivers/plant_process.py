"""The real plant as a process of its own, with a user, and a client it trusts."""

import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bioctl.equipment.certificate import make_application_certificate
from bioctl.tags import Kind, Tag
from bioctl.values import Range
from bioctl_drivers.opcua.driver import OpcUaDriver
from bioctl_sim.plant import Plant as Model
from bioctl_sim.plantfile.load import load

Connect = Callable[..., Awaitable[OpcUaDriver]]
"""Starts a driver against a plant; closed after the test."""

NAMESPACE = "http://plant.example/demo"
PASSWORD = "correct horse battery"  # noqa: S105  of a plant that lives for one test


class ManualClock:
    """Host time that stands still until told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def utc(self) -> float:
        return 1_800_000_000.0 + self.now


@dataclass
class Plant:
    """One plant home and, while it runs, its process.

    `folder` is also the site file's folder of the drivers that talk to it.
    """

    folder: Path
    speed: float = 1.0
    port: int = 0
    plant: str = "demo"
    more: tuple[str, ...] = ()
    process: subprocess.Popen[str] | None = field(default=None)

    @property
    def home(self) -> Path:
        return self.folder / "plant"

    def prepare(self) -> None:
        """Make what a person makes before the first start: users and trusted clients."""
        (self.folder / "password").write_text(f"{PASSWORD}\n")
        (self.folder / "wrong").write_text("guessed\n")
        (self.folder / "trusted").mkdir()
        for user, role in (("op", "control"), ("eye", "view")):
            file = str(self.folder / "password")
            self._plant("user", user, "--role", role, "--password-file", file)
        self.trust("cell")
        self.trust("rival")
        self.certificate("stranger")
        make_application_certificate(self.folder / "pins", "other", uri("other"))
        (self.folder / "pins/other.pem").unlink()

    def trust(self, name: str) -> None:
        """Make a client certificate that the plant trusts."""
        certificate, _ = self.certificate(name)
        self._plant("trust", str(certificate))

    def certificate(self, name: str) -> tuple[Path, Path]:
        """Make a client certificate."""
        return make_application_certificate(self.folder / "own", name, uri(name))

    def start(self) -> None:
        """Run the plant on its port (the first time: any free one) and wait until it is ready."""
        words = [
            "serve",
            "--port",
            str(self.port),
            "--speed",
            str(self.speed),
            "--plant",
            self.plant,
            *self.more,
        ]
        self.process = subprocess.Popen(
            [*_PLANT, *words, "--home", str(self.home)], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        ready = self.process.stdout.readline()
        assert "ready" in ready, ready
        self.port = urlsplit(ready.split()[-1]).port or 0
        shown = (self.home / "pki/own/plant.der").read_bytes()
        (self.folder / "trusted/plant.der").write_bytes(shown)

    def signal(self, number: int) -> None:
        assert self.process
        os.kill(self.process.pid, number)

    def freeze(self) -> None:
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it as a power cut would, and wait until it is gone."""
        if self.process:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def log(self) -> str:
        """What the plant wrote down itself."""
        return (self.home / "plant.log.jsonl").read_text()

    def options(self, who: str = "cell", port: int = 0, **changes: Any) -> dict[str, Any]:
        """The connection's options as a site file would hold them; None takes one out."""
        options = {
            "driver": "opcua",
            "url": f"opc.tcp://127.0.0.1:{port or self.port}/plant",
            "user": "op",
            "password_file": "password",
            "certificate": f"own/{who}.der",
            "private_key": f"own/{who}.pem",
            "trusted": "trusted",
            "namespace": f"http://plant.example/{self.plant}",
            "application_uri": uri(who),
            "block": {
                "values": "Block.Values",
                "status": "Block.Status",
                "names": "Block.Names",
                "time": "Block.Time",
            },
            "clock": {"time": "Clock.SimTime", "advance": "Clock.Advance"},
            "heartbeat": {
                "command": "Heartbeat.HB_Cmd",
                "echo": "Heartbeat.HB_Echo",
                "owner": "Heartbeat.Owner",
                "state": "Heartbeat.Wd_State",
            },
            "commands": {
                "object": "Commands",
                "execute": "Commands.Execute",
                "state": "Commands.State",
            },
        }
        return {name: value for name, value in (options | changes).items() if value is not None}

    def _plant(self, *words: str) -> None:
        subprocess.run([*_PLANT, *words, "--home", str(self.home)], check=True, capture_output=True)


_PLANT = [sys.executable, "-m", "bioctl_sim"]


def uri(name: str) -> str:
    return f"urn:plant.example:bioctl:{name}"


def plant_tags(plant: str = "demo") -> list[Tag]:
    """Every tag of a plant, as a site file would name it."""
    kinds = {"m": Kind.MEASUREMENT, "o": Kind.OUTPUT}
    return [
        Tag(
            tag.name, tag.eu, Range(tag.low, tag.high), kinds[tag.kind], tag.name, "plant", tag.type
        )
        for tag in Model(file=load(plant)).tags
    ]
