"""Structures of several loops: cascade, ratio, mid-ranging, override.

Gains and integral times are SIMC's (`bioctl.control.rules.simc`) on the process below, rounded;
simple-pid has the same ones. Sizes are those of a culture of 5 to 10 L.
"""

from collections import deque
from typing import ClassVar, Final

from structure_case import Case, Controller, Gene, Panel, Plant, Values, lag, peer

LAW: Final = ("kc", "ti_s")


def genes(*loops: str) -> tuple[Gene, ...]:
    """Return gain and integral time of some loops."""
    return tuple(Gene(loop, field) for loop in loops for field in LAW)


CASCADE: Final = """\
class: heated_tank
connection: plant
period: 5 s
measurements:
  temperature: TT101 0 .. 60 degC
  jacket_temperature: TT102 0 .. 60 degC
outputs:
  heater: EC101 0 .. 100 %
loops:
  temperature:
    measurement: temperature
    setpoint: 4 .. 40 degC
    gain: 7.4
    integral: 820 s
    segments: [{output: jacket, u: [5, 45], value: [5, 45]}]
    fallback: {jacket: 37}
  jacket:
    measurement: jacket_temperature
    setpoint: 5 .. 45 degC
    setpoint_from: {loop: temperature}
    gain: 25
    integral: 370 s
    segments: [{output: heater, u: [0, 100], value: [0, 100]}]
    fallback: {heater: 30}
"""


class Tank(Plant):
    """5 L (21.6 kJ/K) in a jacket of 1.5 L (6.3 kJ/K) with a heater of 250 W, in a room of 20 degC.

    14 W/K between them, 3 W/K from the jacket to the room, 1 W/K from the vessel. Upsets: the mains
    give 70 % from 1 to 2 h; 0.3 L of medium at 4 degC at 3 h.
    """

    sigma: ClassVar = {"temperature": 0.01, "jacket_temperature": 0.02}

    def __init__(self) -> None:
        super().__init__()
        self.vessel = self.probe = 37.0
        self.jacket = self.jacket_probe = 37.0 + 17.0 / 14.0

    def second(self, u: Values) -> None:
        """Go on by 1 s."""
        power = 2.5 * u["heater"] * (0.7 if 1.0 <= self.h < 2.0 else 1.0)
        if self.s == 3 * 3600:
            self.vessel -= 1.9
        across = 14.0 * (self.jacket - self.vessel)
        self.jacket += (power - across - 3.0 * (self.jacket - 20.0)) / 6300.0
        self.vessel += (across - (self.vessel - 20.0)) / 21_600.0
        self.probe = lag(self.probe, self.vessel, 10.0)
        self.jacket_probe = lag(self.jacket_probe, self.jacket, 5.0)

    def probes(self) -> Values:
        """Return what the probes show."""
        return {"temperature": self.probe, "jacket_temperature": self.jacket_probe}

    def truth(self) -> Values:
        """Return the temperatures."""
        return {"temperature": self.vessel, "jacket_temperature": self.jacket}


REST: Final = (3.0 * (17.0 + 17.0 / 14.0) + 17.0) / 2.5
"""% of the heater at 37 degC."""


def heater_alone() -> Controller:
    """Return one PID from temperature to heater; half of the jacket's lag is dead time to it."""
    law = peer(39.0, 1330.0, 37.0, (0.0, 100.0), REST)
    return lambda _, read: {"heater": float(law(read["temperature"], dt=5.0))}


def heater_chained() -> Controller:
    """Return two PIDs, one's output the other's setpoint."""
    outer = peer(7.4, 820.0, 37.0, (5.0, 45.0), 37.0 + 17.0 / 14.0)
    inner = peer(25.0, 370.0, 37.0, (0.0, 100.0), REST)

    def scan(_: float, read: Values) -> Values:
        inner.setpoint = float(outer(read["temperature"], dt=5.0))
        return {"heater": float(inner(read["jacket_temperature"], dt=5.0))}

    return scan


RATIO: Final = """\
class: perfused_tank
connection: plant
period: 5 s
measurements:
  weight: WT101 0 .. 20 kg
  feed_flow: FT101 0 .. 50 mL/min
  concentrate_flow: FT102 0 .. 5 mL/min
outputs:
  feed_pump: PC101 0 .. 40 mL/min
  concentrate_pump: PC102 0 .. 4 mL/min
loops:
  level:
    measurement: weight
    setpoint: 0 .. 20 kg
    gain: 40
    integral: 100 min
    segments: [{output: feed_pump, u: [0, 40], value: [0, 40]}]
    fallback: {feed_pump: 0}
  concentrate:
    measurement: concentrate_flow
    setpoint: 0 .. 4 mL/min
    setpoint_from: {serves: level, of: feed_flow, ratio: 0.1}
    gain: 0.67
    integral: 10 s
    segments: [{output: concentrate_pump, u: [0, 4], value: [0, 4]}]
    fallback: {concentrate_pump: 0}
"""


class Perfused(Plant):
    """10 L, harvest 10 mL/min, a bleed of 30 mL/min for 5 min an hour; concentrate 1 to 10 of feed.

    The tubing of the concentrate's pump wears from 2 h on: it then gives 80 %.
    """

    sigma: ClassVar = {"weight": 0.003, "feed_flow": 0.1, "concentrate_flow": 0.01}

    def __init__(self) -> None:
        super().__init__()
        self.weight, self.feed, self.concentrate = 10.0, 9.09, 0.909
        self.meters = [9.09, 0.909]

    def second(self, u: Values) -> None:
        """Go on by 1 s."""
        worn = 0.8 if self.h >= 2.0 else 1.0
        bleed = 30.0 if self.s % 3600 >= 3300 else 0.0
        self.feed = lag(self.feed, u["feed_pump"], 5.0)
        self.concentrate = lag(self.concentrate, worn * u["concentrate_pump"], 5.0)
        self.weight += (self.feed + self.concentrate - 10.0 - bleed) / 60_000.0
        self.meters = [
            lag(self.meters[0], self.feed, 5.0),
            lag(self.meters[1], self.concentrate, 5.0),
        ]

    def probes(self) -> Values:
        """Return what the meters show."""
        feed, concentrate = self.meters
        return {"weight": self.weight, "feed_flow": feed, "concentrate_flow": concentrate}

    def truth(self) -> Values:
        """Return the flows, and the concentrate in % of what belongs to the feed."""
        share = 1000.0 * self.concentrate / max(self.feed, 0.1)
        flows = {"feed_flow": self.feed, "concentrate_flow": self.concentrate}
        return {"weight": self.weight, **flows, "share": share}


def concentrate(*, follows: bool) -> Controller:
    """Return a PID for level, one for the concentrate; its setpoint fixed, or set by hand."""
    level = peer(40.0, 6000.0, 10.0, (0.0, 40.0), 9.09)
    flow = peer(0.67, 10.0, 1.14, (0.0, 4.0), 0.909)

    def scan(_: float, read: Values) -> Values:
        if follows:
            flow.setpoint = 0.1 * read["feed_flow"]
        return {
            "feed_pump": float(level(read["weight"], dt=5.0)),
            "concentrate_pump": float(flow(read["concentrate_flow"], dt=5.0)),
        }

    return scan


MIDDLE: Final = """\
class: sparged_tank
connection: plant
period: 10 s
measurements:
  dissolved_oxygen: AT101 0 .. 200 %
outputs:
  oxygen: FC101 0 .. 0.1 L/min
  agitation: SC101 0 .. 400 rpm
loops:
  dissolved_oxygen:
    measurement: dissolved_oxygen
    setpoint: 0 .. 100 %
    gain: 5
    integral: 300 s
    segments: [{output: oxygen, u: [0, 100], value: [0, 0.1]}]
    fallback: {oxygen: 0.03}
  middle:
    measurement: oxygen
    setpoint: 0 .. 0.1 L/min
    setpoint_from: {serves: dissolved_oxygen, value: 0.04}
    acting: direct
    gain: 400
    integral: 400 s
    segments: [{output: agitation, u: [80, 300], value: [80, 300]}]
    fallback: {agitation: 150}
"""


class Sparged(Plant):
    """5 L with 0.5 L/min of gas, of which a small quick valve makes up to 0.1 L/min oxygen.

    kLa = 12/h at 150 rpm, and goes with speed ** 1.2. The uptake doubles in 12 h from 450 % of air
    saturation an hour; a feed bolus lifts it by a fifth from 4 to 5 h, foam takes a fifth of kLa
    from 10 to 11 h.
    """

    sigma: ClassVar = {"dissolved_oxygen": 0.15}

    def __init__(self) -> None:
        super().__init__()
        self.gas, self.oxygen, self.probe, self.valve = 0.251, 40.0, 40.0, 26.0

    def second(self, u: Values) -> None:
        """Go on by 1 s."""
        uptake = 450.0 * 2.0 ** (self.h / 12.0) * (1.2 if 4.0 <= self.h < 5.0 else 1.0)
        kla = 12.0 * (u["agitation"] / 150.0) ** 1.2 * (0.8 if 10.0 <= self.h < 11.0 else 1.0)
        self.valve = 1000.0 * u["oxygen"]
        self.gas = lag(self.gas, 0.21 + 0.79 * u["oxygen"] / 0.5, 20.0)
        rate = kla * (100.0 * self.gas / 0.21 - self.oxygen) - uptake
        self.oxygen = max(0.0, self.oxygen + rate / 3600.0)
        self.probe = lag(self.probe, self.oxygen, 13.0)

    def probes(self) -> Values:
        """Return what the probe shows."""
        return {"dissolved_oxygen": self.probe}

    def truth(self) -> Values:
        """Return dissolved oxygen in % of air saturation, and the valve in % of its range."""
        return {"dissolved_oxygen": self.oxygen, "valve": self.valve}


def oxygen_alone() -> Controller:
    """Return one PID on the oxygen valve, the agitator at a speed that fits the first hours."""
    law = peer(5.0, 300.0, 40.0, (0.0, 100.0), 2.0)
    return lambda _, read: {
        "oxygen": 0.001 * float(law(read["dissolved_oxygen"], dt=10.0)), "agitation": 100.0
    }  # fmt: skip


def oxygen_chained() -> Controller:
    """Return a PID on the oxygen valve, and one on the agitator that watches the first one."""
    quick = peer(5.0, 300.0, 40.0, (0.0, 100.0), 26.0)
    slow = peer(-400.0, 400.0, 0.04, (80.0, 300.0), 86.0)

    def scan(_: float, read: Values) -> Values:
        valve = 0.001 * float(quick(read["dissolved_oxygen"], dt=10.0))
        return {"oxygen": valve, "agitation": float(slow(read["oxygen"], dt=10.0))}

    return scan


OVERRIDE: Final = """\
class: filter
connection: plant
period: 5 s
measurements:
  permeate_flow: FT101 0 .. 100 mL/min
  pressure: PT101 0 .. 1000 mbar
outputs:
  permeate_pump: PC101 0 .. 100 mL/min
loops:
  flow:
    measurement: permeate_flow
    setpoint: 0 .. 100 mL/min
    gain: 1.15
    integral: 15 s
    segments: [{output: permeate_pump, u: [0, 100], value: [0, 100]}]
    override: {permeate_pump: lowest}
    fallback: {permeate_pump: 0}
  pressure:
    measurement: pressure
    setpoint: 0 .. 500 mbar
    gain: 0.115
    integral: 15 s
    segments: [{output: permeate_pump, u: [0, 100], value: [0, 100]}]
    override: {permeate_pump: lowest}
    fallback: {permeate_pump: 0}
"""
LIMIT: Final = 200.0
"""mbar over the membrane."""


class Fouling(Plant):
    """A filter: 4 mbar an mL/min, fouled to 10 within 5 min and flushed again, four times in 2 h."""

    sigma: ClassVar = {"permeate_flow": 0.1, "pressure": 0.5}

    def __init__(self) -> None:
        super().__init__()
        self.flow, self.resistance = 40.0, 4.0
        self.pumped = deque([40.0] * 4)

    def second(self, u: Values) -> None:
        """Go on by 1 s."""
        minute = self.s / 60.0 % 30.0
        self.resistance = 4.0 + 6.0 * min(1.0, max(0.0, (minute - 8.0) / 5.0)) * (minute < 22.0)
        self.pumped.append(u["permeate_pump"])
        self.flow = lag(self.flow, self.pumped.popleft(), 15.0)

    def probes(self) -> Values:
        """Return what is shown."""
        return {"permeate_flow": self.flow, "pressure": self.flow * self.resistance}

    def truth(self) -> Values:
        """Return flow and pressure, and the flow there might be."""
        allowed = min(40.0, LIMIT / self.resistance)
        return {**self.probes(), "bar": 0.001 * self.flow * self.resistance, "allowed": allowed}


def pump(*, guarded: bool) -> Controller:
    """Return a PID on flow; guarded: the lower of it and of one on pressure."""
    flow = peer(1.15, 15.0, 40.0, (0.0, 100.0), 40.0)
    pressure = peer(0.115, 15.0, LIMIT, (0.0, 100.0), 40.0)

    def scan(_: float, read: Values) -> Values:
        wish = float(flow(read["permeate_flow"], dt=5.0))
        most = float(pressure(read["pressure"], dt=5.0))
        return {"permeate_pump": min(wish, most) if guarded else wish}

    return scan


CASES: Final = (
    Case(
        name="cascade",
        site=CASCADE,
        plant=Tank,
        asked={"temperature": 37.0},
        first={"heater": REST},
        hours=6.0,
        peers={"simple-pid": heater_alone, "by hand": heater_chained},
        miss=lambda true: abs(true["temperature"] - 37.0),
        eu="degC h",
        genes=genes("temperature", "jacket"),
        panels=(
            Panel("cascade: temperature in degC, mains at 70 % for 1 h, then cold medium",
                  "temperature", 0.75, 3.5),
        ),
    ),
    Case(
        name="ratio",
        site=RATIO,
        plant=Perfused,
        asked={"level": 10.0},
        first={"feed_pump": 9.09, "concentrate_pump": 0.909},
        hours=4.0,
        peers={
            "simple-pid": lambda: concentrate(follows=False),
            "by hand": lambda: concentrate(follows=True),
        },
        miss=lambda true: 60.0 * abs(true["concentrate_flow"] - 0.1 * true["feed_flow"]),
        eu="mL",
        genes=genes("concentrate"),
        panels=(
            Panel("ratio: concentrate in % of what the feed asks for; two bleeds, then the pump wears",
                  "share", 0.75, 2.0),
        ),
    ),
    Case(
        name="mid-ranging",
        site=MIDDLE,
        plant=Sparged,
        asked={"dissolved_oxygen": 40.0},
        first={"oxygen": 0.026, "agitation": 80.0},
        hours=16.0,
        peers={"simple-pid": oxygen_alone, "by hand": oxygen_chained},
        miss=lambda true: abs(true["dissolved_oxygen"] - 40.0),
        eu="% h",
        genes=genes("dissolved_oxygen", "middle"),
        panels=(
            Panel("mid-ranging: dissolved oxygen in %", "dissolved_oxygen", 0.0, 16.0),
            Panel("mid-ranging: the quick oxygen valve in % of its range", "valve", 0.0, 16.0),
        ),
    ),
    Case(
        name="override",
        site=OVERRIDE,
        plant=Fouling,
        asked={"flow": 40.0, "pressure": LIMIT},
        first={"permeate_pump": 40.0},
        hours=2.0,
        peers={"simple-pid": lambda: pump(guarded=False), "by hand": lambda: pump(guarded=True)},
        miss=lambda true: 60.0 * abs(true["permeate_flow"] - true["allowed"]),
        eu="mL",
        genes=(*genes("flow", "pressure"), Gene("flow", "tt_s"), Gene("pressure", "tt_s")),
        panels=(
            Panel("override: pressure in bar; the filter fouls and is flushed", "bar", 0.05, 0.6),
            Panel("override: permeate flow in mL/min", "permeate_flow", 0.05, 0.6),
        ),
    ),
)  # fmt: skip
