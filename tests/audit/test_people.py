"""Accounts: who may log in, when they are locked, and that a name always means one person."""

import sqlite3
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from bioctl.audit.people import MAX_FAILURES, People, Person
from bioctl.errors import BioctlError, InputError, RefusedError

GOOD = "correct horse battery"
WRONG = "another long password"


@pytest.fixture
def people(tmp_path: Path) -> People:
    # Little memory and one round: the tests are about rules, not about the cost of guessing.
    made = People(tmp_path / "people.db", hasher=PasswordHasher(1, 8, 1))
    made.add("anna", "Anna Berg", "operator", GOOD)
    return made


def refusal(people: People, user: str, password: str) -> str:
    with pytest.raises(RefusedError) as error:
        people.check(user, password)
    return str(error.value)


def test_right_password_gives_the_person(people: People) -> None:
    assert people.check("anna", GOOD) == Person("anna", "Anna Berg", "operator")


def test_every_refusal_reads_the_same(people: People) -> None:
    people.add("ben", "Ben Cole", "qa", GOOD)
    people.add("cleo", "Cleo Dahl", "qa", GOOD)
    people.deactivate("ben")
    for _ in range(MAX_FAILURES):
        refusal(people, "cleo", WRONG)
    told = {
        refusal(people, "anna", WRONG),
        refusal(people, "nobody", GOOD),
        refusal(people, "ben", GOOD),  # closed
        refusal(people, "cleo", GOOD),  # locked: the right password is not confirmed either
        refusal(people, "anna", "x" * 5000),
    }
    assert len(told) == 1


def test_unknown_user_takes_as_long_as_a_wrong_password(tmp_path: Path) -> None:
    people = People(tmp_path / "people.db", hasher=PasswordHasher(2, 16_384, 1))
    people.add("anna", "Anna Berg", "operator", GOOD)

    def took(user: str) -> float:
        start = time.perf_counter()
        refusal(people, user, WRONG)
        return time.perf_counter() - start

    known, unknown = zip(*((took("anna"), took("nobody")) for _ in range(9)), strict=True)
    ratio = statistics.median(known) / statistics.median(unknown)
    assert 0.4 < ratio < 2.5


@pytest.mark.parametrize(
    ("failures", "opens"), [(0, True), (1, True), (4, True), (5, False), (6, False)]
)
def test_five_failures_lock_the_account(people: People, failures: int, *, opens: bool) -> None:
    for _ in range(failures):
        refusal(people, "anna", WRONG)
    assert people.find("anna").locked is not opens
    if opens:
        assert people.check("anna", GOOD).locked is False
        for _ in range(MAX_FAILURES - 1):  # counted anew after a success
            refusal(people, "anna", WRONG)
        people.check("anna", GOOD)
    else:
        refusal(people, "anna", GOOD)
        assert people.unlock("anna").locked is False
        people.check("anna", GOOD)


def test_guesses_side_by_side_win_no_more_tries(people: People) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: refusal(people, "anna", f"{WRONG} {n}"), range(16)))
    assert people.find("anna").locked


def test_lock_survives_a_restart(people: People) -> None:
    for _ in range(MAX_FAILURES):
        refusal(people, "anna", WRONG)
    again = People(people.path, hasher=PasswordHasher(1, 8, 1))
    refusal(again, "anna", GOOD)


def test_id_is_never_given_out_again(people: People) -> None:
    people.deactivate("anna")
    with pytest.raises(RefusedError, match="given out before"):
        people.add("anna", "Anna Other", "qa", GOOD)
    assert people.find("anna") == Person("anna", "Anna Berg", "operator", active=False)


@pytest.mark.parametrize("script", ["DELETE FROM account", "UPDATE account SET id = 'eve'"])
def test_database_refuses_to_delete_or_rename_an_account(people: People, script: str) -> None:
    with closing(sqlite3.connect(people.path)) as db, pytest.raises(sqlite3.IntegrityError):
        db.execute(script)


@pytest.mark.parametrize(
    ("user", "name", "role", "password", "words"),
    [
        ("Ben", "Ben Cole", "qa", GOOD, "no user id"),
        ("b", "Ben Cole", "qa", GOOD, "no user id"),
        ("ben", "  ", "qa", GOOD, "printed name is empty"),
        ("ben", "Ben Cole", "admin", GOOD, "no role 'admin'"),
        ("ben", "Ben Cole", "qa", "elevenchars", "11 characters: expected 12"),
        ("ben", "Ben Cole", "qa", "x" * 1025, "1025 characters"),
        ("ben", "Ben Cole", "qa", "I am Ben, really", "contains the user id"),
        ("ben", "Ben Cole", "qa", "aaaaaaaaaaaab", "repeats"),
    ],
)
def test_account_that_does_not_do_is_refused_with_why(
    people: People, user: str, name: str, role: str, password: str, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        people.add(user, name, role, password)
    assert [person.id for person in people.everyone()] == ["anna"]


def test_demo_profile_allows_eight_characters(tmp_path: Path) -> None:
    people = People(tmp_path / "people.db", min_length=8, hasher=PasswordHasher(1, 8, 1))
    people.add("ben", "Ben Cole", "qa", "demo-1234")
    with pytest.raises(InputError):
        people.add("cleo", "Cleo Dahl", "qa", "demo-12")


def test_new_password_replaces_the_old_one(people: People) -> None:
    people.set_password("anna", WRONG)
    refusal(people, "anna", GOOD)
    people.check("anna", WRONG)


def test_password_typed_on_another_keyboard_is_the_same(people: People) -> None:
    people.set_password("anna", "zürich zürich zürich")
    people.check("anna", "zu\u0308rich zürich zürich")


def test_role_can_change_but_only_to_a_known_one(people: People) -> None:
    assert people.set_role("anna", "supervisor").role == "supervisor"
    with pytest.raises(InputError):
        people.set_role("anna", "root")


@pytest.mark.parametrize("act", ["unlock", "deactivate", "find"])
def test_acting_on_an_unknown_user_is_refused(people: People, act: str) -> None:
    with pytest.raises(RefusedError, match="no user 'nobody'"):
        getattr(people, act)("nobody")


def test_secrets_are_argon2id_and_readable_by_the_owner_only(tmp_path: Path) -> None:
    people = People(tmp_path / "people.db")
    people.add("anna", "Anna Berg", "operator", GOOD)
    with closing(sqlite3.connect(people.path)) as db:
        secret = db.execute("SELECT secret FROM account").fetchone()[0]
    assert secret.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert GOOD.encode() not in people.path.read_bytes()
    assert people.path.stat().st_mode & 0o077 == 0


@pytest.fixture
def damaged(people: People) -> Iterator[People]:
    people.path.write_bytes(b"no database" * 1000)
    return people


def test_damaged_accounts_are_told_in_a_sentence(damaged: People) -> None:
    with pytest.raises(BioctlError, match="can't be used"):
        damaged.check("anna", GOOD)
