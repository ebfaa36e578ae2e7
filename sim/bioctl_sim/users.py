"""Who may log in: `users.yaml` with salted scrypt hashes, and the lock after wrong passwords."""

import hashlib
import hmac
import os
import secrets
import tempfile
from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from bioctl_sim.refused import Refused

FILE_NAME = "users.yaml"
MAX_NAME = 64
MAX_PASSWORD = 256

_COST = {"n": 2**14, "r": 8, "p": 1}
"""scrypt cost (RFC 7914): about 50 ms and 16 MiB a check."""


class Role(StrEnum):
    """What a user may do."""

    CONTROL = "control"
    """Write outputs, call methods, and all that `view` may."""
    VIEW = "view"
    """Read, browse and subscribe."""
    TRAINER = "trainer"
    """Break and mend the plant, and all that `view` may; never what `control` may."""


class Users:
    """The users of a plant home. The file is read at every check: a new user needs no restart."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE_NAME

    def names(self) -> list[str]:
        """Return the names, in the order they were added."""
        return list(self._read())

    def add(self, name: str, role: Role, password: str) -> None:
        """Add a user, or give a known one a new role and password.

        Raises:
            Refused: name or password can't be used, or `users.yaml` can't be read or written.
        """
        if not (0 < len(name) <= MAX_NAME and name.isprintable()):
            raise Refused(f"A user name needs 1 to {MAX_NAME} printable characters.")
        if not 0 < len(password) <= MAX_PASSWORD:
            raise Refused(f"The password of '{name}' needs 1 to {MAX_PASSWORD} characters.")
        salt = secrets.token_bytes(16)
        users = self._read()
        users[name] = {
            "role": role.value,
            "salt": salt.hex(),
            "cost": dict(_COST),
            "hash": _hash(password, salt, _COST).hex(),
        }
        self._write(users)

    def check(self, name: str, password: str) -> Role | None:
        """Return the role of a user whose password is right, else None; takes about 50 ms.

        An unknown name takes as long as a wrong password, so that names can't be guessed by time.
        """
        user = self._read().get(name)
        try:
            salt = bytes.fromhex(user["salt"]) if user else b"nobody has salt."
            cost = user["cost"] if user else _COST
            known = bytes.fromhex(user["hash"]) if user else secrets.token_bytes(64)
            right = hmac.compare_digest(_hash(password, salt, cost), known)
            return Role(user["role"]) if user and right else None
        except (KeyError, TypeError, ValueError) as broken:
            raise Refused(f"{self._path}: the entry of user '{name}' is damaged.") from broken

    def _read(self) -> dict[str, Any]:
        try:
            loaded = yaml.safe_load(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as broken:
            reason = " ".join(str(broken).split())
            raise Refused(f"{self._path} can't be read: {reason}.") from broken
        users = loaded.get("users") if isinstance(loaded, dict) else None
        if not isinstance(users, dict):
            raise Refused(f"{self._path} must have one key 'users' with a mapping of names.")
        return users

    def _write(self, users: dict[str, Any]) -> None:
        text = yaml.safe_dump({"users": users}, sort_keys=False, allow_unicode=True)
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # mkstemp makes the file readable by its owner only; the rename is all or nothing.
            handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=FILE_NAME)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(name).replace(self._path)
        except OSError as broken:
            raise Refused(f"{self._path} can't be written: {broken.strerror}.") from broken


def _hash(password: str, salt: bytes, cost: dict[str, int]) -> bytes:
    n, r, p = cost["n"], cost["r"], cost["p"]
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=2**26)


@dataclass(slots=True)
class _Misses:
    count: int = 0
    locked_until: float = 0.0


class Lockout:
    """Locks a door after wrong passwords. Pure: the host time is handed in.

    The door is user and client certificate together: one trusted client can't lock another's out.

    Args:
        tries: wrong passwords in a row until the door is locked.
        seconds: how long it stays locked.
        capacity: doors remembered; the least recently failed one is forgotten first.
    """

    def __init__(self, *, tries: int = 5, seconds: float = 60.0, capacity: int = 1000) -> None:
        self._tries, self._seconds, self._capacity = tries, seconds, capacity
        self._doors: OrderedDict[tuple[str, str], _Misses] = OrderedDict()

    def wait(self, door: tuple[str, str], now: float) -> float:
        """Return the seconds until the door opens again; 0 when it is open."""
        misses = self._doors.get(door)
        return max(0.0, misses.locked_until - now) if misses else 0.0

    def failed(self, door: tuple[str, str], now: float) -> None:
        """Note a wrong password."""
        misses = self._doors.setdefault(door, _Misses())
        self._doors.move_to_end(door)
        misses.count += 1
        if misses.count >= self._tries:
            misses.count, misses.locked_until = 0, now + self._seconds
        while len(self._doors) > self._capacity:
            self._doors.popitem(last=False)

    def passed(self, door: tuple[str, str]) -> None:
        """Forget the wrong passwords of a door: the right one came."""
        self._doors.pop(door, None)
