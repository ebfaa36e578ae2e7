"""What the checks of one recipe file share: the names it declared, and which of them were used."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bioctl.errors import InputError
from bioctl.language.condition import Condition, compile_condition
from bioctl.language.document import Mapping, Node, Scalar
from bioctl.language.findings import Findings
from bioctl.recipe.capabilities import Capabilities
from bioctl.recipe.grammar import Clock, FormulaEntry, Included
from bioctl.tags import UnitClass

PartReader = Callable[[str], tuple[bytes, str]]
"""Content and file name of an included part, by its name; InputError where there is none."""

Asker = tuple[str, bool]
"""Who asks a condition: a role, "" for none, and whether it is a phase of it."""


@dataclass(slots=True)
class Written:
    """What all scopes of one recipe share: findings, counts, and names used or brought along."""

    findings: Findings = field(default_factory=Findings)
    entries: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)
    steps: int = 0
    included: list[Included] = field(default_factory=list)
    clocks: dict[str, Clock] = field(default_factory=dict)
    brought: dict[str, FormulaEntry] = field(default_factory=dict)
    results: dict[str, str] = field(default_factory=dict)
    conditions: list[tuple["Scope", Node, str, "Asker"]] = field(default_factory=list)


@dataclass(slots=True)
class Scope:
    """Names that one file may use.

    A declared name whose value was wrong maps to None: the name is known, and what depends on it is
    not reported a second time.

    Attributes:
        formula: entries by name.
        roles: unit class by role.
        written: what the recipe and its parts share.
        part: reads an included part.
        open: parts that are being read, the outermost first.
        outer: the scope of the file that includes this one, None for a recipe.
    """

    capabilities: Capabilities
    formula: dict[str, FormulaEntry | None] = field(default_factory=dict)
    roles: dict[str, UnitClass | None] = field(default_factory=dict)
    written: Written = field(default_factory=Written)
    part: PartReader | None = None
    open: tuple[str, ...] = ()
    outer: "Scope | None" = None
    names_on: dict["Asker", dict[str, str]] = field(default_factory=dict)
    compiled: dict[tuple["Asker", str], Condition] = field(default_factory=dict)

    @property
    def findings(self) -> Findings:
        """The errors of the recipe and its parts."""
        return self.written.findings

    def inside(self, part: str) -> "Scope":
        """Return the scope of an included part, with no names yet."""
        opened = (*self.open, part)
        fresh = replace(self, open=opened, outer=self)
        fresh.formula, fresh.roles, fresh.names_on, fresh.compiled = {}, {}, {}, {}
        return fresh

    def outward(self) -> "list[Scope]":
        """Return the scopes of the files that include this one, the recipe first."""
        return [*self.outer.outward(), self.outer] if self.outer else []

    def entries(self) -> dict[str, FormulaEntry]:
        """Return the formula entries that are right."""
        return {name: entry for name, entry in self.formula.items() if entry is not None}

    def text(self, node: Node | None, longest: int = 1000) -> str:
        """Return the text of a value; "" and a finding where there is none."""
        if isinstance(node, Scalar) and not node.empty:
            text: str | None = node.text
        else:
            text = self.findings.attempt(node, node.as_text) if node else ""
        if node is None or text is None:
            return ""
        if not text.strip():
            self.findings.add(node, "expected a value, found an empty text.", "write one.")
        if len(text) > longest:
            self.findings.add(node, f"the text has more than {longest} characters.", "shorten it.")
        return text

    def condition(self, node: Node | None, role: str, *, timed: bool = False) -> str | None:
        """Return the text of a condition; it is compiled when all names are known.

        Args:
            node: where it stands.
            role: the unit whose measurements it may use; "" for none.
            timed: whether it belongs to a phase, and so may use `elapsed`.
        """
        text = self.text(node)
        if node is None or not text:
            return None
        self.written.conditions.append((self, node, text, (role, timed)))
        return text

    def compile(self, node: Node, text: str, of: "Asker") -> None:
        """Compile a condition, and note the names it uses."""
        key = (of, text)
        compiled = self.compiled.get(key)
        if compiled is None and not self._depends_on_wrong(text, of[0]):
            names = self.names_on.get(of)
            if names is None:
                names = self.names_on[of] = self._names(of)
            compiled = self.findings.attempt(node, compile_tagged, text, names)
        if compiled is None:
            self.mention(node)
            return
        self.compiled[key] = compiled
        self.written.entries.update(compiled.names)

    def mention(self, node: Node | None) -> None:
        """Count every name in a part that could not be read as used: one error is enough."""
        values = node.entries.values() if isinstance(node, Mapping) else (node,)
        for value in values:
            words = _words(value.text) if isinstance(value, Scalar) else []
            self.written.entries.update(words)
            self.written.roles.update(words)

    def _names(self, of: "Asker") -> dict[str, str]:
        role, timed = of
        names = condition_names(self.roles.get(role), self.entries(), self.written.results)
        return {name: eu for name, eu in names.items() if timed or name != "elapsed"}

    def _depends_on_wrong(self, text: str, role: str) -> bool:
        """Return whether a condition names something that is reported already."""
        if role and self.roles.get(role) is None:
            return True
        wrong = {name for name, entry in self.formula.items() if entry is None}
        return bool(wrong) and not wrong.isdisjoint(_words(text))


def condition_names(
    unit_class: UnitClass | None,
    formula: "dict[str, FormulaEntry]",
    results: "dict[str, str] | None" = None,
) -> dict[str, str]:
    """Return every name a condition on this class may use, with its eu.

    These are the measurements of the class, `elapsed` (time since the phase began to run), the
    formula, and results of samples. No two of them share a name: the loader refuses it.
    """
    entries = {name: entry.eu for name, entry in formula.items()}
    measured = {**unit_class.measurements, "elapsed": "s"} if unit_class else {}
    return {**(results or {}), **entries, **measured}


def compile_tagged(text: str, names: dict[str, str]) -> Condition:
    """Compile a condition; sides that measure different things get the id of that finding."""
    try:
        return compile_condition(text, names)
    except InputError as error:
        if " joins " in error.message:
            tagged = f"{error.message} [eu-mismatch]"
            raise InputError(tagged, where=error.where, help=error.help) from None
        raise


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)
