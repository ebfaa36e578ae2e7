"""One phase of a recipe file: `<step>: <phase>`, its parameters, its end, and its waits."""

import re

from bioctl.language.document import Mapping, Node
from bioctl.language.fields import check_known
from bioctl.language.nearest import listing, suggest, visible
from bioctl.recipe.capabilities import PhaseSpec
from bioctl.recipe.grammar import Parameter, PhaseStep, Reminder
from bioctl.recipe.levels import Place, seconds_of
from bioctl.recipe.names import STEP_KEYS
from bioctl.recipe.orders import read_orders
from bioctl.recipe.parameters import read_parameters
from bioctl.recipe.rules import tagged
from bioctl.recipe.scope import Scope

MAX_STEPS = 2000
ON_TIMEOUT = ("hold", "stop", "abort")
ROLES = ("operator", "supervisor", "qa")

_REMIND = re.compile(r"(\w+) after (.+)")


def read_step(mapping: Mapping, place: Place) -> PhaseStep | None:
    """Return one phase; None and a finding where it is none."""
    scope = place.scope
    scope.written.steps += 1
    if scope.written.steps == MAX_STEPS + 1:
        scope.findings.add(mapping, f"more than {MAX_STEPS} phases.", "split the recipe.")
    name, key = next(iter(mapping.keys.items()), ("", None))
    if scope.written.steps > MAX_STEPS:
        return None
    if key is None or name in STEP_KEYS:
        message = "a phase begins with the name of its step and the phase."
        scope.findings.add(
            mapping, message, "write `<step>: <phase>` first, as in warm: equilibrate."
        )
        return None
    place.distinct(key, "a step")
    check_known(mapping, scope.findings, "a phase", STEP_KEYS, after=1)
    return _phase(name, mapping, place)


def _phase(name: str, mapping: Mapping, place: Place) -> PhaseStep:
    """Read a step whose first key is its name."""
    scope, get = place.scope, mapping.entries.get
    spec = _spec(mapping.entries[name], place.role, scope)
    values, takes, note = get("with"), get("takes"), get("note")
    if spec is None:
        scope.mention(values)
    parameters = read_parameters(values, mapping, spec, place.role, scope) if spec else {}
    if spec and spec.result:
        _result(spec, parameters, values or mapping, place)
    return PhaseStep(
        name=name,
        phase=spec.name if spec else "",
        parameters=parameters,
        until=scope.condition(get("until"), place.role, timed=True),
        timeout_s=place.timeout(get("timeout"), mapping, "a phase"),
        where=mapping.where,
        note=scope.text(note, 500) if note else "",
        on_timeout=place.word(get("on timeout"), "`on timeout`", ON_TIMEOUT),
        takes_s=place.seconds(takes, "what a phase takes") if takes else None,
        remind=_reminder(get("remind"), place),
        restart_at=scope.text(get("restart at")),
        checked_by=_checked_by(get("checked by"), spec, place),
        suppress=_suppressed(get("suppress alarms"), place),
        orders=read_orders(get("orders"), spec, place),
    )


def _spec(node: Node, role: str, scope: Scope) -> PhaseSpec | None:
    name, unit_class, known = scope.text(node), scope.roles.get(role), scope.capabilities
    spec = known.phases.get(name)
    if spec and (unit_class is None or spec.runs_on(unit_class.name)):
        return spec
    usable = known.phases_for(unit_class.name) if unit_class else tuple(known.phases)
    if spec is None and name:
        mend = suggest(name, usable, f"phases of {unit_class.name}" if unit_class else "phases")
        scope.findings.add(node, f"unknown phase '{visible(name)}'.", mend)
    if spec and unit_class:
        message = (
            f"phase '{name}' runs on {listing(spec.classes)}; '{role}' is a {unit_class.name}."
        )
        scope.findings.add(node, message, f"phases of {unit_class.name}: {listing(usable)}.")
    return spec


def _result(spec: PhaseSpec, parameters: dict[str, Parameter], node: Node, place: Place) -> None:
    """Note the result a phase will set: conditions may use it."""
    scope = place.scope
    name, eu = (str(parameters[one].value) if one in parameters else "" for one in spec.result)
    unit_class = scope.roles.get(place.role)
    if unit_class and name in unit_class.measurements:
        message = f"'{name}' is a measurement of {unit_class.name}, so no result can have it."
        scope.findings.add(node, message, f"call it offline_{name}.")
    earlier = scope.written.results.setdefault(name, eu)
    if earlier != eu:
        message = f"the result '{visible(name)}' is in '{earlier}' elsewhere, here in '{eu}'."
        scope.findings.add(node, tagged("eu-mismatch", message), "use one eu for it.")


def _reminder(node: Node | None, place: Place) -> Reminder | None:
    text = place.scope.text(node)
    if node is None or not text:
        return None
    found = _REMIND.fullmatch(text)
    if found is None or found[1] not in ROLES:
        mend = f"write it as in `supervisor after 2 h`; roles: {', '.join(ROLES)}."
        place.scope.findings.add(node, f"'{visible(text)}' is no reminder.", mend)
        return None
    after = place.scope.findings.attempt(node, seconds_of, found[2], "a reminder")
    return Reminder(found[1], after) if after else None


def _checked_by(node: Node | None, spec: PhaseSpec | None, place: Place) -> str:
    role = place.scope.text(node)
    if node is None or not role:
        return ""
    if role not in ROLES:
        place.scope.findings.add(
            node, f"unknown role '{visible(role)}'.", suggest(role, ROLES, "roles")
        )
    if spec and not spec.asks:
        message = f"phase '{spec.name}' asks nobody, so there is nothing to check."
        place.scope.findings.add(node, message, "leave `checked by` out, or add a sample.")
    return role


def _suppressed(node: Node | None, place: Place) -> tuple[str, ...]:
    sequence = place.scope.findings.attempt(node, node.as_sequence) if node else None
    unit_class = place.scope.roles.get(place.role)
    names = []
    for item in sequence.items if sequence else ():
        name = place.scope.text(item)
        if unit_class and name and name not in unit_class.measurements:
            message = f"'{visible(name)}' is no measurement of {unit_class.name}."
            mend = suggest(name, unit_class.measurements, "measurements")
            place.scope.findings.add(item, message, mend)
        names.append(name)
    return tuple(names)
