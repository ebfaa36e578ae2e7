"""What real actuators do with a set point: errors, wear, lag and turn-down, as numbers.

Sources: flow controller error 0.5 % of reading and pump CV 3 % are the defaults of CC-sim
(github DustinSands/CC-sim), agitator error 1 % likewise; wear and the temperature control unit's
numbers are engineering guesses within the ranges vendors give. Valves open and close within the
second that is the plant's step.
"""

import random
from typing import Final, NamedTuple


class Actuators(NamedTuple):
    """One vessel's actuators; floats only, so that a compiled kernel takes it as it is.

    A gain is what comes of a set point of 1; an error is drawn once for each vessel.

    Attributes:
        air_gain: of the air flow controller (the next three likewise).
        mfc_zero: part of full scale that an open flow controller adds to its flow.
        mfc_turndown: part of full scale below which it closes.
        mfc_tau: s, first order.
        base_gain: of the base pump at delivery (the next four likewise).
        wear: part of a peristaltic pump's flow lost in a day of running.
        tubing: s from a pump to the vessel.
        agitator_gain: of the speed.
        agitator_ramp: rpm/s.
        jacket_low: degC, lowest it reaches.
        jacket_high: degC, highest it reaches.
        jacket_dead: K, dead zone between heating and cooling.
    """

    air_gain: float = 1.0
    oxygen_gain: float = 1.0
    nitrogen_gain: float = 1.0
    co2_gain: float = 1.0
    mfc_zero: float = 0.0
    mfc_turndown: float = 0.01
    mfc_tau: float = 1.4
    base_gain: float = 1.0
    feed_gain: float = 1.0
    permeate_gain: float = 1.0
    harvest_gain: float = 1.0
    dose_gain: float = 1.0
    wear: float = 0.0
    tubing: float = 0.0
    agitator_gain: float = 1.0
    agitator_ramp: float = 10.0
    jacket_low: float = 5.0
    jacket_high: float = 45.0
    jacket_dead: float = 0.0


IDEAL: Final = Actuators()
"""No errors, no wear: with noise switched off."""

_MFC_ERROR: Final = 0.005
_PUMP_ERROR: Final = 0.03
_DOSE_ERROR: Final = 0.005
"""A dose is measured by the pump's own totaliser, which is calibrated by weight."""
_AGITATOR_ERROR: Final = 0.01
_WEAR: Final = 0.005
_SPREAD: Final = 2.5
"""Standard deviations beyond which a vendor would not ship the part."""


def drawn(seed: int, vessel: str) -> Actuators:
    """Return the actuators of one vessel, their errors drawn from the plant's seed."""
    source = random.Random(f"{seed} {vessel} actuators")  # noqa: S311 - errors of a model

    def gain(error: float) -> float:
        return 1.0 + error * max(-_SPREAD, min(_SPREAD, source.gauss(0.0, 1.0)))

    return Actuators(
        air_gain=gain(_MFC_ERROR),
        oxygen_gain=gain(_MFC_ERROR),
        nitrogen_gain=gain(_MFC_ERROR),
        co2_gain=gain(_MFC_ERROR),
        mfc_zero=0.001 * source.random(),
        mfc_turndown=0.02,
        base_gain=gain(_PUMP_ERROR),
        feed_gain=gain(_PUMP_ERROR),
        permeate_gain=gain(_PUMP_ERROR),
        harvest_gain=gain(_PUMP_ERROR),
        dose_gain=gain(_DOSE_ERROR),
        wear=_WEAR,
        tubing=10.0,
        agitator_gain=gain(_AGITATOR_ERROR),
        jacket_dead=0.2,
    )
