"""What a loop is, as the site file declares it: closed here, or by the equipment itself."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bioctl.control.check import above_zero, finite, not_negative, span, text
from bioctl.control.pid import Tuning
from bioctl.control.structure import Structure
from bioctl.control.totaliser import DoseLimit
from bioctl.errors import InputError
from bioctl.values import Range


class Mode(StrEnum):
    """Who moves the outputs."""

    OFF = "OFF"
    """Nobody: the loop writes nothing."""
    MAN = "MAN"
    """A person: the loop writes the outputs of the demand the person gave."""
    AUTO = "AUTO"
    """The law."""


class Runs(StrEnum):
    """Where the loop is closed."""

    HERE = "here"
    EQUIPMENT = "equipment"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopConfig:
    """A loop closed here.

    Attributes:
        name: as the unit class spells it, for example `pH`.
        pv: measurement it controls, as the unit class spells it.
        pv_range: physical range of the measurement in its eu; a value outside is Bad.
        sp_range: setpoints a person or recipe may give, same eu.
        structure: from the demand u to the outputs.
        tuning: kc in units of u per measurement eu.
        sp_rate_per_min: greatest setpoint speed, eu per minute; infinity jumps.
        out_rate_per_min: greatest speed of u per minute; infinity does not limit.
        hold_s: how long the last outputs are held while the measurement is not Good.
        fallback: outputs after that, by name, in eu; at least one.
        recover_s: how long the measurement must be Good before the fallback ends.
        gap_s: after a longer pause between two scans the loop starts again from the real outputs.
        dose: limit of one output's material, or None.

    Raises:
        InputError: NaN, reversed ranges, no fallback, or names the structure does not have.
    """

    name: str
    pv: str
    pv_range: Range
    sp_range: Range
    structure: Structure
    tuning: Tuning
    fallback: Mapping[str, float]
    hold_s: float = 60.0
    sp_rate_per_min: float = math.inf
    out_rate_per_min: float = math.inf
    recover_s: float = 0.0
    gap_s: float = 120.0
    dose: DoseLimit | None = None
    runs: Runs = field(init=False, default=Runs.HERE)

    def __post_init__(self) -> None:
        _check_setpoint(self)
        owner = f"loop {self.name}"
        above_zero(owner, "out_rate_per_min", self.out_rate_per_min)
        for name in ("hold_s", "recover_s"):
            not_negative(owner, name, getattr(self, name))
        if self.tuning.dead_band > self.sp_range.high - self.sp_range.low:
            raise InputError(f"{owner}: the dead band is wider than the setpoint range.")
        _check_fallback(self)
        if self.dose is not None:
            self.structure.free_of(self.dose.output)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedLoopConfig:
    """A loop the equipment closes itself: only its setpoint is written, its status mirrored.

    Attributes:
        name: as the unit class spells it.
        pv: measurement it controls, to start a setpoint ramp from.
        pv_range: physical range of the measurement in its eu.
        sp_range: setpoints a person or recipe may give, same eu.
        setpoint_output: output that carries the setpoint, for example `temperature_setpoint`.
        sp_rate_per_min: greatest setpoint speed, eu per minute; infinity jumps.
        gap_s: a longer pause between two scans does not move the ramp.
        status: measurement that says what the equipment's loop does, or "".

    Raises:
        InputError: NaN, reversed ranges, or an empty name.
    """

    name: str
    pv: str
    pv_range: Range
    sp_range: Range
    setpoint_output: str
    sp_rate_per_min: float = math.inf
    gap_s: float = 120.0
    status: str = ""
    runs: Runs = field(init=False, default=Runs.EQUIPMENT)

    def __post_init__(self) -> None:
        _check_setpoint(self)
        text(f"loop {self.name}", "setpoint_output", self.setpoint_output)


AnyLoop = LoopConfig | FollowedLoopConfig


def _check_setpoint(config: AnyLoop) -> None:
    text("loop", "name", config.name)
    owner = f"loop {config.name}"
    text(owner, "pv", config.pv)
    span(owner, "pv_range", config.pv_range)
    span(owner, "sp_range", config.sp_range)
    above_zero(owner, "sp_rate_per_min", config.sp_rate_per_min)
    above_zero(owner, "gap_s", config.gap_s)
    inside = config.pv_range.low <= config.sp_range.low <= config.sp_range.high
    if not inside or config.sp_range.high > config.pv_range.high:
        raise InputError(
            f"{owner}: setpoints {config.sp_range.low:g} .. {config.sp_range.high:g} leave the "
            f"measurement's range {config.pv_range.low:g} .. {config.pv_range.high:g}."
        )


def _check_fallback(config: LoopConfig) -> None:
    owner = f"loop {config.name}"
    known = config.structure.outputs
    if not config.fallback:
        raise InputError(
            f"{owner}: it declares no fallback.",
            help=f"Say what {', '.join(known)} shall be when {config.pv} can't be trusted.",
        )
    for name, value in config.fallback.items():
        finite(owner, f"fallback of {name}", value)
        if name not in known:
            raise InputError(
                f"{owner}: fallback names {name}; this loop writes {', '.join(known)}."
            )
    on = [name for name in config.structure.exclusive if config.fallback.get(name, 0.0) > 0]
    if len(on) > 1:
        raise InputError(f"{owner}: the fallback runs {' and '.join(on)} against each other.")
