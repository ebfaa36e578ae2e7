"""Passwords, locks, certificates on disk."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl_sim.certificates import own_certificate, trust
from bioctl_sim.refused import Refused
from bioctl_sim.users import Lockout, Role, Users

_DOOR = ("client", "user")


def test_password_is_checked_and_never_stored(tmp_path: Path) -> None:
    users = Users(tmp_path)
    users.add("ctl", Role.CONTROL, "näive password")
    users.add("look", Role.VIEW, "näive password")
    assert users.check("ctl", "näive password") is Role.CONTROL
    assert users.check("look", "näive password") is Role.VIEW
    for name, password in (("ctl", "naive password"), ("ctl", ""), ("", ""), ("x", "x")):
        assert users.check(name, password) is None
    text = (tmp_path / "users.yaml").read_text()
    assert "password" not in text
    hashes = [line.split()[-1] for line in text.splitlines() if "hash:" in line]
    assert len(set(hashes)) == 2  # the same password, another salt
    assert (tmp_path / "users.yaml").stat().st_mode & 0o777 == 0o600


def test_adding_again_replaces_role_and_password(tmp_path: Path) -> None:
    users = Users(tmp_path)
    users.add("ctl", Role.VIEW, "old")
    users.add("ctl", Role.CONTROL, "new")
    assert users.check("ctl", "old") is None
    assert users.check("ctl", "new") is Role.CONTROL
    assert users.names() == ["ctl"]


@pytest.mark.parametrize(
    "text", ["users: [", "[]", "users: 3", "users: {ctl: {role: control}}", "users: {ctl: 3}",
             "users: {ctl: {role: view, salt: 'xx', cost: {n: 2, r: 1, p: 1}, hash: '00'}}"],
)  # fmt: skip
def test_damaged_file_lets_nobody_in(tmp_path: Path, text: str) -> None:
    (tmp_path / "users.yaml").write_text(text)
    with pytest.raises(Refused, match=r"users\.yaml"):
        Users(tmp_path).check("ctl", "x")


@pytest.mark.parametrize(
    ("name", "password"), [("", "x"), ("a\nb", "x"), ("n" * 65, "x"), ("a", "")]
)
def test_unusable_name_or_password_is_refused(tmp_path: Path, name: str, password: str) -> None:
    with pytest.raises(Refused):
        Users(tmp_path).add(name, Role.VIEW, password)


def test_door_locks_after_five_misses_and_opens_again() -> None:
    lock = Lockout(tries=5, seconds=60.0)
    for miss in range(5):
        assert lock.wait(_DOOR, miss) == 0.0
        lock.failed(_DOOR, miss)
    assert lock.wait(_DOOR, 4.0) == 60.0
    assert lock.wait(("client", "other user"), 4.0) == 0.0
    assert lock.wait(("other client", "user"), 4.0) == 0.0
    assert lock.wait(_DOOR, 64.0) == 0.0


def test_right_password_forgives_misses() -> None:
    lock = Lockout(tries=2)
    for now in range(10):
        lock.failed(_DOOR, now)
        lock.passed(_DOOR)
        assert lock.wait(_DOOR, now) == 0.0


@given(st.lists(st.text(max_size=3), max_size=50))
def test_lock_remembers_a_bounded_number_of_doors(names: list[str]) -> None:
    lock = Lockout(capacity=3)
    for now, name in enumerate(names):
        lock.failed(("c", name), now)
    assert len(lock._doors) <= 3


def test_first_start_makes_a_certificate_and_the_next_keeps_it(tmp_path: Path) -> None:
    first, key = own_certificate(tmp_path)
    second, _ = own_certificate(tmp_path)
    assert first == second
    assert key.key_size == 2048
    assert (tmp_path / "pki/own/plant.pem").stat().st_mode & 0o777 == 0o600
    (tmp_path / "pki/own/plant.der").write_bytes(b"rubbish")
    with pytest.raises(Refused, match="can't be used"):
        own_certificate(tmp_path)


def test_what_is_no_certificate_is_not_trusted(tmp_path: Path) -> None:
    rubbish = tmp_path / "rubbish.der"
    rubbish.write_bytes(b"rubbish")
    for path in (rubbish, tmp_path / "absent.der"):
        with pytest.raises(Refused):
            trust(tmp_path / "home", path)
    assert not list((tmp_path / "home").rglob("*.der"))


def test_two_clients_with_the_same_file_name_are_both_trusted(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        own_certificate(tmp_path / folder)
    places = {trust(tmp_path / "home", tmp_path / f / "pki/own/plant.der") for f in "aab"}
    assert len(places) == 2
