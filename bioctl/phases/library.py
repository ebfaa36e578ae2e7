"""The list of phases a recipe may use, and what unit classes offer."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

from bioctl.language.document import Node, Scalar, parse
from bioctl.phases.ask import Confirm, Decide, Sample
from bioctl.phases.charge import Charge
from bioctl.phases.culture import Attach, Grow, Inoculate
from bioctl.phases.declared import DECLARED
from bioctl.phases.equilibrate import Equilibrate
from bioctl.phases.fill_vials import FillVials
from bioctl.phases.harvest import Detach, Drain
from bioctl.phases.leak_test import LeakTest
from bioctl.phases.perfuse import Perfuse
from bioctl.phases.phase import Phase
from bioctl.phases.sterility_hold import SterilityHold
from bioctl.phases.transfer import Transfer
from bioctl.phases.wait import Settle, Wait
from bioctl.phases.wash import Concentrate, Formulate, Wash
from bioctl.recipe.capabilities import Capabilities, PhaseSpec
from bioctl.tags import UnitClass

PHASES: Mapping[str, Phase] = {
    phase.spec.name: phase()
    for phase in (
        LeakTest,
        Charge,
        Equilibrate,
        SterilityHold,
        Confirm,
        Sample,
        Decide,
        Inoculate,
        Attach,
        Grow,
        Perfuse,
        Drain,
        Detach,
        Transfer,
        Concentrate,
        Wash,
        Formulate,
        FillVials,
        Wait,
        Settle,
    )
}
"""Phases the engine runs; `capabilities` also has those that are only declared."""


@cache
def capabilities() -> Capabilities:
    """Return all phases, and the unit classes of every installed driver package."""
    specs = (*(phase.spec for phase in PHASES.values()), *DECLARED)
    classes: dict[str, UnitClass] = {}
    for entry in entry_points(group="bioctl.unit_classes"):
        folder: Path = entry.load()
        for file in sorted(folder.glob("*.yaml")):
            unit_class = _unit_class(parse(file.read_text("utf-8"), str(file)))
            classes[unit_class.name] = _with_phases(unit_class, specs)
    return Capabilities(classes=classes, phases={spec.name: spec for spec in specs})


def _with_phases(unit_class: UnitClass, specs: Iterable[PhaseSpec]) -> UnitClass:
    """Return the class with the phases its units meet, and what those can deliver."""
    met = [spec for spec in specs if unit_class.name in _met_by(spec)]
    sources = [one for spec in met if "source" in spec.parameters for one in _sources(spec)]
    return replace(
        unit_class, phases=tuple(spec.name for spec in met), sources=tuple(dict.fromkeys(sources))
    )


def _sources(spec: PhaseSpec) -> tuple[str, ...]:
    return spec.parameters["source"].choices


def _met_by(spec: PhaseSpec) -> set[str]:
    """Return the classes whose units a phase runs on, or into."""
    others = (one.choices for one in spec.parameters.values() if one.kind == "unit")
    return {*spec.classes, *(name for some in others for name in some)}


def _unit_class(node: Node) -> UnitClass:
    entries = node.as_mapping().entries
    return UnitClass(
        name=entries["class"].as_text(),
        measurements=_eus(entries["measurements"]),
        outputs=_eus(entries["outputs"]),
        loops=_eus(entries["loops"]),
        commands=_words(entries["commands"]),
        capabilities=_words(entries["capabilities"]) if "capabilities" in entries else (),
        orders=_orders(entries["orders"]) if "orders" in entries else {},
    )


def _orders(node: Node) -> dict[str, tuple[str, ...]]:
    return {loop: _words(child) for loop, child in node.as_mapping().entries.items()}


def _words(node: Node) -> tuple[str, ...]:
    return tuple(item.as_text() for item in node.as_sequence().items)


def _eus(node: Node) -> dict[str, str]:
    return {
        name: child.text if isinstance(child, Scalar) else ""
        for name, child in node.as_mapping().entries.items()
    }
