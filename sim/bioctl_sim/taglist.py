"""The tag lists as the vendor hands them over: one template for each kind of unit, in `taglists/`.

A template names points without their series (`TT01`) and gives ranges as multiples of the unit's
size (`1.6 V`); a unit of series 2 shows `TT201`. In texts `{S}` is the series and `{1.6 V}` a
multiple.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_IN_TEXT: Final = re.compile(r"\{([^}]+)\}")


@dataclass(frozen=True, slots=True)
class TagDef:
    """One point of the plant.

    Attributes:
        unit: for example `BR101`.
        point: for example `TT101`.
        generic: the point without its series: `TT01`.
        kind: `m` measurement (read only) or `o` output (writable).
        type: `double`, `int32` or `bool`.
        eu: engineering unit, "" for counts, states and switches.
        low: lowest value in `eu`.
        high: highest value in `eu`.
        initial: value at power-up.
        fallback: what the plant's watchdog sets; None holds the last value.
        description: one line for people.
    """

    unit: str
    point: str
    generic: str
    kind: str
    type: str
    eu: str
    low: float
    high: float
    initial: float
    fallback: float | None
    description: str

    @property
    def name(self) -> str:
        """`UNIT.POINT`, the tag's name everywhere."""
        return f"{self.unit}.{self.point}"


@dataclass(frozen=True, slots=True)
class CommandDef:
    """One command of a unit: its name, what it does and its arguments in words."""

    unit: str
    command: str
    help: str
    arguments: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SensorDef:
    """The instrument behind a measurement.

    Attributes:
        type: names the instrument's errors and drift (`sensors/types.py`).
        sigma: standard deviation of the noise, in the tag's eu.
        resolution: smallest step shown, in the tag's eu; 0 for none.
        relative: more noise, as part of the reading.
    """

    type: str
    sigma: float
    resolution: float
    relative: float = 0.0


@dataclass(frozen=True, slots=True)
class UnitTags:
    """Tags, commands and instruments of one unit; `title` says in one line what it is."""

    title: str
    tags: tuple[TagDef, ...]
    commands: tuple[CommandDef, ...]
    sensors: Mapping[str, SensorDef]


def unit_tags(
    kind: str, name: str, series: int, scale: Mapping[str, float], *, inlet: bool = False
) -> UnitTags:
    """Return the tag list of a unit.

    Args:
        kind: of unit, the name of its template.
        name: of the unit.
        series: hundreds of its tag numbers.
        scale: by the symbols of `taglists/vessel.yaml`; empty for units of one size.
        inlet: whether a pipe leads into it (a vessel then has an inlet valve).
    """
    body = template(kind)
    scale = {**scale, "S": series}
    rows = body["tags"] + (body.get("inlet", []) if inlet else [])
    return UnitTags(
        title=_worded(body["class"], scale),
        tags=tuple(_tag(name, series, row, scale) for row in rows),
        commands=tuple(
            CommandDef(
                name,
                command,
                _worded(said["help"], scale),
                tuple((k, _worded(v, scale)) for k, v in said["arguments"].items()),
            )
            for command, said in body["commands"].items()
        ),
        sensors={point: _sensor(row, scale) for point, row in body["sensors"].items()},
    )


@cache
def template(kind: str) -> Mapping[str, Any]:
    """Return the template of a kind of unit, with the rows of the one it extends."""
    text = files("bioctl_sim").joinpath(f"taglists/{kind}.yaml").read_text(encoding="utf-8")
    own: dict[str, Any] = yaml.load(text, Loader=_LOADER)  # noqa: S506  a safe loader
    if "extends" not in own:
        return own
    base = template(own["extends"])
    changed = {row[0]: row for row in own["tags"]}
    return {**base, **own, "tags": [changed.get(row[0], row) for row in base["tags"]]}


def point_of(generic: str, series: int) -> str:
    """Return `TT101` for `TT01` in series 1."""
    return f"{generic[:-2]}{series}{generic[-2:]}"


def _tag(unit: str, series: int, row: list[Any], scale: Mapping[str, float]) -> TagDef:
    generic, kind, type_, eu, low, high, initial, fallback, description = row
    return TagDef(
        unit=unit,
        point=point_of(generic, series),
        generic=generic,
        kind=kind,
        type=type_,
        eu=eu,
        low=_scaled(low, scale),
        high=_scaled(high, scale),
        initial=_scaled(initial, scale),
        fallback=None if fallback in ("", "hold") else float(fallback),
        description=_worded(description, scale),
    )


def _sensor(row: Mapping[str, Any], scale: Mapping[str, float]) -> SensorDef:
    numbers = {k: _scaled(v, scale) for k, v in row.items() if k != "type"}
    return SensorDef(type=str(row["type"]), **numbers)


def _scaled(value: float | str, scale: Mapping[str, float]) -> float:
    """Read `1.6 V` or a plain number; multiples are rounded to 9 digits (0.0002 x 5 is 0.001)."""
    if not isinstance(value, str):
        return float(value)
    factor, symbol = value.split()
    return float(f"{float(factor) * scale[symbol]:.9g}")


def _worded(text: object, scale: Mapping[str, float]) -> str:
    def number(found: re.Match[str]) -> str:
        word = found[1] if " " in found[1] else f"1 {found[1]}"
        return f"{_scaled(word, scale):g}"

    return _IN_TEXT.sub(number, str(text))
