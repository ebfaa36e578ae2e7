"""The life of a recipe version: the table, two people, and one content."""

import itertools

import pytest

from bioctl.errors import IntegrityError, RefusedError
from bioctl.recipe.header import STATUSES, Header
from bioctl.recipe.lifecycle import MEANING, TABLE, Move, Status, Version, check_may_run, move

HASH, OTHER = "a" * 64, "b" * 64
TODAY = "2026-03-31"
NO_DATES = Header()


def version(status: Status) -> Version:
    return Version("expand", "1.0", status, HASH, "kim", "quinn")


def test_statuses_are_the_words_of_the_header() -> None:
    assert tuple(Status) == STATUSES
    assert set(TABLE) == set(Status)
    assert set(MEANING) == set(Move)


@pytest.mark.parametrize(("status", "step"), list(itertools.product(Status, Move)))
def test_every_move_leads_where_the_table_says_or_is_refused(status: Status, step: Move) -> None:
    target = TABLE[status].get(step)
    if target is None:
        with pytest.raises(RefusedError, match=f"expand@1.0 is {status}: {step} is not possible"):
            move(version(status), step, "quinn", HASH)
    else:
        assert move(version(status), step, "quinn", HASH).status is target


def test_way_of_a_version_keeps_who_did_what() -> None:
    one = Version("expand", "1.0")
    for step, person in (("submit", "kim"), ("approve", "quinn"), ("release", "quinn")):
        one = move(one, Move(step), person, HASH)
    assert one == Version("expand", "1.0", Status.EFFECTIVE, HASH, "kim", "quinn")


def test_author_can_not_approve() -> None:
    submitted = move(Version("expand", "1.0"), Move.SUBMIT, "kim", HASH)
    with pytest.raises(
        RefusedError, match="kim submitted recipe expand@1\\.0 and can't approve it"
    ):
        move(submitted, Move.APPROVE, "kim", HASH)


@pytest.mark.fault("RX-19")
@pytest.mark.parametrize("step", [Move.APPROVE, Move.REJECT, Move.RELEASE, Move.RETIRE])
def test_altered_content_can_not_be_moved(step: Move) -> None:
    status = next(one for one in Status if step in TABLE[one])
    with pytest.raises(IntegrityError, match=f"content is bbbbbbbbbbbb, aaaaaaaaaaaa is {status}"):
        move(version(status), step, "quinn", OTHER)


def test_rejected_version_may_come_again_with_other_content() -> None:
    rejected = move(version(Status.IN_REVIEW), Move.REJECT, "quinn", HASH)
    assert move(rejected, Move.SUBMIT, "kim", OTHER).hash == OTHER


@pytest.mark.fault("RX-18")
@pytest.mark.parametrize("status", [one for one in Status if one is not Status.EFFECTIVE])
def test_gmp_runs_effective_versions_only(status: Status) -> None:
    with pytest.raises(RefusedError, match=f"is {status}: profile gmp runs effective ones."):
        check_may_run(version(status), HASH, NO_DATES, "gmp", TODAY)
    check_may_run(version(status), HASH, NO_DATES, "lab", TODAY)
    check_may_run(version(Status.EFFECTIVE), HASH, NO_DATES, "gmp", TODAY)


@pytest.mark.fault("RX-18")
@pytest.mark.parametrize("profile", ["demo", "lab", "gmp"])
@pytest.mark.parametrize(
    ("header", "told"),
    [
        (Header(expires=TODAY), "expired on 2026-03-31"),
        (Header(effective="2026-04-01"), "is effective from 2026-04-01 on, today is 2026-03-31"),
    ],
)
def test_recipe_out_of_its_dates_is_refused(profile: str, header: Header, told: str) -> None:
    with pytest.raises(RefusedError, match=told):
        check_may_run(version(Status.EFFECTIVE), HASH, header, profile, TODAY)
    within = Header(effective=TODAY, expires="2026-04-01")
    check_may_run(version(Status.EFFECTIVE), HASH, within, profile, TODAY)


@pytest.mark.fault("RX-19")
@pytest.mark.parametrize("profile", ["demo", "lab", "gmp"])
def test_altered_recipe_is_refused_in_every_profile(profile: str) -> None:
    with pytest.raises(IntegrityError, match="this is not recipe expand@1\\.0 as it was submitted"):
        check_may_run(version(Status.EFFECTIVE), OTHER, NO_DATES, profile, TODAY)


def test_draft_may_change_as_often_as_one_likes() -> None:
    check_may_run(Version("expand", "1.0"), OTHER, NO_DATES, "demo", TODAY)
