"""Starting a batch: recipe text, units and formula values become the event that creates it."""

import re
from collections.abc import Mapping
from typing import Any

from bioctl.app.core import Core
from bioctl.audit.signature import record_hash
from bioctl.batch.binding import bind
from bioctl.batch.limits import limits_of
from bioctl.batch.startable import check_startable
from bioctl.clock import utc_text
from bioctl.control.instrument import IMPLAUSIBLE, OVERDUE
from bioctl.errors import InputError, RefusedError
from bioctl.phases.library import capabilities
from bioctl.phases.states import State, final
from bioctl.recipe.canonical import recipe_hash
from bioctl.recipe.formula import apply_formula
from bioctl.recipe.grammar import Recipe
from bioctl.recipe.library import shipped_part
from bioctl.recipe.lifecycle import PROFILE_OF_EFFECTIVE, Version, check_may_run
from bioctl.recipe.load import load_recipe
from bioctl.recipe.scale_sheet import scaled_recipe
from bioctl.recipe.scope import PartReader
from bioctl.recipe.verify.verifier import refuse_wrong, verify

BATCH_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")


def master_recipe(args: Mapping[str, Any]) -> Recipe:
    """Return the recipe whose text and parts a command brought.

    Raises:
        InputErrors: all that is wrong with it.
    """
    text, file = str(args.get("recipe", "")), str(args.get("file", "recipe"))
    return load_recipe(text, file, capabilities(), _parts(args.get("parts")))


def new_batch(core: Core, args: Mapping[str, Any], utc: float) -> tuple[str, dict[str, Any] | None]:
    """Return batch id and the data of `batch.created`; None for data if the very same batch waits.

    Args:
        core: the cell.
        args: batch id; recipe, parts and scale sheet as text; formula values and units by name.
        utc: now, s since 1970: a recipe has dates.

    Raises:
        InputError: the id, recipe, formula or units do not fit; nothing was started.
        RefusedError: the id is taken, a unit is in use, or recipe, scale sheet or calibrations are
            not as this site asks.
        IntegrityError: the recipe is not what was approved under its name and version.
    """
    batch = str(args.get("batch", ""))
    if not BATCH_ID.fullmatch(batch):
        raise InputError(
            f"{batch!r} can't be a batch id",
            help="letters, digits, point, dash and underscore, at most 40, as in B-2026-017",
        )
    if batch in core.site.units:
        raise InputError(f"{batch} is a unit and can't be a batch id", help="choose another one")
    able, file = capabilities(), str(args.get("file", "recipe"))
    master = master_recipe(args)
    content, status = recipe_hash(master), _check_life(core, master, utc)
    recipe, scale = _scaled(core, master, args.get("scale"))
    recipe = apply_formula(recipe, _texts(args.get("values")))
    chosen = _texts(args.get("units"))
    control = bind(recipe, core.site.units, chosen, master_hash=content)
    refuse_wrong(verify(recipe, able, file, limits_of(core.site.units), chosen))
    check_startable(recipe, able.phases)
    known = core.state.batches.get(batch)
    if known is not None:
        if known.state is not State.IDLE or known.control.hash() != control.hash():
            taken = f"there is a batch {batch} already"
            raise RefusedError(taken, help="ids are never given twice")
        return batch, None  # it was created, and then its start was refused or lost
    for unit in control.units.values():
        _free(core, unit)
        _calibrated(core, unit)
    data = {
        "control_recipe": control.to_dict(),
        "hash": control.hash(),
        "recipe": control.recipe,
        "version": control.version,
        "units": dict(control.units),
        "status": status,
    }
    if scale:
        data["scale"] = scale
    return batch, data


def _check_life(core: Core, recipe: Recipe, utc: float) -> str:
    """Return the status of a recipe that may run on this site today."""
    draft = Version(recipe.id, recipe.version)
    known = core.state.recipes.get(draft.name, draft)
    today = utc_text(utc)[:10]
    check_may_run(known, recipe_hash(recipe), recipe.header, core.site.profile, today)
    return str(known.status)


def _scaled(core: Core, recipe: Recipe, sheet: object) -> tuple[Recipe, str]:
    """Return the recipe at the size of a sheet, and the sheet's hash; "" without a sheet."""
    if sheet is None:
        return recipe, ""
    if not isinstance(sheet, Mapping):
        raise InputError("a scale sheet is JSON", help="make one with `bioctl recipe scale`")
    bigger = scaled_recipe(recipe, sheet, capabilities().phases)
    found = record_hash(sheet)
    if core.site.profile == PROFILE_OF_EFFECTIVE and found not in core.state.scales:
        raise RefusedError(
            f"nobody has signed this scale sheet of {recipe.id} {recipe.version}",
            help="a supervisor or QA signs it with `bioctl recipe sign-scale`",
        )
    return bigger, found


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


def _calibrated(core: Core, unit: str) -> None:
    """Refuse a start on a calibration nobody may trust, where the profile asks so."""
    if core.site.profile != PROFILE_OF_EFFECTIVE:
        return
    for name, instrument in core.memory[unit].instruments.items():
        doubts = sorted(instrument.doubts & {OVERDUE, IMPLAUSIBLE})
        if doubts:
            raise RefusedError(
                f"the calibration of {unit}.{name} is {' and '.join(doubts)}",
                help="calibrate it and renew its `calibration` in the site file",
            )


def _texts(value: object) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InputError("units and values are given as names with texts")
    return {str(name): str(text) for name, text in value.items()}
