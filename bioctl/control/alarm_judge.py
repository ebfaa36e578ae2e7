"""Whether the process is abnormal for one alarm: its limit, and what the limit is around."""

from dataclasses import dataclass

from bioctl.control.alarm_config import AlarmConfig, AlarmKind
from bioctl.control.alarm_state import AlarmState
from bioctl.control.quality import reason_of
from bioctl.language.truth import Truth
from bioctl.values import Reading


@dataclass(frozen=True, slots=True)
class Seen:
    """What an alarm is judged on in one scan.

    Attributes:
        reading: of what it watches.
        around: what its limit is around now, in the tag's eu: a setpoint, a command, what the
            phase keeps; None where there is none.
        asked: whether somebody asked the process to come there: on the way is no deviation.
        truth: of its condition.
        told: what a loop doubts, or bioctl tells of itself, in words; "" while all is well.
        about: what that is about; something more while it is active annunciates anew.
    """

    reading: Reading
    around: float | None = None
    asked: bool = False
    truth: Truth = Truth.FALSE
    told: str = ""
    about: frozenset[str] = frozenset()


def abnormal(config: AlarmConfig, state: AlarmState, seen: Seen, pv: Reading) -> bool:
    """Whether the process is abnormal; an active alarm clears a dead band inside its limit."""
    match config.kind:
        case AlarmKind.BAD:
            return not pv.good
        case AlarmKind.CONDITION:
            return seen.truth is Truth.TRUE
        case AlarmKind.DOUBT | AlarmKind.TOLD:
            return bool(seen.told)
    limit = limit_of(config, seen.around)
    if limit is None:
        return False
    outside = _outside(config, pv, limit, _eu(config, config.dead_band, seen) * state.active)
    began = state.active or state.turning_since is not None
    on_the_way = config.around and seen.asked and _on_the_way(config, state, seen)
    return outside and (began or not on_the_way)


def limit_of(config: AlarmConfig, around: float | None) -> float | None:
    """Return the limit in the tag's eu; None where there is none now."""
    if config.limit is None or not config.around:
        return config.limit
    if around is None or (config.percent and around == 0.0):
        return None
    far = abs(around) * config.limit / 100.0 if config.percent else config.limit
    return around + (far if config.kind is AlarmKind.HIGH else -far)


def arrived(config: AlarmConfig, state: AlarmState, seen: Seen, pv: Reading) -> float | None:
    """Return what the limit was around when the process was last within it, on either side."""
    if seen.around is None or config.limit is None:
        return None
    near = abs(pv.number - seen.around) <= _eu(config, config.limit, seen)
    return seen.around if near else state.arrived_at


def sentence(config: AlarmConfig, state: AlarmState, seen: Seen, pv: Reading) -> str:
    """Return what is wrong, or that it no longer is, and what to do."""
    if not state.active:
        kept = " The alarm is latched: reset it." if config.latching else ""
        return f"{config.tag} is back to normal.{kept}"
    return f"{_what(config, seen, pv)}. {config.consequence} {config.action}"


def _what(config: AlarmConfig, seen: Seen, pv: Reading) -> str:
    if seen.told:
        return seen.told.rstrip(".")
    if config.kind is AlarmKind.BAD or (config.kind.blind and not pv.good):
        return f"{config.tag} can't be trusted: {reason_of(pv)}"
    if config.when is not None:
        return f"{config.tag}: {config.when.text}"
    limit = limit_of(config, seen.around)
    if limit is None:
        return f"{config.tag} was outside its limit; there is no limit now"
    side = "above" if config.kind is AlarmKind.HIGH else "below"
    return f"{config.tag} is {pv.number:g}, {side} {limit:g}{_around(config)}"


def _around(config: AlarmConfig) -> str:
    if config.loop:
        return f", its limit around the setpoint of loop {config.loop}"
    if config.output:
        return f", its limit around what {config.output} is commanded to be"
    return ", its limit around where it stood" if config.steady else ""


def _eu(config: AlarmConfig, size: float, seen: Seen) -> float:
    """Return a limit or dead band as a distance in the tag's eu."""
    return abs(seen.around or 0.0) * size / 100.0 if config.percent else size


def _outside(config: AlarmConfig, pv: Reading, limit: float, band: float) -> bool:
    high = config.kind is AlarmKind.HIGH
    return pv.number > limit - band if high else pv.number < limit + band


def _on_the_way(config: AlarmConfig, state: AlarmState, seen: Seen) -> bool:
    """Whether what was asked for has moved and the process has not been there yet."""
    if state.arrived_at is None or seen.around is None or config.limit is None:
        return True
    return abs(seen.around - state.arrived_at) > _eu(config, config.limit, seen)
