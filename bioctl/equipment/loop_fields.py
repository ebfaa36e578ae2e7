"""Loops of the site file: from words to `LoopConfig`."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from bioctl.control.loop_config import AnyLoop, FollowedLoopConfig, LoopConfig
from bioctl.control.pid import Tuning
from bioctl.control.segment import Segment
from bioctl.control.structure import Balance, Structure
from bioctl.control.totaliser import DoseLimit
from bioctl.equipment.fields import (
    Fields,
    each,
    in_eu,
    known,
    levels,
    number,
    pair,
    quantity,
    seconds,
)
from bioctl.errors import InputError
from bioctl.language.document import Node
from bioctl.tags import Tag


@dataclass(frozen=True, slots=True)
class Points:
    """What a unit's loops may name."""

    measurements: Mapping[str, Tag]
    outputs: Mapping[str, Tag]


def read_loop(name: str, node: Node, points: Points, errors: list[InputError]) -> AnyLoop:
    """Return one loop. Its measurement's eu is the eu of setpoints, dead band and rates.

    Raises:
        InputError: a field is missing or can't be.
    """
    fields = Fields(node, errors, f"loop {name}")
    pv = fields.take("measurement", known(points.measurements, "measurement"))
    runs = fields.take("runs", known(("here", "equipment"), "place"), "here")
    read = _followed if runs == "equipment" else _here
    loop = read(name, fields, points, pv)
    fields.close()
    return loop


def _followed(name: str, fields: Fields, points: Points, pv: str) -> FollowedLoopConfig:
    tag, status = points.measurements[pv], fields.get("status")
    return FollowedLoopConfig(
        name=name,
        pv=pv,
        pv_range=tag.range,
        sp_range=fields.take("setpoint", in_eu(tag.eu)),
        setpoint_output=fields.take("setpoint_output", known(points.outputs, "output")),
        sp_rate_per_min=fields.take("setpoint_rate_per_min", number, math.inf),
        status=known(points.measurements, "measurement")(status) if status else "",
    )


def _here(name: str, fields: Fields, points: Points, pv: str) -> LoopConfig:
    tag = points.measurements[pv]
    return LoopConfig(
        name=name,
        pv=pv,
        pv_range=tag.range,
        sp_range=fields.take("setpoint", in_eu(tag.eu)),
        structure=_structure(fields, points),
        tuning=Tuning(
            kc=fields.take("gain", number),
            ti_s=fields.take("integral", seconds),
            dead_band=fields.take("dead_band", quantity(tag.eu), 0.0),
        ),
        fallback=fields.take("fallback", levels(points.outputs, fields.errors)),
        hold_s=fields.take("hold", seconds, 60.0),
        sp_rate_per_min=fields.take("setpoint_rate_per_min", number, math.inf),
        out_rate_per_min=fields.take("output_rate_per_min", number, math.inf),
        dose=_dose(fields, points),
    )


def _structure(fields: Fields, points: Points) -> Structure:
    segments = fields.take("segments", each(partial(_segment, points, fields.errors)))
    names = each(known(points.outputs, "output"))
    exclusive = fields.get("exclusive")
    return Structure(
        segments=segments,
        balances=_balances(fields, points),
        exclusive=names(exclusive) if exclusive else (),
    )


def _segment(points: Points, errors: list[InputError], node: Node) -> Segment:
    fields = Fields(node, errors, "segment")
    u = fields.take("u", pair)
    output = fields.take("output", known(points.outputs, "output"))
    value = fields.take("value", partial(_values, points.outputs[output]))
    shared = fields.take("shared", lambda n: n.as_bool(), default=False)
    fields.close()
    return Segment(u[0], u[1], output, value[0], value[1], shared)


def _values(tag: Tag, node: Node) -> tuple[float, float]:
    for value in (values := pair(node)):
        if value not in tag.range:
            low, high = tag.range
            node.refuse(f"{value:g} is outside the output's {low:g} .. {high:g} {tag.eu}".rstrip())
    return values


def _balances(fields: Fields, points: Points) -> tuple[Balance, ...]:
    node = fields.get("balance")
    if node is None:
        return ()
    inner, output = Fields(node, fields.errors, "balance"), known(points.outputs, "output")
    name, parts = inner.take("output", output), inner.take("parts", each(output))
    total = inner.take("total", number, -1.0)
    inner.close()
    return (Balance(name, parts, None if total < 0 else total),)


def _dose(fields: Fields, points: Points) -> DoseLimit | None:
    node = fields.get("dose_limit")
    if node is None:
        return None
    inner = Fields(node, fields.errors, "dose_limit")
    limit = DoseLimit(
        output=inner.take("output", known(points.outputs, "output")),
        totaliser=inner.take("totaliser", known(points.measurements, "measurement")),
        limit=inner.take("limit", number),
    )
    inner.close()
    return limit
