"""Alarms of the site file: from words to their configurations."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from bioctl.control.alarm_config import SHELVE_S, AlarmConfig, AlarmKind, Severity
from bioctl.control.loop_config import AnyLoop
from bioctl.equipment.fields import (
    Fields,
    above_zero,
    known,
    located,
    quantity,
    seconds,
    text,
)
from bioctl.errors import InputError
from bioctl.language.condition import Condition, compile_condition
from bioctl.language.document import Node
from bioctl.tags import Tag


@dataclass(frozen=True, slots=True)
class Around:
    """What an alarm may name of its unit.

    Attributes:
        measurements: tag by name.
        names: loops of the unit's class.
        loops: those that could be read.
        empty: when the unit is empty; None where the site file does not say.
    """

    measurements: Mapping[str, Tag]
    names: Collection[str]
    loops: Mapping[str, AnyLoop]
    empty: Condition | None = None


def read_alarm(unit: Around, errors: list[InputError], name: str, node: Node) -> AlarmConfig:
    """Return one alarm, with what ISA-18.2 wants known of it before it may wake anybody.

    Raises:
        InputError: a field is missing or can't be.
    """
    measurements = unit.measurements
    fields = Fields(node, errors, f"alarm {name}")
    point = fields.take("measurement", known(measurements, "measurement"))
    tag = measurements[point]
    kind = AlarmKind(fields.take("kind", known(AlarmKind, "kind of alarm")))
    bad = kind is AlarmKind.BAD
    _refuse_priority(fields)
    alarm = AlarmConfig(
        name=name,
        tag=point,
        kind=kind,
        cause=fields.take("cause", text),
        consequence=fields.take("consequence", text),
        severity=Severity(fields.take("severity", known(Severity, "severity"))),
        action=fields.take("action", text),
        respond_s=fields.take("time_to_respond", above_zero(seconds)),
        limit=None if bad else fields.take("limit", quantity(tag.eu)),
        loop="" if bad else fields.take("setpoint_of", _of(unit.names, unit.loops, point), ""),
        dead_band=fields.take("dead_band", quantity(tag.eu), 0.0),
        on_delay_s=fields.take("on_delay", seconds, 0.0),
        off_delay_s=fields.take("off_delay", seconds, 0.0),
        latching=fields.take("latching", lambda n: n.as_bool(), default=False),
        suppress_when=_suppress(fields, unit),
        shelve_s=fields.take("shelve_limit", above_zero(seconds), SHELVE_S),
        pv_range=tag.range,
    )
    fields.close()
    return alarm


def condition_over(eus: Mapping[str, str]) -> Callable[[Node], Condition]:
    """Return a reader of a condition over these measurements, without windows of time."""
    return lambda node: compile_condition(node.as_text(), eus, windows=False)


def _suppress(fields: Fields, unit: Around) -> Condition | None:
    """Return when an alarm is suppressed by design: as it says itself, or in an empty unit."""
    eus = {one: tag.eu for one, tag in unit.measurements.items()}
    node = fields.get("suppress_when")
    own = located(node, condition_over(eus)) if node else None
    empty = fields.take("suppress_empty", lambda node: node.as_bool(), default=False)
    if unit.empty is None or not empty:
        return own
    if own is None:
        return unit.empty
    return compile_condition(f"({own.text}) or ({unit.empty.text})", eus, windows=False)


def _of(names: Collection[str], loops: Mapping[str, AnyLoop], point: str) -> Callable[[Node], str]:
    """Return a reader of a loop that controls this measurement; one that can't be read passes."""

    def read(node: Node) -> str:
        name = known(names, "loop")(node)
        if name in loops and loops[name].pv != point:
            node.refuse(f"loop {name} controls {loops[name].pv}, not {point}.")
        return name

    return read


def _refuse_priority(fields: Fields) -> None:
    given = fields.get("priority")
    if given is not None:
        given.refuse(
            f"{fields.what}: its priority follows from severity and time_to_respond.",
            "leave `priority` out",
        )
