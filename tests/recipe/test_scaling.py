"""Scaling by a declared criterion: hand calculations, and what stays the same."""

import math
import re
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.errors import InputError, InputErrors
from bioctl.recipe.capabilities import Capabilities
from bioctl.recipe.grammar import SCALING, FormulaEntry, Recipe
from bioctl.recipe.scale_sheet import make_sheet, scaled_recipe, sheet_text
from bioctl.recipe.scaling import CRITERIA, scale, stirring
from bioctl.recipe.vessel import Vessel, read_vessel

Load = Callable[[str], Recipe]

BENCH = Vessel("bench 5 L", 5e-3, 0.162, 0.068, 1, 1.5, 1.0, 0.01, 2.0, 1e-3)
PLANT = Vessel("plant 50 L", 50e-3, 0.349, 0.147, 1, 1.5, 2.0, 0.08, 20.0, 8e-3)


def entry(eu: str, criterion: str, value: float = 100.0, name: str = "x") -> FormulaEntry:
    return FormulaEntry(name, value, eu, value / 2, value * 2, scale=criterion)


def factor(
    one: FormulaEntry, *others: FormulaEntry, old: Vessel = BENCH, new: Vessel = PLANT
) -> float:
    return scale({each.name: each for each in (one, *others)}, old, new)[one.name].factor


def test_criteria_are_those_of_the_grammar() -> None:
    assert set(CRITERIA) == set(SCALING)


@pytest.mark.parametrize(
    ("eu", "criterion", "by_hand"),
    [
        ("degC", "fixed", 1.0),
        ("degC", "", 1.0),
        ("L", "per volume", 10.0),
        ("mL/min", "per volume", 10.0),
        ("mg", "per area", 10.0),
        ("mL/min", "linear velocity", 8.0),
        ("L", "diavolumes", 8.0),
        ("rpm", "tip speed", 68 / 147),
        # P/V = Np rho N^3 D^5 / V: N2/N1 = ((D1/D2)^5 V2/V1)^(1/3)
        ("rpm", "P/V", ((68 / 147) ** 5 * 10) ** (1 / 3)),
    ],
)
def test_factor_is_that_of_the_calculation_by_hand(eu: str, criterion: str, by_hand: float) -> None:
    assert factor(entry(eu, criterion)) == pytest.approx(by_hand)


def test_equal_kla_with_equal_power_needs_only_gas_per_area_and_sparger() -> None:
    agitation = entry("rpm", "P/V", name="agitation")
    by_hand = (349 / 162) ** 2 / 2.0**2  # kLa = f K (P/V)^0.4 vs^0.5
    assert factor(entry("mL/min", "kLa"), agitation) == pytest.approx(by_hand)


def test_published_speeds_of_20_w_per_m3() -> None:
    found = stirring(BENCH, 215)
    assert found["P/V"] == pytest.approx(20, rel=0.02)
    assert found["tip speed"] == pytest.approx(0.77, rel=0.01)
    assert found["Kolmogorov"] == pytest.approx(64, rel=0.02)


SIZES = st.floats(0.01, 100)
VESSELS = st.builds(
    Vessel, st.just("v"), SIZES, SIZES, SIZES, st.integers(1, 3).map(float), st.floats(0.3, 6),
    st.floats(0.5, 8), SIZES, SIZES, SIZES,
)  # fmt: skip


@given(VESSELS, VESSELS, st.floats(1, 500))
def test_what_is_declared_stays_the_same(old: Vessel, new: Vessel, speed: float) -> None:
    for criterion in ("P/V", "tip speed"):
        scaled = speed * factor(entry("rpm", criterion), old=old, new=new)
        before, after = stirring(old, speed)[criterion], stirring(new, scaled)[criterion]
        assert after == pytest.approx(before)


@given(VESSELS, VESSELS, st.sampled_from(["P/V", "tip speed", "fixed"]), st.floats(1, 500))
def test_equal_kla_is_equal(old: Vessel, new: Vessel, stirred: str, speed: float) -> None:
    agitation = entry("rpm", stirred, speed, "agitation")
    faster = speed * factor(agitation, old=old, new=new)
    gas = factor(entry("mL/min", "kLa"), agitation, old=old, new=new)

    def kla(vessel: Vessel, rpm: float, flow: float) -> float:
        velocity = flow / (vessel.tank_m or 0) ** 2
        return vessel.sparger * stirring(vessel, rpm)["P/V"] ** 0.4 * velocity**0.5

    assert kla(new, faster, gas) == pytest.approx(kla(old, speed, 1.0))


@given(VESSELS, st.sampled_from(CRITERIA))
def test_same_size_changes_nothing(vessel: Vessel, criterion: str) -> None:
    eu = {"P/V": "rpm", "tip speed": "rpm", "kLa": "L/min", "linear velocity": "L/min"}
    more = [entry("rpm", "P/V", name="agitation")] if criterion == "kLa" else []
    one = entry(eu.get(criterion, "L"), criterion)
    assert factor(one, *more, old=vessel, new=vessel) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("one", "old", "told", "mend"),
    [
        (entry("degC", "P/V"), BENCH, "x: P/V scales a speed in rpm, not degC.", "criterion"),
        (entry("rpm", "kLa"), BENCH, "x: kLa scales a gas flow, not rpm.", "criterion"),
        (entry("degC", "per volume"), BENCH, "a value in degC does not grow", "scale: fixed"),
        (entry("L", "per volume"), Vessel("bare"), "'bare' has no `liquid volume`.", "add"),
        (entry("rpm", "P/V"), Vessel("b", 1), "has no `power number`.", "add `power number: …`"),
        (entry("L/min", "kLa"), BENCH, "needs one agitation in rpm", "found none"),
    ],
)  # fmt: skip
def test_value_that_can_not_be_scaled_is_refused(
    one: FormulaEntry, old: Vessel, told: str, mend: str
) -> None:
    with pytest.raises(InputErrors) as refused:
        factor(one, old=old)
    assert told in refused.value.errors[0].message
    assert mend in refused.value.errors[0].help


def test_vessel_is_read_in_any_eu() -> None:
    text = "vessel: bench\nliquid volume: 5000 mL\ntank diameter: 16.2 cm\npower number: 1.5\n"
    assert read_vessel(text, "v.yaml") == Vessel("bench", 5e-3, 0.162, power_number=1.5)


def test_vessel_tells_everything_that_is_wrong() -> None:
    text = "liquid volume: 5 degC\ntank: 3 m\nimpellers: 0\narea: 2\n"
    with pytest.raises(InputErrors) as refused:
        read_vessel(text, "v.yaml")
    told = [one.message for one in refused.value.errors]
    assert "a vessel needs 'vessel'." in told
    assert "unknown key 'tank' in a vessel." in told
    assert "impellers can't be 0." in told
    assert "area is in m2, '2' is not." in told
    assert len(told) == 5


PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "scaling.md").read_text("utf-8")


def test_reference_page_tells_of_every_criterion_and_its_size_is_read() -> None:
    assert all(f"| `{one}`" in PAGE for one in CRITERIA)
    (snippet,) = re.findall(r"^```yaml vessel\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert read_vessel(snippet, "v.yaml") == replace(BENCH, flow_m2=0.01, held_m3=1e-3)


@pytest.fixture
def scalable(load: Load, text: str) -> Recipe:
    scaled = text.replace("range: 3 .. 5 L}", "range: 3 .. 5 L, scale: per volume}").replace(
        "range: 10 .. 500}", "range: 10 .. 500, scale: per volume}"
    )
    return load(scaled)


TWICE = replace(BENCH, name="two", liquid_m3=5.5e-3)


@pytest.mark.promise(8)
def test_sheet_scales_values_limits_and_phases(
    scalable: Recipe, capabilities: Capabilities
) -> None:
    sheet = make_sheet(scalable, BENCH, TWICE)
    bigger = scaled_recipe(scalable, sheet, capabilities.phases)
    volume = bigger.formula["medium_volume"]
    assert (volume.value, volume.low, volume.high) == pytest.approx((4.4, 3.3, 5.5))
    step = dict(bigger.steps())["expand/prepare/fill_medium"]
    assert step.parameters["volume"].value == pytest.approx(4400.0)
    vials = bigger.formula["vial_count"]
    assert (vials.value, vials.low, vials.high) == (110.0, 11.0, 550.0)
    assert bigger.formula["growth_temperature"] == scalable.formula["growth_temperature"]


def test_value_beyond_its_phase_at_the_new_size_is_refused(
    scalable: Recipe, capabilities: Capabilities
) -> None:
    sheet = make_sheet(scalable, BENCH, PLANT)
    with pytest.raises(InputErrors, match="'medium_volume' goes from 30000 mL to 50000 mL"):
        scaled_recipe(scalable, sheet, capabilities.phases)


@pytest.mark.fault("RX-19")
@pytest.mark.parametrize(
    "change", ["row", "size", "hash", "shape", "kind", "zero", "tiny", "nan", "truth"]
)
def test_sheet_that_was_edited_is_refused(
    scalable: Recipe, capabilities: Capabilities, change: str
) -> None:
    sheet = make_sheet(scalable, BENCH, TWICE)
    match change:
        case "row":
            sheet["rows"][1]["new"][0] = 5.0
        case "size":
            sheet["to"] = asdict(replace(TWICE, liquid_m3=5.6e-3))
        case "hash":
            sheet["master_hash"] = "0" * 64
        case "shape":
            sheet["to"] = {"name": "x"}
        case "zero":
            sheet["to"] = asdict(replace(TWICE, liquid_m3=0.0))
        case "tiny":
            sheet["from"] = asdict(replace(TWICE, impeller_m=1e-300))
        case "nan":
            sheet["from"] = asdict(replace(TWICE, impeller_m=math.nan))
        case "truth":
            sheet["to"] = asdict(replace(TWICE, impellers=True))
        case "kind":
            sheet["from"] = {**asdict(BENCH), "tank_m": "0.1"}
    with pytest.raises(InputError, match="scale sheet"):
        scaled_recipe(scalable, sheet, capabilities.phases)


def test_sheet_is_read_by_people(scalable: Recipe) -> None:
    shown = sheet_text(make_sheet(scalable, BENCH, TWICE))
    assert "from bench 5 L to two" in shown
    assert "medium_volume       per volume      4 L" in shown
    assert "V2/V1 = 0.0055/0.005" in shown
    assert not any(line != line.rstrip() for line in shown.splitlines())
