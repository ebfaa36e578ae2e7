"""Permissives: what must be TRUE, for how long, before a phase may start."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.control.bypass import bypass, end_bypass, restore
from bioctl.control.memory import recall_permissive, remember_permissive
from bioctl.control.permissive import PermissiveConfig, PermissiveState, permit
from bioctl.errors import InputError, RefusedError
from bioctl.language.condition import compile_condition
from bioctl.values import Reading, bad

EU = {"temperature": "degC", "pH": "pH"}
READY = "temperature > 36 degC and pH < 7.4"


def permissive(**more: object) -> PermissiveConfig:
    fields: dict[str, object] = {
        "name": "ready", "when": compile_condition(READY, EU), "before": ("inoculate",),
        "text": "cells", "for_s": 1800.0, **more,
    }  # fmt: skip
    return PermissiveConfig(**fields)  # type: ignore[arg-type]


def seen(
    config: PermissiveConfig, temperatures: list[float | Reading], step: float = 60.0
) -> list[PermissiveState]:
    state, found = PermissiveState(), []
    for count, value in enumerate(temperatures):
        reading = value if isinstance(value, Reading) else Reading(value)
        lookup = {"temperature": reading, "pH": Reading(7.2)}.__getitem__
        state = permit(config, state, lookup, count * step)
        found.append(state)
    return found


def test_permissive_is_given_once_its_condition_has_held_for_its_time() -> None:
    states = seen(permissive(), [37.0] * 32)
    assert [one.given for one in states] == [False] * 30 + [True] * 2
    assert states[20].missing == f"{READY} must hold for 10.0 min more"


def test_break_counts_from_0_again() -> None:
    states = seen(permissive(), [37.0] * 29 + [35.2] + [37.0] * 30)
    assert not any(one.given for one in states)
    assert states[29].missing == f"it needs {READY}; now pH 7.2, temperature 35.2"


@pytest.mark.promise(6)
@pytest.mark.parametrize("reading", [bad("wire break"), Reading(float("nan")), Reading("x")])
def test_bad_reading_never_gives_one(reading: Reading) -> None:
    states = seen(permissive(for_s=0.0), [37.0, reading, 37.0])
    assert [one.given for one in states] == [True, False, True]
    assert states[1].missing


def test_one_that_was_never_evaluated_is_missing() -> None:
    assert not PermissiveState().given


def test_restart_counts_from_0_again_and_keeps_the_end_of_a_bypass() -> None:
    config = permissive(bypass_s=3600.0)
    given_ = seen(config, [37.0] * 40)[-1]
    again = recall_permissive(remember_permissive(given_))
    assert given_.given
    assert not again.given
    bypassed, _ = bypass(config, given_, 100.0, 600.0)
    assert recall_permissive(remember_permissive(bypassed)).bypassed_until == 700.0


def test_bypass_lets_start_and_ends_by_itself_or_by_a_person() -> None:
    config = permissive(bypass_s=3600.0)
    state, event = bypass(config, PermissiveState(), 0.0, 600.0)
    assert (event.kind, event.data["permissive"]) == ("permissive.bypassed", "ready")
    assert state.given
    assert end_bypass(config, state, 599.0) == (state, None)
    ended, told = end_bypass(config, state, 600.0)
    assert not ended.given
    assert told is not None
    assert told.kind == "permissive.restored"
    assert not restore(config, state, "by Ada")[0].given


def test_bypass_the_site_does_not_allow_is_refused() -> None:
    with pytest.raises(RefusedError, match="permissive ready can't be bypassed"):
        bypass(permissive(), PermissiveState(), 0.0, 600.0)


@pytest.mark.parametrize("field", [{"before": ()}, {"for_s": -1.0}, {"text": " "}, {"name": ""}])
def test_permissive_that_makes_no_sense_is_refused(field: dict[str, object]) -> None:
    with pytest.raises(InputError):
        permissive(**field)


readings = st.one_of(st.floats(30, 40), st.just(bad("off")))


@given(st.lists(readings, max_size=60), st.floats(0, 600))
def test_given_means_true_and_good_for_all_of_its_time(
    temperatures: list[float | Reading], for_s: float
) -> None:
    def fine(value: float | Reading) -> bool:
        return not isinstance(value, Reading) and value > 36.0

    for count, state in enumerate(seen(permissive(for_s=for_s), temperatures)):
        first = next((n for n in range(count, -1, -1) if not fine(temperatures[n])), -1) + 1
        held = (count - first) * 60.0
        assert state.given is (fine(temperatures[count]) and held >= for_s)
