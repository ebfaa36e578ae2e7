"""What the checks of one recipe file share: the names it declared, and which of them were used."""

import re
from dataclasses import dataclass, field

from bioctl.language.document import Mapping, Node, Scalar
from bioctl.language.findings import Findings
from bioctl.recipe.capabilities import Capabilities
from bioctl.recipe.grammar import FormulaEntry
from bioctl.tags import UnitClass


@dataclass(slots=True)
class Scope:
    """Names of one file.

    A declared name whose value was wrong maps to None: the name is known, and what depends on it is
    not reported a second time.
    """

    capabilities: Capabilities
    findings: Findings = field(default_factory=Findings)
    formula: dict[str, FormulaEntry | None] = field(default_factory=dict)
    roles: dict[str, UnitClass | None] = field(default_factory=dict)
    used_entries: set[str] = field(default_factory=set)
    used_roles: set[str] = field(default_factory=set)
    names_on: dict[str, dict[str, str]] = field(default_factory=dict)  # by role, for `until`
    steps: int = 0

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

    def depends_on_wrong(self, text: str) -> bool:
        """Return whether a condition names an entry that is reported already."""
        wrong = {name for name, entry in self.formula.items() if entry is None}
        return bool(wrong) and not wrong.isdisjoint(_words(text))

    def mention(self, node: Node | None) -> None:
        """Count every name in a part that could not be read as used: one error is enough."""
        values = node.entries.values() if isinstance(node, Mapping) else (node,)
        for value in values:
            words = _words(value.text) if isinstance(value, Scalar) else []
            self.used_entries.update(words)
            self.used_roles.update(words)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)
