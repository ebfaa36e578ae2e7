"""On and off with hysteresis and delays: foam, levels, whatever a pump can only do or not do."""

from dataclasses import dataclass
from typing import NamedTuple

from bioctl.control.check import not_negative
from bioctl.control.tuning import Acting


@dataclass(frozen=True, slots=True)
class OnOff:
    """The law of a two-position loop: u is the structure's lowest or highest.

    Attributes:
        dead_band: half width of the hysteresis around the setpoint, measurement eu, 0 or more.
        on_delay_s: how long the measurement must ask before it switches on.
        on_s: how long it stays on at least and, where `rest_s` is given, at most: one portion.
        rest_s: how long it stays off after a portion, for what it dosed to act; 0 knows no portion.
        acting: reverse switches on when the measurement is low, direct when it is high.
    """

    dead_band: float = 0.0
    on_delay_s: float = 0.0
    on_s: float = 0.0
    rest_s: float = 0.0
    acting: Acting = Acting.DIRECT

    def __post_init__(self) -> None:
        for name in ("dead_band", "on_delay_s", "on_s", "rest_s"):
            not_negative("on_off", name, getattr(self, name))


class Switch(NamedTuple):
    """Where a two-position law stands.

    Attributes:
        on: whether it is on.
        since: process time of the last change, s.
        asked: process time since which the measurement asks for the other position; None: it does
            not.
    """

    on: bool = False
    since: float = -1e12
    asked: float | None = None


def switch(law: OnOff, state: Switch, sp: float, pv: float, now: float) -> Switch:
    """Return the switch after a Good measurement at process time `now`."""
    error = pv - sp if law.acting is Acting.DIRECT else sp - pv
    if state.on:
        portion = law.rest_s > 0 and now - state.since >= law.on_s
        done = error < -law.dead_band and now - state.since >= law.on_s
        return Switch(on=False, since=now) if portion or done else state
    if error <= law.dead_band:
        return Switch(since=state.since)
    asked = now if state.asked is None else state.asked
    ready = now - asked >= law.on_delay_s and now - state.since >= law.rest_s
    return Switch(on=True, since=now) if ready else Switch(since=state.since, asked=asked)
