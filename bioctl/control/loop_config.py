"""What a loop is, as the site file declares it: closed here, or by the equipment itself."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bioctl.control.check import above_zero, finite, not_negative, span, text
from bioctl.control.forward import FeedForward
from bioctl.control.on_off import OnOff
from bioctl.control.schedule import DEMAND, Schedule
from bioctl.control.source import Source
from bioctl.control.structure import Structure
from bioctl.control.totaliser import DoseLimit
from bioctl.control.tuning import Tuning
from bioctl.control.watch import Watch
from bioctl.errors import InputError
from bioctl.values import Range


class Mode(StrEnum):
    """Who moves the outputs."""

    OFF = "OFF"
    """Nobody: the loop writes nothing."""
    MAN = "MAN"
    """A person: the loop writes the outputs of the demand the person gave."""
    AUTO = "AUTO"
    """The law, on a setpoint of recipe or person."""
    CAS = "CAS"
    """The law, on a setpoint of its source: an outer loop, a ratio."""


class Take(StrEnum):
    """Which loop wins where several write one output."""

    LOWEST = "lowest"
    HIGHEST = "highest"


_NO_WATCH = Watch()


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
        structure: from the demand u to the outputs; an output may be an inner loop's name.
        tuning: kc in units of u per measurement eu, or the law of a two-position loop.
        sp_rate_per_min: greatest setpoint speed, eu per minute; infinity jumps.
        out_rate_per_min: greatest speed of u per minute; infinity does not limit.
        hold_s: how long the last outputs are held while the measurement is not Good.
        fallback: outputs after that, by name, in eu; at least one.
        fallback_from: outputs that take its place once the culture is older, by age in s.
        recover_s: how long the measurement must be Good before the fallback ends.
        gap_s: after a longer pause between two scans the loop starts again from the real outputs.
        dose: limit of one output's material, or None.
        order: name of `structure` as an order; "" for none.
        orders: other structures by name, which a recipe may ask for; the same outputs.
        source: where an inner loop has its setpoint from; None: from recipe or person.
        forward: disturbances that move u before the measurement shows them.
        schedule: factors on the tuning by a measurement or output, or None.
        override: outputs this loop shares with other loops, and which of them wins.
        backup: a second probe that is used while the first is not Good, or "".
        watch: when a reading or an output is doubted.

    Raises:
        InputError: NaN, reversed ranges, no fallback, or names the structure does not have.
    """

    name: str
    pv: str
    pv_range: Range
    sp_range: Range
    structure: Structure
    tuning: Tuning | OnOff
    fallback: Mapping[str, float]
    hold_s: float = 60.0
    sp_rate_per_min: float = math.inf
    out_rate_per_min: float = math.inf
    fallback_from: Mapping[float, Mapping[str, float]] = field(default_factory=dict)
    recover_s: float = 0.0
    gap_s: float = 120.0
    dose: DoseLimit | None = None
    order: str = ""
    orders: Mapping[str, Structure] = field(default_factory=dict)
    source: Source | None = None
    forward: tuple[FeedForward, ...] = ()
    schedule: Schedule | None = None
    override: Mapping[str, Take] = field(default_factory=dict)
    backup: str = ""
    watch: Watch = _NO_WATCH
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
        _check_orders(self)
        _check_law(self)
        if self.dose is not None:
            for structure in (self.structure, *self.orders.values()):
                structure.free_of(self.dose.output)

    def fallback_at(self, age_s: float) -> Mapping[str, float]:
        """Return the outputs without a measurement, for the age of the culture."""
        begun = [since for since in self.fallback_from if since <= age_s]
        return self.fallback_from[max(begun)] if begun else self.fallback

    @property
    def order_names(self) -> tuple[str, ...]:
        """Names of its orders, the first structure's first."""
        return (*([self.order] if self.order else []), *self.orders)

    @property
    def others(self) -> tuple[str, ...]:
        """Measurements and outputs it looks at besides its own measurement."""
        names = [one.of for one in self.forward]
        names += [self.schedule.by] if self.schedule and self.schedule.by != DEMAND else []
        names += [self.source.of] if self.source and self.source.of else []
        return tuple(names)


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
    source: Source | None = field(init=False, default=None)
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
    for one in (config.fallback, *config.fallback_from.values()):
        _check_one_fallback(config, one)
    for since in config.fallback_from:
        not_negative(f"loop {config.name}", "the age of a fallback", since)


def _check_one_fallback(config: LoopConfig, fallback: Mapping[str, float]) -> None:
    owner = f"loop {config.name}"
    known = config.structure.outputs
    if not fallback:
        raise InputError(
            f"{owner}: it declares no fallback.",
            help=f"Say what {', '.join(known)} shall be when {config.pv} can't be trusted.",
        )
    for name, value in fallback.items():
        finite(owner, f"fallback of {name}", value)
        if name not in known:
            raise InputError(
                f"{owner}: fallback names {name}; this loop writes {', '.join(known)}."
            )
    on = [name for name in config.structure.exclusive if fallback.get(name, 0.0) > 0]
    if len(on) > 1:
        raise InputError(f"{owner}: the fallback runs {' and '.join(on)} against each other.")


def _check_orders(config: LoopConfig) -> None:
    if config.order in config.orders:
        raise InputError(f"loop {config.name}: two of its orders are called {config.order}.")
    for name, order in config.orders.items():
        text(f"loop {config.name}", "the name of an order", name)
        if set(order.outputs) != set(config.structure.outputs):
            raise InputError(
                f"loop {config.name}: the order {name} moves {', '.join(order.outputs)}, "
                f"not {', '.join(config.structure.outputs)}.",
                help="Every order of a loop moves the same outputs.",
            )
    for name in config.override:
        if name not in config.structure.outputs:
            raise InputError(
                f"loop {config.name}: it shares {name}, but writes "
                f"{', '.join(config.structure.outputs)}."
            )


def _check_law(config: LoopConfig) -> None:
    if isinstance(config.tuning, OnOff) and (config.forward or config.schedule):
        raise InputError(
            f"loop {config.name}: a two-position law has no gain; "
            "feed_forward and schedule need a gain and an integral time."
        )
    if config.source is not None and config.source.serves == config.name:
        raise InputError(f"loop {config.name}: it can't serve itself.")
