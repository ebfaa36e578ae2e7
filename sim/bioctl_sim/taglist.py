"""The tag list as the vendor hands it over, read from `tags.yaml`."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class TagDef:
    """One point of the plant.

    Attributes:
        unit: for example `BR101`.
        point: for example `TT101`.
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


@cache
def _document() -> dict[str, Any]:
    text = files("bioctl_sim").joinpath("tags.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def namespace() -> str:
    """Return the namespace URI of the plant's nodes."""
    return str(_document()["namespace"])


def load_tags() -> tuple[TagDef, ...]:
    """Return all tags in the order of `tags.yaml`."""
    return tuple(
        _tag(unit, row) for unit, body in _document()["units"].items() for row in body["tags"]
    )


def load_commands() -> tuple[CommandDef, ...]:
    """Return all commands in the order of `tags.yaml`."""
    return tuple(
        CommandDef(unit, name, str(body["help"]), tuple(body["arguments"].items()))
        for unit, unit_body in _document()["units"].items()
        for name, body in unit_body["commands"].items()
    )


def _tag(unit: str, row: list[Any]) -> TagDef:
    point, kind, type_, eu, low, high, initial, fallback, description = row
    return TagDef(
        unit=unit,
        point=point,
        kind=kind,
        type=type_,
        eu=eu,
        low=float(low),
        high=float(high),
        initial=float(initial),
        fallback=None if fallback in ("", "hold") else float(fallback),
        description=description,
    )
