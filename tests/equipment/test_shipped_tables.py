"""The shipped tables: each fits a class, and their limits are those a reviewer expects."""

from pathlib import Path

import pytest

from bioctl.control.alarm_config import AlarmConfig, AlarmKind
from bioctl.equipment.own_alarms import OF_UNIT
from bioctl.equipment.site import Site, load_site
from bioctl.equipment.tables import GROUPS, installed_tables
from bioctl.phases.library import capabilities
from bioctl.tags import UnitClass

CULTURE = (
    "agitation", "base_dose", "culture_acidity", "culture_doubts", "culture_nutrients",
    "culture_oxygen",
    "culture_temperature", "culture_weight", "feed_limit", "harvest_line", "inoculation",
    "jacket_temperature", "second_temperature_probe", "vessel_level", "vessel_pressure",
)  # fmt: skip
TAKEN = {
    "packed_bed_bioreactor": CULTURE,
    "stirred_tank_bioreactor": CULTURE,
    "rocking_bioreactor": CULTURE,
    "with_ammonium": ("culture_ammonium",),
    "concentrate_wash": ("membrane_pressure", "wash_skid", "inlet_line", "product_line"),
    "vial_filler": ("vial_filler", "inlet_line", "filling", "fill_environment"),
    "clean_room": ("clean_room",),
    "cryo_store": ("cryo_store",),
}
"""Which tables a class takes; `with_ammonium` is a class of somebody else's package."""

NAMED = {"clean_room": "ROOM1"}
"""Units that rows of other units' tables name."""

PROBES = "\n    probes: {temperature_2: TT109 0 .. 60 degC}"
HEAD = """site: tables
profile: demo
data: .
clock: {mode: lockstep}
connections: {plant: {driver: opcua}}
units:
"""
LOOPS = """
    loops:
      temperature:
        {measurement: temperature, setpoint: 4 .. 40 degC, gain: 1, integral: 60 s,
         segments: [{output: jacket, u: [5, 42], value: [5, 42]}], fallback: {jacket: 37}}
      pH:
        {measurement: pH, setpoint: 6.5 .. 8 pH, gain: 1, integral: 60 s,
         segments: [{output: carbon_dioxide, u: [-100, 0], value: [1, 0]},
                    {output: base_pump, u: [0, 100], value: [0, 2]}], fallback: {base_pump: 0},
         dose_limit: {output: base_pump, totaliser: base_total, limit: 400}}
      dissolved_oxygen:
        {measurement: dissolved_oxygen, setpoint: 0 .. 100 %, gain: 1, integral: 60 s,
         segments: [{output: oxygen, u: [0, 100], value: [0, 1]}], fallback: {oxygen: 0}}"""
CLASSES = {
    **capabilities().classes,
    "with_ammonium": UnitClass("with_ammonium", {"ammonium": "mmol/L"}),
}


def unit(name: str) -> str:
    """Return a unit of a class that takes all its tables, as a site file has it."""
    kind = CLASSES[name]

    def lines(group: dict[str, str], letter: str, low: str) -> str:
        points = (f"{one}: {letter}{n} {low} .. 9000" for n, one in enumerate(group))
        return "{" + ", ".join(points) + "}"

    return (
        f"  {NAMED.get(name, name)}:\n    class: {name}\n    connection: plant\n    period: 10 s\n"
        f"    measurements: {lines(dict(kind.measurements), 'T', '-999')}\n"
        f"    outputs: {lines(dict(kind.outputs), 'Y', '0')}\n    volume: 5 L\n"
        f"    empty: {next(iter(kind.measurements))} < -998"
        f" {next(iter(kind.measurements.values()))}\n"
        f"    tables: [{', '.join(TAKEN[name])}]{LOOPS + PROBES if kind.loops else ''}\n"
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    file = Path(tmp_path_factory.mktemp("site")) / "site.yaml"
    file.write_text(HEAD + "".join(unit(name) for name in TAKEN))
    return load_site(file, CLASSES)


def test_every_shipped_table_has_rows_and_a_class_that_takes_it() -> None:
    tables = installed_tables()
    assert {name for taken in TAKEN.values() for name in taken} == set(tables)
    for one in tables.values():
        assert one.about
        assert one.groups
        assert one.groups.keys() <= set(GROUPS)


def test_every_row_of_the_tables_becomes_an_alarm_of_the_unit(site: Site) -> None:
    for name, taken in TAKEN.items():
        rows = {
            row
            for table in taken
            if (group := installed_tables()[table].groups.get("alarms"))
            for row in group.entries
        }
        assert site.units[NAMED.get(name, name)].alarms.keys() - OF_UNIT.keys() == rows


EXPECTED = [
    # class, alarm, limit, delay s, dead band, priority; after the table of bioprocess practice
    ("packed_bed_bioreactor", "temperature_high_high", 38.5, 120, 0.1, 1),
    ("packed_bed_bioreactor", "temperature_high", 0.5, 120, 0.1, 2),
    ("packed_bed_bioreactor", "temperature_low", 0.5, 120, 0.1, 2),
    ("packed_bed_bioreactor", "temperature_low_low", 2.0, 120, 0.1, 1),
    ("packed_bed_bioreactor", "jacket_high", 42.0, 30, 0.5, 1),
    ("packed_bed_bioreactor", "jacket_high_high", 44.0, 30, 0.5, 1),
    ("packed_bed_bioreactor", "ph_low_low", 0.2, 300, 0.02, 1),
    ("packed_bed_bioreactor", "ph_low", 0.1, 300, 0.02, 2),
    ("packed_bed_bioreactor", "ph_high", 0.1, 300, 0.02, 2),
    ("packed_bed_bioreactor", "ph_high_high", 0.2, 300, 0.02, 1),
    ("packed_bed_bioreactor", "oxygen_low_low", 10.0, 60, 2.0, 1),
    ("packed_bed_bioreactor", "oxygen_low", 10.0, 300, 2.0, 2),
    ("packed_bed_bioreactor", "oxygen_high", 15.0, 300, 2.0, 2),
    ("packed_bed_bioreactor", "oxygen_high_high", 120.0, 60, 2.0, 1),
    ("packed_bed_bioreactor", "pressure_low", -2.0, 5, 1.0, 1),
    ("packed_bed_bioreactor", "pressure_high", 20.0, 5, 2.0, 1),
    ("packed_bed_bioreactor", "pressure_high_high", 35.0, 5, 2.0, 1),
    ("packed_bed_bioreactor", "agitation_low_low", 20.0, 15, 1.0, 1),
    ("packed_bed_bioreactor", "agitation_low", 5.0, 15, 1.0, 1),
    ("packed_bed_bioreactor", "agitation_high", 5.0, 15, 1.0, 1),
    ("packed_bed_bioreactor", "agitation_high_high", 20.0, 15, 1.0, 1),
    ("packed_bed_bioreactor", "weight_low_low", 5.0, 60, 0.3, 1),
    ("packed_bed_bioreactor", "weight_low", 2.0, 60, 0.3, 2),
    ("packed_bed_bioreactor", "weight_high", 2.0, 60, 0.3, 2),
    ("packed_bed_bioreactor", "weight_high_high", 5.0, 60, 0.3, 1),
    ("packed_bed_bioreactor", "base_used_high", 150.0, 0, 0.0, 3),
    ("packed_bed_bioreactor", "base_used_high_high", 300.0, 0, 0.0, 3),
    ("packed_bed_bioreactor", "glucose_low_low", 1.0, 3600, 0.2, 2),
    ("packed_bed_bioreactor", "glucose_low", 2.5, 3600, 0.2, 2),
    ("packed_bed_bioreactor", "glucose_high", 30.0, 3600, 1.0, 2),
    ("packed_bed_bioreactor", "lactate_high", 20.0, 3600, 1.0, 2),
    ("packed_bed_bioreactor", "lactate_high_high", 30.0, 3600, 1.0, 2),
    ("with_ammonium", "ammonium_high", 2.0, 0, 0.2, 3),
    ("with_ammonium", "ammonium_high_high", 4.0, 0, 0.2, 3),
    ("concentrate_wash", "membrane_high", 200.0, 30, 10.0, 2),
    ("concentrate_wash", "membrane_high_high", 350.0, 30, 10.0, 2),
    ("concentrate_wash", "temperature_high", 4.0, 2700, 0.5, 2),
    ("clean_room", "room_pressure_low_low", 5.0, 60, 1.0, 1),
    ("clean_room", "room_pressure_low", 10.0, 60, 1.0, 1),
    ("clean_room", "room_pressure_high", 25.0, 60, 1.0, 1),
    ("clean_room", "particles_high", 1760.0, 60, 0.0, 1),
    ("clean_room", "particles_high_high", 3520.0, 60, 0.0, 1),
    ("cryo_store", "store_high", -160.0, 300, 2.0, 1),
    ("cryo_store", "store_high_high", -150.0, 300, 2.0, 1),
    ("vial_filler", "bulk_waits", 0.05, 1800, 0.0, 1),
    ("vial_filler", "bulk_waits_long", 0.05, 3600, 0.0, 1),
]


@pytest.mark.parametrize(("kind", "name", "limit", "delay", "band", "priority"), EXPECTED)
def test_shipped_limit_is_what_a_reviewer_expects(
    site: Site, kind: str, name: str, limit: float, delay: float, band: float, priority: int
) -> None:
    alarm = site.units[NAMED.get(kind, kind)].alarms[name]
    assert alarm.limit == pytest.approx(limit)
    assert (alarm.on_delay_s, alarm.dead_band, alarm.priority) == (delay, band, priority)


def test_every_limit_of_the_tables_is_expected(site: Site) -> None:
    """A row that is added needs a line above."""
    told = {(kind, name) for kind, name, *_ in EXPECTED}
    limited = {
        (one.class_name, name)
        for one in site.units.values()
        if one.class_name not in ("stirred_tank_bioreactor", "rocking_bioreactor")
        for name, alarm in one.alarms.items()
        if alarm.kind.limited
    }
    assert limited == told


def test_lower_limit_of_two_is_the_less_urgent_one(site: Site) -> None:
    for one in site.units.values():
        for name, alarm in one.alarms.items():
            worse = one.alarms.get(f"{name}_{'high' if alarm.kind is AlarmKind.HIGH else 'low'}")
            if worse is not None and not name.endswith(("high_high", "low_low")):
                assert _outer(worse, alarm)
                assert worse.priority <= alarm.priority


def _outer(worse: AlarmConfig, alarm: AlarmConfig) -> bool:
    """Whether one limit lies outside the other; what they are around may differ."""
    if worse.around is not alarm.around or worse.limit is None or alarm.limit is None:
        return True
    if alarm.around or alarm.kind is AlarmKind.HIGH:
        return worse.limit > alarm.limit
    return worse.limit < alarm.limit
