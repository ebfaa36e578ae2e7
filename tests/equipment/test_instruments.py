"""Instruments of the site file in a real scan: calibrations, samples read and samples entered."""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bioctl.app.core import Core
from bioctl.app.start import _calibrated
from bioctl.app.views import cell_view
from bioctl.audit.entry import Event
from bioctl.batch.binding import bind
from bioctl.batch.log import SYSTEM
from bioctl.batch.state import CellState
from bioctl.control.alarm_state import AlarmCondition
from bioctl.equipment.instruments import doubts_about
from bioctl.equipment.keep import remember
from bioctl.equipment.scan import Decisions
from bioctl.equipment.site import Site, load_site
from bioctl.errors import InputErrors, RefusedError
from bioctl.phases.library import capabilities
from bioctl.recipe.load import load_recipe
from bioctl.tags import Kind
from bioctl.values import Reading
from bioctl_sim.plant import Plant

from ..batch.cell import recipe  # noqa: TID252  tests are no package
from ..batch.dry_setting import site_file  # noqa: TID252  tests are no package

CALIBRATED = """\
      pH:
        calibration:
          {on: 2026-03-02, due: 2026-06-02, by: kim, slope: {value: 97 %, accept: 92 .. 103 %}}
"""
READ = """\
      pH:
        sample: {point: QT107 4 .. 10, number: NT101 0 .. 100000 integer, apart: 0.1 pH, delay: 6 min}
"""  # noqa: E501
ENTERED = """\
      glucose:
        sample: {result: offline_glucose, apart: 2 mmol/L}
"""
REASONS = "cause: c, consequence: C., severity: minor, time_to_respond: 2 h, action: A."
JUNE_2 = 1_780_358_400.0
"""2026-06-02T00:00Z."""


def site_with(folder: Path, instruments: str) -> Site:
    file = site_file(folder)
    file.write_text(with_instruments(file.read_text(), instruments))
    return load_site(file, capabilities().classes)


def with_instruments(text: str, instruments: str) -> str:
    """Return the site file with these instruments instead of its own."""
    start, end = text.index("    instruments:\n"), text.index("    loops:\n")
    return f"{text[:start]}    instruments:\n{instruments}{text[end:]}"


def told(decided: Decisions[Any]) -> list[tuple[str, Any]]:
    return [
        (event.kind, event.data.get("doubt"))
        for _, event in decided.protective
        if event.kind.startswith("instrument.")
    ]


def readings(site: Site, **values: float) -> dict[str, Reading]:
    """Return a unit at rest: its outputs at 0, what is measured at 7.2."""
    level = {Kind.MEASUREMENT: 7.2, Kind.OUTPUT: 0.0}
    found = {tag.name: Reading(tag.range.clamp(level[tag.kind])) for tag in site.tags}
    return found | {f"BR101.{name}": Reading(value) for name, value in values.items()}


@pytest.mark.fault("PV-11")
def test_pv_11_a_calibration_that_expires_in_a_run_is_told_and_stops_nothing(
    tmp_path: Path,
) -> None:
    site = site_with(tmp_path, CALIBRATED)
    core = Core(site, CellState())
    before = core.scan(readings(site), 10.0, JUNE_2 + 86_399.0, 10.0)
    after = core.scan(readings(site), 20.0, JUNE_2 + 86_400.0, 20.0)
    assert told(before) == []
    assert told(after) == [("instrument.doubted", "overdue")]
    assert after.outputs == before.outputs
    assert after.beat == before.beat
    assert doubts_about(site.units["BR101"], core.memory["BR101"], "pH") == ("overdue",)
    shown = cell_view(core)["units"]["BR101"]
    assert shown["loops"]["pH"]["note"] == "overdue"
    assert shown["readings"]["pH"]["doubts"] == ["overdue"]


@pytest.mark.fault("PV-11")
@pytest.mark.parametrize("measurement", ["pH", "glucose"])
def test_pv_11_an_expired_calibration_raises_the_doubt_alarm_of_its_measurement(
    tmp_path: Path, measurement: str
) -> None:
    """Of a loop's measurement, and of one that no loop controls."""
    text = CALIBRATED.replace("pH:", f"{measurement}:")
    alarm = f"doubted: {{measurement: {measurement}, kind: doubt, {REASONS}}}"
    file = site_file(tmp_path)
    unit = with_instruments(file.read_text(), text)
    file.write_text(unit.replace("    alarms:\n", f"    alarms:\n      {alarm}\n", 1))
    core = Core(load_site(file, capabilities().classes), CellState())
    core.scan(readings(core.site), 10.0, JUNE_2 + 86_399.0, 10.0)
    assert core.memory["BR101"].alarms["doubted"].condition is AlarmCondition.NORMAL
    decided = core.scan(readings(core.site), 20.0, JUNE_2 + 86_400.0, 20.0)
    assert core.memory["BR101"].alarms["doubted"].condition is AlarmCondition.UNACK_ACTIVE
    (raised,) = [
        e for _, e in decided.protective
        if e.kind == "alarm.raised" and e.data["alarm"] == "doubted"
    ]  # fmt: skip
    assert f"{measurement} has a calibration that is overdue" in str(raised.data["text"])


@pytest.mark.fault("PV-11")
@pytest.mark.parametrize(("profile", "starts"), [("gmp", False), ("lab", True)])
def test_pv_11_gmp_starts_no_batch_on_an_overdue_calibration(
    tmp_path: Path, profile: str, *, starts: bool
) -> None:
    core = Core(replace(site_with(tmp_path, CALIBRATED), profile=profile), CellState())
    core.scan(readings(core.site), 10.0, JUNE_2 + 90_000.0, 10.0)
    with nullcontext() if starts else pytest.raises(RefusedError, match=r"BR101.pH is overdue"):
        _calibrated(core, "BR101")


@pytest.mark.fault("PV-11")
def test_pv_11_a_doubt_outlives_a_restart_and_is_not_told_twice(tmp_path: Path) -> None:
    site = site_with(tmp_path, CALIBRATED)
    core = Core(site, CellState())
    core.scan(readings(site), 10.0, JUNE_2 + 90_000.0, 10.0)
    again = Core(site, CellState(), remember(core.memory))
    assert told(again.scan(readings(site), 20.0, JUNE_2 + 90_010.0, 20.0)) == []
    assert doubts_about(site.units["BR101"], again.memory["BR101"], "pH") == ("overdue",)


def test_a_result_people_enter_is_compared_with_the_reading(tmp_path: Path) -> None:
    site = site_with(tmp_path, ENTERED)
    core = Core(site, CellState())
    assert told(core.scan(readings(site, AT103=12.0), 10.0, 0.0, 10.0)) == []
    data = {"name": "offline_glucose", "value": 17.5, "eu": "mmol/L"}
    core.adopt([Event("result", SYSTEM, data, unit="BR101", t=11.0)])
    decided = core.scan(readings(site, AT103=12.0), 20.0, 0.0, 20.0)
    assert told(decided) == [("instrument.compared", None), ("instrument.doubted", "sample")]
    core.adopt([Event("result", SYSTEM, data | {"value": 13.0}, unit="BR101", t=21.0)])
    decided = core.scan(readings(site, AT103=12.0), 30.0, 0.0, 30.0)
    assert told(decided) == [("instrument.compared", None), ("instrument.trusted", "sample")]


def test_a_instrument_that_drifts_slowly_is_found_by_its_samples_and_calibrated_away(
    tmp_path: Path,
) -> None:
    """The plant's pH instrument drifts by 0.1 a day; a sample is drawn every 12 h."""
    site = site_with(tmp_path, READ)
    plant = Plant(3)
    plant.execute("BR101", "DOSE", {"source": "medium", "volume": 4000.0, "rate": 1000.0})
    plant.step(3600.0)
    core = Core(site, CellState())
    plant.set_fault("BR101.ph_drift", 0.004)  # an hour
    found = []
    for _ in range(4):
        plant.step(12 * 3600.0)
        plant.execute("BR101", "SAMPLE", {"volume": 5.0})
        found += looked(core, site, plant)
    differences = [d["difference"] for kind, d in found if kind == "instrument.compared"]
    assert differences == sorted(differences), "it drifts up"
    assert [d["doubt"] for kind, d in found if kind == "instrument.doubted"] == ["sample"]
    truth = plant.truth()["BR101.ph"]
    plant.execute("BR101", "CALIBRATE", {"sensor": "AT101", "value": truth})
    plant.execute("BR101", "SAMPLE", {"volume": 5.0})
    found = looked(core, site, plant)
    assert [kind for kind, _ in found] == ["instrument.compared", "instrument.trusted"]


def looked(core: Core, site: Site, plant: Plant) -> list[tuple[str, Any]]:
    """Scan for ten minutes; return what was said of instruments."""
    found = []
    for _ in range(60):
        plant.step(10.0)
        shown = dict(zip((tag.name for tag in plant.tags), plant.values(), strict=True))
        image = {tag.name: Reading(shown[tag.name]) for tag in site.tags}
        decided = core.scan(image, core.world.now + 10.0, 0.0, core.world.now)
        found += [
            (e.kind, e.data) for _, e in decided.protective if e.kind.startswith("instrument.")
        ]
    return found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("due: 2026-06-02", "due: 2026-01-02", "due before it was done"),
        ("due: 2026-06-02", "due: soon", "'soon' is no day"),
        ("on: 2026-03-02, ", "", "needs `on`"),
        ("by: kim", 'by: ""', "by is empty"),
        ("pH:", "ph:", "did you mean 'pH'"),
        ("accept: 92 .. 103 %", "accept: 103 .. 92 %", "swap the two"),
        ("accept: 92 .. 103 %", "accept: 92 .. 103 kg", "expected %"),
        ("slope:", "slop:", "did you mean 'slope'"),
    ],
)
def test_a_calibration_that_cannot_be_is_refused_at_its_line(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in CALIBRATED
    with pytest.raises(InputErrors) as caught:
        site_with(tmp_path, CALIBRATED.replace(old, new))
    assert said in str(caught.value)
    assert all(error.where and error.where.line for error in caught.value.errors)


def test_a_result_in_another_eu_of_its_kind_is_converted(tmp_path: Path) -> None:
    site = site_with(tmp_path, ENTERED)
    core = Core(site, CellState())
    core.scan(readings(site, AT103=12.0), 10.0, 0.0, 10.0)
    data = {"name": "offline_glucose", "value": 0.0121, "eu": "mol/L"}
    core.adopt([Event("result", SYSTEM, data, unit="BR101", t=11.0)])
    decided = core.scan(readings(site, AT103=12.0), 20.0, 0.0, 20.0)
    assert told(decided) == [("instrument.compared", None)]
    (compared,) = [e for _, e in decided.protective if e.kind == "instrument.compared"]
    assert compared.data["difference"] == pytest.approx(-0.1)


@pytest.mark.parametrize(("eu", "fits"), [("mmol/L", True), ("g/L", False), ('""', False)])
def test_a_result_of_another_kind_of_eu_is_refused_when_the_batch_is_bound(
    tmp_path: Path, eu: str, *, fits: bool
) -> None:
    site = site_with(tmp_path, ENTERED)
    step = '{ask: sample, with: {question: "?", result: offline_glucose, unit: EU}, timeout: 1 h}'
    loaded = load_recipe(recipe(step.replace("EU", eu)), "r.yaml", capabilities())
    with nullcontext() if fits else pytest.raises(InputErrors, match=r"compared with BR101\.AT103"):
        bind(loaded, site.units, {})


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "point: QT107 4 .. 10, number: NT101 0 .. 100000 integer",
            "result: pH",
            "pH is a measurement",
        ),
        ("point: QT107 4 .. 10, ", "", "give `point`"),
        ("point: QT107 4 .. 10", "result: offline_ph", "a result has no `number`"),
        ("apart: 0.1 pH, ", "", "needs `apart`"),
        ("apart: 0.1 pH", "apart: 0 pH", "must be above 0"),
        ("point: QT107 4 .. 10", "point: QT107 4 .. 10 degC", "expected pH"),
        ("point: QT107 4 .. 10", "point: glucose", "is in mmol/L, expected pH"),
        ("point: QT107 4 .. 10", "point: pH", "compared with itself"),
        ("point: QT107", "point: AT101", "compared with itself"),
    ],
)
def test_a_sample_that_cannot_be_is_refused_at_its_line(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in READ
    with pytest.raises(InputErrors) as caught:
        site_with(tmp_path, READ.replace(old, new))
    assert said in str(caught.value)
    assert all(error.where and error.where.line for error in caught.value.errors)


def test_instruments_that_fail_touch_nothing_else(tmp_path: Path) -> None:
    site = site_with(tmp_path, CALIBRATED)
    broken = replace(site.units["BR101"], instruments={"pH": None})  # type: ignore[dict-item]
    core = Core(replace(site, units={**site.units, "BR101": broken}), CellState())
    decided = core.scan(readings(site), 10.0, 0.0, 10.0)
    assert "BR101.instruments" in decided.broken
    assert "BR101" in decided.beat
