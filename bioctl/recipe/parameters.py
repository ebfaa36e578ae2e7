"""The parameters of a phase: read, converted to the library's eu, checked against its ranges."""

import re

from bioctl.errors import InputError
from bioctl.language.document import Node, Scalar, Sequence
from bioctl.language.fields import check_known
from bioctl.language.nearest import nearest, suggest, visible
from bioctl.language.quantity import (
    Quantity,
    compatible,
    convert,
    format_quantity,
    parse_quantity,
)
from bioctl.recipe.capabilities import ParameterSpec, PhaseSpec
from bioctl.recipe.formula import show_range, unknown_entry, whole, wrong_eu
from bioctl.recipe.grammar import FormulaEntry, Parameter, Piece
from bioctl.recipe.ramps import RAMP_FORM, check_order, items_of, rate_of, seconds_of, split_piece
from bioctl.recipe.rules import tagged
from bioctl.recipe.scope import Scope

_CHANGES = re.compile(r"->|→| (to|over|for) |^(at|to|stay) ")
_BARE_WORD = re.compile(r"[A-Za-z_]\w*")


def read_parameters(
    node: Node | None, step: Node, spec: PhaseSpec, role: str, scope: Scope
) -> dict[str, Parameter]:
    """Return every parameter of a phase in the library's order, defaults filled in.

    Args:
        node: the value of `with`, or None.
        step: the node of the step, where a missing parameter is reported.
        spec: the phase.
        role: the unit the phase runs on.
        scope: names of the file, and its findings.
    """
    given: dict[str, Node] = {}
    if node is not None and (mapping := scope.findings.attempt(node, node.as_mapping)):
        given = mapping.entries
        check_known(mapping, scope.findings, f"phase '{spec.name}'", tuple(spec.parameters))
        for name in given.keys() - spec.parameters.keys():
            scope.mention(given[name])
    found: dict[str, Parameter] = {}
    for name, parameter in spec.parameters.items():
        if name in given:
            value = _read(name, given[name], parameter, role, scope)
        else:
            value = _default(name, step, spec, scope)
        if value is not None:
            found[name] = value
    return found


def _default(name: str, step: Node, spec: PhaseSpec, scope: Scope) -> Parameter | None:
    parameter = spec.parameters[name]
    if parameter.default is None:
        wanted = example(parameter)
        scope.findings.add(
            step,
            f"phase '{spec.name}' needs '{name}'.",
            f"add {name}: {wanted} to `with`. {parameter.help}".rstrip(),
        )
        return None
    return Parameter(parameter.default, parameter.eu)


def _read(name: str, node: Node, spec: ParameterSpec, role: str, scope: Scope) -> Parameter | None:
    if spec.kind == "text":
        text = "" if isinstance(node, Scalar) and not node.text else scope.text(node, 500)
        return Parameter(text)
    if spec.ramp and isinstance(node, Sequence):
        return _ramp(name, node, spec, scope)
    if isinstance(node, Sequence) and spec.kind == "quantity":
        message, mend = f"{name} can't change in time.", f"write one value, {example(spec)}."
        scope.findings.add(node, message, mend)
        return None
    text = scope.text(node)
    if not text:
        return None
    if spec.ramp and _CHANGES.search(text):
        message = f"{name}: a value that changes in time is a list."
        scope.findings.add(node, message, RAMP_FORM)
        return None
    if spec.kind == "choice":
        return scope.findings.attempt(node, _choice, name, text, spec)
    if spec.kind == "unit":
        return scope.findings.attempt(node, _unit, name, text, spec, role, scope)
    return scope.findings.attempt(node, _value, name, text, spec, scope)


def _choice(name: str, text: str, spec: ParameterSpec) -> Parameter:
    if text not in spec.choices:
        raise InputError(
            f"{name} can't be '{visible(text)}'.", help=suggest(text, spec.choices, "choices")
        )
    return Parameter(text)


def _unit(name: str, text: str, spec: ParameterSpec, own: str, scope: Scope) -> Parameter:
    others = [role for role in scope.roles if role != own]
    if text not in others:
        scope.written.roles.update(others)  # one of them was meant
        which = "is the unit this phase runs on" if text == own else "is no role of the equipment"
        raise InputError(f"{name}: '{visible(text)}' {which}.", help=suggest(text, others, "roles"))
    scope.written.roles.add(text)
    unit_class = scope.roles[text]
    if spec.choices and unit_class is not None and unit_class.name not in spec.choices:
        raise InputError(
            f"{name}: '{text}' is a {unit_class.name}, which this phase can't use.",
            help=f"name a {' or '.join(spec.choices)}.",
        )
    return Parameter(text)


def _literal(name: str, text: str, spec: ParameterSpec) -> Parameter:
    quantity = parse_quantity(text)
    bare_refused = not quantity.eu and spec.eu not in {"", "pH"}
    if bare_refused or not compatible(quantity.eu, spec.eu):
        raise wrong_eu(name, text, quantity.eu, spec.eu)
    return _checked(name, quantity, spec, None)


def _from_formula(name: str, word: str, spec: ParameterSpec, scope: Scope) -> Parameter | None:
    if word not in scope.formula:
        scope.written.entries.add(nearest(word, scope.formula) or word)  # the one that was meant
        if word.lower() in {"nan", "inf", "infinity"}:
            raise InputError(f"{name}: '{word}' is not a value.", help="write a finite number.")
        raise unknown_entry(word, scope, name, example(spec))
    scope.written.entries.add(word)
    entry = scope.formula[word]
    if entry is None:
        return None
    if not compatible(entry.eu, spec.eu) or (not entry.eu and spec.eu not in {"", "pH"}):
        message = (
            f"{name} is in {spec.eu or 'plain numbers'}, "
            f"the formula entry '{word}' in {entry.eu or 'plain numbers'}."
        )
        raise InputError(
            tagged("eu-mismatch", message),
            help=f"name an entry in {spec.eu}." if spec.eu else "name an entry without eu.",
        )
    _range_fits(name, entry, spec)
    return _checked(name, Quantity(entry.value, entry.eu), spec, word)


def _ramp(name: str, node: Sequence, spec: ParameterSpec, scope: Scope) -> Parameter | None:
    items = scope.findings.attempt(node, items_of, node) or []
    read = [_piece(name, item, spec, scope) for item in items]
    pieces = [one for one in read if one is not None]
    if not pieces or len(pieces) < len(read):
        return None
    before = len(scope.findings)
    scope.findings.attempt(node, check_order, pieces)
    if len(scope.findings) > before or pieces[0].value is None:
        return None
    return Parameter(pieces[0].value, spec.eu, ramp=tuple(pieces))


def _piece(name: str, node: Node, spec: ParameterSpec, scope: Scope) -> Piece | None:
    text, attempt = scope.text(node), scope.findings.attempt
    words = attempt(node, split_piece, text) if text else None
    if words is None:
        scope.mention(node)
        return None
    (kind, value, time, rate), before = words, len(scope.findings)
    read = attempt(node, _value, name, value, spec, scope) if value else None
    long, fast = attempt(node, seconds_of, time), attempt(node, rate_of, rate, spec.eu)
    if len(scope.findings) > before or (value and read is None):
        return None
    number = float(read.value) if read else None
    return Piece(kind, number, read.formula if read else None, long, fast)


def _value(name: str, text: str, spec: ParameterSpec, scope: Scope) -> Parameter | None:
    if _BARE_WORD.fullmatch(text):
        return _from_formula(name, text, spec, scope)
    return _literal(name, text, spec)


def _range_fits(name: str, entry: FormulaEntry, spec: ParameterSpec) -> None:
    low, high = (convert(end, entry.eu, spec.eu) for end in (entry.low, entry.high))
    if not (_allowed(low, spec) and _allowed(high, spec)):
        raise InputError(
            f"the formula lets '{entry.name}' go from {format_quantity(low, spec.eu)} to "
            f"{format_quantity(high, spec.eu)}, but {name} must be "
            f"{show_range(spec.low, spec.high, spec.eu)}.",
            help=f"narrow the range of '{entry.name}' in the formula.",
        )


def _checked(name: str, quantity: Quantity, spec: ParameterSpec, formula: str | None) -> Parameter:
    value = quantity.to(spec.eu)
    if not _allowed(value, spec):
        raise InputError(
            f"{name}: {format_quantity(value, spec.eu)} is outside "
            f"{show_range(spec.low, spec.high, spec.eu)}.",
            help="give a value within the range.",
        )
    if spec.kind == "integer":
        return Parameter(whole(value, name), spec.eu, formula)
    return Parameter(value, spec.eu, formula)


def _allowed(value: float, spec: ParameterSpec) -> bool:
    return (spec.low is None or value >= spec.low) and (spec.high is None or value <= spec.high)


def example(spec: ParameterSpec) -> str:
    """Return what a value of this parameter looks like, in words."""
    if spec.kind == "choice":
        return " | ".join(spec.choices)
    if spec.kind == "unit":
        return "<role>"
    if spec.kind == "text":
        return "<text>"
    if spec.low is None and spec.high is None:
        return f"<number> {spec.eu}".rstrip()
    return f"<{show_range(spec.low, spec.high, spec.eu)}>"
