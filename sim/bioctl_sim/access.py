"""Who may come in: trusted certificate, right password, no lock; every answer is logged."""

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from asyncua.common.utils import ServiceError
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.ua.status_codes import StatusCodes

from bioctl_sim.certificates import distrust_reason
from bioctl_sim.face import PlantFace
from bioctl_sim.refused import Refused
from bioctl_sim.users import MAX_NAME, MAX_PASSWORD, Lockout, Role, Users

_WRONG_PASSWORD_S: Final = 0.5
"""How long the answer to a wrong password is held back; only that connection waits."""


@dataclass
class PlantUser(User):
    """A user as asyncua wants it, with the plant's own role; never asyncua's Admin."""

    may: Role = Role.VIEW

    @property
    def control(self) -> bool:
        """Whether it may write and command."""
        return self.may is Role.CONTROL


class Gate:
    """Decides over clients and users, for one plant home.

    Args:
        home: the plant's home, read anew every time.
        face: for host time and the log.
    """

    def __init__(self, home: Path, face: PlantFace) -> None:
        self._home, self._face = home, face
        self._users, self._lockout = Users(home), Lockout()
        # Checks cost memory and a core: two at a time, the others wait for their turn.
        self._turn = asyncio.Semaphore(2)

    async def admit_client(self, certificate: bytes | None, application_uri: str) -> None:
        """Let a client program in by the certificate that secures its channel.

        Raises:
            ServiceError: BadSecurityModeInsufficient without a certificate, else
                BadCertificateUntrusted.
        """
        if certificate is None:
            self._refuse("", "a session without SignAndEncrypt")
            raise ServiceError(StatusCodes.BadSecurityModeInsufficient)
        now = self._face.host.utc()
        try:
            reason = await asyncio.to_thread(
                distrust_reason, self._home, certificate, application_uri, now
            )
        except (OSError, ValueError) as broken:
            reason = f"its certificate could not be checked: {broken}"
        if reason:
            self._refuse("", f"client {application_uri[:200]}: {reason}", thumbprint(certificate))
            raise ServiceError(StatusCodes.BadCertificateUntrusted)

    async def admit_user(self, certificate: bytes, name: str, password: str) -> PlantUser:
        """Let a person or program in by name and password.

        Raises:
            ServiceError: BadUserAccessDenied, the same for each reason; the log tells which.
        """
        client = thumbprint(certificate)
        door = (client, name[:MAX_NAME])
        wait = self._lockout.wait(door, self._face.host.monotonic())
        if wait:
            return self._deny(name, f"locked for {wait:.0f} s after wrong passwords", client)
        if len(name) > MAX_NAME or len(password) > MAX_PASSWORD:
            return self._deny(name, "name or password too long", client)
        role = await self._role(name, password)
        if role is None:
            self._lockout.failed(door, self._face.host.monotonic())
            await asyncio.sleep(_WRONG_PASSWORD_S)
            return self._deny(name, "wrong name or password", client)
        self._lockout.passed(door)
        self._face.record(name, "login", result="accepted", role=role.value, client=client)
        return PlantUser(UserRole.User, name, may=role)

    async def _role(self, name: str, password: str) -> Role | None:
        async with self._turn:
            try:
                return await asyncio.to_thread(self._users.check, name, password)
            except Refused as damaged:
                self._refuse(name, str(damaged))
                return None

    def _deny(self, name: str, reason: str, client: str) -> PlantUser:
        self._face.record(name[:MAX_NAME], "login", result=f"refused: {reason}", client=client)
        raise ServiceError(StatusCodes.BadUserAccessDenied)

    def _refuse(self, user: str, reason: str, client: str = "") -> None:
        self._face.record(user[:MAX_NAME], "refusal", result=reason, client=client)


def thumbprint(certificate: bytes) -> str:
    """Return the first 16 hex digits of the certificate's SHA-256, enough for the log."""
    return hashlib.sha256(certificate).hexdigest()[:16]
