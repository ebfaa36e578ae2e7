"""Every snippet of the page about the language is a recipe's, word for word, without a finding."""

import re
import textwrap
from pathlib import Path

import pytest

from bioctl.phases.library import capabilities
from bioctl.recipe.header import STATUSES
from bioctl.recipe.load import load_recipe
from bioctl.recipe.names import BLOCK_KEYS, STEP_KEYS
from bioctl.recipe.verify.verifier import verify

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "engineer" / "recipe-language.md").read_text("utf-8")
SNIPPETS = re.findall(r"^```yaml recipe-(\w+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
ABLE = capabilities()
ASK = '- ask: confirm\n  with: {question: "Ready?"}\n  timeout: 1 h\n'
ROLES = "reactor: packed_bed_bioreactor\n"


def indented(text: str, by: int) -> str:
    return textwrap.indent(text, " " * by)


def recipe(kind: str, text: str) -> str:
    """Return a recipe with a snippet in its place."""
    phases = text if kind == "phases" else ASK
    if kind == "formula":
        phases = "- grow: grow\n  with: {temperature: growth_temperature, pH: 7.2, "
        phases += "dissolved_oxygen: 50 %, agitation: 60 rpm}\n"
        phases += "  until: capacitance > harvest_capacitance\n  timeout: 80 h\n"
    more = "  - unit procedure: other\n    on: second\n    operations:\n      - operation: o\n"
    more += f"        phases:\n{indented(ASK, 10)}"
    head = text if kind == "top" else ""
    head += f"{kind}:\n{indented(text, 2)}" if kind in ("formula", "clocks") else ""
    watch = f"    watch:\n{indented(text, 6)}" if kind == "watch" else ""
    return (
        f'recipe: page\nversion: "1.0"\nproduct: none\ndescription: A page.\n{head}equipment:\n'
        f"{indented(text if kind == 'equipment' else ROLES, 2)}procedure:\n"
        f"  - unit procedure: run\n    on: reactor\n{watch}    operations:\n      - operation: o\n"
        f"        phases:\n{indented(phases, 10)}{more if kind == 'equipment' else ''}"
    )


@pytest.mark.parametrize(("kind", "text"), SNIPPETS)
def test_snippet_is_right(kind: str, text: str) -> None:
    loaded = load_recipe(recipe(kind, text), "page.yaml", ABLE)
    assert [one.message for one in verify(loaded, ABLE, "page.yaml")] == []


def test_every_place_of_the_grammar_has_a_snippet() -> None:
    kinds = {kind for kind, _ in SNIPPETS}
    assert kinds == {"top", "formula", "equipment", "phases", "watch", "clocks"}


@pytest.mark.parametrize("word", [*STEP_KEYS, *BLOCK_KEYS, *STATUSES])
def test_page_has_every_word(word: str) -> None:
    assert re.search(rf"`(- )?{word}[`:]|\b{word}:", PAGE), word
