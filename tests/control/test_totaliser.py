import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.control.totaliser import DoseLimit, DoseState, count, release
from bioctl.errors import InputError
from bioctl.values import Reading, bad

LIMIT = DoseLimit("base_pump", "base_total", 150.0)


def after(*totals: float | Reading) -> DoseState:
    state = DoseState()
    for total in totals:
        reading = total if isinstance(total, Reading) else Reading(total)
        state = count(LIMIT, state, reading)
    return state


def test_first_total_is_where_counting_begins() -> None:
    assert after(80_000.0) == DoseState(0.0, 80_000.0)


def test_what_was_dosed_while_the_totaliser_was_unreadable_counts() -> None:
    assert after(10.0, bad("link down"), 60.0).used == 50.0


def test_exchanged_totaliser_counts_on() -> None:
    assert after(100.0, 140.0, 0.0, 30.0).used == 70.0


def test_lock_stays_when_the_totaliser_is_exchanged() -> None:
    assert after(0.0, 150.0, 0.0).locked


def test_only_a_person_opens_the_lock_even_when_the_limit_was_raised() -> None:
    locked = after(0.0, 150.0)
    assert count(DoseLimit("base_pump", "base_total", 300.0), locked, Reading(150.0)).locked


def test_release_begins_again_but_does_not_forgive_an_unreadable_totaliser() -> None:
    released = release(after(0.0, 150.0, bad("link down")))
    assert released == DoseState(0.0, 150.0, unreadable=True)
    assert released.shut


@given(st.lists(st.floats(0, 1e5), min_size=2))
def test_used_never_falls(totals: list[float]) -> None:
    state, used = DoseState(), 0.0
    for total in totals:
        state = count(LIMIT, state, Reading(total))
        assert state.used >= used
        used = state.used


@pytest.mark.parametrize("limit", [0.0, -1.0, math.nan, math.inf])
def test_limit_that_limits_nothing_is_refused(limit: float) -> None:
    with pytest.raises(InputError, match="limit is"):
        DoseLimit("base_pump", "base_total", limit)
