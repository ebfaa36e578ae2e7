"""Every interlock and permissive of a site in words, and where it comes from: for a review."""

from collections.abc import Iterator, Mapping

from bioctl.control.interlock_config import InterlockConfig, OnBad, Reset
from bioctl.control.permissive import PermissiveConfig
from bioctl.equipment.site import Site
from bioctl.equipment.tables import origin_text
from bioctl.equipment.unit import UnitConfig
from bioctl.language.quantity import format_quantity
from bioctl.tags import Tag

Row = dict[str, str]
"""Words by what they tell; `name` is `UNIT.NAME`, `is` interlock or permissive."""

BY: Mapping[Reset, str] = {
    Reset.AUTO: "by itself",
    Reset.PERSON: "by a person",
    Reset.SECOND: "by two persons",
    Reset.QA: "by QA",
}
"""Who resets an interlock, in words."""

ON_BAD: Mapping[OnBad, str] = {
    OnBad.TRIP: "trips",
    OnBad.HOLD_STATE: "keeps the state",
    OnBad.IGNORE: "is ignored",
}


def interlock_rows(site: Site, only: str = "") -> list[Row]:
    """Return one row an interlock, then one a permissive, of one unit or of all."""
    return [
        row
        for name, unit in site.units.items()
        if only in {"", name}
        for row in (*_interlocks(unit), *_permissives(unit))
    ]


def _interlocks(unit: UnitConfig) -> Iterator[Row]:
    for name, one in unit.interlocks.items():
        back = f", when {one.reset_when.text}" if one.reset_when else ""
        yield {
            "name": f"{unit.name}.{name}",
            "is": "interlock",
            "protects": one.text,
            "when": f"{one.when.text}{_for(one.delay_s)}; Bad {ON_BAD[one.on_bad]}",
            "then": "; ".join(_then(one, unit.outputs)),
            "reset": f"{BY[one.reset]}{back}{_for(one.reset_delay_s)}",
            "bypass": _bypass(one),
            "from": origin_text(unit.origins.get(f"interlocks.{name}")),
        }


def _permissives(unit: UnitConfig) -> Iterator[Row]:
    for name, one in unit.permissives.items():
        source = f" of {', '.join(one.sources)}" if one.sources else ""
        yield {
            "name": f"{unit.name}.{name}",
            "is": "permissive",
            "protects": one.text,
            "when": f"{one.when.text}{_for(one.for_s)}",
            "before": f"{', '.join(one.before)}{source}",
            "bypass": _bypass(one),
            "from": origin_text(unit.origins.get(f"permissives.{name}")),
        }


def _then(one: InterlockConfig, outputs: Mapping[str, Tag]) -> Iterator[str]:
    if one.then or one.at_most:
        fixed = [f"{name} {_level(outputs[name], value)}" for name, value in one.then.items()]
        fixed += [f"{n} at most {_level(outputs[n], most)}" for n, most in one.at_most.items()]
        yield ", ".join(fixed)
    if one.holds:
        yield f"holds {', '.join(one.holds)}"


def _level(tag: Tag, value: float) -> str:
    return format_quantity(value, tag.eu)


def _for(seconds: float) -> str:
    return f" for {format_quantity(seconds, 's')}" if seconds else ""


def _bypass(one: InterlockConfig | PermissiveConfig) -> str:
    return f"at most {format_quantity(one.bypass_s, 's')}" if one.bypass_s else "never"
