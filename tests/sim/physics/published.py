"""Reads the published runs."""

from pathlib import Path
from typing import Any, NamedTuple

import yaml

FOLDER = Path(__file__).parents[1] / "published"


class Published(NamedTuple):
    """A published run: `points` in the order of `columns`, single `values` by name."""

    title: str
    preset: str
    source: str
    provenance: str
    columns: dict[str, str]
    points: list[list[Any]]
    values: dict[str, dict[str, Any]]


def published(name: str) -> Published:
    """Read one run."""
    raw = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    keys = ("title", "preset", "source", "provenance", "columns", "points")
    return Published(*(raw[key] for key in keys), raw.get("values", {}))
