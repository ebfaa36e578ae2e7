"""A plant's tag list as its vendor sends it to the integrator: YAML, one line a tag."""

import json

from bioctl_sim.build import tags_of
from bioctl_sim.plantfile.spec import PlantFile
from bioctl_sim.taglist import TagDef

_HEAD = """\
# Tag list of plant {name}: {title}
# Browse path: Objects / Plant / <unit> / <tag>; node id: ns=<{namespace}>;s=<unit>.<tag>
# columns: [tag, kind, type, eu, low, high, initial, fallback, description]
# kind m = measurement (read only), o = output (writable by role "control")
# fallback: what the plant's own watchdog sets 5 s after the last heartbeat; "hold" keeps the value
namespace: {namespace}
units:
"""


def vendor_list(plant: PlantFile) -> str:
    """Return the tag list of a plant."""
    lines = [_HEAD.format(name=plant.name, title=plant.title, namespace=plant.namespace)]
    for spec in plant.units:
        unit = tags_of(spec)
        lines.append(f"  {spec.name}:\n    class: {_quoted(unit.title)}\n    tags:\n")
        lines += [f"      - {_row(tag)}\n" for tag in unit.tags]
        lines.append("    commands:\n")
        for command in unit.commands:
            arguments = ", ".join(f"{k}: {_quoted(v)}" for k, v in command.arguments)
            body = f"help: {_quoted(command.help)}, arguments: {{{arguments}}}"
            lines.append(f"      {command.command}: {{{body}}}\n")
    return "".join(lines)


def _row(tag: TagDef) -> str:
    output = "hold" if tag.fallback is None else _plain(tag.fallback)
    fallback = output if tag.kind == "o" else '""'
    numbers = ", ".join(map(_plain, (tag.low, tag.high, tag.initial)))
    eu, text = _quoted(tag.eu), _quoted(tag.description)
    return f"[{tag.point}, {tag.kind}, {tag.type}, {eu}, {numbers}, {fallback}, {text}]"


def _plain(value: float) -> str:
    """Return a number without exponent, which YAML would take for text."""
    return f"{value:.12g}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
