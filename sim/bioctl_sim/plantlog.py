"""The plant's own log: one JSON line per write, call, login, refusal and fallback, append only.

A line is with the operating system before the answer to the client is sent, so it survives the end
of the plant's process (not a power cut: the log is a witness, not a journal).
"""

from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson

FILE_NAME = "plant.log.jsonl"


class PlantLog:
    """Appends lines to `plant.log.jsonl`.

    Args:
        path: the file; made with mode 0600 if it is not there.
    """

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)
        # Unbuffered: each line is one write to the operating system, and a line is never torn.
        self._file = path.open("ab", buffering=0)

    def write(self, utc: float, sim_time: float, user: str, what: str, **more: object) -> None:
        """Append one line.

        Args:
            utc: seconds since 1970 UTC.
            sim_time: simulated seconds since power-up.
            user: who did it, `plant` for the plant itself.
            what: `write`, `call`, `login`, `logout`, `refusal`, `watchdog`, `start` or `stop`.
            more: what was written or asked, and what became of it.
        """
        moment = datetime.fromtimestamp(utc, UTC)
        line = {"utc": moment, "sim_time": sim_time, "user": user, "what": what, **more}
        self._file.write(orjson.dumps(line, option=_OPTIONS))

    def close(self) -> None:
        """Close the file; closing twice does no harm."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


_OPTIONS = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
