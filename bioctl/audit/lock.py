"""One controller per journal: a lock file with the process id of its holder.

The operating system drops the lock when the process ends, however it ends; the file itself stays.
"""

import os
import sys
from pathlib import Path

from bioctl.errors import RefusedError, StorageError


class LockFile:
    """An exclusive lock beside a file, held until `release`.

    Raises:
        RefusedError: another process holds it; names the process.
        StorageError: the lock file can't be made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(path.name + ".lock")
        try:
            self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StorageError(f"The lock file {self.path} can't be opened: {error}.") from None
        if not _try_lock(self._fd):
            holder = os.pread(self._fd, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._fd)
            raise RefusedError(
                f"{path}: journal locked by process {holder}.",
                help="Only one controller may run a cell; stop that one first.",
            )
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let another process take it; once only."""
        if self._fd >= 0:
            os.ftruncate(self._fd, 0)
            os.close(self._fd)
            self._fd = -1


if sys.platform == "win32":
    import msvcrt

    def _try_lock(fd: int) -> bool:
        os.lseek(fd, 1 << 30, os.SEEK_SET)  # beyond the text, so that others can read the holder
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(fd: int) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
