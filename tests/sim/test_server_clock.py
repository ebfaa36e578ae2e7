"""Clock and watchdog: pure decisions over a time that is handed in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl_sim.clock import MAX_STEP_S, WATCHDOG_S, PlantClock, Turn, Watchdog

_STILL = Turn(0.0, fallback=False, after_s=0.0)


def test_free_clock_runs_at_its_speed_and_never_falls_back_before_life() -> None:
    clock = PlantClock(3.0, now=100.0)
    assert clock.elapse(110.0) == Turn(30.0, fallback=False, after_s=0.0)
    assert clock.elapse(110.0) == _STILL
    assert clock.watchdog is Watchdog.NEVER


def test_advance_stops_the_free_clock() -> None:
    clock = PlantClock(3.0, now=0.0)
    clock.elapse(1.0)
    assert clock.advance(1.0)
    assert not clock.advance(2.0)
    assert clock.elapse(5.9) == _STILL
    assert (clock.speed, clock.watchdog) == (0.0, Watchdog.ALIVE)


def test_lockstep_without_advance_falls_back_after_5_s_and_runs_on_at_real_pace() -> None:
    clock = PlantClock(60.0, now=0.0)
    clock.advance(1.0)
    assert clock.elapse(5.999) == _STILL
    assert clock.elapse(7.0) == Turn(0.0, fallback=True, after_s=1.0)
    assert clock.elapse(9.0) == Turn(2.0, fallback=False, after_s=0.0)
    assert (clock.speed, clock.watchdog) == (1.0, Watchdog.FALLBACK)


def test_advance_ends_fallback() -> None:
    clock = PlantClock(60.0, now=0.0)
    clock.advance(0.0)
    clock.elapse(6.0)
    assert clock.advance(6.0)
    assert clock.elapse(7.0) == _STILL


def test_heartbeat_ends_fallback_and_the_clock_runs_free_again() -> None:
    clock = PlantClock(60.0, now=0.0)
    clock.advance(0.0)
    clock.elapse(6.0)
    assert clock.beat(6.0)
    assert not clock.beat(6.5)
    assert clock.elapse(7.0) == Turn(60.0, fallback=False, after_s=0.0)


def test_lost_heartbeat_falls_back_at_the_moment_it_was_due() -> None:
    clock = PlantClock(10.0, now=0.0)
    clock.beat(0.0)
    assert clock.elapse(8.0) == Turn(50.0, fallback=True, after_s=3.0)


def test_lockstep_that_ends_while_a_heart_beats_becomes_free() -> None:
    clock = PlantClock(10.0, now=0.0)
    clock.advance(0.0)
    for now in (1.0, 2.0, 3.0, 4.0):
        assert clock.elapse(now) == _STILL
        clock.beat(now)
    assert clock.elapse(6.0) == Turn(0.0, fallback=False, after_s=10.0)
    assert (clock.lockstep, clock.watchdog) == (False, Watchdog.ALIVE)
    assert clock.elapse(10.0).fallback


def test_long_stop_of_the_host_is_not_caught_up_without_end() -> None:
    clock = PlantClock(1000.0, now=0.0)
    assert clock.elapse(1e6).before_s == MAX_STEP_S


_EVENTS = st.lists(st.tuples(st.floats(0.0, 7.0), st.sampled_from(["tick", "advance", "beat"])))


@given(_EVENTS, st.sampled_from([0.0, 1.0, 60.0]))
def test_fallback_comes_exactly_when_life_was_missing(
    events: list[tuple[float, str]], speed: float
) -> None:
    clock, now, life = PlantClock(speed, now=0.0), 0.0, None
    for wait, event in events:
        now += wait
        was = clock.watchdog
        turn = clock.elapse(now)
        assert turn.before_s >= 0.0
        assert turn.after_s >= 0.0
        missing = life is not None and now - life >= WATCHDOG_S
        assert turn.fallback == (missing and was is Watchdog.ALIVE)
        assert (clock.watchdog is Watchdog.FALLBACK) == missing
        if event == "advance":
            clock.advance(now)
        elif event == "beat":
            clock.beat(now)
        if event != "tick":
            life = now


@pytest.mark.parametrize("order", [["advance", "beat"], ["beat", "advance"]])
def test_advance_and_heartbeat_together_are_lockstep(order: list[str]) -> None:
    clock = PlantClock(60.0, now=0.0)
    for event in order:
        getattr(clock, event)(0.0)
    assert clock.lockstep
    assert clock.speed == 0.0
