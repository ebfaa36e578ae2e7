"""Each fault of a bioreactor shows itself first as the library says, on a culture that runs."""

import copy
from collections.abc import Callable
from functools import cache

import pytest

from bioctl_sim.faults.library import LIBRARY
from bioctl_sim.plant import Plant

HOUR = 3600.0
Seen = dict[str, float]


def running() -> Plant:
    """4 L of culture at 37 degC, its own loops on, perfused."""
    plant = Plant(noise=False, accelerated=True)
    for source, volume in (("inoculum", 500.0), ("medium", 3500.0)):
        plant.execute("BR101", "DOSE", {"source": source, "volume": volume, "rate": 1000.0})
        plant.step(300.0)
    for point, value in {
        "SC101": 80.0, "FC101": 0.1, "XC101": 1.0, "TS101": 37.0, "XC103": 1.0, "AS102": 50.0,
        "XC102": 1.0, "AS101": 7.2,
        "PC102": 2.0, "PC103": 2.0,
    }.items():  # fmt: skip
        plant.write(f"BR101.{point}", value)
    plant.step(12 * HOUR)
    return plant


@pytest.fixture(scope="module")
def healthy() -> Plant:
    return running()


@pytest.fixture(scope="module")
def good(healthy: Plant) -> Callable[..., Seen]:
    """What is seen some hours later with nothing broken."""
    return cache(lambda hours, base: after(healthy, "", hours, base=base))


def look(plant: Plant) -> Seen:
    shown = dict(zip((tag.name[6:] for tag in plant.tags), plant.values(), strict=True))
    return shown | {name[6:]: value for name, value in plant.truth().items()}


def after(
    plant: Plant, fault: str, hours: float, amount: float | None = None, *, base: bool = False
) -> Seen:
    broken = copy.deepcopy(plant)
    if base:
        broken.write("BR101.AS101", 8.0)
    if fault:
        broken.set_fault(f"BR101.{fault}", amount)
    broken.step(hours * HOUR)
    return look(broken)


Check = Callable[[Seen, Seen], bool]
"""Of what is seen with the fault and without."""

OBSERVED: dict[str, tuple[float, float | None, Check]] = {
    "ph_drift": (10, 0.01, lambda b, g: b["ph"] < g["ph"] - 0.02 and b["FC104"] > g["FC104"]),
    "do_bubble": (1, None, lambda b, g: b["FC101"] < g["FC101"] and b["oxygen"] < g["oxygen"]),
    "do_cap_ageing": (2, None, lambda b, g: b["oxygen"] > g["oxygen"] + 2.0),
    "probe_out": (1, None, lambda b, g: b["TT101"] < 25.0 and b["TT102"] > g["TT102"] + 3.0),
    "hose_on_scale": (1, None, lambda b, g: abs(b["WT101"] - g["WT101"] - 0.02) < 1e-6),
    "air_lost": (1, None, lambda b, g: b["FT101"] == 0.0 and b["FC101"] > 2 * g["FC101"]),
    "base_empty": (1, None, lambda b, g: b["WT102"] == 0.0 and b["ph"] < g["ph"]),
    "feed_empty": (4, None, lambda b, g: b["WT103"] == 0.0 and b["WT101"] < g["WT101"] - 0.3),
    "base_kinked": (2, None, lambda b, g: b["WT102"] > g["WT102"] and b["ph"] < g["ph"]),
    "feed_kinked": (4, None, lambda b, g: b["WT101"] < g["WT101"] - 0.3),
    "permeate_kinked": (4, None, lambda b, g: b["WT101"] > g["WT101"] + 0.3),
    "feed_pump_worn": (72, 0.1, lambda b, g: b["WT101"] < g["WT101"] - 0.3),
    "permeate_pump_worn": (48, 0.1, lambda b, g: b["WT101"] > g["WT101"] + 0.1),
    "filter_fouled": (48, 2.0, lambda b, g: b["PT102"] > 1.5 * g["PT102"]),
    "agitator_lost": (1, None, lambda b, _g: b["ST101"] == 0.0 and b["SC101"] == 80.0),
    "coupling_slip": (1, None, lambda b, g: b["ST101"] == g["ST101"] and b["kla"] < 0.8 * g["kla"]),
    "jacket_lost": (2, None, lambda b, _g: b["TT102"] < 22.0 and b["TT101"] < 36.0),
    "vent_blocked": (1, None, lambda b, g: b["PT101"] > g["PT101"] + 2.0),
    "liquid_leak": (4, 0.05, lambda b, g: b["WT101"] < g["WT101"] - 0.15),
    "contamination": (14, None, lambda b, g: b["our"] > 1.5 * g["our"]),
    "foaming": (4, 50.0, lambda b, g: b["LT101"] > g["LT101"]),
    "slow_growth": (48, None, lambda b, g: b["on_bed"] < 0.9 * g["on_bed"]),
    "weak_feed": (48, None, lambda b, g: b["glucose"] < g["glucose"]),
    "cold_feed": (4, None, lambda b, g: b["TT102"] > g["TT102"]),
    "warm_room": (4, None, lambda b, g: b["TT102"] < g["TT102"]),
    "thin_air": (4, 0.5, lambda b, g: b["FT101"] > 1.2 * g["FT101"]),
}
ELSEWHERE = {
    "oxygen_lost", "nitrogen_lost", "co2_lost", "gas_lost",  # as air_lost
    "harvest_kinked", "base_pump_worn",  # as base_kinked
    "leak", "comms_lost",  # held by tests of the plant and of the library
}  # fmt: skip


def test_every_fault_of_a_bioreactor_is_looked_at() -> None:
    assert OBSERVED.keys() | ELSEWHERE == LIBRARY["vessel"].keys()


@pytest.mark.parametrize("fault", OBSERVED)
def test_first_observable_is_what_the_library_says(
    healthy: Plant, good: Callable[..., Seen], fault: str
) -> None:
    hours, amount, shows = OBSERVED[fault]
    base = fault.startswith("base")
    bad = after(healthy, fault, hours, amount, base=base)
    usual = good(hours, base)
    assert shows(bad, usual), {k: (bad[k], usual[k]) for k in usual if bad[k] != usual[k]}
