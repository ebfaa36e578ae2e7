"""A bioreactor's part of a plant file: plausible ranges and defaults by kind and size."""

from typing import Final

from bioctl_sim.plantfile import quantity as q
from bioctl_sim.plantfile.document import Section
from bioctl_sim.plantfile.spec import (
    BASES,
    CARRIERS,
    PRESETS,
    SPARGERS,
    Bed,
    Bottles,
    Carriers,
    Fibres,
    Inoculum,
    Loops,
    Medium,
    VesselSpec,
)

VOLUMES: Final = {
    "packed_bed": (0.5, 50.0),
    "stirred": (0.1, 2000.0),
    "rocking": (0.1, 200.0),
    "hollow_fibre": (0.1, 5.0),
}
"""Kind -> smallest and largest nominal volume in L that is built."""
_SPEEDS: Final = {"packed_bed": 250.0, "rocking": 40.0, "hollow_fibre": 250.0}
_RATIOS: Final = {"packed_bed": 1.5, "stirred": 1.5, "rocking": 0.3, "hollow_fibre": 4.0}


def vessel(section: Section, kind: str, series: int) -> VesselSpec:
    """Read a vessel; what is wrong goes to the complaints, the spec is then of no use."""
    volume = section.quantity("volume", q.VOLUME, *VOLUMES[kind], needed=True)
    preset = section.choice("preset", PRESETS)
    donor = section.section("donor")
    return VesselSpec(
        name=section.name,
        kind=kind,
        series=series,
        line=section.line,
        volume=volume,
        preset=preset,
        donor=donor.whole("seed", 0, 2**31 - 1, 0) if donor else 0,
        variability=_variability(donor),
        height_to_diameter=section.quantity(
            "height_to_diameter", q.NUMBER, 0.1, 10.0, _RATIOS[kind]
        ),
        sparger=section.choice("sparger", SPARGERS, _sparger(kind, volume)),
        agitator_max=section.quantity("agitator_max", q.SPEED, 5.0, 2000.0, _speed(kind, volume)),
        gas_max=section.quantity("gas_max", q.FLOW, 0.005 * volume, 2.0 * volume, _gas(volume)),
        retention=section.quantity("retention", q.PART, 0.0, 100.0, 100.0) / 100.0,
        bottles=_bottles(section, volume),
        inoculum=_inoculum(section, preset),
        medium=_medium(section, "medium"),
        feed=_medium(section, "feed"),
        bed=_bed(section, kind, volume),
        carriers=_carriers(section, kind),
        fibres=_fibres(section, kind, volume),
        loops=_loops(section, volume),
    )


def _variability(donor: Section | None) -> float:
    if donor is None:
        return 1.0
    spread = donor.quantity("variability", q.NUMBER, 0.0, 5.0, 1.0)
    donor.finish()
    return spread


def _sparger(kind: str, volume: float) -> str:
    if kind in ("rocking", "hollow_fibre"):
        return "none"
    return "ring" if volume <= 10.0 else "micro"


def _speed(kind: str, volume: float) -> float:
    """Highest speed: equal power for a volume in tanks of one shape, N ~ V^(-2/9)."""
    return _SPEEDS.get(kind, float(round(400.0 * (5.0 / volume) ** (2.0 / 9.0), -1)))


def _gas(volume: float) -> float:
    return (0.4 if volume <= 50.0 else 0.1) * volume


def _bottles(section: Section, volume: float) -> Bottles:
    inner = section.section("bottles")
    if inner is None:
        return Bottles("NaOH", 0.5, 0.2 * volume, 20.0 * volume, 0.02 * volume)
    top = 500.0 * volume
    bottles = Bottles(
        base=inner.choice("base", BASES, "NaOH"),
        base_strength=inner.quantity("base_strength", q.STRENGTH, 0.01, 5.0, 0.5),
        base_volume=inner.quantity("base_volume", q.VOLUME, 0.001, top, 0.2 * volume),
        feed_volume=inner.quantity("feed_volume", q.VOLUME, 0.001, top, 20.0 * volume),
        antifoam_volume=inner.quantity("antifoam_volume", q.VOLUME, 0.001, top, 0.02 * volume),
    )
    inner.finish()
    return bottles


def _inoculum(section: Section, preset: str) -> Inoculum:
    inner = section.section("inoculum")
    density, usual = (q.BIOMASS, 13.0) if preset == "plant" else (q.CELLS, 1.8)
    if inner is None:
        return Inoculum(usual, 92.0)
    inoculum = Inoculum(
        cells=inner.quantity("cells", density, 0.001, 500.0, usual),
        viability=inner.quantity("viability", q.PART, 1.0, 100.0, 92.0),
    )
    inner.finish()
    return inoculum


def _medium(section: Section, key: str) -> Medium:
    inner = section.section(key)
    if inner is None:
        return Medium()
    medium = Medium(
        glucose=inner.optional("glucose", q.CONCENTRATION, 0.0, 3000.0),
        glutamine=inner.optional("glutamine", q.CONCENTRATION, 0.0, 500.0),
        lactate=inner.optional("lactate", q.CONCENTRATION, 0.0, 500.0),
        ammonium=inner.optional("ammonium", q.CONCENTRATION, 0.0, 100.0),
        bicarbonate=inner.optional("bicarbonate", q.CONCENTRATION, 0.0, 200.0),
        osmolality=inner.optional("osmolality", q.OSMOLALITY, 50.0, 5000.0),
        sugar=inner.optional("sugar", q.LOAD, 0.0, 500.0),
        strength=inner.optional("strength", q.NUMBER, 0.0, 50.0),
    )
    inner.finish()
    return medium


def _bed(section: Section, kind: str, volume: float) -> Bed | None:
    inner = section.section("bed") if kind == "packed_bed" else None
    if inner is None:
        # 5 L class: 150 g of fibre discs of 1,200 cm2/g in 1 L of bed.
        return Bed(36_000.0 * volume, 0.2 * volume, 10.0) if kind == "packed_bed" else None
    bed = Bed(
        area=inner.quantity("area", q.AREA, 100.0, 1e8, 36_000.0 * volume),
        volume=inner.quantity("volume", q.VOLUME, 0.01, volume, 0.2 * volume),
        height=inner.quantity("height", q.LENGTH, 1.0, 100.0, 10.0),
    )
    inner.finish()
    return bed


def _carriers(section: Section, kind: str) -> Carriers | None:
    inner = section.section("carriers") if kind in ("stirred", "rocking") else None
    if inner is None:
        return None
    carriers = Carriers(
        type=inner.choice("type", CARRIERS),
        load=inner.quantity("load", q.LOAD, 0.1, 50.0, needed=True),
    )
    inner.finish()
    return carriers


def _fibres(section: Section, kind: str, volume: float) -> Fibres | None:
    if kind != "hollow_fibre":
        return None
    inner = section.section("fibres")
    if inner is None:
        return Fibres(0.5 * volume, 84_000.0 * volume)
    fibres = Fibres(
        volume=inner.quantity("volume", q.VOLUME, 0.01, volume, 0.5 * volume),
        area=inner.quantity("area", q.AREA, 100.0, 1e7, 84_000.0 * volume),
    )
    inner.finish()
    return fibres


def _loops(section: Section, volume: float) -> Loops:
    inner = section.section("loops")
    if inner is None:
        return Loops()
    loops = Loops(
        temperature=inner.optional("temperature", q.TEMPERATURE, 5.0, 45.0),
        ph=inner.optional("ph", q.PH, 5.0, 8.5),
        oxygen=inner.optional("oxygen", q.PART, 0.0, 200.0),
        weight=inner.optional("weight", q.MASS, 0.0, 1.6 * volume),
        foam=inner.switch("foam", default=False),
    )
    inner.finish()
    return loops
