"""Programs of a cell as processes: started, told to stop, killed, frozen, waited for."""

import atexit
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

T = TypeVar("T")

LOOK_S = 0.02
"""Host seconds between two looks at a condition; the end of the process ends the wait at once."""


def _environment() -> dict[str, str]:
    """Return the programs' environment: where bytecode is not kept, they keep theirs for a session.

    Else each of some hundred starts would compile everything again.
    """
    found = {name: value for name, value in os.environ.items() if not name.startswith("BIOCTL_")}
    if found.pop("PYTHONDONTWRITEBYTECODE", ""):
        found["PYTHONPYCACHEPREFIX"] = tempfile.mkdtemp(prefix="bioctl-bytecode-")
        atexit.register(shutil.rmtree, found["PYTHONPYCACHEPREFIX"], ignore_errors=True)
    return found


ENV = _environment()


class Program:
    """One public command as a process; all it says goes to a file.

    Args:
        log: where it says it; a program that is started again goes on there.
        words: of the command, without `bioctl`.
    """

    def __init__(self, log: Path, *words: str) -> None:
        self.log = log
        self.words = words
        with log.open("ab") as file:
            self._begin = file.tell()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bioctl", *words],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=ENV,
            )
        self.pid = self._process.pid
        self._end = os.pidfd_open(self.pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.kill()

    @property
    def said(self) -> str:
        """All it has said since it was started."""
        with self.log.open("rb") as file:
            file.seek(self._begin)
            return file.read().decode()

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def until(self, true: Callable[[], T], what: str, within_s: float = 90.0) -> T:
        """Wait until `true()` is, and return it: the one place where these tests wait.

        It looks again every 20 ms, and once more when the program has ended.
        """
        deadline = time.monotonic() + within_s
        while True:
            over = not self.running
            found = true()
            if found:
                return found
            if over or time.monotonic() > deadline:
                why = "it ended" if over else f"not within {within_s:g} s"
                raise AssertionError(
                    f"bioctl {self.words[0]}: no {what}, {why}; it said:\n{self.said[-3000:]}"
                )
            select.select([self._end], [], [], LOOK_S)

    def ready(self, line: str) -> str:
        """Wait for a line with these words and return it."""
        return self.until(lambda: self.line_with(line), repr(line))

    def line_with(self, words: str) -> str:
        return next((line for line in self.said.splitlines() if words in line), "")

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End it and all it has started as a power cut would, and wait until it is gone."""
        for pid in left_of(self.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._gone()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to stop and return its exit code."""
        os.kill(self.pid, number)
        return self._gone()

    def wait(self, within_s: float = 60.0) -> int:
        """Return its exit code when it has ended by itself."""
        return self._process.wait(within_s)

    def _gone(self) -> int:
        code = self._process.wait(30)
        if self._end >= 0:
            os.close(self._end)
            self._end = -1
        return code


def left_of(session: int) -> dict[int, str]:
    """Return the processes of a session that are still there, by id."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it went while we looked
            name, _, rest = stat.read_text().rpartition(") ")
            if int(rest.split()[3]) == session:
                found[int(stat.parent.name)] = name
    return found


def bioctl(*words: str, within_s: float = 60.0) -> subprocess.CompletedProcess[str]:
    """Run a public command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "bioctl", *words],
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=within_s,
        env=ENV,
    )


def done(*words: str) -> str:
    """Run a public command that must succeed; return what it printed."""
    result = bioctl(*words)
    assert result.returncode == 0, f"bioctl {words}: {result.stdout}{result.stderr}"
    return result.stdout
