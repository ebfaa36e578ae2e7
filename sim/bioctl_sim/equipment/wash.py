"""CW201, the concentrate-and-wash skid: feed bag, process loop with membrane, waste bag.

Concentration and diafiltration follow from the mass balance: a solute that passes the membrane
freely falls as exp(-diavolumes) at constant volume (Cheryan, *Ultrafiltration and Microfiltration
Handbook*).
"""

import math
from collections.abc import Mapping
from typing import Final

from bioctl_sim.equipment.dose import DosePump
from bioctl_sim.equipment.hold import age
from bioctl_sim.equipment.membrane import Membrane
from bioctl_sim.equipment.unit import Sink, Unit
from bioctl_sim.liquid import COUNT, DISSOLVED, PROTEIN, Liquid
from bioctl_sim.stock import CRYO_MEDIUM, WASH_BUFFER

_AMBIENT: Final = 20.0
_BAG_S: Final = 7200.0
"""s, time constant of the feed bag towards the room."""
_COOLER_S: Final = 180.0
"""s, time constant of the product towards the cooler."""
_AGE_EVERY: Final = 10
_TUBING_LOSS: Final = 0.015
"""Part of the cells that stays in the tubing on the way to the filler."""
_SETTLE_S: Final = 2400.0
"""s, time constant of cells settling in an unmixed bag (about 2 cm/h over a few cm)."""
_LIFT_S: Final = 30.0
"""s, time constant of the mixer lifting them again."""
_MIXED_RPM: Final = 10.0
_EMPTY: Final = 0.001
"""L below which the loop counts as empty."""


class WashSkid(Unit):
    """The concentrate-and-wash skid.

    Args:
        outputs: initial outputs by point.
        name: for messages.
    """

    def __init__(self, outputs: dict[str, float], name: str) -> None:
        super().__init__(outputs)
        self.feed = Liquid(20.0)
        self.loop = Liquid(2.0)
        self.waste = Liquid(60.0)
        self.dose = DosePump(
            name, {"cryo_medium": CRYO_MEDIUM, "buffer": WASH_BUFFER}, 2000.0, 200.0
        )
        self.membrane = Membrane()
        self.buffer_total = 0.0
        """mL of wash buffer since power-up."""
        self._settled = 0.0
        self._reference = 0.0
        self._residual = 0.0

    def inlet(self) -> Liquid | None:
        """Return the feed bag where the inlet valve is open."""
        return self.feed if self.outputs["XV01"] else None

    @property
    def outlet_open(self) -> bool:
        """Whether the product valve is open."""
        return bool(self.outputs["XV02"])

    def advance(self, first: int, seconds: int) -> None:
        """Step through some seconds."""
        for second in range(first + 1, first + seconds + 1):
            self._step(second)

    def _step(self, second: int) -> None:
        o = self.outputs | self.overrides if self.overrides else self.outputs
        if self.feed.volume > 0.0:
            self._mix(o["SC01"])
            if o["PC01"]:
                self._pump_feed(o["PC01"])
        if self.dose.running:
            self.dose.step(self.loop)
        if o["PC03"]:
            self._pump_buffer(o["PC03"])
        if self.loop.volume > _EMPTY:
            self._run_loop(o)
        elif self._reference:
            self._empty()
        if second % _AGE_EVERY == 0:
            self._age(o["TC01"])

    def _mix(self, rpm: float) -> None:
        if rpm >= _MIXED_RPM:
            self._settled -= self._settled / _LIFT_S
        else:
            self._settled += (1.0 - self._settled) / _SETTLE_S

    def _pump_feed(self, rate: float) -> None:
        parcel = self.feed.take(min(rate / 60000.0, self.loop.room))
        for cell in range(DISSOLVED, COUNT):
            stays = parcel.amounts[cell] * self._settled
            parcel.amounts[cell] -= stays
            self.feed.amounts[cell] += stays
        self.loop.add(parcel)

    def _pump_buffer(self, rate: float) -> None:
        volume = min(rate / 60000.0, self.loop.room)
        self.loop.add(WASH_BUFFER.draw(volume))
        self.buffer_total += volume * 1000.0

    def _run_loop(self, o: Mapping[str, float]) -> None:
        permeate = self.membrane.draw(self.loop, o["PC02"], self.waste.room)
        if permeate is not None:
            self.waste.add(permeate)
        protein = self.loop.concentration(PROTEIN)
        self._reference = max(self._reference, protein)
        self._residual = 100.0 * protein / self._reference if self._reference > 0.0 else 0.0
        if self.target is not None and o["XV02"] and o["PC04"]:
            self._pump_product(o["PC04"], self.target)

    def _pump_product(self, rate: float, bulk: Sink) -> None:
        parcel = self.loop.take(min(rate / 60000.0, bulk.room))
        for cell in range(DISSOLVED, COUNT):
            stays = parcel.amounts[cell] * _TUBING_LOSS
            parcel.amounts[cell] -= stays
            self.waste.amounts[cell] += stays
        bulk.add(parcel)

    def _empty(self) -> None:
        self.membrane.rest()
        self.membrane.rinse()
        self._reference = 0.0

    def _age(self, cooler: float) -> None:
        if self.feed.volume > 0.0:
            age(self.feed, _AMBIENT, _BAG_S, _AGE_EVERY)
        if self.loop.volume > 0.0:
            age(self.loop, cooler, _COOLER_S, _AGE_EVERY)
        else:
            self.loop.temperature += (cooler - self.loop.temperature) * _COOL_STEP

    def measure(self) -> dict[str, float]:
        """Return every measurement by point."""
        loop = self.loop
        filled = loop.volume > _EMPTY
        return {
            "TT01": loop.temperature,
            "WT01": self.feed.mass,
            "WT02": loop.mass,
            "WT03": self.waste.mass,
            "PT01": self.membrane.pressure,
            "FT01": self.membrane.flow,
            "FQ01": self.buffer_total,
            "FQ05": self.dose.delivered,
            "XS01": float(self.dose.state),
            "AT01": self._residual,
            "AT02": loop.cells / loop.volume if filled else 0.0,
            "AT03": loop.viability if filled else 0.0,
        }

    def execute(self, command: str, arguments: Mapping[str, object]) -> str:
        """DOSE {source, volume, rate} into the loop, or STOP_DOSE {}."""
        return self.dose.execute(command, arguments)

    def stop_doses(self) -> None:
        """Stop the dosing pump."""
        self.dose.stop()


_COOL_STEP: Final = 1.0 - math.exp(-_AGE_EVERY / _COOLER_S)
