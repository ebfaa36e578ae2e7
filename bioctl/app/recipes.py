"""What people do to recipes: from a command to its events. Nothing of it moves equipment."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bioctl.app.core import Core
from bioctl.app.start import master_recipe
from bioctl.audit.entry import Event
from bioctl.audit.people import Person
from bioctl.audit.signature import Signature, sign
from bioctl.batch.log import Actor
from bioctl.errors import InputError
from bioctl.language.nearest import suggest
from bioctl.phases.library import capabilities
from bioctl.recipe.canonical import to_dict
from bioctl.recipe.lifecycle import MEANING, Move, Status, Version, move
from bioctl.recipe.scale_sheet import scaled_recipe
from bioctl.recipe.verify.verifier import refuse_wrong, verify

SCALE = "scale"

NEED_REASON = frozenset({Move.REJECT, Move.RETIRE})
"""Verbs that say why, for the record."""


def meaning_of(verb: str) -> str:
    """Return what the signature of a command on a recipe says.

    Raises:
        InputError: there is no such command.
    """
    if verb == SCALE:
        return "approved"
    if verb not in set(Move):
        known = suggest(verb, [*Move, SCALE], "commands")
        raise InputError(f"there is no command recipe.{verb}", help=known)
    return MEANING[Move(verb)]


def recipe_events(
    core: Core, verb: str, args: Mapping[str, Any], signer: Person, utc: float
) -> tuple[list[Event], str]:
    """Return the events of one command on a recipe, and what became of it in words.

    Args:
        core: the cell.
        verb: of `recipe.<verb>`: a `Move`, or `scale`.
        args: recipe and parts as text; the sheet of `scale`.
        signer: who gave user and password just now.
        utc: when, s since 1970.

    Raises:
        InputError: the recipe or the sheet is wrong.
        RefusedError: not possible from its status, or by this person.
        IntegrityError: not what was submitted.
    """
    if verb == SCALE:
        return _scaled(core, args, signer, utc)
    return _moved(core, Move(verb), args, signer, utc)


def _moved(
    core: Core, step: Move, args: Mapping[str, Any], signer: Person, utc: float
) -> tuple[list[Event], str]:
    recipe = master_recipe(args)
    content = to_dict(recipe)
    name = f"{recipe.id}@{recipe.version}"
    signature = sign(f"recipe:{name}", content, MEANING[step], signer, utc)
    before = core.state.recipes.get(name, Version(recipe.id, recipe.version))
    after = move(before, step, signer.id, signature.hash)
    events = [signature.event(t=core.world.now)]
    if after.status is Status.EFFECTIVE:
        events += [
            _status(core, one, replace(one, status=Status.SUPERSEDED), step, signer)
            for one in core.state.recipes.values()
            if one.recipe == recipe.id and one.status is Status.EFFECTIVE
        ]
    told = _status(core, before, after, step, signer, signature)
    if step is Move.SUBMIT:
        refuse_wrong(verify(recipe, capabilities(), str(args.get("file", "recipe"))))
        told = replace(told, data={**told.data, "content": content})
    return [*events, told], f"recipe {name} is {after.status}"


def _status(
    core: Core,
    before: Version,
    after: Version,
    step: Move,
    signer: Person,
    signature: Signature | None = None,
) -> Event:
    data = {
        "recipe": after.recipe,
        "version": after.version,
        "hash": after.hash or (signature.hash if signature else before.hash),
        "status": str(after.status),
        "from": str(before.status),
        "author": after.author,
        "approver": after.approver,
        "move": str(step),
    }
    return Event("recipe.status", _actor(signer), data, t=core.world.now)


def _scaled(
    core: Core, args: Mapping[str, Any], signer: Person, utc: float
) -> tuple[list[Event], str]:
    recipe, sheet = master_recipe(args), args.get("sheet")
    if not isinstance(sheet, Mapping):
        raise InputError("a scale sheet is asked for", help="make one with `bioctl recipe scale`")
    scaled_recipe(recipe, sheet, capabilities().phases)
    name = f"{recipe.id}@{recipe.version}"
    sizes = f"{sheet['from']['name']} to {sheet['to']['name']}"
    signature = sign(f"scale:{name}", sheet, meaning_of(SCALE), signer, utc)
    data = {
        "recipe": recipe.id,
        "version": recipe.version,
        "hash": signature.hash,
        "from": sheet["from"]["name"],
        "to": sheet["to"]["name"],
        "by": signer.id,
        "sheet": dict(sheet),
    }
    now = core.world.now
    event = Event("recipe.scaled", _actor(signer), data, t=now)
    return [signature.event(t=now), event], f"the scale sheet of {name}, {sizes}, is signed"


def _actor(person: Person) -> Actor:
    return {"type": "person", "id": person.id, "name": person.name, "role": str(person.role)}
