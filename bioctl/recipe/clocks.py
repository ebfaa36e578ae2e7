"""Clocks: time-outs of a condition, such as open time, DMSO exposure or time above -150 degC.

    dmso_exposure:
      from: start of purify/formulate/add_cryo_medium
      to: end of freeze/freeze/cool
      limit: 60 min
      warn: 30 min

The paths are looked up by the verifier, when the whole procedure is known.
"""

import re

from bioctl.errors import InputError
from bioctl.language.document import Node
from bioctl.language.fields import fields
from bioctl.language.nearest import suggest, visible
from bioctl.recipe.grammar import Clock, Moment
from bioctl.recipe.levels import Place
from bioctl.recipe.scope import Scope

THEN = ("alarm", "hold")
_MOMENT = re.compile(r"(start|end) of ([a-z0-9_/]{1,130})")


def read_clocks(node: Node, scope: Scope) -> None:
    """Read the clocks of a recipe or part into `scope.written.clocks`."""
    mapping = scope.findings.attempt(node, node.as_mapping)
    for name, value in mapping.entries.items() if mapping else ():
        key = mapping.keys[name] if mapping else node
        Place(scope).name(key, "the name of a clock")
        if name in scope.written.clocks:
            scope.findings.add(key, f"there is a clock '{visible(name)}' already.", "rename it.")
        scope.written.clocks[name] = _clock(name, value, scope)


def _clock(name: str, node: Node, scope: Scope) -> Clock:
    keys = ("from", "to", "while", "on", "warn", "then")
    found = fields(node, scope.findings, "a clock", ("limit",), keys)
    place = Place(scope, _role(found.get("on"), scope))
    limit = place.seconds(found.get("limit"), "the limit of a clock")
    warn = place.seconds(found.get("warn"), "the warning of a clock")
    if warn and limit and warn >= limit:
        scope.findings.add(found["warn"], "it warns after its limit.", "warn earlier.")
    _check_form(set(found) & {"from", "to", "while", "on"}, node, scope)
    return Clock(
        name=name,
        limit_s=limit,
        warn_s=warn,
        begins=_moment(found.get("from"), scope),
        ends=_moment(found.get("to"), scope),
        while_=scope.condition(found.get("while"), place.role) or "",
        on=place.role,
        then=place.word(found.get("then"), "`then`", THEN),
        where=node.where,
    )


def _check_form(given: set[str], node: Node, scope: Scope) -> None:
    if given not in ({"from", "to"}, {"while", "on"}):
        message = "a clock runs from one moment to another, or while a condition on a role is TRUE."
        scope.findings.add(node, message, "give `from` and `to`, or `while` and `on`.")


def _role(node: Node | None, scope: Scope) -> str:
    role = scope.text(node)
    if node is not None and role and role not in scope.roles:
        message = f"'{visible(role)}' is no role of the equipment."
        scope.findings.add(node, message, suggest(role, scope.roles, "roles"))
    return role


def _moment(node: Node | None, scope: Scope) -> Moment | None:
    text = scope.text(node)
    return scope.findings.attempt(node, _read_moment, text) if node is not None and text else None


def _read_moment(text: str) -> Moment:
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise InputError(
            f"'{visible(text)}' is no moment.",
            help="write it as in `start of purify/formulate/add_cryo_medium`, or `end of purify`.",
        )
    return Moment(found[1], found[2])
