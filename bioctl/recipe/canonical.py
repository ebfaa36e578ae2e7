"""The canonical form of a recipe: what is signed, hashed, pinned and stored with a batch.

Layout, comments, key order of the file and the status of the recipe are no part of it; every
resolved value is. What parts brought stands in it as the recipe's own.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import orjson

from bioctl.errors import InputError
from bioctl.recipe import blocks, grammar, header
from bioctl.recipe.grammar import Recipe

FORMAT = 2

_ABOUT = frozenset({"where", "status", "approvals"})
"""Fields that are about a recipe, not in it."""

_LATER = frozenset({"orders"})
"""Fields that came after the format: left out where they say nothing, so that no hash changed."""

_KINDS: Mapping[str, type] = {
    kind.__name__: kind
    for room in (blocks, grammar, header)
    for kind in vars(room).values()
    if isinstance(kind, type) and is_dataclass(kind) and kind.__name__ != "Where"
}
_FIELDS = {
    kind: tuple(one.name for one in fields(kind) if one.name not in _ABOUT)
    for kind in _KINDS.values()
}


def to_dict(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe as plain JSON values; `$is` names what a mapping stands for."""
    return {"format": FORMAT, **_plain(recipe)}


def canonical(recipe: Recipe) -> bytes:
    """Return the one JSON text of a recipe: keys sorted, no spaces, UTF-8."""
    return orjson.dumps(to_dict(recipe), option=orjson.OPT_SORT_KEYS)


def recipe_hash(recipe: Recipe) -> str:
    """Return the SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(recipe)).hexdigest()


def from_dict(data: Mapping[str, Any]) -> Recipe:
    """Return the recipe that `to_dict` wrote.

    Raises:
        InputError: not the form of `to_dict`, or of another format number.
    """
    if data.get("format") != FORMAT:
        raise InputError(f"a stored recipe has format {data.get('format')}, {FORMAT} was expected.")
    try:
        recipe = _kind({name: value for name, value in data.items() if name != "format"})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"a stored recipe is incomplete: {error!r}.") from error
    if not isinstance(recipe, Recipe):
        raise InputError(f"a stored recipe is a {data.get('$is', 'something else')}.")
    return recipe


def _plain(value: Any) -> Any:  # noqa: ANN401  any part of a recipe
    names = _FIELDS.get(value.__class__)
    if names is not None:
        told = ((name, getattr(value, name)) for name in names)
        read = {name: _plain(one) for name, one in told if one or name not in _LATER}
        return {"$is": value.__class__.__name__, **read}
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _kind(value: Any) -> Any:  # noqa: ANN401  any part of a recipe
    if isinstance(value, list):
        return tuple(_kind(one) for one in value)
    if not isinstance(value, Mapping):
        return value
    read = {name: _kind(one) for name, one in value.items() if name != "$is"}
    return _KINDS[value["$is"]](**read) if "$is" in value else read
