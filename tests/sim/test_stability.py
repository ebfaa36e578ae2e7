"""Whatever is written and however long it runs, the plant stays physical."""

import contextlib
import math

from hypothesis import given, settings
from hypothesis import strategies as st

from bioctl_sim.liquid import SID
from bioctl_sim.plant import Plant, Refused
from bioctl_sim.taglist import TagDef
from bioctl_sim.vessel.state import names

OUTPUTS = [tag for tag in Plant().tags if tag.kind == "o"]
SOURCES = ["medium", "buffer", "enzyme", "quench", "inoculum", "cryo_medium"]


def written(tag: TagDef, part: float) -> float:
    value = tag.low + part * (tag.high - tag.low)
    return float(round(value)) if tag.type != "double" else value


MAY_BE_NEGATIVE = {SID} | {
    names().index(name)
    for name in names()
    if name.startswith(("heat_", "gas_", "loop_", "pool_sid", "probe_", "jacket", "temperature"))
}
moves = st.tuples(
    st.lists(
        st.tuples(st.sampled_from(OUTPUTS), st.sampled_from([0.0, 0.02, 0.5, 1.0])), max_size=8
    ),
    st.sampled_from(SOURCES),
    st.sampled_from(["BR101", "CW201"]),
    st.sampled_from(["Reset", "Start", "Stop", "Hold", "Unhold", "Abort", "Clear"]),
    st.sampled_from([7.0, 61.0, 900.0, 7200.0]),
)


def attempt(plant: Plant, unit: str, command: str, arguments: dict[str, object]) -> None:
    with contextlib.suppress(Refused):
        plant.execute(unit, command, arguments)


def check(plant: Plant) -> None:
    for tag, value in zip(plant.tags, plant.values(), strict=True):
        assert math.isfinite(value), tag.name
        assert tag.low <= value <= tag.high, tag.name
    reactor, wash = plant.units["BR101"], plant.units["CW201"]
    assert 0.0 <= reactor.volume <= reactor.parameters.capacity + 1e-9
    assert all(math.isfinite(value) for value in reactor.state)
    for index, value in enumerate(reactor.state):
        assert index in MAY_BE_NEGATIVE or value >= -1e-9, names()[index]
    for body in (
        reactor.waste,
        wash.feed,
        wash.loop,
        wash.waste,
        plant.units["VF301"].bulk,
    ):
        assert 0.0 <= body.volume <= body.capacity + 1e-9
        assert all(math.isfinite(a) for a in body.amounts)
        for index, amount in enumerate(body.amounts):
            assert index == SID or amount >= -1e-9, index
        assert 0.0 < body.temperature < 60.0
    truth = reactor.truth()
    assert 0.0 < truth["ph"] < 14.0
    assert 0.0 < truth["temperature"] < 60.0


@settings(max_examples=25, deadline=None)
@given(st.lists(moves, min_size=1, max_size=8))
def test_plant_stays_physical_whatever_is_written(script: list[tuple]) -> None:  # type: ignore[type-arg]
    plant = Plant()
    for writes, source, unit, packml, seconds in script:
        for tag, part in writes:
            plant.write(tag.name, written(tag, part))
        attempt(plant, unit, "DOSE", {"source": source, "volume": 1500.0, "rate": 200.0})
        attempt(plant, "VF301", "PACKML", {"command": packml})
        plant.step(seconds)
        check(plant)
