"""What a running cell offers at its command port.

Commands and their `args`, as the command line sends them:

    batch.start                       batch, recipe (YAML text), file (its name),
                                      units {role: unit}, values {name: text such as "37 degC"}
    batch.hold restart pause resume   batch
    batch.stop abort reset            batch
    batch.answer                      batch, prompt, value (text), comment
    batch.sign                        batch, prompt, comment; the signature holds the meaning
"""

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
        """Return the cell as JSON.

        cell, links, units {name: {state, loops {mode, sp, pv}, readings}},
        batches [{id, recipe, state, path, elapsed}],
        prompts [{id, batch, text, kind, choices, eu, role, age}],
        alarms [{unit, alarm, priority, state, occurrence, escalations, active, since, shelved_s,
                action}],
        interlocks [{unit, interlock, tripped, cause, first_out, bypassed_s}].
        """
        ...

    async def entries(
        self, after: int, batch: str | None, wait_s: float, limit: int
    ) -> list[dict[str, Any]]:
        """Return entries with a sequence number above `after`, oldest first.

        Each is the entry's body (seq, kind, actor, data, t, utc, mono, and batch, unit, path where
        they apply) and `sentence`, the same in plain words.

        Args:
            after: last sequence number the caller has; 0 for all.
            batch: only this batch's entries; None for the cell's.
            wait_s: how long to wait (s) for the first one; 0 to return at once.
            limit: at most this many.
        """
        ...
