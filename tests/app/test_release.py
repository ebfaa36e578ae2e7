"""Second persons: a locked dose, an interlock of two people, QA; and the bypass of a permissive."""

from dataclasses import replace
from typing import Any

import pytest

from bioctl.control.interlock_config import Reset
from bioctl.control.loop_state import LoopState
from bioctl.control.permissive import PermissiveConfig
from bioctl.control.totaliser import DoseState
from bioctl.language.condition import compile_condition

from ..batch.cell import first_expansion  # noqa: TID252  tests are no package
from .desk import Desk
from .setting import kinds
from .test_interlocks import allow, signed, state, trip

DOSE = {"unit": "BR101", "loop": "pH"}
LOCKED = LoopState(dose=DoseState(used=400.0, last=400.0, locked=True))


def lock(desk: Desk) -> None:
    desk.run.core.memory["BR101"].loops["pH"] = LOCKED


def locked(desk: Desk) -> bool:
    return desk.run.core.memory["BR101"].loops["pH"].dose.locked


@pytest.mark.requirement("I7")
async def test_locked_dose_is_released_by_one_person_and_signed_by_another(desk: Desk) -> None:
    lock(desk)
    answer = await desk.give("ada", "loop.release", args=DOSE, signature=signed("kim"), reason="ok")
    assert answer.message == "the dose of BR101.pH is released and counts from 0 again"
    assert not locked(desk)
    entries = await desk.run.entries()
    order = ["command.intent", "signature", "interlock.reset", "command.outcome"]
    assert [e.kind for e in entries if e.kind in order] == order
    (told,) = kinds(entries, "interlock.reset")
    assert (told.actor["id"], told.data["interlock"]) == ("ada", "pH.dose")
    assert "released by Ada, signed by Kim" in told.data["cause"]
    (signature,) = kinds(entries, "signature")
    assert (signature.actor["id"], signature.data["record"]) == ("kim", "dose:BR101.pH")


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "nobody signs": ("ada", {}, "signed by a second person"),
    "the same person": ("kim", {"signature": signed("kim")}, "needs a second person"),
    "an operator signs": ("kim", {"signature": signed("ada")}, "a supervisor or QA signs"),
    "wrong password": ("ada", {"signature": signed("kim", "a bong password")}, "password"),
    "meaning": ("ada", {"signature": signed("kim", meaning="verified")}, "means approved"),
    "role": ("quinn", {"signature": signed("kim")}, "role qa may not"),
    "no reason": ("ada", {"signature": signed("kim"), "reason": " "}, "needs a reason"),
    "unit": ("ada", {"signature": signed("kim"), "args": DOSE | {"unit": "BR102"}}, "no unit"),
    "loop": ("ada", {"signature": signed("kim"), "args": DOSE | {"loop": "ph"}}, "no loop 'ph'"),
    "no limit": ("ada", {"signature": signed("kim"), "args": DOSE | {"loop": "temperature"}},
                 "has no dose limit"),
}  # fmt: skip


@pytest.mark.promise(11)
@pytest.mark.parametrize("why", REFUSED)
async def test_release_that_can_not_be_is_refused_and_told(desk: Desk, why: str) -> None:
    user, more, said = REFUSED[why]
    lock(desk)
    entry = await desk.refused(user, "loop.release", **{"args": DOSE, **more})
    assert said in entry.data["reason"]
    assert locked(desk)


async def test_dose_that_is_not_locked_is_not_released(desk: Desk) -> None:
    entry = await desk.refused("ada", "loop.release", args=DOSE, signature=signed("kim"))
    assert "is not locked: 0 of 400 mL used" in entry.data["reason"]


async def gone(desk: Desk, how: Reset) -> dict[str, Any]:
    """Let an interlock wait for its reset; return the arguments of the command."""
    allow(desk, reset=how)
    await trip(desk)
    desk.run.line.bench.plant.clear_fault("BR101.PT101.offset")
    await desk.run.turn(60)
    assert state(desk).safe_since is not None
    return {"args": {"interlock": "BR101.pressure_high"}, "reason": "looked"}


async def test_interlock_of_two_people_wants_the_second_signature(desk: Desk) -> None:
    command = await gone(desk, Reset.SECOND)
    entry = await desk.refused("ada", "interlock.reset", **command)
    assert "signed by a second person" in entry.data["reason"]
    await desk.give("ada", "interlock.reset", signature=signed("kit"), **command)
    assert not state(desk).tripped
    (signature,) = kinds(await desk.run.entries(), "signature")
    assert signature.data["record"] == "interlock:BR101.pressure_high"


async def test_interlock_of_qa_is_reset_by_qa(desk: Desk) -> None:
    command = await gone(desk, Reset.QA)
    entry = await desk.refused("kim", "interlock.reset", **command)
    assert "is reset by QA, you are supervisor" in entry.data["reason"]
    await desk.give("quinn", "interlock.reset", **command)
    assert not state(desk).tripped


async def test_interlock_of_operators_is_not_reset_by_qa(desk: Desk) -> None:
    command = await gone(desk, Reset.PERSON)
    entry = await desk.refused("quinn", "interlock.reset", **command)
    assert "is reset by an operator or supervisor, you are qa" in entry.data["reason"]


async def test_trip_of_a_bypassed_interlock_tells_that_it_did_not_act(desk: Desk) -> None:
    allow(desk, bypass_s=1200.0, reset=Reset.AUTO)
    args = {"interlock": "BR101.pressure_high", "minutes": 10}
    await desk.give("kim", "interlock.bypass", args=args, signature=signed("kim"), reason="test")
    await trip(desk)
    (told,) = kinds(await desk.run.entries(), "interlock.tripped")
    assert told.data["bypassed"] is True
    (view,) = desk.pipeline.view()["interlocks"]
    assert (view["tripped"], view["acts"]) == (True, False)
    await desk.give("kim", "interlock.restore", args=args, reason="done")
    (ended,) = kinds(await desk.run.entries(), "interlock.restored")
    assert ended.data["acts"] is True
    await desk.run.turn()
    assert "vent_valve" in desk.run.core.memory["BR101"].forced


def permissive(desk: Desk, when: str, **more: Any) -> None:
    """Give the bioreactor of the running cell one permissive, before its first phase."""
    unit = desk.run.core.site.units["BR101"]
    eus = {name: tag.eu for name, tag in unit.measurements.items()}
    one = PermissiveConfig(
        name="ready", when=compile_condition(when, eus), before=("confirm",), text="x", **more
    )
    changed = replace(unit, permissives={"ready": one})
    units = {**desk.run.core.site.units, "BR101": changed}
    desk.run.core.site = replace(desk.run.core.site, units=units)


async def test_start_without_its_permissive_is_refused_with_what_is_missing(desk: Desk) -> None:
    permissive(desk, "weight > 1 kg")
    await desk.run.turn()
    entry = await desk.refused("ada", "batch.start", args={"recipe": first_expansion()})
    assert "may not start: permissive BR101.ready is missing" in entry.data["reason"]
    assert "it needs weight > 1 kg; now weight" in entry.data["reason"]
    assert kinds(await desk.run.entries(), "batch.created") == []


async def test_permissive_is_bypassed_by_a_signature_and_restored(desk: Desk) -> None:
    permissive(desk, "weight > 1 kg", bypass_s=1200.0)
    await desk.run.turn()
    args = {"interlock": "BR101.ready", "minutes": 10}
    entry = await desk.refused("kim", "interlock.bypass", args=args)
    assert "by a signature" in entry.data["reason"]
    given = {"args": args, "signature": signed("kim"), "reason": "empty run"}
    answer = await desk.give("kim", "interlock.bypass", **given)
    assert answer.message == "permissive BR101.ready is bypassed for 10 min"
    view = desk.pipeline.view()["permissives"][0]
    assert (view["given"], view["bypassed_s"]) == (True, 600.0)
    (told,) = kinds(await desk.run.entries(), "permissive.bypassed")
    assert told.data == {"permissive": "ready", "minutes": 10, "reason": "empty run"}
    await desk.give("ada", "interlock.restore", args=args, reason="enough")
    assert not desk.pipeline.view()["permissives"][0]["given"]


async def test_permissive_can_not_be_reset(desk: Desk) -> None:
    permissive(desk, "weight > 1 kg")
    entry = await desk.refused("ada", "interlock.reset", args={"interlock": "BR101.ready"})
    assert "is a permissive: there is nothing to reset" in entry.data["reason"]
