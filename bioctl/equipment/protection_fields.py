"""Interlocks and alarms of the site file: from words to their configurations."""

from collections.abc import Mapping

from bioctl.control.alarm import AlarmConfig, AlarmKind
from bioctl.control.interlock import InterlockConfig, OnBad, Reset
from bioctl.equipment.fields import Fields, numbers, quantity, seconds, text
from bioctl.errors import InputError
from bioctl.language.condition import Condition, compile_condition
from bioctl.language.document import Node
from bioctl.language.nearest import suggest
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
        return compile_condition(child.as_text(), measurements)

    fields = Fields(node, errors, f"interlock {name}")
    then = fields.take("then", numbers)
    for output in then:
        if output not in outputs:
            node.refuse(
                f"interlock {name}: no output {output!r}.", suggest(output, outputs, "output")
            )
    reset_when = fields.get("reset_when")
    interlock = InterlockConfig(
        name=name,
        when=fields.take("when", condition),
        then=then,
        text=fields.take("protects", text),
        delay_s=fields.take("delay", seconds, 0.0),
        on_bad=fields.take("on_bad", lambda n: OnBad(_word(n, OnBad)), OnBad.TRIP),
        reset=fields.take("reset", lambda n: Reset(_word(n, Reset)), Reset.AUTO),
        reset_when=condition(reset_when) if reset_when else None,
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
    point = fields.take("measurement", text)
    if point not in measurements:
        remedy = suggest(point, measurements, "measurement")
        node.refuse(f"alarm {name}: no measurement {point!r}.", remedy)
    tag = measurements[point]
    kind = fields.take("kind", lambda n: AlarmKind(_word(n, AlarmKind)))
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


def _word(node: Node, words: type[OnBad] | type[Reset] | type[AlarmKind]) -> str:
    known = [word.value for word in words]
    if node.as_text() not in known:
        node.refuse(f"{node.as_text()!r} is none of {', '.join(known)}.")
    return node.as_text()
