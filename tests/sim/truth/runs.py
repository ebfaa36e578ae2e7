"""The published runs, done again on the plant: its own loops, feeds by dose, samples by the clock.

Where a condition was not published, `tests/sim/published` says what is assumed.
"""

from collections.abc import Awaitable, Callable

from tests.sim.truth.bench import Bench

Point = tuple[float, dict[str, float]]
"""Hours after inoculation, and what was really so."""
Each = Callable[[Bench, float], Awaitable[None]]
"""What is done every hour, with the hours since inoculation."""

_GLUCOSE_M = 2.5
"""mol/L of the glucose concentrate."""
_GLUTAMINE_M = 0.2


async def fill(bench: Bench, litres: float, ph: float, oxygen: float, rpm: float) -> None:
    """Fill with medium and wait until temperature, pH and oxygen are there."""
    await bench.dose("medium", 1000.0 * litres)
    await bench.control(37.0, ph, oxygen, rpm)
    await bench.run(8 * 3600)


async def follow(bench: Bench, hours: list[float], each: Each | None = None) -> list[Point]:
    """Run to each of some times, acting every hour, and note the truth there."""
    now, points = 0.0, [(0.0, await bench.truth())]
    for until in hours:
        while now < until - 1e-6:
            if each is not None:
                await each(bench, now)
            step = min(1.0, until - now)
            await bench.run(step * 3600.0)
            now += step
        points.append((until, await bench.truth()))
    return points


def noted(days: int, every: float) -> list[float]:
    """Return when to note, in hours: every so many hours for some days."""
    return [every * step for step in range(1, round(24.0 * days / every) + 1)]


async def top_up(bench: Bench, what: str, low: float, wanted: float) -> None:
    """Bring glucose or glutamine to a level where it is below another, mmol/L."""
    truth = await bench.truth()
    if truth[what] < low:
        strength = _GLUCOSE_M if what == "glucose" else _GLUTAMINE_M
        await bench.dose(what, (wanted - truth[what]) * truth["volume"] / strength)


async def cho(bench: Bench, hours: list[float], *, starve: float = 1e9) -> list[Point]:
    """Fed-batch from 0.393e6/mL: a concentrate daily from 72 h, glucose kept at 30 mmol/L.

    Args:
        bench: a 2 L vessel.
        hours: when to note.
        starve: h from which no glucose is given.
    """
    await fill(bench, 1.4, 7.0, 40.0, 150.0)
    await bench.dose("inoculum", 1400.0 / 9.0)
    start = (await bench.truth())["volume"]
    due = [72.0]

    async def daily(bench: Bench, now: float) -> None:
        if now < due[0]:
            return
        due[0] += 24.0
        if now < 241.0:
            await bench.dose("feed", 35.0 * start)
        if now < starve:
            await top_up(bench, "glucose", 30.0, 30.0)

    return await follow(bench, hours, daily)


async def vero(bench: Bench, days: int, every: float = 24.0) -> list[Point]:
    """Batch on Cytodex 1 from 0.1e6/mL; glucose and glutamine brought to 10 and 2 when low."""
    await fill(bench, 2.8, 7.2, 50.0, 60.0)
    await bench.dose("inoculum", 200.0)

    async def bolus(bench: Bench, _now: float) -> None:
        await top_up(bench, "glucose", 5.0, 10.0)
        await top_up(bench, "glutamine", 0.5, 2.0)

    return await follow(bench, noted(days, every), bolus)


async def murine(bench: Bench, days: int, every: float = 24.0) -> list[Point]:
    """Monolayer of 5,000 cm2, 0.2 mL of medium a cm2, half of it changed every other day."""
    await fill(bench, 0.95, 7.3, 80.0, 40.0)
    await bench.dose("inoculum", 50.0)

    async def change(bench: Bench, now: float) -> None:
        if now > 0.0 and now % 48.0 == 0.0:
            await bench.set(PC04=100.0, XV02=1)
            await bench.run(300)
            await bench.set(PC04=0.0, XV02=0)
            await bench.dose("medium", 500.0)

    return await follow(bench, noted(days, every), change)


async def rice(bench: Bench, days: int, every: float = 24.0) -> list[Point]:
    """Batch in 40 L at 27 degC, 0.2 vvm and 150 rpm, nothing controlled but temperature."""
    await bench.dose("medium", 33_000.0)
    await bench.set(SC01=150.0, XC01=1, TS01=27.0, FC01=8.0)
    await bench.run(10 * 3600)
    await bench.dose("inoculum", 7000.0)
    return await follow(bench, noted(days, every))


async def t_fibre(bench: Bench, days: int, every: float = 24.0) -> list[Point]:
    """30e6 resting cells in 0.1 L behind fibres, three beads a cell, perfusion as they grow."""
    await fill(bench, 0.19, 7.25, 50.0, 60.0)
    await bench.dose("inoculum", 5.0)
    await bench.dose("activator", 1.0)

    async def perfuse(bench: Bench, now: float) -> None:
        if now >= 48.0:
            live = (await bench.truth())["amount_live"]
            exchanges = min(40.0, 0.3 * live / 0.1 + 1.0)
            await bench.set(XC04=1, WS01=0.2, PC03=exchanges * 100.0 / 1440.0)

    return await follow(bench, noted(days, every), perfuse)


async def hek(bench: Bench, days: int, every: float = 6.0) -> list[Point]:
    """Batch from 0.3e6/mL."""
    await fill(bench, 0.9, 7.1, 40.0, 150.0)
    await bench.dose("inoculum", 100.0)
    return await follow(bench, noted(days, every))


async def r1(bench: Bench, days: float) -> list[Point]:
    """3.6e8 cells on a bed of 18 m2; perfusion from 15 mmol/L of glucose, led by lactate."""
    await fill(bench, 4.0, 7.25, 50.0, 80.0)
    await bench.dose("inoculum", 200.0)
    await bench.set(SC01=40.0)
    perfused = [False]

    async def lead(bench: Bench, now: float) -> None:
        if now == 5.0:
            await bench.set(SC01=80.0)
        truth = await bench.truth()
        perfused[0] |= truth["glucose"] < 15.0
        if perfused[0]:
            daily = max(0.15, truth["lactate"] / 18.0 * 0.5)
            await bench.set(XC04=1, WS01=4.02, PC03=daily * 4000.0 / 1440.0)

    return await follow(bench, [2.4 * step for step in range(1, round(10 * days) + 1)], lead)
