"""What a running cell offers at its command port."""

from typing import Any, Protocol

from bioctl.port.messages import Answer, Command, Session


class CellPort(Protocol):
    """The cell as seen from outside; it alone authenticates, decides and journals."""

    async def login(self, user: str, password: str) -> Session:
        """Open a session.

        Raises:
            RefusedError: wrong user or password (the same sentence for both), or locked.
        """
        ...

    async def command(self, token: str | None, command: Command) -> Answer:
        """Put one command through the command pipeline and return its answer.

        Raises:
            InputError: its arguments are wrong.
            RefusedError: no session, no authority, or not in this state; journaled.
        """
        ...

    def view(self) -> dict[str, Any]:
        """Return the cell as JSON: cell, links, units, batches, prompts, alarms."""
        ...

    async def entries(
        self, after: int, batch: str | None, wait_s: float, limit: int
    ) -> list[dict[str, Any]]:
        """Return entries with a sequence number above `after`, oldest first, each with `sentence`.

        Args:
            after: last sequence number the caller has; 0 for all.
            batch: only this batch's entries; None for the cell's.
            wait_s: how long to wait (s) for the first one; 0 to return at once.
            limit: at most this many.
        """
        ...
