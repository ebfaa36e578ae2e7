"""Signatures: bound to one record as it was, by one person, with one meaning."""

import dataclasses
from typing import Any

import pytest

from bioctl.audit.actions import ACTIONS, allowed
from bioctl.audit.journal import Journal
from bioctl.audit.people import Person, Role
from bioctl.audit.sentence import sentence
from bioctl.audit.signature import (
    Meaning,
    check_signature,
    record_hash,
    require_second_person,
    sign,
)
from bioctl.errors import IntegrityError, RefusedError

ANNA = Person("anna", "Anna Berg", "operator")
BEN = Person("ben", "Ben Cole", "qa")
RECORD: dict[str, Any] = {"recipe": "car-t", "version": 3, "steps": [1.5, "fill"]}


def test_signature_names_person_meaning_and_record() -> None:
    signature = sign("recipe:car-t@3", RECORD, Meaning.APPROVED, BEN, 1_767_592_800.0)
    assert dataclasses.asdict(signature) == {
        "record": "recipe:car-t@3",
        "hash": record_hash(RECORD),
        "meaning": "approved",
        "signer": "ben",
        "name": "Ben Cole",
        "role": "qa",
        "utc": 1_767_592_800.0,
    }
    check_signature(signature, "recipe:car-t@3", dict(reversed(RECORD.items())))


@pytest.mark.fault("AU-10")
@pytest.mark.parametrize(
    ("record", "content"),
    [
        ("recipe:car-t@4", RECORD),
        ("recipe:car-t@3", {**RECORD, "version": 4}),
        ("recipe:car-t@3", {**RECORD, "steps": [1.5000001, "fill"]}),
    ],
)
def test_signature_does_not_fit_another_record_or_a_later_version(
    record: str, content: dict[str, Any]
) -> None:
    signature = sign("recipe:car-t@3", RECORD, "approved", BEN, 0.0)
    with pytest.raises(IntegrityError, match="does not fit"):
        check_signature(signature, record, content)


def test_person_who_performed_cannot_verify() -> None:
    performed = sign("step", RECORD, "performed", ANNA, 0.0)
    with pytest.raises(RefusedError, match="can't verify it too"):
        require_second_person(performed, sign("step", RECORD, "verified", ANNA, 1.0))
    require_second_person(performed, sign("step", RECORD, "verified", BEN, 1.0))
    with pytest.raises(IntegrityError):
        require_second_person(performed, sign("step", {"other": 1}, "verified", BEN, 1.0))


def test_unknown_meaning_or_closed_account_cannot_sign() -> None:
    with pytest.raises(RefusedError, match="can't mean 'liked'"):
        sign("step", RECORD, "liked", ANNA, 0.0)
    with pytest.raises(RefusedError, match="closed"):
        sign("step", RECORD, "reviewed", dataclasses.replace(ANNA, active=False), 0.0)


def test_signature_becomes_an_entry(journal: Journal) -> None:
    signature = sign("step:7", RECORD, "performed", ANNA, 5.0)
    entry = journal.append([signature.event(batch="B-1", path="expand/sample")]).result()[0]
    assert entry.data["hash"] == record_hash(RECORD)
    told = f"Anna Berg (anna, operator) signed step:7 as performed, content {signature.hash[:12]}."
    assert sentence(entry) == told


@pytest.mark.parametrize("command", ["batch.pause", "batch.hold", "batch.stop", "batch.abort"])
def test_operator_and_supervisor_may_always_stop_what_runs(command: str) -> None:
    assert allowed("operator", command)
    assert allowed("supervisor", command)


@pytest.mark.parametrize(
    ("role", "command"),
    [
        ("operator", "recipe.approve"),
        ("operator", "user.add"),
        ("operator", "batch.release"),
        ("supervisor", "batch.release"),
        ("supervisor", "recipe.approve"),
        ("qa", "batch.start"),
        ("qa", "loop.set"),
        ("qa", "user.add"),
        ("nobody", "batch.hold"),
        ("operator", "batch.fly"),
        ("", ""),
    ],
)
def test_what_the_table_does_not_grant_is_refused(role: str, command: str) -> None:
    assert not allowed(role, command)


def test_whoever_runs_batches_neither_approves_nor_releases() -> None:
    for role in Role:
        runs = allowed(role, "batch.start")
        assert not (runs and (allowed(role, "batch.release") or allowed(role, "recipe.approve")))


def test_every_command_is_granted_to_a_known_role() -> None:
    for command, roles in ACTIONS.items():
        assert roles, command
        assert roles <= set(Role)
