"""Interlocks and permissives of the site file: from words to their configurations."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bioctl.control.interlock_check import flaws
from bioctl.control.interlock_config import InterlockConfig, OnBad, Reset
from bioctl.control.permissive import PermissiveConfig
from bioctl.equipment.fields import (
    Fields,
    each,
    known,
    levels,
    located,
    quantity,
    seconds,
    text,
    without,
)
from bioctl.equipment.tables import Rows
from bioctl.errors import InputError
from bioctl.language.condition import Condition, compile_condition
from bioctl.language.document import Mapping as Lines
from bioctl.language.document import Node
from bioctl.language.nearest import suggest, visible
from bioctl.language.quantity import parse_quantity
from bioctl.tags import Tag


class Names(NamedTuple):
    """What an interlock or permissive of one unit may name.

    Attributes:
        readable: eu by name, for conditions.
        outputs: tag by output, to force.
        phases: of the unit class, to hold or to keep from starting.
        sources: what phases of the class can deliver.
    """

    readable: Mapping[str, str]
    outputs: Mapping[str, Tag]
    phases: tuple[str, ...]
    sources: tuple[str, ...]

    def condition(self, node: Node) -> Condition:
        """Return a condition; it may not look back in time."""
        return compile_condition(node.as_text(), self.readable, windows=False)


def read_interlock(
    names: Names, errors: list[InputError], name: str, node: Node
) -> InterlockConfig:
    """Return one interlock.

    Raises:
        InputError: a field is missing or can't be.
    """
    fields = Fields(node, errors, f"interlock {name}")
    forces = fields.get("then")
    fixed, limits = _forced(forces, names.outputs, errors) if forces else ({}, {})
    reset_when = fields.get("reset_when")
    interlock = InterlockConfig(
        name=name,
        when=fields.take("when", names.condition),
        then=fixed,
        at_most=limits,
        holds=fields.take("holds", each(known(names.phases, "phase")), ()),
        text=fields.take("protects", text),
        delay_s=fields.take("delay", seconds, 0.0),
        on_bad=OnBad(fields.take("on_bad", known(OnBad, "response"), str(OnBad.TRIP))),
        reset=Reset(fields.take("reset", known(Reset, "way to reset"), str(Reset.AUTO))),
        reset_when=located(reset_when, names.condition) if reset_when else None,
        reset_delay_s=fields.take("reset_delay", seconds, 0.0),
        bypass_s=fields.take("bypass_limit", seconds, 0.0),
    )
    fields.close()
    return interlock


def read_permissive(
    names: Names, interlocks: Iterable[str], errors: list[InputError], name: str, node: Node
) -> PermissiveConfig:
    """Return one permissive; people bypass both by name, so it may not have an interlock's.

    Raises:
        InputError: a field is missing or can't be.
    """
    if name in interlocks:
        node.refuse(f"there is an interlock {visible(name)} already.", "name it otherwise")
    fields = Fields(node, errors, f"permissive {name}")
    permissive = PermissiveConfig(
        name=name,
        when=fields.take("when", names.condition),
        before=fields.take("before", each(known(names.phases, "phase"))),
        sources=fields.take("source", each(known(names.sources, "source")), ()),
        text=fields.take("protects", text),
        for_s=fields.take("for", seconds, 0.0),
        bypass_s=fields.take("bypass_limit", seconds, 0.0),
    )
    fields.close()
    return permissive


def refuse_flaws(
    rows: Rows,
    interlocks: Mapping[str, InterlockConfig],
    outputs: Mapping[str, Tag],
    errors: list[InputError],
) -> None:
    """Note interlocks that chase each other or themselves, each at its place."""
    group = rows.groups.get("interlocks")
    if group is None:
        return
    ranges = {name: tag.range for name, tag in outputs.items()}
    for name, (message, remedy) in flaws(interlocks, ranges).items():
        told = f"interlock {name}: {message}"
        error = InputError(told, where=group.keys[name].where, help=remedy)
        errors.append(rows.told("interlocks", name, group.entries[name], error))


def _forced(
    node: Node, outputs: Mapping[str, Tag], errors: list[InputError]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the outputs an interlock forces to a value, and those it limits."""
    lines = node.as_mapping()
    limited = {name for name, child in lines.entries.items() if isinstance(child, Lines)}
    fixed = levels(outputs, errors)(without(lines, limited))
    limits: dict[str, float] = {}
    for name in lines.entries:
        if name not in limited:
            continue
        if name not in outputs:
            where, remedy = lines.keys[name].where, suggest(name, outputs, "outputs")
            errors.append(
                InputError(f"unknown output {visible(name)!r}.", where=where, help=remedy)
            )
            continue
        limits[name] = _at_most(lines.entries[name], outputs[name], errors)
    return fixed, limits


def _at_most(node: Node, tag: Tag, errors: list[InputError]) -> float:
    """Return a limit in the output's eu; `30 %` of an output in another eu is of its range."""
    low, high = tag.range

    def read(child: Node) -> float:
        words = child.as_text()
        if words.endswith("%") and tag.eu != "%":
            value = low + (high - low) * parse_quantity(words).value / 100.0
        else:
            value = quantity(tag.eu)(child)
        if value not in tag.range:
            eu = f" {tag.eu}".rstrip()
            child.refuse(f"at most {words} is outside {low:g} .. {high:g}{eu}.")
        return value

    fields = Fields(node, errors, "what an output may be")
    value = fields.take("at_most", read)
    fields.close()
    return value
