"""Loops of the site file: from words to `LoopConfig`."""

import math
from collections.abc import Mapping
from functools import partial

from bioctl.control.forward import FeedForward
from bioctl.control.loop_config import AnyLoop, FollowedLoopConfig, LoopConfig, Take
from bioctl.control.on_off import OnOff
from bioctl.control.schedule import Schedule
from bioctl.control.source import Source, in_order
from bioctl.control.structure import Structure
from bioctl.control.totaliser import DoseLimit
from bioctl.control.tuning import Tuning
from bioctl.control.watch import Watch
from bioctl.equipment.fields import (
    Fields,
    each,
    in_eu,
    known,
    levels,
    located,
    number,
    quantity,
    seconds,
    text,
    without,
)
from bioctl.equipment.law_fields import read_law, read_schedule
from bioctl.equipment.points import Points
from bioctl.equipment.scale_fields import tuned_from_scale
from bioctl.equipment.structure_fields import read_orders, read_structure
from bioctl.errors import InputError
from bioctl.language.document import Node, Sequence
from bioctl.tags import Tag

__all__ = ["Points", "order_loops", "read_loop"]


def read_loop(name: str, node: Node, points: Points, errors: list[InputError]) -> AnyLoop:
    """Return one loop. Its measurement's eu is the eu of setpoints, dead band and rates.

    Raises:
        InputError: a field is missing or can't be.
    """
    fields = Fields(node, errors, f"loop {name}")
    pv = fields.take("measurement", known(points.readable, "measurement"))
    runs = fields.take("runs", known(("here", "equipment"), "place"), "here")
    read = _followed if runs == "equipment" else _here
    loop = read(name, fields, points, pv)
    fields.close()
    return loop


def order_loops(
    loops: Mapping[str, AnyLoop], outputs: Mapping[str, Tag], node: Node
) -> dict[str, AnyLoop]:
    """Return a unit's loops, outer ones first, after a look at how they fit together.

    Raises:
        InputError: a cascade without its other half, setpoints an inner loop can't take, a circle,
            or two loops that write one output without saying which wins.
    """
    try:
        ordered = in_order(loops)
        for config in loops.values():
            if isinstance(config, LoopConfig):
                _check_inner(loops, outputs, config)
        _check_shared(loops)
    except InputError as error:
        node.refuse(error.message, error.help)
    return ordered


def _check_inner(
    loops: Mapping[str, AnyLoop], outputs: Mapping[str, Tag], config: LoopConfig
) -> None:
    source = config.source
    if source is not None and source.cascade:
        if config.name in outputs:
            raise InputError(f"loop {config.name} can't have the name of an output in a cascade.")
        outer = loops[source.serves]
        if not isinstance(outer, LoopConfig) or config.name not in outer.structure.outputs:
            raise InputError(
                f"loop {config.name} has its setpoint from {source.serves}, which has no segment "
                f"for it.",
                help=f"Give {source.serves} a segment with output: {config.name}.",
            )
    for one in config.structure.segments:
        inner = loops.get(one.output)
        if inner is None or one.output in outputs:
            continue
        if inner.source is None or not inner.source.cascade or inner.source.serves != config.name:
            raise InputError(
                f"loop {config.name} sets {one.output}, which has its setpoint from elsewhere.",
                help=f"Give {one.output} the field setpoint_from: {{loop: {config.name}}}.",
            )
        low, high = sorted((one.value_low, one.value_high))
        if low < inner.sp_range.low or high > inner.sp_range.high:
            raise InputError(
                f"loop {config.name} may ask {one.output} for {low:g} .. {high:g}; its setpoints "
                f"are {inner.sp_range.low:g} .. {inner.sp_range.high:g}."
            )


def _check_shared(loops: Mapping[str, AnyLoop]) -> None:
    writers: dict[str, list[LoopConfig]] = {}
    for config in loops.values():
        if isinstance(config, LoopConfig):
            for name in config.structure.outputs:
                writers.setdefault(name, []).append(config)
    for name, several in writers.items():
        takes = {one.override.get(name) for one in several}
        if len(several) > 1 and (None in takes or len(takes) > 1):
            raise InputError(
                f"loops {' and '.join(one.name for one in several)} both write {name}.",
                help=f"Give each the same override: {{{name}: lowest}}, or highest.",
            )


def _followed(name: str, fields: Fields, points: Points, pv: str) -> FollowedLoopConfig:
    tag, status = points.readable[pv], fields.get("status")
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
    tag = points.readable[pv]
    structure = read_structure(fields, points)
    fallback, later = _fallback(fields, points)
    law, schedule = _law(pv, fields, points, structure)
    return LoopConfig(
        name=name,
        pv=pv,
        pv_range=tag.range,
        sp_range=fields.take("setpoint", in_eu(tag.eu)),
        structure=structure,
        order=fields.take("order", text, ""),
        orders=read_orders(fields, points),
        tuning=law,
        fallback=fallback,
        fallback_from=later,
        recover_s=fields.take("recover", seconds, 0.0),
        hold_s=fields.take("hold", seconds, 60.0),
        sp_rate_per_min=fields.take("setpoint_rate_per_min", number, math.inf),
        out_rate_per_min=fields.take("output_rate_per_min", number, math.inf),
        dose=_dose(fields, points),
        source=_source(fields, points),
        forward=fields.take("feed_forward", each(partial(_forward, points, fields.errors)), ()),
        schedule=schedule,
        override=_override(fields, points),
        backup=fields.take("backup", known(points.measurements, "measurement"), ""),
        watch=_watch(fields, tag.eu),
    )


def _fallback(
    fields: Fields, points: Points
) -> tuple[dict[str, float], dict[float, dict[str, float]]]:
    """Return the fallback, and what takes its place by age of the culture (s).

    Either one mapping of outputs, or a list of them, each with the age it begins at: `from`.
    """
    read = levels(points.writable, fields.errors)
    node = fields.take("fallback", lambda found: found)
    if not isinstance(node, Sequence):
        return located(node, read), {}
    found: dict[float, dict[str, float]] = {}
    for item in node.items:
        lines = item.as_mapping()
        if "from" not in lines.entries:
            item.refuse("a fallback of a list needs `from`.", "write from: 0 d in the first one.")
        since = located(lines.entries["from"], seconds)
        if since in found:
            lines.entries["from"].refuse("there is a fallback from this age already.")
        found[since] = read(without(lines, ("from",)))
    first = found.pop(0.0, None)
    if first is None:
        node.refuse("no fallback is from: 0 d.", "the first one is for a culture without an age.")
    return first, found


def _law(
    pv: str, fields: Fields, points: Points, structure: Structure
) -> tuple[Tuning | OnOff, Schedule | None]:
    if "tuning" in fields.node.entries:
        return tuned_from_scale(pv, fields, points, structure)
    return read_law(fields, points.readable[pv].eu), read_schedule(fields, points)


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


def _source(fields: Fields, points: Points) -> Source | None:
    node = fields.get("setpoint_from")
    if node is None:
        return None
    inner = Fields(node, fields.errors, "setpoint_from")
    loop = known(points.loops, "loop")
    outer = inner.take("loop", loop, "")
    if outer:
        inner.close()
        return Source(outer, cascade=True)
    source = Source(
        serves=inner.take("serves", loop),
        of=inner.take("of", known(points.readable, "measurement"), ""),
        ratio=inner.take("ratio", number, 0.0),
        bias=inner.take("value", number, 0.0),
    )
    inner.close()
    return source


def _forward(points: Points, errors: list[InputError], node: Node) -> FeedForward:
    inner = Fields(node, errors, "feed_forward")
    of = inner.take("of", known(points.readable, "measurement"))
    term = FeedForward(
        of=of,
        gain=inner.take("gain", number),
        lag_s=inner.take("lag", seconds, 0.0),
        zero=inner.take("zero", quantity(points.readable[of].eu), 0.0),
    )
    inner.close()
    return term


def _override(fields: Fields, points: Points) -> dict[str, Take]:
    node = fields.get("override")
    if node is None:
        return {}
    inner, output = node.as_mapping(), known(points.outputs, "output")
    for name, key in inner.keys.items():
        if name not in points.outputs:
            output(key)
    read = known([one.value for one in Take], "choice")
    return {name: Take(read(child)) for name, child in inner.entries.items()}


def _watch(fields: Fields, eu: str) -> Watch:
    node = fields.get("watch")
    if node is None:
        return Watch()
    inner, plain = Fields(node, fields.errors, "watch"), Watch()
    watch = Watch(
        stuck_s=inner.take("stuck", seconds, plain.stuck_s),
        stuck_move=inner.take("stuck_move", number, plain.stuck_move),
        stuck_span=inner.take("stuck_span", quantity(eu), plain.stuck_span),
        apart=inner.take("apart", quantity(eu), plain.apart),
        apart_s=inner.take("apart_for", seconds, plain.apart_s),
        follow=inner.take("follow", number, plain.follow),
        follow_s=inner.take("follow_for", seconds, plain.follow_s),
    )
    inner.close()
    return watch
