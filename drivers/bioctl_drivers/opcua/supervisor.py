"""Keeps one connection up: a fresh session after every end, announced down before anything else."""

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NoReturn

from bioctl.clock import Clock
from bioctl.equipment.driver import Link
from bioctl.tags import Tag
from bioctl_drivers.opcua.faults import LIBRARY_ERRORS, LinkLostError, PermanentError, describe
from bioctl_drivers.opcua.options import Options
from bioctl_drivers.opcua.session import Session
from bioctl_drivers.opcua.store import Store
from bioctl_drivers.opcua.writer import Mailbox

FIRST_S: Final = 0.25
LONGEST_S: Final = 5.0
GOOD_LIFE_S: Final = 10.0
"""s of life after which a session's end counts as the first failure again."""


class Backoff:
    """How long to wait before the next attempt: doubling, with jitter.

    Jitter, so that many controllers do not come back to a restarted plant in the same moment.
    """

    def __init__(self) -> None:
        self._next = FIRST_S

    def after(self, lived_s: float) -> float:
        """Return s to wait after a session that lived for `lived_s`."""
        if lived_s > GOOD_LIFE_S:
            self._next = FIRST_S
        wait, self._next = self._next, min(self._next * 2, LONGEST_S)
        return wait * random.uniform(0.8, 1.2)  # noqa: S311  no secret


class Supervisor:
    """Owns the session of the moment.

    Args:
        options: of the site file.
        tags: what is asked for.
        store: told of everything.
        mailbox: outputs to be sent.
        clock: host time.
    """

    def __init__(
        self, options: Options, tags: Sequence[Tag], store: Store, mailbox: Mailbox, clock: Clock
    ) -> None:
        self._options, self._tags, self._clock = options, tags, clock
        self._store, self._mailbox = store, mailbox
        self._last_start: datetime | None = None
        self.lockstep = False
        """Whether the next session begins without a subscription."""
        self.session: Session | None = None
        """The session that is up; None while there is none."""

    async def run(self) -> NoReturn:
        """Connect for ever; ends only by being cancelled."""
        backoff = Backoff()
        try:
            while True:
                began = self._clock.monotonic()
                slow = await self._once()
                wait = backoff.after(self._clock.monotonic() - began)
                await asyncio.sleep(max(wait, slow))
        finally:
            self._store.down("the driver was closed")

    async def _once(self) -> float:
        """Live one session; return the least s until the next one makes sense."""
        session = Session(self._options, self._tags, self._store, self._mailbox, self._clock)
        try:
            self._last_start = await session.come_up(self._last_start, lockstep=self.lockstep)
            self.session = session
            await session.live()
        except PermanentError as problem:
            self._store.down(str(problem), Link.REFUSED)
            return problem.retry_s
        except LinkLostError as problem:
            self._store.down(str(problem))
        except LIBRARY_ERRORS as problem:
            self._store.down(describe(problem))
        finally:
            self.session = None
            self._mailbox.clear()
            await session.scrap()
        return 0.0
