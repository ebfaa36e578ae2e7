"""A small plant and phase library in plain values, and one recipe that is right."""

from collections.abc import Callable

import pytest

from bioctl.errors import InputErrors
from bioctl.language.findings import render
from bioctl.recipe.capabilities import Capabilities, ParameterSpec, PhaseSpec
from bioctl.recipe.grammar import Recipe
from bioctl.recipe.load import load_recipe
from bioctl.tags import UnitClass

REACTOR, WASHER, FILLER = "packed_bed_bioreactor", "concentrate_wash", "vial_filler"

LIFE_SUPPORT = {
    "temperature": ParameterSpec("quantity", "degC", 4, 40),
    "pH": ParameterSpec("quantity", "pH", 6.5, 8.0),
    "dissolved_oxygen": ParameterSpec("quantity", "%", 5, 100),
    "agitation": ParameterSpec("quantity", "rpm", 0, 200),
}

CLASSES = (
    UnitClass(
        REACTOR,
        measurements={
            "temperature": "degC",
            "pH": "pH",
            "dissolved_oxygen": "%",
            "glucose": "mmol/L",
            "weight": "kg",
            "feed_total": "mL",
        },
        outputs={"agitation": "rpm"},
        loops={"temperature": "degC", "pH": "pH", "dissolved_oxygen": "%"},
        commands=("DOSE", "STOP_DOSE"),
    ),
    UnitClass(WASHER, measurements={"loop_weight": "kg", "residual": "%"}),
    UnitClass(FILLER, measurements={"good": "vials", "state": ""}),
)

PHASES = (
    PhaseSpec(
        "charge",
        (REACTOR, WASHER),
        {
            "source": ParameterSpec("choice", choices=("medium", "buffer", "enzyme")),
            "volume": ParameterSpec("quantity", "mL", 1, 6000),
            "rate": ParameterSpec("quantity", "mL/min", 1, 1000, help="Pump rate."),
        },
    ),
    PhaseSpec(
        "equilibrate",
        (REACTOR,),
        {**LIFE_SUPPORT, "stable_for": ParameterSpec("quantity", "s", 60, 86400, 1800.0)},
    ),
    PhaseSpec("grow", (REACTOR,), LIFE_SUPPORT),
    PhaseSpec(
        "transfer",
        (REACTOR, WASHER),
        {
            "to": ParameterSpec("unit", choices=(WASHER, FILLER)),
            "rate": ParameterSpec("quantity", "mL/min", 1, 1000),
        },
    ),
    PhaseSpec(
        "fill_vials",
        (FILLER,),
        {
            "vials": ParameterSpec("integer", "", 1, 10000),
            "volume": ParameterSpec("quantity", "mL", 0.5, 30, 5.0),
        },
    ),
    PhaseSpec(
        "confirm",
        (),
        {"question": ParameterSpec("text"), "remark": ParameterSpec("text", default="")},
    ),
)

RECIPE = """\
# yaml-language-server: $schema=../docs/schemas/recipe.json
recipe: first_expansion
version: "1.0"
product: demonstration cells
description: Grow adherent cells and hand them over to the washer.
formula:
  growth_temperature: {value: 37.0 degC, range: 35.0 .. 38.5 degC, criticality: CPP}
  medium_volume: {value: 4 L, range: 3 .. 5 L}
  vial_count: {value: 100, range: 10 .. 500}
equipment:
  reactor: packed_bed_bioreactor
  washer: concentrate_wash
  filler: vial_filler
procedure:
  - unit procedure: expand
    on: reactor
    operations:
      - operation: prepare
        phases:
          - fill_medium: charge
            with: {source: medium, volume: medium_volume, rate: 500 mL/min}
            timeout: 1 h
          - warm: equilibrate
            with:
              temperature: growth_temperature
              pH: 7.30
              dissolved_oxygen: 50 %
              agitation: 80 rpm
            timeout: 8 h
      - operation: culture
        phases:
          - grow: grow
            with:
              {temperature: growth_temperature, pH: 7.2, dissolved_oxygen: 40 %, agitation: 100 rpm}
            until: glucose < 15 mmol/L or elapsed > 30 h
            timeout: 1 d 16 h
            note: Do not open the vent.
          - ask: confirm
            with: {question: "Is the medium clear?"}
            timeout: 2 h
          - hand_over: transfer
            with: {to: washer, rate: 0.2 L/min}
            timeout: 90 min
  - unit procedure: fill
    on: filler
    operations:
      - operation: run
        phases:
          - vials: fill_vials
            with: {vials: vial_count}
            timeout: 4 h
"""


@pytest.fixture(scope="session")
def capabilities() -> Capabilities:
    return Capabilities(
        {one.name: one for one in CLASSES},
        {one.name: one for one in PHASES},
    )


@pytest.fixture(scope="session")
def text() -> str:
    return RECIPE


@pytest.fixture(scope="session")
def load(capabilities: Capabilities) -> Callable[[str | bytes], Recipe]:
    return lambda content: load_recipe(content, "r.yaml", capabilities)


@pytest.fixture(scope="session")
def refused(capabilities: Capabilities) -> Callable[[str | bytes], str]:
    """Return the errors of a file as people see them; fail where it loads."""

    def told(content: str | bytes) -> str:
        with pytest.raises(InputErrors) as refusal:
            load_recipe(content, "r.yaml", capabilities)
        return render(refusal.value, content if isinstance(content, str) else None)

    return told


@pytest.fixture(scope="session")
def refused_change(text: str, refused: Callable[[str], str]) -> Callable[[str, str], str]:
    """Return what is told when one place of the right recipe is changed."""

    def told(old: str, new: str) -> str:
        assert old in text
        return refused(text.replace(old, new, 1))

    return told
