"""The wash skid's membrane: flux, transmembrane pressure, and what passing it does to the cells.

Resistance in series (Cheryan, *Ultrafiltration and Microfiltration Handbook*): TMP = J (Rm + Rf)
times a factor that grows with the cell concentration; Rf grows with the permeate that was drawn.
"""

from typing import Final

from bioctl_sim.liquid import DEAD, LIVE, RESTING, TRANSDUCED, Liquid, Parcel

AREA: Final = 0.3
"""m2."""
_CLEAN: Final = 2.0
"""mbar a LMH of clean membrane with buffer."""
_CROWDING: Final = 1.0 / 50.0
"""Rise of TMP a 1e6 cells/mL."""
_FOULING: Final = 0.002
"""mbar/LMH a litre of permeate and 1e6 cells/mL."""
_STALL: Final = 800.0
"""mbar, where the permeate pump slips."""
_HOLD_UP: Final = 0.02
"""L of loop below which the membrane draws air."""
_LOSS: Final = 0.0015
"""Part of the cells caught for each loop volume drawn through the membrane."""
_DAMAGE: Final = 0.0006
"""Part of the live cells killed for each loop volume drawn through the membrane."""


class Membrane:
    """Hollow-fibre module of the loop; state: fouling."""

    __slots__ = ("flow", "fouling", "pressure")

    def __init__(self) -> None:
        self.fouling = 0.0
        self.pressure = 0.0
        """Transmembrane pressure in mbar."""
        self.flow = 0.0
        """Permeate flow in mL/min."""

    def rest(self) -> None:
        """No permeate is drawn this second."""
        self.flow = self.pressure = 0.0

    def rinse(self) -> None:
        """The loop is empty: the next fill starts on a clean membrane."""
        self.fouling = 0.0

    def draw(self, loop: Liquid, wanted: float, room: float) -> Parcel | None:
        """Draw one second of permeate.

        Args:
            loop: the process loop.
            wanted: permeate pump in mL/min.
            room: free volume of the waste bag in L.

        Returns:
            What goes to waste: permeate and the cells caught; None where nothing flows.
        """
        available = min(wanted / 60000.0, loop.volume - _HOLD_UP, room)
        if available <= 0.0:
            self.rest()
            return None
        crowd = loop.cells / loop.volume
        resistance = (_CLEAN + self.fouling) * (1.0 + crowd * _CROWDING)
        flux = min(available * 3600.0 / AREA, _STALL / resistance)
        volume = flux * AREA / 3600.0
        self.flow = volume * 60000.0
        self.pressure = flux * resistance
        self.fouling += _FOULING * volume * crowd
        return _pass(loop, volume)


def _pass(loop: Liquid, volume: float) -> Parcel:
    turnover = volume / loop.volume
    parcel = loop.take_filtered(volume)
    amounts = loop.amounts
    live, dead = amounts[LIVE], amounts[DEAD]
    killed = live * _DAMAGE * turnover
    caught_live, caught_dead = live * _LOSS * turnover, dead * _LOSS * turnover
    stay = 1.0 - (_DAMAGE + _LOSS) * turnover
    for cells in (LIVE, RESTING, TRANSDUCED):
        amounts[cells] *= stay
    amounts[DEAD] = dead + killed - caught_dead
    parcel.amounts[LIVE], parcel.amounts[DEAD] = caught_live, caught_dead
    return parcel
