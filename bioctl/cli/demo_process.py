"""Processes of the demo: each ends with the block that started it, however that block ends."""

import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from bioctl.errors import UnreachableError

START_S = 60.0
"""How long plant and controller may take to be ready (host)."""
LOOK_S = 0.05
"""How often their output is looked at meanwhile (host)."""
END_S = 15.0
"""How long a process may take to say goodbye (host)."""
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What ends a demo early: Ctrl-C, `kill`, a closed terminal."""


class Leaving:
    """Turns the first signal into SystemExit; later ones can't hinder the goodbye.

    Not while a process is being started: it would be there, and nobody would know.
    """

    def __init__(self) -> None:
        self._starting = False
        self._asked = 0

    def watch(self) -> None:
        """Take the signals from now on."""
        for number in ENDINGS:
            signal.signal(number, self._ask)

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """Leave after this block at the earliest."""
        self._starting = True
        try:
            yield
        finally:
            self._starting = False
        self._leave_if_asked()

    def _ask(self, number: int, _: FrameType | None) -> None:
        self._asked = self._asked or number
        if not self._starting:
            self._leave_if_asked()

    def _leave_if_asked(self) -> None:
        if self._asked:
            for number in ENDINGS:
                signal.signal(number, signal.SIG_IGN)
            raise SystemExit(128 + self._asked)


LEAVING = Leaving()
"""Of this process; signals are the process's, too."""


def command(*words: str) -> list[str]:
    """Return the words that run a public command with this Python."""
    return [sys.executable, "-m", "bioctl", *words]


@contextmanager
def beside(words: list[str], **options: Any) -> Iterator["subprocess.Popen[Any]"]:  # noqa: ANN401
    """Run a program from here to the end of the block; `options` are those of Popen.

    It has a process group of its own: Ctrl-C reaches the demo alone, which ends the others in
    order, the controller before its plant.
    """
    process = None
    try:
        with LEAVING.deferred():
            process = subprocess.Popen(words, process_group=0, **options)  # noqa: S603
        yield process
    finally:
        if process is not None:
            _end(process)


@contextmanager
def running(said: Path, *words: str) -> Iterator[str]:
    """Run a public command that serves, from its ready line, which is given, to the block's end.

    What it says goes to a file: a pipe nobody reads would stop it one day.

    Raises:
        UnreachableError: it did not get ready.
    """
    with (
        said.open("ab") as file,
        beside(command(*words), stdout=file, stderr=subprocess.STDOUT) as process,
    ):
        yield _ready(process, said, words)


def _ready(process: "subprocess.Popen[bytes]", said: Path, words: tuple[str, ...]) -> str:
    deadline = time.monotonic() + START_S
    while True:
        over = process.poll() is not None or time.monotonic() > deadline
        text = said.read_text("utf-8", "replace")
        for line in text.splitlines():
            if " ready " in line:
                return line
        if over:
            why = f"`bioctl {shlex.join(words)}` did not get ready: {text[-500:].strip()}"
            raise UnreachableError(why, help=f"All it said is in {said}.")
        time.sleep(LOOK_S)


def _end(process: "subprocess.Popen[Any]") -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()
