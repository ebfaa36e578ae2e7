"""Starting a batch: recipe text, units and formula values become the event that creates it."""

import re
from collections.abc import Mapping
from typing import Any

from bioctl.app.core import Core
from bioctl.batch.binding import bind
from bioctl.batch.limits import limits_of
from bioctl.batch.startable import check_startable
from bioctl.errors import InputError, RefusedError
from bioctl.phases.library import capabilities
from bioctl.phases.states import State, final
from bioctl.recipe.formula import apply_formula
from bioctl.recipe.library import shipped_part
from bioctl.recipe.load import load_recipe
from bioctl.recipe.scope import PartReader
from bioctl.recipe.verify.verifier import refuse_wrong, verify

BATCH_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")


def new_batch(core: Core, args: Mapping[str, Any]) -> tuple[str, dict[str, Any] | None]:
    """Return batch id and the data of `batch.created`; None for data if the very same batch waits.

    Raises:
        InputError: the id, recipe, formula or units do not fit; nothing was started.
        RefusedError: the id is taken, or a unit is in use.
    """
    batch = str(args.get("batch", ""))
    if not BATCH_ID.fullmatch(batch):
        raise InputError(
            f"{batch!r} can't be a batch id",
            help="letters, digits, point, dash and underscore, at most 40, as in B-2026-017",
        )
    if batch in core.site.units:
        raise InputError(f"{batch} is a unit and can't be a batch id", help="choose another one")
    able = capabilities()
    text, file = str(args.get("recipe", "")), str(args.get("file", "recipe"))
    recipe = load_recipe(text, file, able, _parts(args.get("parts")))
    recipe = apply_formula(recipe, _texts(args.get("values")))
    chosen = _texts(args.get("units"))
    refuse_wrong(verify(recipe, able, file, limits_of(core.site.units), chosen))
    check_startable(recipe, able.phases)
    control = bind(recipe, core.site.units, chosen)
    known = core.state.batches.get(batch)
    if known is not None:
        if known.state is not State.IDLE or known.control.hash() != control.hash():
            taken = f"there is a batch {batch} already"
            raise RefusedError(taken, help="ids are never given twice")
        return batch, None  # it was created, and then its start was refused or lost
    for unit in control.units.values():
        _free(core, unit)
    data = {
        "control_recipe": control.to_dict(),
        "hash": control.hash(),
        "recipe": control.recipe,
        "version": control.version,
        "units": dict(control.units),
    }
    return batch, data


def _parts(value: object) -> PartReader:
    """Return a reader of the parts that came with the recipe; else the shipped ones."""
    given = _texts(value)

    def read(name: str) -> tuple[bytes, str]:
        if name in given:
            return given[name].encode(), f"parts/{name}.yaml"
        return shipped_part(name)

    return read


def _free(core: Core, unit: str) -> None:
    state = core.state.units.get(unit)
    owner = state.owner if state else None
    if owner is not None and not final(core.state.batches[owner].state):
        raise RefusedError(f"unit {unit} is in use by batch {owner}", help="wait until it is free")


def _texts(value: object) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InputError("units and values are given as names with texts")
    return {str(name): str(text) for name, text in value.items()}
