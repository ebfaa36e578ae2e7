"""Permissives: what must be TRUE, and for how long, before a phase may start.

    missing --condition TRUE for for_s--> given --condition FALSE, or can't be told--> missing

A Bad reading never gives one. A restart of the controller counts from 0 again. Once the phase has
started a permissive says nothing more: what must stay true is an interlock's business.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

from bioctl.control.check import not_negative, text
from bioctl.control.told import bad_names, readings
from bioctl.errors import InputError
from bioctl.language.condition import Condition, Lookup, Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissiveConfig:
    """One permissive.

    Attributes:
        name: short, and unique among permissives and interlocks of its unit.
        when: what must be TRUE.
        before: phases that may not start on this unit, or into it, without.
        sources: of a phase with a parameter `source`, only these; empty: all.
        text: what it protects, in one sentence for people.
        for_s: how long the condition must have held, process s.
        bypass_s: how long a person may bypass it at most, process s; 0: never.

    Raises:
        InputError: it is before no phase, a time that is not a number, or no text.
    """

    noun: ClassVar[str] = "permissive"
    name: str
    when: Condition
    before: tuple[str, ...]
    text: str
    sources: tuple[str, ...] = ()
    for_s: float = 0.0
    bypass_s: float = 0.0

    def __post_init__(self) -> None:
        text("permissive", "name", self.name)
        owner = f"permissive {self.name}"
        text(owner, "text", self.text)
        not_negative(owner, "for_s", self.for_s)
        not_negative(owner, "bypass_s", self.bypass_s)
        if not self.before:
            raise InputError(
                f"{owner}: it is before nothing.", help="name the phases that must wait for it"
            )


@dataclass(frozen=True, slots=True)
class PermissiveState:
    """What one permissive remembers.

    Attributes:
        since: process time from which the condition has held, None while it does not.
        missing: what is not as it must be, in words; "" while it is given.
        bypassed_until: process time a bypass ends, None without one.
    """

    since: float | None = None
    missing: str = "it has not been evaluated yet"
    bypassed_until: float | None = None

    @property
    def given(self) -> bool:
        """Whether what it is before may start."""
        return not self.missing or self.bypassed_until is not None


def permit(
    config: PermissiveConfig, state: PermissiveState, lookup: Lookup, now: float
) -> PermissiveState:
    """Return the state after a scan.

    Args:
        config: the permissive.
        state: after the last scan.
        lookup: gives the reading of a name in the condition.
        now: process time, s.
    """
    truth = config.when.evaluate(lookup)
    if truth is Truth.INVALID:
        return replace(state, since=None, missing=bad_names(config.when, lookup))
    if truth is Truth.FALSE:
        missing = f"it needs {config.when.text}; now {readings(config.when, lookup)}"
        return replace(state, since=None, missing=missing)
    since = now if state.since is None else state.since
    left = config.for_s - (now - since)
    missing = "" if left <= 0 else f"{config.when.text} must hold for {left / 60:.1f} min more"
    return replace(state, since=since, missing=missing)
