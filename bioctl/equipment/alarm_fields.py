"""Alarms of the site file and of tables: from words to their configurations."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bioctl.control.alarm_config import SHELVE_S, AlarmConfig, AlarmKind, Severity
from bioctl.control.loop_config import AnyLoop, LoopConfig
from bioctl.equipment.fields import Fields, above_zero, known, located, quantity, seconds, text
from bioctl.errors import InputError
from bioctl.language.condition import Condition, compile_condition
from bioctl.language.document import Node
from bioctl.language.quantity import compatible, convert
from bioctl.tags import Tag

WRITTEN = tuple(kind for kind in AlarmKind if kind is not AlarmKind.TOLD)
"""Kinds a person may write."""


@dataclass(frozen=True, slots=True)
class Around:
    """What an alarm may name of its unit.

    Attributes:
        measurements, outputs: tag by name.
        names: loops of the unit's class.
        loops: those that could be read.
        empty: when the unit is empty; None where the site file does not say.
        volume: working volume, mL; None where the site file does not say.
        instruments: measurements whose instrument can be doubted.
    """

    measurements: Mapping[str, Tag]
    outputs: Mapping[str, Tag]
    names: Collection[str]
    loops: Mapping[str, AnyLoop]
    empty: Condition | None = None
    volume: float | None = None
    instruments: Collection[str] = ()

    @property
    def eus(self) -> dict[str, str]:
        """The eu of everything a condition may name: measurements and outputs as read back."""
        return {name: tag.eu for name, tag in {**self.outputs, **self.measurements}.items()}


def read_alarm(unit: Around, errors: list[InputError], name: str, node: Node) -> AlarmConfig:
    """Return one alarm, with what ISA-18.2 wants known of it before it may wake anybody.

    Raises:
        InputError: a field is missing or can't be.
    """
    fields = Fields(node, errors, f"alarm {name}")
    point = fields.take("measurement", known(unit.measurements, "measurement"))
    kind = AlarmKind(fields.take("kind", known(WRITTEN, "kind of alarm")))
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
        on_delay_s=fields.take("on_delay", seconds, 0.0),
        off_delay_s=fields.take("off_delay", seconds, 0.0),
        latching=fields.take("latching", lambda n: n.as_bool(), default=False),
        suppress_when=_suppress(fields, unit),
        moved=fields.take("suppress_moved", lambda n: n.as_bool(), default=False),
        shelve_s=fields.take("shelve_limit", above_zero(seconds), SHELVE_S),
        pv_range=unit.measurements[point].range,
        **_judged(fields, unit, point, kind),
    )
    fields.close()
    return alarm


def condition_over(eus: Mapping[str, str]) -> Callable[[Node], Condition]:
    """Return a reader of a condition over these names, without windows of time."""
    return lambda node: compile_condition(node.as_text(), eus, windows=False)


def _judged(fields: Fields, unit: Around, point: str, kind: AlarmKind) -> dict[str, Any]:
    """Return the fields that say when it is abnormal, by kind."""
    if kind is AlarmKind.CONDITION:
        return {"when": fields.take("when", condition_over(unit.eus))}
    if kind is AlarmKind.DOUBT:
        return {"loop": _doubted(fields, unit, point)}
    return _limit(fields, unit, point) if kind.limited else {}


def _limit(fields: Fields, unit: Around, point: str) -> dict[str, Any]:
    tag = unit.measurements[point]
    found: dict[str, Any] = {
        "loop": fields.take("setpoint_of", _loop_of(unit, point), ""),
        "output": fields.take("command_of", _output_of(unit, point), ""),
        "steady": fields.take("steady", lambda node: node.as_bool(), default=False),
        "counted": fields.take("counted_by", _counter(unit, point), ""),
    }
    if fields.get("percent") is None:
        size = quantity(tag.eu)
        return found | {
            "limit": fields.take("limit", size), "dead_band": fields.take("dead_band", size, 0.0)
        }  # fmt: skip
    if (limit := fields.get("limit")) is not None:
        limit.refuse(f"{fields.what} has `limit` and `percent`.", "keep one of the two.")
    part = fields.take("percent", quantity("%"))
    band = fields.take("dead_band", quantity("%"), 0.0)
    if not found["counted"]:
        return found | {"limit": part, "dead_band": band, "percent": True}
    if unit.volume is None:
        fields.node.refuse(
            f"{fields.what}: a percentage of what was dosed is of the unit's working volume.",
            "give the unit `volume: 5 L`, or the alarm `limit` in place of `percent`.",
        )
    whole = convert(unit.volume, "mL", tag.eu) / 100.0
    return found | {"limit": part * whole, "dead_band": band * whole}


def _doubted(fields: Fields, unit: Around, point: str) -> str:
    """Return the loop whose doubts are told, besides those of the instrument; "" for no loop."""
    named = fields.get("loop")
    if named is not None:
        return located(named, _loop_of(unit, point))
    mine = [name for name, loop in unit.loops.items() if loop.pv == point]
    here = [name for name in mine if isinstance(unit.loops[name], LoopConfig)]
    if not here and point in unit.instruments:
        return ""
    if not here and len(unit.loops) >= len(unit.names):  # else the loop itself could not be read
        why = "the equipment closes its loop" if mine else "no loop controls it"
        fields.node.refuse(f"{fields.what}: nothing here can doubt {point}: {why}.")
    return here[0] if here else point


def _loop_of(unit: Around, point: str) -> Callable[[Node], str]:
    """Return a reader of a loop that controls this measurement; one that can't be read passes."""

    def read(node: Node) -> str:
        name = known(unit.names, "loop")(node)
        if name in unit.loops and unit.loops[name].pv != point:
            node.refuse(f"loop {name} controls {unit.loops[name].pv}, not {point}.")
        return name

    return read


def _output_of(unit: Around, point: str) -> Callable[[Node], str]:
    """Return a reader of an output in the measurement's own kind of eu."""

    def read(node: Node) -> str:
        name = known(unit.outputs, "output")(node)
        eu, mine = unit.outputs[name].eu, unit.measurements[point].eu
        if eu != mine:
            same = "compatible, and still another eu" if compatible(eu, mine) else "another eu"
            node.refuse(f"{name} is in {eu or 'no eu'}, {point} in {mine or 'none'}: {same}.")
        return name

    return read


def _counter(unit: Around, point: str) -> Callable[[Node], str]:
    """Return a reader of a loop whose dose limit counts by this measurement."""

    def read(node: Node) -> str:
        name = known(unit.names, "loop")(node)
        loop = unit.loops.get(name)
        dose = loop.dose if isinstance(loop, LoopConfig) else None
        if loop is not None and (dose is None or dose.totaliser != point):
            what = f"counts by {dose.totaliser}" if dose else "has no dose_limit"
            node.refuse(f"loop {name} {what}, so it can't be counted by {point}.")
        return name

    return read


def _suppress(fields: Fields, unit: Around) -> Condition | None:
    """Return when an alarm is suppressed by design: as it says itself, or in an empty unit."""
    node = fields.get("suppress_when")
    own = located(node, condition_over(unit.eus)) if node else None
    empty = fields.take("suppress_empty", lambda node: node.as_bool(), default=False)
    if unit.empty is None or not empty:
        return own
    if own is None:
        return unit.empty
    return compile_condition(f"({own.text}) or ({unit.empty.text})", unit.eus, windows=False)


def _refuse_priority(fields: Fields) -> None:
    given = fields.get("priority")
    if given is not None:
        given.refuse(
            f"{fields.what}: its priority follows from severity and time_to_respond.",
            "leave `priority` out",
        )
