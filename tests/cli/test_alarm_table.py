"""`bioctl alarm table`: the master alarm database of the shipped site, for people and for QA."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import Any

import pytest

from bioctl.cli.site_files import shipped_template

Run = Callable[..., Any]
RATIONALE = (
    "cause",
    "consequence",
    "action",
    "severity",
    "respond_min",
    "priority",
    "from",
    "when",
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    text = Template(shipped_template()).substitute(plant_url="opc.tcp://127.0.0.1:4840/plant")
    file = tmp_path / "site.yaml"
    out = "    without: {alarms.glucose_high: =1+1 no analyser above 25}\n    volume: 5 L\n"
    file.write_text(text.replace("    volume: 5 L\n", out))
    return file


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_every_alarm_has_its_reasons_and_its_origin(cli: Run, site: Path) -> None:
    found = rows(cli("alarm", "table", "--csv", "--site", site).stdout)
    assert {one["unit"] for one in found} == {"BR101", "CW201", "VF301", "cell"}
    assert not [(one["alarm"], name) for one in found for name in RATIONALE if not one[name]]
    by_name = {f"{one['unit']}.{one['alarm']}": one for one in found}
    high = by_name["BR101.pressure_high"]
    assert (high["limit"], high["eu"]) == ("60.0", "mbar")
    assert high["from"].startswith("table vessel_pressure, line ")
    assert high["from"].endswith(", limit by the site file")
    assert by_name["cell.journal"]["from"] == "bioctl itself"
    assert by_name["BR101.agitation_low"]["when"] == "agitator_speed < command of agitation - 5 %"
    assert by_name["BR101.temperature_high"]["when"] == (
        "temperature > setpoint of temperature + 0.5 degC"
    )


def test_text_tells_what_is_left_out_and_why(cli: Run, site: Path) -> None:
    shown = cli("alarm", "table", "BR101", "--site", site).stdout
    assert "BR101.glucose_high  " not in shown
    assert "BR101.alarms.glucose_high is left out: =1+1 no analyser above 25" in shown
    assert "  from         table culture_temperature, line " in shown
    assert "CW201" not in shown


def test_table_is_json_as_well(cli: Run, site: Path) -> None:
    found = json.loads(cli("alarm", "table", "VF301", "--json", "--site", site).stdout)
    assert {one["unit"] for one in found["alarms"]} == {"VF301"}
    assert found["left_out"] == {}


def test_hash_of_all_alarms_changes_with_a_limit_and_not_with_a_comment(
    cli: Run, site: Path
) -> None:
    def found() -> str:
        last: str = cli("alarm", "table", "--site", site).stdout.splitlines()[-1]
        return last.removeprefix("SHA-256 of all alarms: ")

    before = found()
    assert len(before) == 64
    site.write_text("# a comment\n" + site.read_text())
    assert found() == before
    site.write_text(site.read_text().replace("{limit: 60 mbar}", "{limit: 61 mbar}"))
    assert found() != before


def test_no_cell_of_the_spreadsheet_is_a_formula(cli: Run, site: Path) -> None:
    text = site.read_text()
    row = "      pressure_high: {limit: 60 mbar}"
    site.write_text(text.replace(row, '      pressure_high: {limit: 60 mbar, action: "=cmd()"}'))
    found = rows(cli("alarm", "table", "BR101", "--csv", "--site", site).stdout)
    assert "'=cmd()" in {one["action"] for one in found}


def test_unknown_unit_is_one_sentence_with_the_nearest(cli: Run, site: Path) -> None:
    result = cli("alarm", "table", "BR11", "--site", site)
    assert result.exit_code == 1
    assert "there is no unit 'BR11'" in result.stderr
    assert "did you mean 'BR101'?" in result.stderr
