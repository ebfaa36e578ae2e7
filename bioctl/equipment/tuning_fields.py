"""A tuning as plain numbers: what a command carries and the journal keeps."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bioctl.control.tuning import Tuning
from bioctl.errors import InputError
from bioctl.language.nearest import suggest, visible

FIELDS = {
    "gain": "kc",
    "integral": "ti_s",
    "derivative": "td_s",
    "setpoint_weight": "beta",
    "filter": "n",
    "tracking": "tt_s",
    "smoothing": "smooth_s",
    "dead_band": "dead_band",
    "inside": "inside",
    "trend": "trend_s",
}
"""Words of the site file, and what the law calls them; times in s."""


def tuning_from(base: Tuning, given: Mapping[str, float]) -> Tuning | None:
    """Return the base with the given parameters; None where none is given.

    Raises:
        InputError: an unknown word, or a parameter that can't be.
    """
    for name in given:
        if name not in FIELDS:
            remedy = suggest(name, FIELDS, "parameters")
            raise InputError(f"a tuning has no {visible(name)!r}.", help=remedy)
    if not given:
        return None
    changes: dict[str, Any] = {FIELDS[name]: float(value) for name, value in given.items()}
    return replace(base, **changes)


def numbers_of(tuning: Tuning) -> dict[str, float]:
    """Return a tuning as plain numbers, those that say something."""
    found = {word: float(getattr(tuning, name)) for word, name in FIELDS.items()}
    plain = {
        "derivative": 0.0,
        "tracking": 0.0,
        "smoothing": 0.0,
        "dead_band": 0.0,
        "inside": 0.0,
        "trend": 0.0,
        "setpoint_weight": 1.0,
    }
    if not found["derivative"]:
        found.pop("filter")
    return {word: value for word, value in found.items() if plain.get(word) != value}
