"""The parts of the documentation that are made from the code.

Run `python tests/docs/generate.py` after a change of states, kinds, roles, phases, unit classes or
promise marks; `test_generated.py` and `test_promises.py` fail until then.

A part stands between `<!-- generated: NAME -->` and `<!-- end -->`.
"""

import ast
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from bioctl.audit.actions import ACTIONS
from bioctl.audit.kinds import MEANING
from bioctl.audit.people import Role
from bioctl.language.quantity import format_quantity
from bioctl.phases.library import capabilities
from bioctl.phases.states import AFTER_CRASH, PRIORITY, TABLE, Command, State
from bioctl.recipe.capabilities import ParameterSpec, PhaseSpec
from bioctl.recipe.rules import RULES
from bioctl_sim.faults.library import LIBRARY, Fault
from bioctl_sim.sensors.modes import MODES, Mode

ROOT = Path(__file__).resolve().parents[2]
PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

PROMISES: Mapping[int, str] = {
    1: "What is not in the journal did not happen. Deleting all snapshots changes no batch state.",
    2: "An acknowledged event survives a process crash, an OS crash and a power cut.",
    3: "A one-shot action is never sent twice, and never after its deadline.",
    4: "After any crash no phase goes forward without a person; life support goes on.",
    5: "If the controller dies or stalls, the plant falls back by itself.",
    6: "A Bad, stale or impossible value drives no loop and satisfies no condition.",
    7: "If the journal can't be written, nothing that starts, doses or advances is accepted.",
    8: "Bad input never reaches the plant; it gets one plain sentence.",
    9: "A change to journal or history older than the last external anchor is found offline.",
    10: "In process, the same seed gives the same events.",
    11: "Every action has a person, a recipe step or a rule behind it; there is no way around.",
}


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [names, ["---"] * len(names), *(list(row) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def states() -> str:
    commands = [command for command in PRIORITY if any(command in row.on for row in TABLE.values())]
    rows = (
        [
            state,
            row.nature,
            row.done or "",
            *(row.on.get(command, "") for command in commands),
            AFTER_CRASH.get(state, "finishes" if row.done and row.nature == "acting" else "stays"),
        ]
        for state, row in TABLE.items()
    )
    head = ["state", "nature", "logic done", *commands, "after a crash"]
    return f"```mermaid\nstateDiagram-v2\n{''.join(_arrows())}```\n\n{table(head, rows)}"


def _arrows() -> Iterator[str]:
    yield f"    [*] --> {State.IDLE}\n"
    for state, row in TABLE.items():
        if row.done:
            yield f"    {state} --> {row.done}\n"
        for command, target in row.on.items():
            if command is not Command.RESET:
                yield f"    {state} --> {target}: {command}\n"


def kinds() -> str:
    rows = ([f"`{kind}`", *_meaning(text)] for kind, text in MEANING.items())
    return table(["kind", "means", "data"], rows)


def _meaning(text: str) -> tuple[str, str]:
    said, _, data = text.partition(" {")
    keys = data.removesuffix("}")
    return said, f"`{keys}`" if keys else ""


def roles() -> str:
    rows = (
        [f"`{name}`", *("yes" if role in allowed else "" for role in Role)]
        for name, allowed in ACTIONS.items()
    )
    return table(["command", *Role], rows)


def phases() -> str:
    parts = []
    every = {one for spec in capabilities().phases.values() for one in spec.classes}
    for name, spec in capabilities().phases.items():
        runs = "any unit that runs phases" if set(spec.classes) == every else _listed(spec.classes)
        rows = (
            [f"`{key}`", _kind(one), _allowed(one), _default(one), one.help]
            for key, one in spec.parameters.items()
        )
        head = ["parameter", "is", "allowed", "default", "means"]
        text = f"{spec.help[:1].upper()}{spec.help[1:]}."
        told = f"Runs on {runs}. Held: {spec.hold}. Restart: {spec.restart}.{_more(spec)}"
        rows = [*rows]
        listed = f"\n{table(head, rows)}" if rows else ""
        parts.append(f"### {name}\n\n{text} {told}\n{listed}")
    return "\n".join(parts)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{one}`" for one in names)


def _more(spec: PhaseSpec) -> str:
    ends = " Ends by the recipe's `until` only." if spec.ends == "until" else ""
    return ends + ("" if spec.runs else " **No engine runs it yet.**")


def _kind(spec: ParameterSpec) -> str:
    return f"{spec.kind}, {spec.eu}" if spec.eu else spec.kind


def _allowed(spec: ParameterSpec) -> str:
    if spec.choices:
        return ", ".join(f"`{choice}`" for choice in spec.choices)
    if spec.low is None or spec.high is None or spec.high >= 1e9:
        return "any"
    return f"{_number(spec.low, spec.eu)} .. {_number(spec.high, spec.eu)}"


def _default(spec: ParameterSpec) -> str:
    if spec.default is None:
        return "**required**"
    if isinstance(spec.default, str):
        return f"`{spec.default}`" if spec.default else "none"
    return "any" if abs(spec.default) >= 1e9 else _number(spec.default, spec.eu)


def _number(value: float, eu: str) -> str:
    return format_quantity(value, eu)


def classes() -> str:
    parts = []
    for one in capabilities().classes.values():
        groups = {"measurement": one.measurements, "output": one.outputs, "loop": one.loops}
        rows = (
            [f"`{name}`", kind, eu] for kind, names in groups.items() for name, eu in names.items()
        )
        words = _listed(one.commands) or "none"
        listed = table(["name", "is a", "eu"], rows)
        able = _listed(one.capabilities) or "none"
        orders = "".join(f" Orders of {name}: {_listed(o)}." for name, o in one.orders.items())
        head = f"Commands: {words}. Capabilities: {able}.{orders}"
        parts.append(f"## {one.name}\n\n{head}\n\n{listed}")
    return "\n".join(parts)


def findings() -> str:
    parts = []
    for rule in RULES.values():
        site = " Only with `--site`." if rule.site else ""
        bad = (ROOT / "tests" / "recipe" / "bad" / f"{rule.id}.yaml").read_text("utf-8")
        lines = bad.splitlines()[0].removeprefix("# ")
        parts.append(
            f"## {rule.id}\n\n**{rule.severity}.** {rule.says}{site}\n\n{rule.why}\n\n"
            f"*Example:* {lines} *What to do:* {rule.mend}\n"
        )
    return "\n".join(parts)


def plant_faults() -> str:
    head = ["fault", "what is wrong", "amount", "seen first", "found by"]
    parts = []
    for group, body in LIBRARY.items():
        rows = (
            [f"`{name}`", one.help, _amount(one), one.observable, one.detection]
            for name, one in body.items()
        )
        parts.append(f"### Of a {group}\n\n{table(head, rows)}")
    modes = (
        [f"`{name}`", one.help, _amount(one), one.observable, one.detection]
        for name, one in MODES.items()
    )
    parts.append(f"### Of any sensor\n\n{table(head, modes)}")
    return "\n".join(parts)


def _amount(fault: Fault | Mode) -> str:
    if fault.low == fault.high or not fault.eu:
        return ""
    return f"{fault.amount:g} {fault.eu} ({fault.low:g} .. {fault.high:g})"


def promises() -> str:
    marked = promise_marks()
    rows = (
        [str(number), text, "<br>".join(f"`{file}`" for file in marked.get(number, ())) or NONE]
        for number, text in PROMISES.items()
    )
    return table(["", "promise", "tests"], rows)


NONE = "**none yet**"


def promise_marks() -> dict[int, list[str]]:
    """Return the test files that hold a `promise(n)` mark, by number."""
    found: dict[int, set[str]] = {}
    for file in _tests():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.promise":
                number = ast.literal_eval(node.args[0])
                found.setdefault(int(number), set()).add(file.relative_to(ROOT).as_posix())
    return {number: sorted(files) for number, files in found.items()}


def _tests() -> list[Path]:
    """Return the test files that git knows, or all there are where it is no checkout."""
    if not (ROOT / ".git").exists():
        return sorted((ROOT / "tests").rglob("test_*.py"))
    words = ["git", "ls-files", "tests/**/test_*.py"]
    said = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in said.splitlines() if (ROOT / name).is_file()]


PARTS: Mapping[str, Callable[[], str]] = {
    "states": states,
    "kinds": kinds,
    "roles": roles,
    "phases": phases,
    "classes": classes,
    "plant_faults": plant_faults,
    "promises": promises,
    "findings": findings,
}


def pages() -> list[Path]:
    return sorted((ROOT / "docs").rglob("*.md"))


def renewed(text: str) -> str:
    """Return a page with every part as the code says it now."""
    return PART.sub(lambda part: f"{part[1]}\n{PARTS[part[2]]()}\n{part[3]}", text)


if __name__ == "__main__":
    for page in pages():
        old = page.read_text("utf-8")
        if renewed(old) != old:
            page.write_text(renewed(old), "utf-8")
