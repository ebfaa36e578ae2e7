"""Promise 8 and the exit codes, as a person meets them: one plain sentence, and nothing happens."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bioctl.equipment.certificate import make_application_certificate

from .cell import BATCH, SHORT, Cell, new_cell
from .programs import Program, bioctl

CAMPAIGN = pytest.mark.campaign

Result = subprocess.CompletedProcess[str]

AT_PLACE = re.compile(r"^\S+:\d+:\d+: error: \S")
"""file:line:column: error: sentence."""


def check(result: Result, code: int, *words: str) -> None:
    """The exit code, one plain sentence with its remedy, nothing a programmer would want."""
    assert result.returncode == code, result.stdout + result.stderr
    assert result.stdout == ""
    said = [line for line in result.stderr.splitlines() if not line.startswith(" ")]
    assert 1 <= len(said) <= 4, result.stderr  # two findings, beside the lines they show
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr, result.stderr


RECIPES = {
    "unknown_key": ("timeout: 8 h", "timout: 8 h", "timeout"),
    "unknown_parameter": ("source: medium", "sauce: medium", "source"),
    "unknown_phase": ("fill_medium: charge", "fill_medium: chrage", "charge"),
    "wrong_eu": ("rate: 500 mL/min", "rate: 500 mg", "mL/min"),
    "no_eu": ("rate: 500 mL/min", "rate: 500", "mL/min"),
    "out_of_range": ("rate: 500 mL/min", "rate: 50000 mL/min", "5000"),
    "unknown_measurement": ("elapsed > grow_for", "elapst > grow_for", "elapsed"),
}


@pytest.mark.promise(8)
@pytest.mark.parametrize(("old", "new", "told"), RECIPES.values(), ids=RECIPES)
def test_wrong_recipe_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(SHORT.read_text().replace(old, new, 1))
    result = bioctl("recipe", "check", str(file))
    check(result, 1, "wrong.yaml:", told)
    assert AT_PLACE.match(result.stderr), result.stderr


SITES = {
    "unknown_class": ("class: vial_filler", "class: vial_filer", "vial_filler"),
    "unknown_measurement": ("temperature: TT101", "temprature: TT101", "temperature"),
    "unknown_output": ("{base_pump: 0, feed", "{bass_pump: 0, feed", "base_pump"),
    "unknown_loop_measurement": ("measurement: pH\n", "measurement: hP\n", "pH"),
    "unknown_key": ("profile: demo", "profil: demo", "profile"),
    "wrong_eu": ("setpoint: 4 .. 40 degC", "setpoint: 4 .. 40 bar", "degC"),
    "unknown_driver": ("driver: opcua", "driver: opcau", "opcua"),
    "unknown_option": ("namespace: http", "namspace: http", "namespace"),
    "no_yaml": ("units:\n", "units:\n\t", "tab"),
}


@pytest.mark.promise(8)
@pytest.mark.parametrize(("old", "new", "told"), SITES.values(), ids=SITES)
def test_controller_refuses_a_wrong_site_file(
    template: Path, tmp_path: Path, old: str, new: str, told: str
) -> None:
    site = tmp_path / "site.yaml"
    text = (template / "site.yaml").read_text()
    assert old in text
    site.write_text(text.replace(old, new, 1))
    result = bioctl("serve", "--site", str(site))
    assert result.returncode == 1, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert told in result.stderr
    assert AT_PLACE.match(result.stderr), result.stderr
    assert not (tmp_path / "journal.db").exists()


@pytest.fixture(scope="module")
def served(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cell]:
    """Return a running cell with its link up; nothing here may start anything in it."""
    with new_cell(template, tmp_path_factory.mktemp("cell")) as cell:
        cell.start_plant()
        cell.start()
        cell.until(lambda: cell.link()["link"] == "up", "link")
        yield cell
        assert cell.view()["batches"] == []
        kinds = {e["kind"] for e in cell.entries()}
        assert not kinds & {"batch.created", "call.intent", "output.set"}


def person(cell: Cell, user: str = "ola", secret: str = "") -> tuple[str, ...]:
    file = cell.folder / "secrets" / (secret or user)
    return ("--user", user, "--password-file", str(file), "--site", str(cell.site))


def test_batch_with_a_wrong_recipe_is_refused_by_the_cell(served: Cell, tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(SHORT.read_text().replace("rate: 500 mL/min", "rate: 500 mg"))
    result = bioctl("batch", "start", str(file), "--id", BATCH, *person(served))
    check(result, 1, "wrong.yaml:", "mL/min")


STARTS = {
    "value_out_of_range": (("--set", "grow_for=900 min"), 1, "60 min"),
    "value_with_wrong_eu": (("--set", "grow_for=900 kg"), 1, "min"),
    "unknown_value": (("--set", "grow_fro=5 min"), 1, "grow_for"),
    "unknown_unit": (("--unit", "reactor=BR102"), 1, "BR101"),
    "unit_of_another_class": (("--unit", "reactor=CW201"), 1, "BR101"),
    "no_pair": (("--unit", "reactor"), 2, "role=UNIT"),
}


@pytest.mark.promise(8)
@pytest.mark.parametrize(("words", "code", "told"), STARTS.values(), ids=STARTS)
def test_batch_is_not_started_with_what_does_not_fit(
    served: Cell, words: tuple[str, ...], code: int, told: str
) -> None:
    result = bioctl("batch", "start", str(SHORT), "--id", BATCH, *words, *person(served))
    assert result.returncode == code, result.stderr
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_wrong_password_is_refused(served: Cell) -> None:
    words = ("batch", "start", str(SHORT), "--id", BATCH)
    check(bioctl(*words, *person(served, "ola", "siri")), 3, "password")
    check(bioctl(*words, *person(served, "nobody", "siri")), 3, "password")


def test_command_to_a_batch_nobody_knows(served: Cell) -> None:
    why = ("--reason", "looks odd", *person(served))
    check(bioctl("batch", "command", "B-9", "hold", *why), 1, "no batch B-9")


@pytest.mark.fault("CR-15")
def test_second_controller_of_a_cell(served: Cell) -> None:
    result = bioctl("serve", "--site", str(served.site))
    assert served.controller
    check(result, 3, str(served.controller.pid))
    assert served.link()["link"] == "up"


def test_plant_on_a_port_in_use(served: Cell) -> None:
    home = str(served.folder / "plant")
    result = bioctl("plant", "serve", "--home", home, "--port", str(served.port))
    check(result, 4, f"ort {served.port}", "--port")


def test_command_without_a_controller(template: Path) -> None:
    site = ("--site", str(template / "site.yaml"))
    check(bioctl("batch", "list", *site), 4, "No controller answers", "bioctl serve")


@pytest.mark.parametrize("words", [("serve",), ("batch", "list"), ("site", "check")])
def test_missing_site_file(tmp_path: Path, words: tuple[str, ...]) -> None:
    result = bioctl(*words, "--site", str(tmp_path / "none.yaml"))
    check(result, 2, "none.yaml", "bioctl site init")


def other_certificate(cell: Cell) -> None:
    """Trust a certificate that is not this plant's."""
    pins = cell.folder / "pki" / "trusted"
    shutil.rmtree(pins)
    made, _ = make_application_certificate(cell.folder / "other", "other", "urn:other")
    pins.mkdir()
    shutil.copy(made, pins)


def no_certificate(cell: Cell) -> None:
    for pin in (cell.folder / "pki" / "trusted").iterdir():
        pin.unlink()


def wrong_password(cell: Cell) -> None:
    (cell.folder / "secrets" / "plant.password").write_text("guessed, and wrong\n")


def untrusted_client(cell: Cell) -> None:
    for file in (cell.folder / "plant" / "pki" / "trusted").iterdir():
        file.unlink()


def view_only(cell: Cell) -> None:
    secret = str(cell.folder / "secrets" / "plant.password")
    words = ("--role", "view", "--password-file", secret, "--home", str(cell.folder / "plant"))
    assert bioctl("plant", "user", "bioctl", *words).returncode == 0


def no_plant(cell: Cell) -> None:
    assert cell.plant
    cell.plant.stop()


BARRED = [
    pytest.param(other_certificate, "refused", "certificate we do not trust", id="other"),
    pytest.param(wrong_password, "refused", "wrong password", id="password"),
    pytest.param(no_plant, "down", "Nothing listens at", id="no_plant"),
    pytest.param(no_certificate, "refused", "No plant is trusted", id="none", marks=CAMPAIGN),
    pytest.param(untrusted_client, "refused", "accept our certificate", id="us", marks=CAMPAIGN),
    pytest.param(view_only, "refused", "right to control", id="view_only", marks=CAMPAIGN),
]


@pytest.mark.parametrize(("bar", "link", "told"), BARRED)
def test_controller_without_its_plant_says_so_and_goes_on(
    cell: Cell, bar: Callable[[Cell], None], link: str, told: str
) -> None:
    cell.start_plant()
    bar(cell)
    cell.start()
    controller = cell.controller
    assert isinstance(controller, Program)
    line = controller.until(lambda: controller.line_with("Connection plant is"), "sentence", 10.0)
    assert told in line
    assert re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z ", line), "a time needs its zone"
    listed = bioctl("batch", "list", "--site", str(cell.site))
    assert f"Connection plant is {link}: " in listed.stdout
    assert told in listed.stdout
    assert cell.link()["link"] == link
    assert told in next(e for e in cell.entries() if e["kind"] == "link.down")["data"]["reason"]
    start = bioctl("batch", "start", str(SHORT), "--id", BATCH, *person(cell))
    check(start, 4, told)
    assert cell.view()["batches"] == []
    assert "Traceback" not in controller.said
    assert controller.stop() == 0
