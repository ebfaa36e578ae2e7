"""Who may act: personal accounts with passwords, roles and a lock after failed logins.

Every function here takes as long as hashing a password (tens of ms) or a disk write: from the event
loop call them by `asyncio.to_thread`. Ids are never given out again and accounts never deleted, so
a name in an old record always means the same person. The caller journals what was done.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from bioctl.audit.sqlite import connect, durability_for, harden, uri
from bioctl.errors import InputError, RefusedError, StorageError

MAX_FAILURES: Final = 5
"""Failed logins in a row that lock an account."""

MIN_LENGTH: Final = 12
"""Shortest password; profile demo allows 8."""

MAX_LENGTH: Final = 1024
"""Longest password, so that hashing can't be used to stall the cell."""

_ID: Final = re.compile(r"[a-z][a-z0-9._-]{1,31}")
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS account (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    secret TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1,
    failures INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TRIGGER IF NOT EXISTS account_remains BEFORE DELETE ON account
BEGIN
    SELECT raise(ABORT, 'accounts are closed, never deleted');
END;
CREATE TRIGGER IF NOT EXISTS account_id_stays BEFORE UPDATE OF id ON account
BEGIN
    SELECT raise(ABORT, 'ids are never given out again');
END;
CREATE TABLE IF NOT EXISTS stranger (id INTEGER PRIMARY KEY, failures INTEGER NOT NULL) STRICT;
INSERT OR IGNORE INTO stranger (id, failures) VALUES (1, 0);
"""


class Role(StrEnum):
    """What a person may do; see `actions.allowed`."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    QA = "qa"


@dataclass(frozen=True, slots=True)
class Person:
    """An account without its secret; `locked` after too many failed logins."""

    id: str
    name: str
    role: str
    active: bool = True
    locked: bool = False


class People:
    """The accounts of a cell in `people.db`.

    Args:
        path: the file; made if absent, readable by its owner only.
        min_length: shortest password.
        hasher: argon2id with RFC 9106's second recommended parameters (64 MiB) unless given.
    """

    def __init__(
        self, path: Path, *, min_length: int = MIN_LENGTH, hasher: PasswordHasher | None = None
    ) -> None:
        self.path = Path(path)
        self._min_length = min_length
        self._hasher = hasher or PasswordHasher()
        # Checked when there is no such user, so that both answers take the same time.
        self._decoy = self._hasher.hash("nobody's password")
        with self._open("rwc") as db:
            db.executescript(_SCHEMA)
        self.path.chmod(0o600)

    def add(self, user: str, name: str, role: str, password: str) -> Person:
        """Make an account.

        Raises:
            InputError: id, name, role or password does not do.
            RefusedError: the id was given out before, also if that account is closed.
        """
        if not _ID.fullmatch(user):
            raise InputError(
                f"{user!r} is no user id.",
                help="Use 2 to 32 of a-z, 0-9, dot, dash and underscore, a letter first.",
            )
        if not name.strip():
            raise InputError("The printed name is empty; it stands beside every signature.")
        secret = self._hash(user, password)
        with self._open() as db:
            try:
                db.execute(
                    "INSERT INTO account (id, name, role, secret) VALUES (?,?,?,?)",
                    (user, name.strip(), _role(role), secret),
                )
            except sqlite3.IntegrityError:
                raise RefusedError(
                    f"The user id {user!r} was given out before.",
                    help="Ids are never given out again, so that old records stay clear.",
                ) from None
        return self.find(user)

    def check(self, user: str, password: str) -> Person:
        """Return the person if user and password fit and the account is open.

        Raises:
            RefusedError: one sentence for every cause, so that nothing is learnt from it.
        """
        with self._open() as db:
            # Counted before hashing and taken back after success: attempts side by side, or a
            # crash, can't win more than the allowed number.
            secret, tries_left = self._count_attempt(db, user)
        fits = self._fits(secret or self._decoy, password) and secret is not None
        if not (fits and tries_left):
            raise RefusedError(
                "User or password is wrong, or the account is locked or closed.",
                help=f"After {MAX_FAILURES} failures a supervisor must unlock the account.",
            )
        self._change(user, "failures = 0")
        return self.find(user)

    def set_password(self, user: str, password: str) -> None:
        """Give an account a new password.

        Raises:
            InputError: the password does not do.
            RefusedError: no such user.
        """
        self._change(user, "secret = ?", self._hash(user, password))

    def set_role(self, user: str, role: str) -> Person:
        """Give an account another role."""
        self._change(user, "role = ?", _role(role))
        return self.find(user)

    def unlock(self, user: str) -> Person:
        """Open a locked account again."""
        self._change(user, "failures = 0")
        return self.find(user)

    def deactivate(self, user: str) -> Person:
        """Close an account for ever; it stays, so that its records stay clear."""
        self._change(user, "active = 0")
        return self.find(user)

    def find(self, user: str) -> Person:
        """Return an account.

        Raises:
            RefusedError: no such user.
        """
        for person in self.everyone():
            if person.id == user:
                return person
        raise RefusedError(f"There is no user {user!r}.")

    def everyone(self) -> list[Person]:
        """Return all accounts, closed ones too, by id."""
        with self._open("ro") as db:
            rows = db.execute(
                "SELECT id, name, role, active, failures FROM account ORDER BY id"
            ).fetchall()
        return [
            Person(user, name, role, bool(active), failures >= MAX_FAILURES)
            for user, name, role, active, failures in rows
        ]

    @contextmanager
    def _open(self, mode: str = "rw") -> Iterator[sqlite3.Connection]:
        try:
            with closing(connect(uri(self.path, mode))) as db:
                if mode != "ro":
                    harden(db, durability_for(sqlite3.sqlite_version_info[:3]))
                yield db
        except sqlite3.Error as error:
            raise StorageError(f"The accounts in {self.path} can't be used: {error}.") from None

    def _count_attempt(self, db: sqlite3.Connection, user: str) -> tuple[str | None, bool]:
        """Count a try as failed; return the stored hash and whether the account may log in."""
        rows = db.execute(
            "UPDATE account SET failures = failures + 1 WHERE id = ? "
            "RETURNING secret, active = 1 AND failures <= ?",
            (user, MAX_FAILURES),
        ).fetchall()
        if not rows:  # a write here too, so that an unknown user costs the same time
            db.execute("UPDATE stranger SET failures = failures + 1")
            return None, False
        return rows[0][0], bool(rows[0][1])

    def _change(self, user: str, assignment: str, *values: str) -> None:
        with self._open() as db:
            query = f"UPDATE account SET {assignment} WHERE id = ? RETURNING id"  # noqa: S608
            if not db.execute(query, (*values, user)).fetchall():
                raise RefusedError(f"There is no user {user!r}.")

    def _hash(self, user: str, password: str) -> str:
        if not self._min_length <= len(password) <= MAX_LENGTH:
            raise InputError(
                f"The password has {len(password)} characters: "
                f"expected {self._min_length} to {MAX_LENGTH}."
            )
        if user in password.lower():
            raise InputError("The password contains the user id.")
        if len(set(password)) < 4:
            raise InputError("The password repeats fewer than four different characters.")
        return self._hasher.hash(_normal(password))

    def _fits(self, secret: str, password: str) -> bool:
        try:
            return self._hasher.verify(secret, _normal(password[:MAX_LENGTH]))
        except VerifyMismatchError:
            return False


def _normal(password: str) -> str:
    """Return one spelling of what looks the same, whichever keyboard it came from."""
    return unicodedata.normalize("NFC", password)


def _role(role: str) -> str:
    if role not in set(Role):
        raise InputError(f"There is no role {role!r}.", help=f"Give one of: {', '.join(Role)}.")
    return str(role)
