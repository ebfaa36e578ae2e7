"""Loops of the site file: from words to `LoopConfig`."""

import math

from bioctl.control.loop_config import AnyLoop, FollowedLoopConfig, LoopConfig
from bioctl.control.pid import Tuning
from bioctl.control.segment import Segment
from bioctl.control.structure import Balance, Structure
from bioctl.control.totaliser import DoseLimit
from bioctl.equipment.fields import Fields, in_eu, number, numbers, pair, quantity, seconds, text
from bioctl.errors import InputError
from bioctl.language.document import Node
from bioctl.tags import Tag


def read_loop(
    name: str, node: Node, measurements: dict[str, Tag], errors: list[InputError]
) -> AnyLoop:
    """Return one loop. Its measurement's eu is the eu of setpoints, dead band and rates.

    Raises:
        InputError: a field is missing or can't be.
    """
    fields = Fields(node, errors, f"loop {name}")
    pv = fields.take("measurement", text)
    if pv not in measurements:
        node.refuse(f"loop {name}: the unit has no measurement {pv!r}.")
    tag = measurements[pv]
    runs = fields.take("runs", text, "here")
    loop = _followed(name, fields, tag, pv) if runs == "equipment" else _here(name, fields, tag, pv)
    fields.close()
    return loop


def _followed(name: str, fields: Fields, tag: Tag, pv: str) -> FollowedLoopConfig:
    return FollowedLoopConfig(
        name=name,
        pv=pv,
        pv_range=tag.range,
        sp_range=fields.take("setpoint", in_eu(tag.eu)),
        setpoint_output=fields.take("setpoint_output", text),
        sp_rate_per_min=fields.take("setpoint_rate_per_min", number, math.inf),
        status=fields.take("status", text, ""),
    )


def _here(name: str, fields: Fields, tag: Tag, pv: str) -> LoopConfig:
    return LoopConfig(
        name=name,
        pv=pv,
        pv_range=tag.range,
        sp_range=fields.take("setpoint", in_eu(tag.eu)),
        structure=_structure(fields),
        tuning=Tuning(
            kc=fields.take("gain", number),
            ti_s=fields.take("integral", seconds),
            dead_band=fields.take("dead_band", quantity(tag.eu), 0.0),
        ),
        fallback=fields.take("fallback", numbers),
        hold_s=fields.take("hold", seconds, 60.0),
        sp_rate_per_min=fields.take("setpoint_rate_per_min", number, math.inf),
        out_rate_per_min=fields.take("output_rate_per_min", number, math.inf),
        dose=_dose(fields),
    )


def _structure(fields: Fields) -> Structure:
    node = fields.take("segments", lambda n: n.as_sequence())
    segments = tuple(_segment(one, fields.errors) for one in node.items)
    exclusive = fields.get("exclusive")
    names = tuple(n.as_text() for n in exclusive.as_sequence().items) if exclusive else ()
    return Structure(segments=segments, balances=_balances(fields), exclusive=names)


def _segment(node: Node, errors: list[InputError]) -> Segment:
    fields = Fields(node, errors, "segment")
    u, value = fields.take("u", pair), fields.take("value", pair)
    shared = fields.take("shared", lambda n: n.as_bool(), default=False)
    output = fields.take("output", text)
    fields.close()
    return Segment(u[0], u[1], output, value[0], value[1], shared)


def _balances(fields: Fields) -> tuple[Balance, ...]:
    node = fields.get("balance")
    if node is None:
        return ()
    inner = Fields(node, fields.errors, "balance")
    output = inner.take("output", text)
    parts = inner.take("parts", lambda n: tuple(i.as_text() for i in n.as_sequence().items))
    total = inner.take("total", number, -1.0)
    inner.close()
    return (Balance(output, parts, None if total < 0 else total),)


def _dose(fields: Fields) -> DoseLimit | None:
    node = fields.get("dose_limit")
    if node is None:
        return None
    inner = Fields(node, fields.errors, "dose_limit")
    limit = DoseLimit(
        output=inner.take("output", text),
        totaliser=inner.take("totaliser", text),
        limit=inner.take("limit", number),
    )
    inner.close()
    return limit
