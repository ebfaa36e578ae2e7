"""When scans happen and what time it is for the process: pure, so tests need not wait.

Late ticks, policy *skip and realign*: ticks that were missed are counted and never made up for, and
the next one falls on the grid again.

    expected   |----|----|----|----|----|----|
    delivered  |----|--------------X|---|----|      two skipped at X, then back on the grid
"""

TICK_S = 0.25
"""Host seconds between two scans of the wall clock shell; every unit keeps its own period."""

LOCKSTEP_IDLE_S = 0.05
"""Host seconds to wait when the simulated plant does not answer a turn."""


def next_tick(due: float, now: float, period: float) -> tuple[float, int]:
    """Return when the next tick is due, and how many were skipped because `now` is past them."""
    following = due + period
    if following > now:
        return following, 0
    skipped = int((now - following) // period) + 1
    if following + skipped * period <= now:  # the quotient was rounded down
        skipped += 1
    return following + skipped * period, skipped


class ProcessClock:
    """Process time of a cell: it never goes back, whatever a plant's clock does.

    It is the plant's own process time where the plant has one and is heard, and otherwise goes on
    at the pace of the host's monotonic clock. A plant that began again at 0 (or never was as far as
    the journal) goes on from where we are.
    """

    def __init__(self, start: float) -> None:
        self._now = start
        self._mono: float | None = None
        self._plant: float | None = None
        self._ahead = 0.0

    def at(self, plant: float | None, mono: float) -> float:
        """Return process time in s.

        Args:
            plant: the plant's process time, None where it has none or is not heard.
            mono: host monotonic time, s.
        """
        passed = 0.0 if self._mono is None else max(mono - self._mono, 0.0)
        self._mono = mono
        if plant is None:
            self._now += passed
            return self._now
        if self._plant is None or plant < self._plant:
            self._ahead = max(self._now - plant, 0.0)
        self._plant = plant
        self._now = max(self._now, plant + self._ahead)
        return self._now
