"""What people do to interlocks: on the running cell, through the one pipeline."""

from dataclasses import replace
from typing import Any

import pytest

from bioctl.app.cell import _recovered
from bioctl.control.interlock_config import InterlockState, Reset
from bioctl.port.messages import Signing

from .desk import PASSWORD, TYPO, Desk
from .setting import SITE, kinds

NAME, FAULT = "BR101.pressure_high", "BR101.PT101.offset"


def allow(desk: Desk, **more: Any) -> None:
    """Change the interlock of the running cell."""
    unit = desk.run.core.site.units["BR101"]
    config = replace(unit.interlocks["pressure_high"], **more)
    changed = replace(unit, interlocks={**unit.interlocks, "pressure_high": config})
    desk.run.core.site = replace(
        desk.run.core.site, units={**desk.run.core.site.units, "BR101": changed}
    )


def state(desk: Desk) -> InterlockState:
    return desk.run.core.memory["BR101"].interlocks["pressure_high"]


async def trip(desk: Desk) -> None:
    desk.run.line.bench.plant.set_fault(FAULT, 150.0)
    await desk.run.until(lambda: state(desk).tripped)


def signed(user: str, password: str = PASSWORD, meaning: str = "approved") -> Signing:
    return Signing(user=user, password=password, meaning=meaning)  # type: ignore[arg-type]


async def give(desk: Desk, user: str, verb: str, **more: Any) -> str:
    args = {"interlock": NAME, **more.pop("args", {})}
    answer = await desk.give(user, f"interlock.{verb}", args=args, reason="filter test", **more)
    return answer.message


async def test_interlock_that_waits_for_a_person_is_reset_by_one(desk: Desk) -> None:
    allow(desk, reset=Reset.PERSON)
    await trip(desk)
    entry = await desk.refused("ada", "interlock.reset", args={"interlock": NAME}, reason="r")
    assert "its cause is still there" in entry.data["reason"]
    desk.run.line.bench.plant.clear_fault(FAULT)
    await desk.run.turn(60)
    assert state(desk).tripped
    assert await give(desk, "ada", "reset") == f"interlock {NAME} is reset"
    assert not state(desk).tripped
    (told,) = kinds(await desk.run.entries(), "interlock.reset")
    assert (told.actor["id"], told.data["reason"]) == ("ada", "filter test")


async def test_signed_bypass_lets_outputs_go_and_ends_by_itself(desk: Desk) -> None:
    allow(desk, bypass_s=1200.0)
    await trip(desk)
    assert "vent_valve" in desk.run.core.memory["BR101"].forced
    said = await give(desk, "kim", "bypass", args={"minutes": 10}, signature=signed("kim"))
    assert said == f"interlock {NAME} is bypassed for 10 min"
    began = desk.run.core.world.now
    await desk.run.turn()
    assert "vent_valve" not in desk.run.core.memory["BR101"].forced
    (view,) = desk.pipeline.view()["interlocks"]
    assert (view["tripped"], view["first_out"], view["bypassed_s"] > 0) == (True, True, True)
    await desk.run.until(lambda: state(desk).bypassed_until is None)
    assert desk.run.core.world.now - began == pytest.approx(600, abs=60)
    assert "vent_valve" in desk.run.core.memory["BR101"].forced
    entries = await desk.run.entries()
    order = ["command.intent", "signature", "interlock.bypassed", "interlock.restored"]
    assert [e.kind for e in entries if e.kind in order] == order
    (signature,) = kinds(entries, "signature")
    assert signature.data["record"] == f"interlock:{NAME}"


async def test_bypass_outlives_a_restart_with_its_end(desk: Desk) -> None:
    allow(desk, bypass_s=1200.0)
    await give(desk, "kim", "bypass", args={"minutes": 10}, signature=signed("kim"))
    until = state(desk).bypassed_until
    desk.run.clock.now += 2.0
    await desk.run.turn()
    await desk.run.store.journal.append_late([])
    again = await _recovered(SITE, desk.run.store.journal)
    assert again.core.memory["BR101"].interlocks["pressure_high"].bypassed_until == until


async def test_bypass_is_ended_by_a_person(desk: Desk) -> None:
    allow(desk, bypass_s=1200.0)
    await give(desk, "kim", "bypass", args={"minutes": 10}, signature=signed("kim"))
    assert await give(desk, "ada", "restore") == f"interlock {NAME} is restored"
    assert state(desk).bypassed_until is None


REFUSED: dict[str, tuple[str, str, dict[str, Any], float, str]] = {
    "role": ("ada", "bypass", {"signature": signed("ada")}, 1200, "role operator may not"),
    "no signature": ("kim", "bypass", {}, 1200, "by a signature"),
    "wrong password": ("kim", "bypass", {"signature": signed("kim", TYPO)}, 1200, "password"),
    "another person": ("kim", "bypass", {"signature": signed("kit")}, 1200, "can't sign as kit"),
    "meaning": ("kim", "bypass", {"signature": signed("kim", meaning="verified")}, 1200, "means"),
    "site": ("kim", "bypass", {"signature": signed("kim")}, 0, "can't be bypassed"),
    "too long": ("kim", "bypass", {"signature": signed("kim")}, 300, "at most 5 min"),
    "reason": ("kim", "bypass", {"signature": signed("kim"), "reason": ""}, 1200, "a reason"),
    "not tripped": ("ada", "reset", {}, 1200, "is not tripped"),
    "not bypassed": ("ada", "restore", {}, 1200, "is not bypassed"),
    "verb": ("kim", "tune", {}, 1200, "may not"),
}


@pytest.mark.promise(11)
@pytest.mark.parametrize("why", REFUSED)
async def test_what_can_not_be_is_refused_and_told(desk: Desk, why: str) -> None:
    user, verb, more, limit, said = REFUSED[why]
    allow(desk, bypass_s=float(limit))
    await desk.run.turn()
    args = {"interlock": NAME, "minutes": 10}
    entry = await desk.refused(user, f"interlock.{verb}", args=args, **more)
    assert said in entry.data["reason"]
    assert state(desk).bypassed_until is None
    assert kinds(await desk.run.entries(), "signature") == []
