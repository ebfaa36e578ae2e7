"""One-shot commands: at most once, never late; the clock; what the log keeps of them."""

import time
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from asyncua import ua
from hypothesis import given
from hypothesis import strategies as st

from bioctl_sim.commands import CommandDesk
from bioctl_sim.refused import Refused

Connect = Callable[..., Any]
_DOSE = '{"source": "medium", "volume": 5, "rate": 100}'


class Counter:
    """A plant that counts what it is made to do."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def execute(self, unit: str, command: str, arguments: dict[str, Any]) -> str:
        if arguments.get("refuse"):
            raise Refused("The plant does not want to.")
        self.done.append(f"{unit} {command} {arguments}")
        return f"{len(self.done)} done"


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 20), st.booleans())))
def test_id_acts_at_most_once_whatever_the_order(calls: list[tuple[str, float, bool]]) -> None:
    plant, first = Counter(), dict[str, Any]()
    desk = CommandDesk(plant)
    for id_, now, refuse in calls:
        answer = desk.execute(id_, "BR101", "DOSE", {"refuse": refuse, "of": id_}, 10.0, now)
        first.setdefault(id_, (answer, refuse))
        assert desk.state(id_) == first[id_][0]
        if refuse == first[id_][1]:
            assert answer == first[id_][0]
    accepted = [id_ for id_, (answer, _) in first.items() if answer[0] == "accepted"]
    assert len(plant.done) == len(accepted)


@pytest.mark.parametrize(
    ("deadline", "now", "state"),
    [
        (10.0, 9.999, "accepted"),
        (10.0, 10.0, "refused"),
        (10.0, 11.0, "refused"),
        (float("nan"), 0.0, "refused"),
        (float("inf"), 0.0, "refused"),
    ],
)
def test_command_is_never_started_after_its_deadline(
    deadline: float, now: float, state: str
) -> None:
    plant = Counter()
    assert CommandDesk(plant).execute("a", "BR101", "DOSE", {}, deadline, now)[0] == state
    assert len(plant.done) == (state == "accepted")


def test_late_answer_stays_when_the_clock_steps_back() -> None:
    desk = CommandDesk(Counter())
    late = desk.execute("a", "BR101", "DOSE", {}, 10.0, 11.0)
    assert desk.execute("a", "BR101", "DOSE", {}, 10.0, 9.0) == late


def test_id_of_another_command_is_refused_and_the_first_answer_kept() -> None:
    desk = CommandDesk(Counter())
    first = desk.execute("a", "BR101", "DOSE", {"volume": 1}, 10.0, 0.0)
    assert desk.execute("a", "BR101", "DOSE", {"volume": 2}, 10.0, 0.0)[0] == "refused"
    assert desk.state("a") == first


def test_full_desk_refuses_instead_of_forgetting() -> None:
    plant = Counter()
    desk = CommandDesk(plant, capacity=1)
    first = desk.execute("a", "BR101", "DOSE", {}, 10.0, 0.0)
    assert desk.execute("b", "BR101", "DOSE", {}, 10.0, 0.0)[0] == "refused"
    assert desk.execute("a", "BR101", "DOSE", {}, 10.0, 0.0) == first
    assert len(plant.done) == 1


async def test_repeated_command_doses_once(connect: Connect) -> None:
    async with connect() as visitor:
        deadline = time.time() + 60  # noqa: TID251
        start = await visitor.advance(1.0)
        first = await visitor.execute("dose-1", "BR101", "DOSE", _DOSE, deadline)
        assert first[0] == "accepted"
        again = await visitor.execute("dose-1", "BR101", "DOSE", _DOSE, deadline)
        assert again == first == await visitor.state("dose-1")
        assert await visitor.advance(60.0) == start + 60.0
        assert await visitor.read("BR101.FQ105") == pytest.approx(5.0, abs=0.2)
        assert await visitor.execute("dose-1", "BR101", "DOSE", _DOSE, deadline) == first
        await visitor.advance(60.0)
        assert await visitor.read("BR101.FQ105") == pytest.approx(5.0, abs=0.2)


async def test_late_command_is_refused_and_logged(connect: Connect, plant_home: Any) -> None:
    async with connect() as visitor:
        late = time.time() - 0.001  # noqa: TID251
        state, message = await visitor.execute("late-1", "BR101", "DOSE", _DOSE, late)
        assert state == "refused"
        assert "after its deadline" in message
        line = plant_home.log[-1]
        assert (line["what"], line["call"], line["user"]) == ("call", "Execute", "ctl")
        assert line["id"] == "late-1"
        assert line["result"] == ["refused", message]


@pytest.mark.parametrize(
    ("unit", "command", "arguments"),
    [
        ("BR999", "DOSE", _DOSE),
        ("BR101", "EXPLODE", "{}"),
        ("BR101", "DOSE", "{"),
        ("BR101", "DOSE", "[]"),
        ("BR101", "DOSE", "[" * 9000),
        ("BR101", "DOSE", " " * 10_001),
        ("BR101", "DOSE", '{"source": "medium", "volume": NaN, "rate": 1}'),
        ("BR101", "DOSE", '{"source": "medium", "volume": -1, "rate": 1}'),
    ],
)
async def test_nonsense_command_is_refused_in_a_sentence(
    connect: Connect, unit: str, command: str, arguments: str
) -> None:
    async with connect() as visitor:
        state, message = await visitor.execute(f"{unit}{command}{hash(arguments)}", unit, command,
                                               arguments, 4e9)  # fmt: skip
        assert state == "refused"
        assert message.endswith(".")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], ua.StatusCodes.BadArgumentsMissing),
        ([1.0, 2.0], ua.StatusCodes.BadTooManyArguments),
        (["1"], ua.StatusCodes.BadInvalidArgument),
        ([ua.Variant(1, ua.VariantType.Int64)], ua.StatusCodes.BadInvalidArgument),
        ([-1.0], ua.StatusCodes.BadOutOfRange),
        ([3600.1], ua.StatusCodes.BadOutOfRange),
        ([float("nan")], ua.StatusCodes.BadOutOfRange),
    ],
)
async def test_wrong_advance_moves_nothing(
    connect: Connect, arguments: list[object], code: int
) -> None:
    async with connect() as visitor:
        before = await visitor.advance(0.0)
        with pytest.raises(ua.UaStatusCodeError) as refusal:
            await visitor.node("Clock").call_method(visitor.id("Clock.Advance"), *arguments)
        assert refusal.value.code == code
        assert await visitor.read("Clock.SimTime") == before


async def test_advance_moves_simulated_time_exactly(connect: Connect) -> None:
    async with connect() as visitor:
        start = await visitor.advance(0.0)
        for step in (1.0, 10.0, 0.25, 0.75):
            assert await visitor.advance(step) >= start
        assert await visitor.read("Clock.SimTime") == pytest.approx(start + 12.0)


async def test_answer_leaves_after_its_log_line(connect: Connect, plant_home: Any) -> None:
    async with connect() as visitor:
        time_now = await visitor.advance(7.0)
        line = orjson.loads((plant_home.home / "plant.log.jsonl").read_bytes().splitlines()[-1])
        assert (line["call"], line["dt"], line["sim_time"]) == ("Advance", 7.0, time_now)
