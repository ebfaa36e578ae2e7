"""Mid-ranging and override: two loops share the work, or one output.

Gains and integral times are SIMC's (`bioctl.control.rules.simc`, half rule) on the process below,
rounded; simple-pid has the same ones.
"""

from collections import deque
from typing import ClassVar, Final

from structure_case import Case, Controller, Gene, Panel, Plant, Values, lag, laws, peer

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
    gain: 7.4
    integral: 224 s
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
    law = peer(7.4, 224.0, 40.0, (0.0, 100.0), 2.0)
    return lambda _, read: {
        "oxygen": 0.001 * float(law(read["dissolved_oxygen"], dt=10.0)), "agitation": 100.0
    }  # fmt: skip


def oxygen_chained() -> Controller:
    """Return a PID on the oxygen valve, and one on the agitator that watches the first one."""
    quick = peer(7.4, 224.0, 40.0, (0.0, 100.0), 26.0)
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
    """A filter: 4 mbar an mL/min, fouled to 10 within 5 min and flushed, four times in 2 h."""

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
        name="mid-ranging",
        site=MIDDLE,
        plant=Sparged,
        asked={"dissolved_oxygen": 40.0},
        first={"oxygen": 0.026, "agitation": 80.0},
        hours=16.0,
        peers={"simple-pid": oxygen_alone, "by hand": oxygen_chained},
        miss=lambda true: abs(true["dissolved_oxygen"] - 40.0),
        eu="% h",
        genes=laws("dissolved_oxygen", "middle"),
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
        genes=(*laws("flow", "pressure"), Gene("flow", "tt_s"), Gene("pressure", "tt_s")),
        panels=(
            Panel("override: pressure in bar; the filter fouls and is flushed", "bar", 0.05, 0.6),
            Panel("override: permeate flow in mL/min", "permeate_flow", 0.05, 0.6),
        ),
    ),
)  # fmt: skip
