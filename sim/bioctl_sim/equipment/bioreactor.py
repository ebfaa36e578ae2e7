"""BR101, the packed-bed bioreactor: pumps, valves, probes and the processes in its vessel."""

import random
from collections.abc import Mapping
from typing import Final

from bioctl_sim import stock
from bioctl_sim.equipment.actuators import ramp_agitator
from bioctl_sim.equipment.dose import DosePump
from bioctl_sim.equipment.gassing import Gassing, stirrer_power
from bioctl_sim.liquid import GLUCOSE, LACTATE, OXYGEN, Liquid, Recipe
from bioctl_sim.process.gas import ATMOSPHERE
from bioctl_sim.process.growth import Culture
from bioctl_sim.process.heat import HEAT_OF_RESPIRATION, WALL, jacket_step, vessel_step

_CAPACITY: Final = 6.3
"""L of liquid."""
_HEEL: Final = 0.02
"""L the bed holds back when the vessel is drained."""
_CHEMISTRY_S: Final = 5
"""s between two looks at oxygen, carbon dioxide and pH."""
_CULTURE_S: Final = 10
"""s between two looks at the cells."""
_ANALYSER_S: Final = 600
_ANALYSER_ERROR: Final = 0.02
"""Standard deviation of the at-line analyser, part of its reading."""
_BED_VOLUME: Final = 1.0
"""L of packed bed."""
_CAPACITANCE: Final = 10.0
"""pF/cm a 1e6 viable cells/mL of bed (large adherent cells)."""
_WETTED: Final = 0.5
"""L from which probes and bed are immersed."""
_STALL_FROM, _STALL_AT = -10_000.0, -30_000.0
"""Pa gauge between which a vacuum in the vessel stalls the harvest pump."""


class Bioreactor:
    """The bioreactor.

    Args:
        outputs: initial outputs by point.
        seed: of the at-line analyser's error.
        noise: False for an analyser without error.
    """

    def __init__(self, outputs: dict[str, float], seed: int, *, noise: bool) -> None:
        self.outputs = outputs
        self.overrides: dict[str, float] = {}
        self.liquid = Liquid(_CAPACITY, wall=WALL)
        self.drain = Liquid(1e6)
        """What went to waste since power-up: drained liquid and permeate."""
        self.culture = Culture()
        self.gas = Gassing(self.liquid.temperature)
        self.dose = DosePump("BR101", _SOURCES, 6000.0, 1000.0)
        self.agitator = 0.0
        self.jacket = 20.0
        self.base_total = self.feed_total = self.permeate_total = self.harvest_total = 0.0
        self._random = random.Random(seed + 101)  # noqa: S311 - error of a model
        self._error = _ANALYSER_ERROR if noise else 0.0
        self._probes = Probes(self.liquid.temperature)
        self._glucose = self._lactate = 0.0

    def step(self, second: int, wash_feed: Liquid | None) -> None:
        """Advance one second; `wash_feed` is the wash skid's bag where its inlet valve is open."""
        o, liquid = self.outputs, self.liquid
        if self.overrides:
            o = o | self.overrides
        if self.agitator != o["SC101"]:
            self.agitator = ramp_agitator(self.agitator, o["SC101"])
        self._pump(o, wash_feed)
        self._heat(o["TC101"])
        self.gas.breathe(o, liquid.volume)
        if second % _CHEMISTRY_S == 0:
            self.gas.exchange(liquid, self.agitator, self.culture.oxygen_demand, _CHEMISTRY_S)
            self._probes.step(self.gas, liquid)
            if second % _CULTURE_S == 0:
                self.culture.step(liquid, self.gas.ph, self.agitator, _CULTURE_S / 3600.0)
                if second % _ANALYSER_S == 0:
                    self._analyse()

    def _pump(self, o: Mapping[str, float], wash_feed: Liquid | None) -> None:
        if self.dose.running:
            self.dose.step(self.liquid)
        if o["PC101"]:
            self.base_total += self._add(stock.BASE, o["PC101"])
        if o["PC102"]:
            self.feed_total += self._add(stock.MEDIUM_AMBIENT, o["PC102"])
        if o["PC103"]:
            self._permeate(o["PC103"])
        if o["PC104"]:
            self._harvest(o, wash_feed)

    def _add(self, source: Recipe, rate: float) -> float:
        """Pump a second's worth in at a rate in mL/min; return the mL that fitted."""
        volume = min(rate / 60000.0, self.liquid.room)
        self.liquid.add(source.draw(volume))
        return volume * 1000.0

    def _permeate(self, rate: float) -> None:
        volume = min(rate / 60000.0, self.liquid.volume - _HEEL)
        if volume > 0.0:
            self.drain.add(self.liquid.take_filtered(volume))
            self.permeate_total += volume * 1000.0

    def _harvest(self, o: Mapping[str, float], wash_feed: Liquid | None) -> None:
        targets = [wash_feed] if wash_feed is not None and o["XV101"] else []
        if o["XV102"]:
            targets.append(self.drain)
        rate = o["PC104"] / 60000.0 * self._suction()
        for target in targets:
            volume = min(rate / len(targets), self.liquid.volume - _HEEL, target.room)
            if volume > 0.0:
                target.add(self.liquid.take(volume))
                self.harvest_total += volume * 1000.0

    def _suction(self) -> float:
        """Return the part of its flow a pump keeps against a vacuum in the vessel."""
        gauge = self.gas.head.pressure - ATMOSPHERE
        if gauge >= _STALL_FROM:
            return 1.0
        return max(0.0, (gauge - _STALL_AT) / (_STALL_FROM - _STALL_AT))

    def _heat(self, setpoint: float) -> None:
        self.jacket = jacket_step(self.jacket, setpoint)
        liquid = self.liquid
        power = self.gas.oxygen_used * HEAT_OF_RESPIRATION / 3600.0
        if liquid.volume > _WETTED:
            power += stirrer_power(self.agitator)
        liquid.temperature = vessel_step(liquid.temperature, self.jacket, liquid.volume, power)

    def _analyse(self) -> None:
        if self.liquid.volume > _WETTED:
            self._glucose = self._sample(GLUCOSE)
            self._lactate = self._sample(LACTATE)

    def _sample(self, solute: int) -> float:
        error = 1.0 + self._error * self._random.gauss(0.0, 1.0)
        return max(0.0, self.liquid.concentration(solute) * error)

    def measure(self) -> dict[str, float]:
        """Return every measurement by point."""
        liquid, gas, probes = self.liquid, self.gas, self._probes
        wet = liquid.volume > _WETTED
        return {
            "TT101": probes.temperature,
            "TT102": self.jacket,
            "AT101": probes.ph,
            "AT102": probes.oxygen,
            "AT103": self._glucose,
            "AT104": self._lactate,
            "AT105": _CAPACITANCE * self.culture.on_bed / _BED_VOLUME if wet else 0.0,
            "AT106": probes.exhaust_o2,
            "AT107": probes.exhaust_co2,
            "AT108": liquid.cells / liquid.volume if wet else 0.0,
            "AT109": liquid.viability if wet else 0.0,
            "WT101": liquid.mass,
            "PT101": (gas.head.pressure - ATMOSPHERE) / 100.0,
            "ST101": self.agitator,
            "FT101": gas.air.flow,
            "FT102": gas.oxygen.flow,
            "FT103": gas.nitrogen.flow,
            "FT104": gas.carbon_dioxide.flow,
            "FQ101": self.base_total,
            "FQ102": self.feed_total,
            "FQ103": self.permeate_total,
            "FQ104": self.harvest_total,
            "FQ105": self.dose.delivered,
            "XS101": float(self.dose.state),
        }

    def execute(self, command: str, arguments: Mapping[str, object]) -> str:
        """DOSE {source, volume, rate} into the vessel, or STOP_DOSE {}."""
        return self.dose.execute(command, arguments)

    def stop_doses(self) -> None:
        """Stop the dosing pump."""
        self.dose.stop()


class Probes:
    """Lagged probes of the vessel, advanced every 5 s (first order, exact for a held input)."""

    __slots__ = ("exhaust_co2", "exhaust_o2", "oxygen", "ph", "temperature")

    _TEMPERATURE: Final = 1.0 - 2.718281828 ** (-5.0 / 15.0)
    _PH: Final = 1.0 - 2.718281828 ** (-5.0 / 20.0)
    _OXYGEN: Final = 1.0 - 2.718281828 ** (-5.0 / 25.0)
    _EXHAUST: Final = 1.0 - 2.718281828 ** (-5.0 / 40.0)

    def __init__(self, temperature: float) -> None:
        self.temperature = temperature
        self.ph = 7.4
        self.oxygen = 100.0
        self.exhaust_o2 = 20.95
        self.exhaust_co2 = 0.04

    def step(self, gas: Gassing, liquid: Liquid) -> None:
        """Follow the true values; dry pH and oxygen probes keep pH and see the gas."""
        head = gas.head
        total = head.o2 + head.co2 + head.n2
        if liquid.volume > _WETTED:
            self.ph += (gas.ph - self.ph) * self._PH
            oxygen = 100.0 * liquid.amounts[OXYGEN] / liquid.volume / gas.props.saturation
        else:
            oxygen = 100.0 * head.o2 / total / 0.2095
        self.oxygen += (oxygen - self.oxygen) * self._OXYGEN
        self.temperature += (liquid.temperature - self.temperature) * self._TEMPERATURE
        self.exhaust_o2 += (100.0 * head.o2 / total - self.exhaust_o2) * self._EXHAUST
        self.exhaust_co2 += (100.0 * head.co2 / total - self.exhaust_co2) * self._EXHAUST


_SOURCES: Final[Mapping[str, Recipe]] = {
    "medium": stock.MEDIUM,
    "buffer": stock.BUFFER,
    "enzyme": stock.ENZYME,
    "quench": stock.QUENCH,
    "inoculum": stock.INOCULUM,
}
