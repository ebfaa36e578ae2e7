"""The three loops of a 5 L packed bed, as a site file would declare them."""

import pytest

from bioctl.control.loop_config import LoopConfig
from bioctl.control.pid import Tuning
from bioctl.control.segment import Segment
from bioctl.control.structure import Balance, Structure
from bioctl.control.totaliser import DoseLimit
from bioctl.values import Range


@pytest.fixture(scope="session")
def temperature() -> LoopConfig:
    return LoopConfig(
        name="temperature",
        pv="temperature",
        pv_range=Range(0, 60),
        sp_range=Range(4, 40),
        structure=Structure((Segment(5, 42, "jacket", 5, 42),)),
        tuning=Tuning(7.0, 840.0),
        fallback={"jacket": 37.0},
        hold_s=60.0,
    )


@pytest.fixture(scope="session")
def ph() -> LoopConfig:
    return LoopConfig(
        name="pH",
        pv="pH",
        pv_range=Range(2, 12),
        sp_range=Range(6.5, 8),
        structure=Structure(
            (
                Segment(-100, 0, "carbon_dioxide", 0.5, 0),
                Segment(0, 100, "base_pump", 0, 5),
            ),
            exclusive=("carbon_dioxide", "base_pump"),
        ),
        tuning=Tuning(74.0, 1460.0, dead_band=0.02),
        fallback={"carbon_dioxide": 0.0, "base_pump": 0.0},
        hold_s=60.0,
        dose=DoseLimit("base_pump", "base_total", 150.0),
    )


@pytest.fixture(scope="session")
def oxygen() -> LoopConfig:
    return LoopConfig(
        name="dissolved_oxygen",
        pv="dissolved_oxygen",
        pv_range=Range(0, 200),
        sp_range=Range(0, 100),
        structure=Structure(
            (
                Segment(-30, 0, "nitrogen", 0.1, 0),
                Segment(0, 30, "agitation", 60, 150, shared=True),
                Segment(30, 60, "air", 0.1, 0.5),
                Segment(60, 100, "oxygen", 0, 0.5),
            ),
            balances=(Balance("air", ("nitrogen", "oxygen")),),
        ),
        tuning=Tuning(0.5, 500.0),
        fallback={"nitrogen": 0.0, "agitation": 100.0, "air": 0.3, "oxygen": 0.0},
        hold_s=600.0,
    )
