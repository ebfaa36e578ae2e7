"""Interlocks of the site file: from words to their configurations."""

from collections.abc import Mapping

from bioctl.control.interlock import InterlockConfig, OnBad, Reset
from bioctl.equipment.fields import Fields, known, levels, located, seconds, text
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
        bypass_s=fields.take("bypass_limit", seconds, 0.0),
    )
    fields.close()
    return interlock
