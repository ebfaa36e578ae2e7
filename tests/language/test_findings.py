"""Findings: all errors of a file, in order, with their line."""

import pytest

from bioctl.errors import InputError, InputErrors, Where
from bioctl.language.document import parse
from bioctl.language.fields import fields
from bioctl.language.findings import LIMIT, Findings, render
from bioctl.language.nearest import did_you_mean, listing, nearest, suggest, visible
from bioctl.language.quantity import parse_quantity

TEXT = "a: 1\nb: 7,2\ncolour: red\n"


def test_findings_come_out_sorted_by_place() -> None:
    node = parse(TEXT, "f.yaml").as_mapping()
    findings = Findings()
    findings.add(node.keys["colour"], "third.")
    findings.attempt(node.entries["b"], parse_quantity, "7,2")
    findings.add(node, "first.")
    assert len(findings) == 3
    with pytest.raises(InputErrors) as refused:
        findings.finish()
    assert [str(one.where) for one in refused.value.errors] == [
        "f.yaml:1:1",
        "f.yaml:2:4",
        "f.yaml:3:1",
    ]


def test_no_finding_raises_nothing() -> None:
    Findings().finish()


def test_column_inside_a_text_is_kept() -> None:
    node = parse(TEXT, "f.yaml").as_mapping().entries["b"]
    findings = Findings()
    findings.place(InputError("here.", where=Where("condition", 1, 3)), node)
    with pytest.raises(InputErrors, match=r"f\.yaml:2:6"):
        findings.finish()


def test_flood_of_errors_is_cut() -> None:
    node = parse(TEXT, "f.yaml")
    findings = Findings()
    for _ in range(LIMIT - 1):
        findings.add(node, "bad.")
    with pytest.raises(InputErrors) as refused:
        findings.add(node, "bad.")
    assert refused.value.errors[-1].message == f"gave up after {LIMIT} errors."


def test_error_is_shown_with_line_caret_and_help() -> None:
    error = InputError("no.", where=Where("f.yaml", 2, 4), help="yes.")
    expected = ["f.yaml:2:4: error: no.", "  2 | b: 7,2", "    |    ^", "help: yes."]
    assert render(error, TEXT).splitlines() == expected
    assert render(error).splitlines() == [expected[0], expected[3]]


def test_error_without_place_is_shown_as_a_sentence() -> None:
    assert render(InputError("no."), TEXT) == "error: no."


@pytest.mark.fault("RX-15")
def test_source_line_is_shown_without_its_tricks() -> None:
    text = "a: x\u202ey\x1b[31m"
    shown = render(InputError("no.", where=Where("f", 1, 5)), text).splitlines()
    assert shown[1] == "  1 | a: x<U+202E>y<U+001B>[31m"
    assert shown[2].index("^") == shown[1].index("<")


def test_long_source_line_is_cut_around_its_error() -> None:
    line = "x" * 5000 + "HERE" + "y" * 5000
    shown = render(InputError("no.", where=Where("f", 1, 5001)), line).splitlines()
    assert len(shown[1]) < 200
    assert shown[1][shown[2].index("^") :].startswith("HERE")


def test_fields_report_unknown_missing_and_wrong_shape() -> None:
    findings = Findings()
    found = fields(parse(TEXT, "f"), findings, "a thing", ("a", "color"), ("c",))
    assert list(found) == ["a"]
    fields(parse("[1]", "f"), findings, "a thing", ("a",))
    with pytest.raises(InputErrors) as refused:
        findings.finish()
    told = {one.message: one.help for one in refused.value.errors}
    assert (
        told["unknown key 'colour' in a thing."] == "did you mean 'color'? known keys: a, color, c."
    )
    assert told["a thing needs 'color'."] == "add a line `color: …`."
    assert "expected `key: value` lines, found a list." in told


def test_nearest_name_ignores_capitals_and_gives_up_on_strangers() -> None:
    assert nearest("Glucos", ["lactate", "glucose"]) == "glucose"
    assert nearest("PH", ["pH"]) == "pH"
    assert nearest("zzz", ["glucose"]) is None
    assert nearest("g" * 10_000, ["g" * 9_999]) is None
    assert did_you_mean("glucos", ["glucose"]) == "did you mean 'glucose'?"
    assert suggest("zzz", [], "names") == "known names: none."
    assert listing([str(n) for n in range(20)]).endswith("11 and 8 more")


@pytest.mark.fault("RX-15")
def test_foreign_text_is_shown_without_tricks() -> None:
    assert visible("gr\u043ew") == "gr<U+043E>w"
    assert visible("a\u202eb\n") == "a<U+202E>b<U+000A>"
    assert visible("x" * 10_000) == "x" * 60 + "…"
    assert visible("37 °C") == "37 °C"
