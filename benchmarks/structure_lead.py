"""Cascade and ratio: one loop leads another.

Gains and integral times are SIMC's (`bioctl.control.rules.simc`, half rule) on the process below,
rounded; simple-pid has the same ones. The jacket's loop is tuned to a closed-loop time of 160 s,
because of the noise that reaches the heater.
"""

from typing import ClassVar, Final

from structure_case import Case, Controller, Panel, Plant, Values, lag, laws, peer

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
    gain: 8.8
    integral: 740 s
    segments: [{output: jacket, u: [5, 45], value: [5, 45]}]
    fallback: {jacket: 37}
  jacket:
    measurement: jacket_temperature
    setpoint: 5 .. 45 degC
    setpoint_from: {loop: temperature}
    gain: 15
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
    outer = peer(8.8, 740.0, 37.0, (5.0, 45.0), 37.0 + 17.0 / 14.0)
    inner = peer(15.0, 370.0, 37.0, (0.0, 100.0), REST)

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
    gain: 0.75
    integral: 7.5 s
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
    flow = peer(0.75, 7.5, 1.14, (0.0, 4.0), 0.909)

    def scan(_: float, read: Values) -> Values:
        if follows:
            flow.setpoint = 0.1 * read["feed_flow"]
        return {
            "feed_pump": float(level(read["weight"], dt=5.0)),
            "concentrate_pump": float(flow(read["concentrate_flow"], dt=5.0)),
        }

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
        genes=laws("temperature", "jacket"),
        panels=(
            Panel("cascade: temperature in degC; mains at 70 % for 1 h, then cold medium",
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
        genes=laws("concentrate"),
        panels=(
            Panel("ratio: concentrate in % of its share; two bleeds, then the pump wears",
                  "share", 0.75, 2.0),
        ),
    ),
)  # fmt: skip
