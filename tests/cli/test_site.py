"""`bioctl site`: what is written, what is pinned, and that nothing is overwritten."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bioctl.cli.site_files import make_site
from bioctl.equipment.certificate import fingerprint, make_application_certificate
from bioctl.errors import InputError, RefusedError

Run = Callable[..., Any]
URL = "opc.tcp://127.0.0.1:4840/plant"


@pytest.fixture
def plant_certificate(tmp_path: Path) -> Path:
    return make_application_certificate(tmp_path / "plant", "plant", "urn:plant.example:demo")[0]


def test_new_site_has_its_identity_and_folders(tmp_path: Path, template: str) -> None:
    folder = tmp_path / "demo"
    made = make_site(folder, URL, template)
    key = folder / "pki" / "own" / "bioctl.pem"
    assert f"url: {URL}" in made["site file"].read_text()
    assert (folder / "pki" / "own" / "bioctl.der").is_file()
    secret = folder / "secrets" / "plant.password"
    assert len(secret.read_text().strip()) >= 32
    assert [stat.S_IMODE(file.stat().st_mode) for file in (key, secret)] == [0o600, 0o600]
    assert (folder / "pki" / "trusted").is_dir()
    assert (folder / "data").is_dir()


def test_demonstration_site_is_good_as_it_is_written(cli: Run, tmp_path: Path) -> None:
    made = cli("site", "init", tmp_path / "demo", "--plant-url", URL, "--json")
    checked = cli("site", "check", "--json", "--site", json.loads(made.stdout)["site file"])
    assert (made.exit_code, checked.exit_code) == (0, 0)
    assert [unit["unit"] for unit in json.loads(checked.stdout)["units"]] == [
        "BR101",
        "CW201",
        "VF301",
    ]


def test_two_sites_share_no_password(tmp_path: Path, template: str) -> None:
    made = [make_site(tmp_path / name, URL, template) for name in "ab"]
    first, second = (one["password towards plant"].read_text() for one in made)
    assert first != second


def test_site_is_never_overwritten(tmp_path: Path, template: str) -> None:
    make_site(tmp_path, URL, template)
    before = (tmp_path / "site.yaml").read_bytes()
    with pytest.raises(RefusedError):
        make_site(tmp_path, URL.replace("4840", "1"), template)
    assert (tmp_path / "site.yaml").read_bytes() == before


@pytest.mark.parametrize(
    "url", ["", "http://x", "opc.tcp://x y", 'opc.tcp://x"\nprofile: gmp', "opc.tcp://x#y"]
)
def test_address_cannot_write_another_field(tmp_path: Path, template: str, url: str) -> None:
    with pytest.raises(InputError):
        make_site(tmp_path, url, template)
    assert not (tmp_path / "site.yaml").exists()


def test_trust_pins_the_plant_and_shows_its_fingerprint(
    cli: Run, site: Path, plant_certificate: Path
) -> None:
    result = cli("site", "trust", plant_certificate, "--site", site)
    pinned = site.parent / "pki" / "trusted" / "plant.der"
    assert result.exit_code == 0
    assert pinned.read_bytes() == plant_certificate.read_bytes()
    assert fingerprint(plant_certificate) in result.stdout


def test_trust_refuses_what_is_no_certificate(cli: Run, site: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.der"
    wrong.write_bytes(b"no certificate")
    assert cli("site", "trust", wrong, "--site", site).exit_code == 1
    assert cli("site", "trust", tmp_path / "none.der", "--site", site).exit_code == 1


def test_trust_of_an_unknown_connection_names_the_known(
    cli: Run, site: Path, plant_certificate: Path
) -> None:
    words = ("site", "trust", plant_certificate, "--connection", "plnt", "--site", site)
    result = cli(*words)
    assert result.exit_code == 2
    assert "--connection: plant" in result.stderr


def test_check_says_what_the_site_says(cli: Run, site: Path) -> None:
    people = cli("site", "check", "--site", site)
    program = json.loads(cli("site", "check", "--json", "--site", site).stdout)
    assert people.exit_code == 0
    assert "profile: demo" in people.stdout
    assert program["connections"] == {"plant": "opcua"}


def test_wrong_site_file_is_exit_1_with_place(cli: Run, site: Path) -> None:
    site.write_text(site.read_text().replace("profile: demo", "profile: dmeo"))
    result = cli("site", "check", "--site", site)
    assert result.exit_code == 1
    assert f"{site}:2:" in result.stderr
