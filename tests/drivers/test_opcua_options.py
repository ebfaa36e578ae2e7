from pathlib import Path
from typing import Any

import pytest
from plant_process import Plant

from bioctl.errors import InputErrors
from bioctl_drivers.opcua.options import read_options

GOOD = Plant(Path("/site"), port=4840).options()

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "misspelt": ({"usr": "op"}, "option 'usr': there is no such option. help: did you mean 'user'"),
    "misspelt below": ({"clock": {"tme": "T", "advance": "A"}}, "did you mean 'time'"),
    "strange word": ({"zzz": 1}, "help: known: driver, url"),
    "no url": ({"url": None}, "option 'url': it is missing"),
    "http": ({"url": "http://plant:4840"}, "expected opc.tcp://HOST:PORT/PATH"),
    "no port": ({"url": "opc.tcp://plant"}, "expected opc.tcp://HOST:PORT/PATH"),
    "password in url": ({"url": "opc.tcp://op:x@plant:4840"}, "a password in 'password_file'"),
    "no password": ({"password_file": None}, "belong together"),
    "no certificate": ({"certificate": None}, "option 'certificate': it is missing"),
    "slow": ({"period_s": 600}, "less than or equal to 60, not 600"),
    "unencrypted": ({"security": "none"}, "there is no such option"),
}


@pytest.mark.parametrize(("changes", "sentence"), WRONG.values(), ids=WRONG)
def test_wrong_options_are_told_with_the_nearest_word(
    changes: dict[str, Any], sentence: str
) -> None:
    options = {name: value for name, value in (GOOD | changes).items() if value is not None}
    with pytest.raises(InputErrors) as caught:
        read_options("reactor", options, Path("/site"))
    assert sentence in str(caught.value)
    assert "connection 'reactor'" in str(caught.value)


def test_all_findings_come_at_once() -> None:
    with pytest.raises(InputErrors) as caught:
        read_options("reactor", {"driver": "opcua", "usr": "x"}, Path("/site"))
    assert len(caught.value.errors) >= 6


def test_relative_paths_are_of_the_site_files_folder() -> None:
    options = read_options("reactor", GOOD | {"trusted": "/etc/pins"}, Path("/site"))
    assert options.certificate == Path("/site/own/cell.der")
    assert options.password_file == Path("/site/password")
    assert options.trusted == Path("/etc/pins")
