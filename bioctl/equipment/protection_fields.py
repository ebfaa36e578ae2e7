"""Interlocks and alarms of the site file: from words to their configurations."""

from collections.abc import Mapping

from bioctl.control.alarm import AlarmConfig, AlarmKind
from bioctl.control.interlock import InterlockConfig, OnBad, Reset
from bioctl.equipment.fields import Fields, known, levels, located, quantity, seconds, text
from bioctl.errors import InputError
from bioctl.language.condition import Condition, compile_condition
from bioctl.language.document import Node
from bioctl.tags import Tag


def read_interlock(
    name: str,
    node: Node,
    measurements: Mapping[str, str],
    outputs: Mapping[str, Tag],
    errors: list[InputError],
) -> InterlockConfig:
    """Return one interlock; conditions may use every measurement of the unit.

    Raises:
        InputError: a field is missing or can't be.
    """

    def condition(child: Node) -> Condition:
        return compile_condition(child.as_text(), measurements, windows=False)

    fields = Fields(node, errors, f"interlock {name}")
    then = fields.take("then", levels(outputs, errors))
    reset_when = fields.get("reset_when")
    interlock = InterlockConfig(
        name=name,
        when=fields.take("when", condition),
        then=then,
        text=fields.take("protects", text),
        delay_s=fields.take("delay", seconds, 0.0),
        on_bad=OnBad(fields.take("on_bad", known(OnBad, "response"), str(OnBad.TRIP))),
        reset=Reset(fields.take("reset", known(Reset, "way to reset"), str(Reset.AUTO))),
        reset_when=located(reset_when, condition) if reset_when else None,
        reset_delay_s=fields.take("reset_delay", seconds, 0.0),
    )
    fields.close()
    if interlock.reset is Reset.PERSON:
        node.refuse(
            f"interlock {name}: a reset by a person has no command yet.",
            "use `reset: auto`, with reset_when and reset_delay",
        )
    return interlock


def read_alarm(
    name: str, node: Node, measurements: Mapping[str, Tag], errors: list[InputError]
) -> AlarmConfig:
    """Return one alarm.

    Raises:
        InputError: a field is missing or can't be.
    """
    fields = Fields(node, errors, f"alarm {name}")
    point = fields.take("measurement", known(measurements, "measurement"))
    tag = measurements[point]
    kind = AlarmKind(fields.take("kind", known(AlarmKind, "kind of alarm")))
    limit = fields.take("limit", quantity(tag.eu)) if kind is not AlarmKind.BAD else None
    alarm = AlarmConfig(
        name=name,
        tag=point,
        kind=kind,
        priority=fields.take("priority", lambda n: n.as_int()),
        consequence=fields.take("consequence", text),
        action=fields.take("action", text),
        limit=limit,
        dead_band=fields.take("dead_band", quantity(tag.eu), 0.0),
        on_delay_s=fields.take("on_delay", seconds, 0.0),
        off_delay_s=fields.take("off_delay", seconds, 0.0),
        pv_range=tag.range,
    )
    fields.close()
    return alarm
