"""The conditions the documentation shows compile."""

import re

import pytest

from bioctl.language.condition import compile_condition
from bioctl.phases.library import capabilities

from .generate import ROOT

PAGE = (ROOT / "docs" / "reference" / "conditions.md").read_text("utf-8")
(BLOCK,) = re.findall(r"^```condition\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("line", BLOCK.splitlines())
def test_condition_of_the_reference_compiles(line: str) -> None:
    measured = capabilities().classes["packed_bed_bioreactor"].measurements
    assert compile_condition(line, {**measured, "elapsed": "s"}).text == line
