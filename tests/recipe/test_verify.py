"""Every finding has a recipe that triggers it, and only it; every shipped recipe has none."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bioctl.batch.limits import limits_of
from bioctl.cli.recipe_files import Checked, check_file
from bioctl.equipment.site import load_site
from bioctl.phases.library import capabilities as installed
from bioctl.recipe.capabilities import Capabilities, PhaseSpec, UnitLimits
from bioctl.recipe.library import find_recipe, recipe_names
from bioctl.recipe.rules import RULES, Rule, rule_of

from ..batch.dry_setting import site_file  # noqa: TID252  tests are no package

BAD = Path(__file__).parent / "bad"

FAULTS: Mapping[str, str] = {
    "include-cycle": "RX-08",
    "unbounded-wait": "RX-08",
    "unreachable-phase": "RX-09",
    "dead-transition": "RX-09",
    "missing-convergence": "RX-09",
    "restart-point-missing": "RX-13",
    "hold-path-missing": "RX-13",
    "eu-mismatch": "RX-11",
    "approval-of-another-text": "RX-19",
}

TOLD = {
    "approval-of-another-text": "a reviewer approved 000000000000…, this text is ",
    "capability-missing": "a vial_filler has no capability 'perfusion'.",
    "clock-never-runs": "clock 'open_time': there is no 'expand/run/sett_up'.",
    "critical-alarm-suppressed": "'grow' controls temperature by the CPP 'growth_temperature', and",
    "dead-transition": "`until: elapsed > 100 h` can't become TRUE.",
    "eu-mismatch": "temperature is in degC, '37 rpm' is not.",
    "expected-beyond-timeout": "'leak' is expected to take 32 min, its time-out is 20 min.",
    "hold-path-missing": "phase 'careless' does not say what a hold does to it.",
    "hold-time-cannot-be-met": "'open_time' allows 10 min; what lies between takes 32 min",
    "include-cycle": "the parts include each other: ring_a → ring_b → ring_a.",
    "interlock-forbids": "interlock pressure_high of BR101 trips when 'leak' reaches pressure 60",
    "missing-convergence": "nobody meets at 'ready': it is not in two branches of one `parallel`.",
    "no-otherwise": "the choice 'correct' has no `otherwise`.",
    "no-unit-of-class": "the site has no stirred_tank_bioreactor for 'tank'.",
    "not-dated": "the recipe is approved, but version 1.0 is not dated.",
    "order-missing": "the loop dissolved_oxygen of BR101 has no order 'agitation_first'.",
    "resource-deadlock": "wait for each other's units: left_first → right_first → left_first.",
    "restart-point-missing": "'fill' restarts at 'sett_up', which is no step of this list up to",
    "setpoint-outside-unit": "agitation 300 rpm is not for BR101.",
    "unbounded-wait": "phase 'grow' ends only by its `until`, and has none.",
    "unit-clash": "'grow_one' in branch 'one' and 'grow_other' in branch 'other' both drive",
    "unreachable-phase": "'never' is never reached: it stands behind `otherwise`.",
    "until-ignored": "phase 'charge' ends by itself; nobody asks `until`.",
    "used-before-set": "'offline_ph' in `when` is not known here: its sample comes later, or",
}


@pytest.fixture(scope="module")
def able() -> Capabilities:
    """What is installed, and a phase whose author forgot the hold."""
    careless = PhaseSpec("careless", restart="begins again")
    return replace(installed(), phases={**installed().phases, "careless": careless})


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> tuple[UnitLimits, ...]:
    """The demonstration site, with an interlock that is set too low and an order without name."""
    file = site_file(tmp_path_factory.mktemp("site"))
    text = file.read_text().replace("pressure > 80 mbar", "pressure > 40 mbar")
    file.write_text(text.replace("        order: agitation_first\n", ""))
    return limits_of(load_site(file, installed().classes).units)


def found(checked: Checked) -> set[str]:
    return {rule_of(one.message) for one in (*checked.errors, *checked.warnings)}


def cases() -> list[object]:
    marks = {name: [pytest.mark.fault(fault)] for name, fault in FAULTS.items()}
    return [pytest.param(rule, id=name, marks=marks.get(name, [])) for name, rule in RULES.items()]


@pytest.mark.fault("RX-09")
@pytest.mark.parametrize("rule", cases())
def test_bad_recipe_has_its_finding_and_no_other(
    rule: Rule, able: Capabilities, units: tuple[UnitLimits, ...]
) -> None:
    checked = check_file(str(BAD / f"{rule.id}.yaml"), able, units if rule.site else None)
    assert found(checked) == {rule.id}
    assert (len(checked.errors) > 0) == (rule.severity == "error")
    shown = checked.shown()
    assert TOLD[rule.id] in shown
    assert f": {rule.severity}: " in shown
    assert "\nhelp: " in shown


def test_every_bad_recipe_belongs_to_a_finding() -> None:
    assert {file.stem for file in BAD.glob("*.yaml")} == set(RULES) == set(TOLD)


@pytest.mark.parametrize("name", recipe_names())
def test_shipped_recipe_has_no_finding(name: str) -> None:
    checked = check_file(name, installed())
    assert checked.shown() == ""


@pytest.mark.parametrize("name", ["first_expansion", "packed_bed_expansion"])
def test_recipes_of_the_demonstration_fit_its_site(name: str, tmp_path: Path) -> None:
    site = load_site(site_file(tmp_path), installed().classes)
    assert check_file(str(find_recipe(name)), installed(), limits_of(site.units)).shown() == ""
