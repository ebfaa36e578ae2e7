"""Structures of loops in the site file: segments, balances, orders."""

from functools import partial

from bioctl.control.segment import Segment
from bioctl.control.structure import Balance, Structure
from bioctl.equipment.fields import Fields, each, known, located, number, pair
from bioctl.equipment.points import Points
from bioctl.errors import InputError
from bioctl.language.document import Node
from bioctl.tags import Tag


def read_structure(fields: Fields, points: Points) -> Structure:
    """Return a loop's first structure.

    Raises:
        InputError: a field is missing or can't be.
    """
    segments = fields.take("segments", each(partial(_segment, points, fields.errors)))
    return _structure(fields, points, segments)


def read_orders(fields: Fields, points: Points) -> dict[str, Structure]:
    """Return a loop's other structures by name; balance and exclusion are those of the first.

    Raises:
        InputError: one of them can't be.
    """
    node = fields.get("orders")
    if node is None:
        return {}
    segments = each(partial(_segment, points, fields.errors))
    return {
        name: located(child, lambda n: _structure(fields, points, segments(n)))
        for name, child in node.as_mapping().entries.items()
    }


def _structure(fields: Fields, points: Points, segments: tuple[Segment, ...]) -> Structure:
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
    output = fields.take("output", known(points.writable, "output"))
    value = fields.take("value", partial(_values, points.writable[output]))
    shared = fields.take("shared", lambda n: n.as_bool(), default=False)
    gain, time = fields.take("gain", number, 1.0), fields.take("time", number, 1.0)
    fields.close()
    return Segment(u[0], u[1], output, value[0], value[1], shared, gain, time)


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
