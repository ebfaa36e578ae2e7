"""BR101, the packed-bed bioreactor: pumps, valves, probes and the processes in its vessel."""

from collections.abc import Mapping
from typing import Final

from bioctl_sim import stock
from bioctl_sim.equipment.actuators import ramp_agitator
from bioctl_sim.equipment.dose import DosePump
from bioctl_sim.equipment.gassing import LEAK, Gassing, stirrer_power
from bioctl_sim.equipment.unit import Unit
from bioctl_sim.faults import effects as fx
from bioctl_sim.liquid import (
    AMMONIUM,
    GLUCOSE,
    GLUTAMINE,
    LACTATE,
    LIVE,
    OXYGEN,
    Liquid,
    Recipe,
)
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
_BED_VOLUME: Final = 1.0
"""L of packed bed."""
_CAPACITANCE: Final = 10.0
"""pF/cm a 1e6 viable cells/mL of bed (large adherent cells)."""
_WETTED: Final = 0.5
"""L from which probes and bed are immersed."""
_STALL_FROM, _STALL_AT = -10_000.0, -30_000.0
"""Pa gauge between which a vacuum in the vessel stalls the harvest pump."""


class Bioreactor(Unit):
    """The bioreactor.

    Args:
        outputs: initial outputs by point.
        name: for messages.
    """

    def __init__(self, outputs: dict[str, float], name: str) -> None:
        super().__init__(outputs)
        self.liquid = Liquid(_CAPACITY, wall=WALL)
        self.drain = Liquid(1e6)
        """What went to waste since power-up: drained liquid and permeate."""
        self.culture = Culture()
        self.gas = Gassing(self.liquid.temperature)
        self.dose = DosePump(name, _SOURCES, 6000.0, 1000.0)
        self.agitator = 0.0
        self.jacket = 20.0
        self.base_total = self.feed_total = self.permeate_total = self.harvest_total = 0.0
        self._probes = Probes(self.liquid.temperature)
        self._glucose = self._lactate = 0.0

    @property
    def outlet_open(self) -> bool:
        """Whether the harvest valve is open."""
        return bool(self.outputs["XV01"])

    def inlet(self) -> Liquid | None:
        """Return the vessel where it has an inlet valve and that is open."""
        return self.liquid if self.outputs.get("XV04") else None

    def draw(self, litres: float) -> bool:
        """Take a sample."""
        if self.liquid.volume < litres + _HEEL:
            return False
        self.liquid.take(litres)
        return True

    def advance(self, first: int, seconds: int) -> None:
        """Step through some seconds."""
        o = self.outputs
        if self.effects[: fx.TEMPERATURE_GAIN] != _HEALTHY:
            o = o | _broken(o, self.effects)
        for second in range(first + 1, first + seconds + 1):
            self._step(second, o)

    def _step(self, second: int, o: Mapping[str, float]) -> None:
        liquid = self.liquid
        if self.agitator != o["SC01"]:
            self.agitator = ramp_agitator(self.agitator, o["SC01"])
        self._pump(o)
        self._heat(o["TC01"])
        self.gas.breathe(o, liquid.volume)
        if second % _CHEMISTRY_S == 0:
            self.gas.exchange(liquid, self.agitator, self.culture.oxygen_demand, _CHEMISTRY_S)
            self._probes.step(self.gas, liquid)
            if second % _CULTURE_S == 0:
                self.culture.step(liquid, self.gas.ph, self.agitator, _CULTURE_S / 3600.0)
                if second % _ANALYSER_S == 0:
                    self._analyse()

    def _pump(self, o: Mapping[str, float]) -> None:
        if self.dose.running:
            self.dose.step(self.liquid)
        if o["PC01"]:
            self.base_total += self._add(stock.BASE, o["PC01"])
        if o["PC02"]:
            self.feed_total += self._add(stock.MEDIUM_AMBIENT, o["PC02"])
        if o["PC03"]:
            self._permeate(o["PC03"])
        if o["PC04"]:
            self._harvest(o)

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

    def _harvest(self, o: Mapping[str, float]) -> None:
        targets = [self.target] if self.target is not None and o["XV01"] else []
        if o["XV02"]:
            targets.append(self.drain)
        rate = o["PC04"] / 60000.0 * self._suction()
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
            self._glucose = self.liquid.concentration(GLUCOSE)
            self._lactate = self.liquid.concentration(LACTATE)

    def measure(self) -> dict[str, float]:
        """Return every measurement by point."""
        liquid, gas, probes = self.liquid, self.gas, self._probes
        wet = liquid.volume > _WETTED
        return {
            "TT01": probes.temperature,
            "TT02": self.jacket,
            "AT01": probes.ph,
            "AT02": probes.oxygen,
            "AT03": self._glucose,
            "AT04": self._lactate,
            "AT05": _CAPACITANCE * self.culture.on_bed / _BED_VOLUME if wet else 0.0,
            "AT06": probes.exhaust_o2,
            "AT07": probes.exhaust_co2,
            "AT08": liquid.cells / liquid.volume if wet else 0.0,
            "AT09": liquid.viability if wet else 0.0,
            "WT01": liquid.mass,
            "PT01": (gas.head.pressure - ATMOSPHERE) / 100.0,
            "ST01": self.agitator,
            "FT01": gas.air.flow,
            "FT02": gas.oxygen.flow,
            "FT03": gas.nitrogen.flow,
            "FT04": gas.carbon_dioxide.flow,
            "FQ01": self.base_total,
            "FQ02": self.feed_total,
            "FQ03": self.permeate_total,
            "FQ04": self.harvest_total,
            "FQ05": self.dose.delivered,
            "XS01": float(self.dose.state),
            "LT01": 0.0,
            "WT02": max(0.0, 1.0 - self.base_total / 1000.0),
            "WT03": max(0.0, 100.0 - self.feed_total / 1000.0),
        }

    def truth(self) -> dict[str, float]:
        """Return what is really so."""
        liquid, gas = self.liquid, self.gas
        wet = liquid.volume > 1e-6
        amounts = liquid.amounts
        return {
            "temperature": liquid.temperature,
            "ph": gas.ph,
            "oxygen": 100.0 * amounts[OXYGEN] / liquid.volume / gas.props.saturation
            if wet
            else 0.0,
            "volume": liquid.volume,
            "vcd": amounts[LIVE] / liquid.volume if wet else 0.0,
            "viability": liquid.viability,
            "glucose": liquid.concentration(GLUCOSE) if wet else 0.0,
            "lactate": liquid.concentration(LACTATE) if wet else 0.0,
            "glutamine": liquid.concentration(GLUTAMINE) if wet else 0.0,
            "ammonium": liquid.concentration(AMMONIUM) if wet else 0.0,
            "pco2": gas.dissolved_co2 / gas.props.h_co2 / 133.322,
            "osmolality": 300.0,
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

_HEALTHY: Final = fx.neutral()[: fx.TEMPERATURE_GAIN]
_FLOWS: Final = {
    "FC01": fx.AIR_FLOW,
    "FC02": fx.OXYGEN_FLOW,
    "FC03": fx.NITROGEN_FLOW,
    "FC04": fx.CO2_FLOW,
    "PC01": fx.BASE_FLOW,
    "PC02": fx.FEED_FLOW,
    "PC03": fx.PERMEATE_FLOW,
    "PC04": fx.HARVEST_FLOW,
    "SC01": fx.AGITATOR,
}


def _broken(o: Mapping[str, float], effects: list[float]) -> dict[str, float]:
    """Return what the outputs do while something is wrong."""
    done = {point: o[point] * effects[effect] for point, effect in _FLOWS.items()}
    done["PC01"] *= 1.0 - effects[fx.BASE_EMPTY]
    done["PC02"] *= 1.0 - effects[fx.FEED_EMPTY]
    done["TC01"] = o["TC01"] + (20.0 - o["TC01"]) * effects[fx.JACKET_LOST]
    done["XV03"] = o["XV03"] * (1.0 - effects[fx.VENT_BLOCK])
    done[LEAK] = effects[fx.LEAK]
    return done
