"""A wrong recipe is refused in words: where, what was expected, the nearest name, what to do."""

import random
import time
from collections.abc import Callable

import pytest

from bioctl.recipe.steps import MAX_STEPS

Refused = Callable[[str | bytes], str]
Changed = Callable[[str, str], str]

CHANGES = [
    # header
    ("recipe: first_expansion", "recipe: First-Expansion", "help: use up to 40", "first_expansion"),
    ('"1.0"', "one", "'one' is not a version.", 'as in "1.0".'),
    ("product: demonstration cells", "product:", "expected a value, found nothing.", ""),
    ("product: demonstration cells", "product: ''", "found an empty text.", "write one."),
    ("product:", "prodct:", "unknown key 'prodct' in a recipe.", "did you mean 'product'?"),
    ("product: demonstration cells\n", "", "a recipe needs 'product'.", "add a line `product: …`."),
    ("product: demonstration cells", "product: [a]", "expected one value, found a list.", ""),
    # formula
    (
        "37.0 degC",
        "34 degC",
        "growth_temperature: 34 degC is outside its range, 35 .. 38.5 degC.",
        "",
    ),
    ("35.0 .. 38.5 degC", "38.5 .. 35 degC", "is above the upper.", "swap the two limits."),
    ("35.0 .. 38.5 degC", "35 .. 38.5 rpm", "rpm can't be given in degC", ""),
    ("CPP", "CQA", "unknown criticality 'CQA'.", "known criticalities: CPP, KPP, monitored."),
    (", range: 3 .. 5 L", "", "a formula entry needs 'range'.", ""),
    (
        "value: 4 L",
        "valeu: 4 L",
        "unknown key 'valeu' in a formula entry.",
        "did you mean 'value'?",
    ),
    (
        "medium_volume: {value: 4 L, range: 3 .. 5 L}",
        "medium_volume: 4 L",
        "expected `key: value`",
        "",
    ),
    ("3 .. 5 L", "3 .. 7 L", "lets 'medium_volume' go from 3000 mL to 7000 mL", "narrow the range"),
    (
        "volume: medium_volume",
        "volume: 4 L",
        "nothing uses the formula entry 'medium_volume'.",
        "use it in the procedure, or remove it.",
    ),
    (
        "  vial_count:",
        "  weight: {value: 1 kg, range: 1 .. 2 kg}\n  vial_count:",
        "'weight' is a measurement of packed_bed_bioreactor",
        "rename the entry",
    ),
    # equipment
    (
        "reactor: packed_bed_bioreactor",
        "reactor: packed_bed_bioreacter",
        "unknown unit class 'packed_bed_bioreacter'.",
        "did you mean 'packed_bed_bioreactor'?",
    ),
    (
        "  filler: vial_filler",
        "  filler: vial_filler\n  second: vial_filler",
        "nothing uses the equipment role 'second'.",
        "or remove it.",
    ),
    ("on: filler", "on: filer", "'filer' is no role of the equipment.", "did you mean 'filler'?"),
    # block
    (
        "unit procedure: fill",
        "unit procedure: expand",
        "'expand' is there already, in line 15.",
        "",
    ),
    ("operation: culture", "operation: prepare", "the operation 'prepare' is there already", ""),
    (
        "- warm: equilibrate",
        "- fill_medium: equilibrate",
        "the step 'fill_medium' is there already",
        "",
    ),
    ("unit procedure: fill", "unit_procedure: fill", "did you mean 'unit procedure'?", ""),
    ("- operation: run", "- operation: run\n        parallel: yes", "unknown key 'parallel'", ""),
    (
        "- vials: fill_vials",
        "- note: fill_vials",
        "a phase begins with the name of its step",
        "warm: eq",
    ),
    ("- vials: fill_vials", "- vials", "this is not YAML", ""),
    ("            note: Do", "            nota: Do", "unknown key 'nota' in a phase.", "'note'"),
    # phases
    (
        "grow: grow",
        "grow: gorw",
        "unknown phase 'gorw'.",
        "did you mean 'grow'? known phases of packed_bed",
    ),
    (
        "vials: fill_vials",
        "vials: grow",
        "phase 'grow' runs on packed_bed_bioreactor; 'filler' is a vial_filler.",
        "phases of vial_filler: fill_vials, confirm.",
    ),
    (", rate: 500 mL/min", "", "phase 'charge' needs 'rate'.", "add rate: <1 .. 1000 mL/min>"),
    ("source: medium", "sauce: medium", "unknown key 'sauce' in phase 'charge'.", "'source'"),
    ("source: medium", "source: mediun", "source can't be 'mediun'.", "did you mean 'medium'?"),
    ("to: washer", "to: filler_2", "to: 'filler_2' is no role of the equipment.", "'filler'"),
    ("to: washer", "to: reactor", "to: 'reactor' is the unit this phase runs on.", ""),
    ("vials: vial_count", "vials: 20.5", "vials is a whole number, 20.5 is not.", ""),
    ("vials: vial_count", "vials: [1]", "expected one value, found a list.", ""),
    ("vials: vial_count", "vials: ", "expected a value, found nothing.", ""),
    # until and timeout
    ("glucose < 15", "glocose < 15", "unknown name 'glocose'.", "did you mean 'glucose'?"),
    ("15 mmol/L", "15", "joins 'glucose' (amount per volume, mmol/L)", "write 15 mmol/L."),
    ("timeout: 4 h", "timeout: 0 h", "a timeout of 0 h can't be.", "at most 90 d."),
    ("timeout: 4 h", "timeout: 91 d", "a timeout of 91 d can't be.", "at most 90 d."),
    ("timeout: 4 h", "timeout: 4", "a timeout is a time, '4' is not.", "12 h 30 min."),
    ("timeout: 4 h", "timeout: 4 mL", "a timeout is a time, '4 mL' is not.", "12 h 30 min."),
    ("            timeout: 4 h\n", "", "a phase needs 'timeout'.", "as in timeout: 8 h."),
]


@pytest.mark.parametrize(("old", "new", "told", "mend"), CHANGES)
def test_wrong_recipe_is_refused_in_words(
    refused_change: Changed, old: str, new: str, told: str, mend: str
) -> None:
    shown = refused_change(old, new)
    assert told in shown
    assert mend in shown


@pytest.mark.fault("RX-02")
def test_duplicate_parameter_is_refused_naming_both_lines(refused_change: Changed) -> None:
    shown = refused_change("  vial_count:", "  medium_volume: {value: 1 L}\n  vial_count:")
    assert (
        "r.yaml:9:3: error: the key 'medium_volume' stands twice: in line 8 and in line 9." in shown
    )


@pytest.mark.fault("RX-06")
@pytest.mark.parametrize(
    ("value", "told", "mend"),
    [
        ("12:30", "'12:30' is not a quantity.", "a duration is written 12 h 30 min."),
        ("on", "temperature: the formula has no entry 'on'.", "write a value, <4 .. 40 degC>"),
        ("037 degC", "'037 degC' is not a quantity.", "drop the leading zero: 37 degC."),
        ("1e3", "temperature is in degC, '1e3' is not.", "write 1e3 degC."),
        ("'36,5 degC'", "'36,5 degC' is not a quantity.", "use a decimal point, 36.5 degC"),
        ("36,5 degC", "unknown key '5 degC' in phase 'grow'.", "use a decimal point"),
        ("37", "temperature is in degC, '37' is not.", "write 37 degC."),
        ("37degC", "'37degC' is not a quantity.", "put one space between number and eu: 37 degC."),
    ],
)
def test_value_yaml_would_guess_at_is_refused_with_the_right_spelling(
    refused_change: Changed, value: str, told: str, mend: str
) -> None:
    shown = refused_change("{temperature: growth_temperature", f"{{temperature: {value}")
    assert told in shown
    assert mend in shown


@pytest.mark.fault("RX-10")
def test_unknown_names_are_refused_with_the_nearest(text: str, refused: Refused) -> None:
    wrong = (
        text.replace("volume: medium_volume", "volume: medium_volum")
        .replace("agitation: 80", "agitatoin: 80")
        .replace("filler: vial_filler", "filler: vial_filer")
    )
    shown = refused(wrong)
    assert "volume: the formula has no entry 'medium_volum'.\n" in shown
    assert "did you mean 'medium_volume'?" in shown
    assert "unknown key 'agitatoin' in phase 'equilibrate'." in shown
    assert "did you mean 'agitation'?" in shown
    assert "unknown unit class 'vial_filer'." in shown
    assert "did you mean 'vial_filler'?" in shown
    assert shown.count(": error: ") == 4  # and the agitation that is missing now


@pytest.mark.fault("RX-11")
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("agitation: 80 rpm", "agitation: 80 degC", "agitation is in rpm, '80 degC' is not."),
        ("agitation: 80 rpm", "agitation: 80 vvd", "agitation is in rpm, '80 vvd' is not."),
        ("agitation: 80 rpm", "agitation: 80", "agitation is in rpm, '80' is not."),
        (
            "agitation: 80 rpm",
            "agitation: growth_temperature",
            "agitation is in rpm, the formula entry 'growth_temperature' in degC.",
        ),
        ("pH: 7.30", "pH: 7.30 %", "pH is a number without eu, '7.30 %' is not."),
    ],
)
def test_eu_of_something_else_is_refused(
    refused_change: Changed, old: str, new: str, told: str
) -> None:
    assert told in refused_change(old, new)


@pytest.mark.fault("RX-12")
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("agitation: 80 rpm", "agitation: 201 rpm", "agitation: 201 rpm is outside 0 .. 200 rpm."),
        ("agitation: 80 rpm", "agitation: -1 rpm", "agitation: -1 rpm is outside 0 .. 200 rpm."),
        ("agitation: 80 rpm", "agitation: nan rpm", "'nan rpm' is not a quantity."),
        ("agitation: 80 rpm", "agitation: .inf", "'.inf' is not a quantity."),
        ("agitation: 80 rpm", "agitation: inf", "agitation: 'inf' is not a value."),
        ("agitation: 80 rpm", "agitation: 1e999 rpm", "1e999 is too large a number."),
        ("value: 37.0 degC", "value: .nan", "'.nan' is not a quantity."),
        ("timeout: 4 h", "timeout: -4 h", "a timeout of -4 h can't be."),
        ("pH: 7.30", "pH: 73", "pH: 73 pH is outside 6.5 .. 8 pH."),
    ],
)
def test_value_out_of_range_infinite_or_negative_is_refused(
    refused_change: Changed, old: str, new: str, told: str
) -> None:
    assert told in refused_change(old, new)


@pytest.mark.fault("RX-14")
@pytest.mark.parametrize(
    "name",
    ["../../x", "C:\\x", "a/b", "con", "aux", "com1", ".hidden", "x.yaml", "-rf", "$(x)", "a b"],
)
@pytest.mark.parametrize(
    "place", ["recipe: first_expansion", "operation: run", "- vials: fill_vials"]
)
def test_name_that_is_a_path_or_a_device_is_refused(
    refused_change: Changed, place: str, name: str
) -> None:
    key, value = place.split(": ")
    changed = f"- '{name}': {value}" if key.startswith("-") else f"{key}: '{name}'"
    shown = refused_change(place, changed)
    assert f"'{name}' can't be the name of a" in shown


@pytest.mark.fault("RX-14")
def test_nul_in_a_name_is_refused(refused_change: Changed) -> None:
    shown = refused_change("recipe: first_expansion", 'recipe: "a\\0b"')
    assert "the character <U+0000> is not allowed." in shown


@pytest.mark.fault("RX-15")
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("gr\u043ew", "'gr<U+043E>w' can't be the name of a step."),
        ("\uff47row", "'<U+FF47>row' can't be the name of a step."),
        ("g\u200brow", "the character <U+200B> is not allowed."),
        ("\u202eworg", "the character <U+202E> is not allowed."),
        ("Grow", "'Grow' can't be the name of a step."),
        ("x" * 10_000, "can't be the name of a step."),
        ("1st", "'1st' can't be the name of a step."),
    ],
    ids=["cyrillic", "fullwidth", "zero_width", "bidi", "capital", "long", "digit"],
)
def test_name_that_looks_like_another_is_refused(
    refused_change: Changed, name: str, told: str
) -> None:
    shown = refused_change("- vials: fill_vials", f"- ? {name}\n            : fill_vials")
    assert told in shown
    assert len(shown) < 2000


@pytest.mark.fault("RX-16")
@pytest.mark.parametrize(
    "until", ["__import__('os').system('true') > 1", "9**9**9 > 1", "pH > " + "1" * 50_000]
)
def test_until_runs_no_code(refused_change: Changed, until: str) -> None:
    start = time.perf_counter()
    assert "error: " in refused_change("glucose < 15 mmol/L or elapsed > 30 h", f'"{until}"')
    assert time.perf_counter() - start < 1


@pytest.mark.fault("RX-03")
def test_alias_bomb_is_refused_at_once(refused: Refused, text: str) -> None:
    bomb = "a: &a [x,x]\n" + "".join(f"b{n}: [*a,*a,*a]\n" for n in range(10_000))
    start = time.perf_counter()
    assert "an anchor (&name) is not allowed." in refused(bomb + text)
    assert time.perf_counter() - start < 0.05


@pytest.mark.fault("RX-05")
def test_too_many_steps_are_refused(refused: Refused, text: str) -> None:
    step = "          - s{}: confirm\n            with: {{question: x}}\n            timeout: 1 h\n"
    many = "".join(step.format(n) for n in range(MAX_STEPS))
    shown = refused(text.replace("          - ask: confirm", many + "          - ask: confirm"))
    assert f"more than {MAX_STEPS} phases." in shown


@pytest.mark.fault("RX-05")
def test_recipe_full_of_errors_is_given_up_in_time(refused: Refused, text: str) -> None:
    step = "          - step_{}: chrage\n            timeout: 1 h\n"
    many = "".join(step.format(n) for n in range(15_000))
    start = time.perf_counter()
    shown = refused(text.replace("          - ask: confirm", many + "          - ask: confirm"))
    assert "gave up after 100 errors." in shown
    assert time.perf_counter() - start < 2


def test_all_errors_come_in_one_pass_sorted_by_place(text: str, refused: Refused) -> None:
    wrong = (
        text.replace("37.0 degC", "99 degC")
        .replace("filler: vial_filler", "filler: vial_filer")
        .replace("- fill_medium: charge", "- fill_medium: chrage")
        .replace("glucose <", "glocose <")
        .replace("timeout: 4 h", "timeout: 4")
    )
    heads = [line for line in refused(wrong).splitlines() if line.startswith("r.yaml:")]
    assert [head.split(": error: ")[1] for head in heads] == [
        "growth_temperature: 99 degC is outside its range, 35 .. 38.5 degC.",
        "unknown unit class 'vial_filer'.",
        "unknown phase 'chrage'.",
        "unknown name 'glocose'.",
        "a timeout is a time, '4' is not.",
    ]
    lines = [int(head.split(":")[1]) for head in heads]
    assert lines == sorted(lines)


def test_caret_stands_under_the_word_inside_a_condition(refused_change: Changed) -> None:
    shown = refused_change("elapsed > 30 h", "elapsd > 30 h").splitlines()
    line = next(n for n, one in enumerate(shown) if "unknown name 'elapsd'" in one)
    assert shown[line + 1][shown[line + 2].index("^") :] == "elapsd > 30 h"


@pytest.mark.parametrize(
    "section", ["formula", "equipment", "procedure", "recipe", "version", "product", "description"]
)
@pytest.mark.parametrize("value", ["", "~", "[]", "{}", "x", "[[]]", "[{}]", "[~]", "[{a: b}]"])
def test_any_section_of_another_shape_is_refused_or_read(
    text: str, refused: Refused, load: Callable[[str], object], section: str, value: str
) -> None:
    lines = text.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"{section}:"))
    after = [n for n, line in enumerate(lines) if n > start and not line.startswith(" ")]
    end = after[0] if after else len(lines)
    changed = "\n".join([*lines[:start], f"{section}: {value}", *lines[end:]])
    if section in {"recipe", "product", "description"} and value == "x":
        load(changed)
    else:
        assert "error: " in refused(changed)


def test_order_of_top_sections_is_free(text: str, load: Callable[[str], object]) -> None:
    sections = ["formula:", "equipment:", "procedure:"]
    places = [text.index(f"\n{name}") + 1 for name in sections] + [len(text)]
    parts = [text[places[n] : places[n + 1]] for n in range(3)]
    random.Random(3).shuffle(parts)  # noqa: S311
    assert load(text[: places[0]] + "".join(reversed(parts))) == load(text)
