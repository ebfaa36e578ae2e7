"""`bioctl interlock` against a running cell over its real socket."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bioctl.cli.site_files import shipped_template

Run = Callable[..., Any]
NAME = "BR101.level_low"


@pytest.fixture
def who(bench: Path, password: Path) -> tuple[object, ...]:
    return ("--user", "ola", "--password-file", password, "--site", bench)


def test_list_shows_what_acts_what_came_first_and_what_is_bypassed(cli: Run, bench: Path) -> None:
    shown = cli("interlock", "list", "--site", bench).stdout
    assert "BR101.pressure_high  tripped, first out, because pressure > 80 mbar" in shown
    assert "bypassed, 5 min left" in shown
    assert "feed_total.used > 20 L, bypassed, 2 min left, it does not act  by two persons" in shown
    assert len(json.loads(cli("interlock", "list", "--json", "--site", bench).stdout)) == 3


def test_permissives_show_what_is_missing_and_for_which_phases(cli: Run, bench: Path) -> None:
    shown = cli("interlock", "permissives", "--site", bench).stdout
    assert "missing: it needs pH > 7; now pH 6.9  inoculate, charge (source inoculum)" in shown
    assert "BR101.warm   given" in shown
    assert len(json.loads(cli("interlock", "permissives", "--json", "--site", bench).stdout)) == 2


@pytest.mark.parametrize("command", [("interlock", "reset", NAME), ("loop", "release", "BR101.pH")])
def test_second_person_signs_with_their_own_password(
    cli: Run, who: tuple[object, ...], password: Path, command: tuple[str, ...]
) -> None:
    second = ("--second", "siri", "--second-password-file", password)
    result = cli(*command, "--reason", "checked", *second, *who)
    assert (result.exit_code, result.stdout) == (
        0, f"{command[1]}: checked, signed approved by siri\n",
    )  # fmt: skip


def test_release_without_a_second_person_is_refused(cli: Run, who: tuple[object, ...]) -> None:
    result = cli("loop", "release", "BR101.pH", "--reason", "checked", *who)
    assert result.exit_code == 2
    assert "--second" in result.stderr


@pytest.mark.parametrize("verb", ["reset", "restore"])
def test_command_is_given_with_its_reason(cli: Run, who: tuple[object, ...], verb: str) -> None:
    result = cli("interlock", verb, NAME, "--reason", "checked", *who)
    assert (result.exit_code, result.stdout) == (0, f"{verb}: checked, signed nothing\n")


def test_bypass_is_signed_and_has_a_time(cli: Run, who: tuple[object, ...]) -> None:
    result = cli("interlock", "bypass", NAME, "--minutes", 10, "--reason", "test", *who)
    assert (result.exit_code, result.stdout) == (
        0,
        "bypass for 10 min: test, signed approved by ola\n",
    )
    assert cli("interlock", "bypass", NAME, "--reason", "test", *who).exit_code == 2


@pytest.fixture
def site(tmp_path: Path) -> Path:
    file = tmp_path / "site.yaml"
    text = shipped_template().replace("${plant_url}", "opc.tcp://127.0.0.1:1/plant")
    own = "    without: {level_low: the stirrer has its own switch}\n    interlocks:\n"
    file.write_text(text.replace("    interlocks:\n", own, 1))
    return file


def test_table_tells_every_interlock_what_it_does_and_where_it_is_from(
    cli: Run, site: Path
) -> None:
    shown = cli("interlock", "table", "BR101", "--site", site).stdout
    assert "BR101.pressure_high  interlock\n  protects  the bag and its filters" in shown
    assert "  when      pressure > 80 mbar for 5 s; Bad trips\n" in shown
    assert "vent_valve 1, agitation at most 75 rpm\n" in shown
    assert "  reset     by a person, when pressure < 10 mbar\n" in shown
    assert re.search(r"from +table vessel_pressure, line \d+, when by the site file\n", shown)
    assert "BR101.ready_for_cells  permissive\n" in shown
    assert "  before    inoculate, charge of inoculum\n  bypass    at most 1 h\n" in shown
    assert "level_low  interlock" not in shown
    assert "BR101.interlocks.level_low is left out: the stirrer has its own switch\n" in shown


def test_table_of_all_units_is_json_too(cli: Run, site: Path) -> None:
    told = json.loads(cli("interlock", "table", "--json", "--site", site).stdout)
    names = [one["name"] for one in told["interlocks"]]
    assert {name.partition(".")[0] for name in names} == {"BR101", "CW201", "VF301"}
    assert told["left_out"] == {"BR101.interlocks.level_low": "the stirrer has its own switch"}


def test_table_of_an_unknown_unit_names_the_nearest(cli: Run, site: Path) -> None:
    result = cli("interlock", "table", "BR11", "--site", site)
    assert result.exit_code == 1
    assert "did you mean 'BR101'?" in result.stderr
