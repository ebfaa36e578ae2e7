"""What changed between two recipes, in words: values, steps, order, block, clocks."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace

from bioctl.language.quantity import compatible, convert, format_quantity
from bioctl.recipe.formula import show_range
from bioctl.recipe.grammar import FormulaEntry, Parameter, PhaseStep, Recipe, Reminder
from bioctl.recipe.outline import outline
from bioctl.recipe.plan import clock_text
from bioctl.recipe.ramps import text_of


def differences(old: Recipe, new: Recipe) -> tuple[str, ...]:
    """Return one sentence for every change, head first, then formula, equipment and procedure."""
    return (
        *_head(old, new),
        *_formula(old, new),
        *_equipment(old, new),
        *_steps(old, new),
        *_block(old, new),
        *_clocks(old, new),
    )


def _head(old: Recipe, new: Recipe) -> Iterator[str]:
    for name in ("id", "version", "product", "description"):
        yield from _change(name, getattr(old, name), getattr(new, name))
    for one in fields(old.header):
        if one.name not in ("status", "approvals", "history"):
            before, after = getattr(old.header, one.name), getattr(new.header, one.name)
            yield from _change(one.name.replace("_", " "), before, after)
    for line in new.header.history:
        if line not in old.header.history:
            yield f"history: {line.version}, {line.on}, {line.by}: {line.change}"


def _change(name: str, before: str, after: str, where: str = "") -> Iterator[str]:
    if before != after:
        yield f"{name} {before or 'nothing'} → {after or 'nothing'}{where}".lstrip()


def _named(name: str) -> str:
    return name.replace("_", " ")


def _formula(old: Recipe, new: Recipe) -> Iterator[str]:
    for name, entry in old.formula.items():
        if name not in new.formula:
            yield f"formula: {_named(name)} ({_value(entry)}) removed"
    for name, entry in new.formula.items():
        before = old.formula.get(name)
        if before is None:
            yield f"formula: {_named(name)} {_value(entry)} added"
        elif before != entry:
            yield from _entry(before, entry, new)


def _value(entry: FormulaEntry) -> str:
    return format_quantity(entry.value, entry.eu)


def _entry(before: FormulaEntry, after: FormulaEntry, recipe: Recipe) -> Iterator[str]:
    name, used = _named(after.name), _used(after.name, recipe)
    before = _in_eu_of(after, before)
    if (before.value, before.eu) != (after.value, after.eu):
        alike = before.eu == after.eu and after.eu != "s"
        short = f"{before.value:.10g}" if alike else _value(before)
        yield f"{name} {short} → {_value(after)}{used}"
    ranges = [show_range(one.low, one.high, one.eu) for one in (before, after)]
    yield from _change(f"range of {name}", *ranges)
    for field_ in ("criticality", "adjustable", "scale"):
        yield from _change(f"{field_} of {name}", getattr(before, field_), getattr(after, field_))


def _in_eu_of(after: FormulaEntry, before: FormulaEntry) -> FormulaEntry:
    """Return an entry in the eu of another, where both measure the same."""
    if not compatible(before.eu, after.eu):
        return before
    ends = (convert(one, before.eu, after.eu) for one in (before.value, before.low, before.high))
    value, low, high = ends
    return replace(before, eu=after.eu, value=value, low=low, high=high)


def _used(name: str, recipe: Recipe) -> str:
    """Return ` in grow, perfuse`: the steps that use a formula entry, each name once."""
    steps = [step.name for _, step in recipe.steps() if _uses(step, name)]
    return f" in {', '.join(dict.fromkeys(steps))}" if steps else ""


def _uses(step: PhaseStep, name: str) -> bool:
    words = (step.until or "").replace("(", " ").replace(")", " ").split()
    parameters = step.parameters.values()
    in_ramp = any(one_piece.formula == name for one in parameters for one_piece in one.ramp)
    return name in words or in_ramp or any(one.formula == name for one in parameters)


def _equipment(old: Recipe, new: Recipe) -> Iterator[str]:
    for role in dict.fromkeys((*old.equipment, *new.equipment)):
        yield from _change(
            f"equipment {role}", old.equipment.get(role, ""), new.equipment.get(role, "")
        )
        before, after = (", ".join(one.needs.get(role, ())) for one in (old, new))
        yield from _change(f"needs of {role}", before, after)


def _steps(old: Recipe, new: Recipe) -> Iterator[str]:
    before, after = dict(old.steps()), dict(new.steps())
    for path, step in before.items():
        if path not in after:
            yield f"{path} ({step.phase}) removed"
    for path, step in after.items():
        if path not in before:
            yield f"{path} ({step.phase}) added"
        elif before[path] != step:
            yield from _step(path, before[path], step)


def _step(path: str, before: PhaseStep, after: PhaseStep) -> Iterator[str]:
    where = f" in {path}"
    yield from _change("phase", before.phase, after.phase, where)
    for name in dict.fromkeys((*before.parameters, *after.parameters)):
        one, other = before.parameters.get(name), after.parameters.get(name)
        if one is not None and other is not None and one.formula and one.formula == other.formula:
            continue  # told with the formula
        yield from _change(_named(name), _shown(one), _shown(other), where)
    for field_ in fields(after):
        if field_.name not in ("name", "phase", "parameters", "where"):
            name = field_.name
            texts = [_plain(getattr(one, name), name) for one in (before, after)]
            yield from _change(_named(name.removesuffix("_s")), texts[0], texts[1], where)


def _shown(parameter: Parameter | None) -> str:
    if parameter is None:
        return ""
    if parameter.ramp:
        return text_of(parameter.ramp, parameter.eu)
    if isinstance(parameter.value, str):
        return parameter.value
    value = format_quantity(parameter.value, parameter.eu)
    return f"{value} ({_named(parameter.formula)})" if parameter.formula else value


def _plain(value: object, name: str) -> str:
    if isinstance(value, float) and name.endswith("_s"):
        return format_quantity(value, "s")
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {one}" for name, one in value.items())
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value)
    if isinstance(value, Reminder):
        return f"{value.role} after {format_quantity(value.after_s, 's')}"
    return "" if value is None else str(value)


def _block(old: Recipe, new: Recipe) -> Iterator[str]:
    """Tell blocks that came, went or changed, and lists whose order changed."""
    before, after = outline(old), outline(new)
    for name in dict.fromkeys((*before, *after)):
        one, other = before.get(name), after.get(name)
        if one is None or other is None:
            yield f"{name} {'added' if one is None else 'removed'}"
            continue
        yield from (
            _change("", one.says, other.says, f" in {name}") if one.says != other.says else ()
        )
        kept = [item for item in one.inside if item in other.inside]
        if kept != [item for item in other.inside if item in one.inside]:
            yield f"order in {name}: {', '.join(other.inside)}"


def _clocks(old: Recipe, new: Recipe) -> Iterator[str]:
    for name in dict.fromkeys((*old.clocks, *new.clocks)):
        before, after = old.clocks.get(name), new.clocks.get(name)
        if before is None or after is None:
            yield f"clock {_named(name)} {'added' if before is None else 'removed'}"
        elif before != after:
            yield from _change(
                f"limit of clock {_named(name)}",
                format_quantity(before.limit_s, "s"),
                format_quantity(after.limit_s, "s"),
            )
            if before.limit_s == after.limit_s:
                yield f"clock {clock_text(after)}"
