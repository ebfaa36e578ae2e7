import itertools
import statistics

import pytest

from bioctl_sim.equipment.filler import Filler
from bioctl_sim.equipment.packml import COMMANDS, TRANSIENT, State
from bioctl_sim.liquid import DENSITY, LIVE, Recipe
from bioctl_sim.refused import Refused

RUNNING = set(State) - {
    State.STOPPING, State.STOPPED, State.ABORTING, State.ABORTED, State.CLEARING
}  # fmt: skip
LEGAL = {
    "Reset": {State.STOPPED: 15, State.COMPLETE: 15},
    "Start": {State.IDLE: 3},
    "Stop": dict.fromkeys(RUNNING, 7),
    "Hold": {State.EXECUTE: 10, State.SUSPENDED: 10},
    "Unhold": {State.HELD: 12},
    "Abort": dict.fromkeys(RUNNING | {State.STOPPING, State.STOPPED, State.CLEARING}, 8),
    "Clear": {State.ABORTED: 1},
}


def machine(litres: float = 2.0, **outputs: float) -> Filler:
    filler = Filler({"FC01": 5.0, "NC01": 20.0, "SC01": 20.0, "XV01": 0.0} | outputs, 1, "VF301")
    filler.bulk.add(Recipe(20.0, {LIVE: 20.0}).draw(litres))
    return filler


def command(filler: Filler, name: str) -> str:
    return filler.execute("PACKML", {"command": name})


def run(filler: Filler, seconds: int) -> None:
    filler.advance(0, seconds)


def started(litres: float = 2.0, **outputs: float) -> Filler:
    filler = machine(litres, **outputs)
    command(filler, "Reset")
    run(filler, 5)
    command(filler, "Start")
    run(filler, 3)
    assert filler.state is State.EXECUTE
    return filler


@pytest.mark.parametrize(("name", "state"), list(itertools.product(COMMANDS, State)))
def test_commands_are_legal_exactly_where_packml_says(name: str, state: State) -> None:
    filler = machine()
    filler.state = state
    if state in LEGAL[name]:
        command(filler, name)
        assert filler.state == LEGAL[name][state]
    else:
        with pytest.raises(Refused, match="expected"):
            command(filler, name)
        assert filler.state is state


@pytest.mark.parametrize("state", list(TRANSIENT))
def test_acting_states_end_by_themselves_after_their_time(state: State) -> None:
    filler = machine(0.0)
    filler.state = state
    seconds, following = TRANSIENT[state]
    run(filler, seconds - 1)
    assert filler.state is state
    run(filler, 1)
    assert filler.state is following


@pytest.mark.parametrize(
    ("what", "arguments"),
    [("DOSE", {}), ("PACKML", {}), ("PACKML", {"command": "start"}), ("PACKML", {"command": 1})],
)
def test_nonsense_is_refused(what: str, arguments: dict[str, object]) -> None:
    with pytest.raises(Refused):
        machine().execute(what, arguments)


def test_completes_at_the_good_vials_wanted_and_no_later() -> None:
    filler = started()
    run(filler, 120)
    assert filler.state is State.COMPLETE
    assert filler.good == 20
    assert filler.processed == filler.good + filler.rejected


def test_what_is_filled_leaves_the_bulk_bag() -> None:
    filler = started(NC01=100.0)
    run(filler, 600)
    assert filler.bulk.volume + filler.filled == pytest.approx(2.0)


def test_suspends_when_the_bulk_is_empty_and_goes_on_when_it_is_not() -> None:
    filler = started(0.052, NC01=15.0)
    run(filler, 60)
    assert (filler.state, filler.good) == (State.SUSPENDED, 10)
    filler.bulk.add(Recipe(20.0, {LIVE: 20.0}).draw(0.5))
    run(filler, 60)
    assert (filler.state, filler.good) == (State.COMPLETE, 15)


def test_fills_scatter_by_one_percent_and_outliers_are_rejected() -> None:
    filler = started(5.0, NC01=5000.0, SC01=30.0, FC01=1.0)
    weights, rejected = [], []
    for second in range(1, 7000):
        before = filler.processed, filler.rejected
        filler.advance(second - 1, 1)
        if filler.processed > before[0]:
            weights.append(filler.measure()["WT02"])
            if filler.rejected > before[1]:
                rejected.append(weights[-1])
    target = DENSITY
    assert statistics.fmean(weights) == pytest.approx(target, rel=0.001)
    assert statistics.stdev(weights) == pytest.approx(0.01 * target, rel=0.07)
    assert rejected
    assert all(abs(w / target - 1.0) > 0.03 for w in rejected)
    assert len(rejected) / len(weights) < 0.01


def test_reset_clears_the_counters() -> None:
    filler = started()
    run(filler, 120)
    command(filler, "Reset")
    run(filler, 3)
    assert filler.state is State.IDLE
    assert (filler.processed, filler.good, filler.rejected) == (0, 0, 0)
