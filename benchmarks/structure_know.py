"""Feed-forward and gain schedule: a loop knows what comes, and what the process has become.

Gains and integral times are SIMC's (`bioctl.control.rules.simc`, half rule) on the process below,
rounded; simple-pid has the same ones.
"""

from itertools import pairwise
from typing import ClassVar, Final

from structure_case import Case, Controller, Gene, Panel, Plant, Values, lag, peer

FORWARD: Final = """\
class: fed_tank
connection: plant
period: 5 s
measurements:
  temperature: TT101 0 .. 60 degC
  feed_flow: FT101 0 .. 50 mL/min
outputs:
  jacket: TC101 5 .. 45 degC
loops:
  temperature:
    measurement: temperature
    setpoint: 4 .. 40 degC
    gain: 11
    integral: 580 s
    feed_forward: [{of: feed_flow, gain: 0.164}]
    segments: [{output: jacket, u: [5, 45], value: [5, 45]}]
    fallback: {jacket: 37}
"""


class Fed(Plant):
    """5 L (21.6 kJ/K), 14 W/K to a jacket that follows its setpoint in 2 min, 1 W/K to the room.

    Feed at 4 degC, 20 mL/min for 20 min, at 1 and 3 h: 46 W, which the jacket brings at 3.3 K more.
    """

    sigma: ClassVar = {"temperature": 0.01, "feed_flow": 0.1}

    def __init__(self) -> None:
        super().__init__()
        self.vessel = self.probe = 37.0
        self.jacket, self.feed = 37.0 + 17.0 / 14.0, 0.0

    def second(self, u: Values) -> None:
        """Go on by 1 s."""
        begins = (3600, 3 * 3600)
        on = any(begin <= self.s < begin + 1200 for begin in begins)
        self.feed = 20.0 if on else 0.0
        self.jacket = lag(self.jacket, u["jacket"], 120.0)
        heat = 14.0 * (self.jacket - self.vessel) - (self.vessel - 20.0)
        heat -= self.feed / 60.0 * 4.18 * (self.vessel - 4.0)
        self.vessel += heat / 21_600.0
        self.probe = lag(self.probe, self.vessel, 10.0)

    def probes(self) -> Values:
        """Return what is shown."""
        return {"temperature": self.probe, "feed_flow": self.feed}

    def truth(self) -> Values:
        """Return the temperature."""
        return {"temperature": self.vessel}


def jacket(*, knows_feed: bool) -> Controller:
    """Return a PID on the jacket; what the feed asks for is added by hand."""
    law = peer(11.0, 580.0, 37.0, (5.0, 45.0), 37.0 + 17.0 / 14.0)

    def scan(_: float, read: Values) -> Values:
        more = 0.164 * read["feed_flow"] if knows_feed else 0.0
        return {"jacket": min(45.0, float(law(read["temperature"], dt=5.0)) + more)}

    return scan


SCHEDULE: Final = """\
class: stirred_tank
connection: plant
period: 5 s
measurements:
  dissolved_oxygen: AT101 0 .. 300 %
  agitation: ST101 0 .. 500 rpm
outputs:
  oxygen: FC101 0 .. 0.3 L/min
loops:
  dissolved_oxygen:
    measurement: dissolved_oxygen
    setpoint: 0 .. 100 %
    gain: 1.02
    integral: 154 s
    schedule: {by: agitation, points: [[60, 5, 3.2], [150, 2.25, 2.4], [400, 1, 1]]}
    segments: [{output: oxygen, u: [0, 100], value: [0, 0.3]}]
    fallback: {oxygen: 0.05}
"""
SPEEDS: Final = ((0.0, 60.0, 200.0), (4.0, 150.0, 600.0), (7.0, 400.0, 1900.0))
"""Hour, rpm, and the uptake from then on in % of air saturation an hour."""
TABLE: Final = ((60.0, 5.1, 493.0), (150.0, 2.3, 370.0), (400.0, 1.02, 154.0))
"""rpm, gain, integral time: the same schedule for simple-pid."""


class Stirred(Plant):
    """5 L whose kLa is 25/h at 400 rpm and 2.6/h at 60 rpm; it mixes in 8 s at 400 rpm.

    0.5 L/min of gas. At each speed the uptake rises by a fifth after 1 h and falls back after 2 h.
    """

    sigma: ClassVar = {"dissolved_oxygen": 0.15, "agitation": 0.5}

    def __init__(self) -> None:
        super().__init__()
        self.gas, self.oxygen, self.probe, self.speed = 0.21 * 1.178, 40.0, 40.0, 60.0
        self.mixed = self.gas

    def second(self, u: Values) -> None:
        """Go on by 1 s."""
        since, rpm, uptake = [one for one in SPEEDS if one[0] <= self.h][-1]
        uptake *= 1.2 if since + 1.0 <= self.h < since + 2.0 else 1.0
        self.speed = lag(self.speed, rpm, 30.0)
        kla = 25.0 * (self.speed / 400.0) ** 1.2
        self.gas = lag(self.gas, 0.21 + 0.79 * u["oxygen"] / 0.5, 20.0)
        self.mixed = lag(self.mixed, self.gas, 3200.0 / self.speed)
        rate = kla * (100.0 * self.mixed / 0.21 - self.oxygen) - uptake
        self.oxygen = max(0.0, self.oxygen + rate / 3600.0)
        self.probe = lag(self.probe, self.oxygen, 13.0)

    def probes(self) -> Values:
        """Return what is shown."""
        return {"dissolved_oxygen": self.probe, "agitation": self.speed}

    def truth(self) -> Values:
        """Return dissolved oxygen, % of air saturation."""
        return {"dissolved_oxygen": self.oxygen}


def oxygen(*, scheduled: bool) -> Controller:
    """Return a PID on the oxygen valve, tuned for the quickest stirrer, or by a table."""
    law = peer(1.02, 154.0, 40.0, (0.0, 100.0), 8.0)

    def scan(_: float, read: Values) -> Values:
        if scheduled:
            kc, ti_s = between(read["agitation"])
            law.tunings = (kc, kc / ti_s, 0.0)
        return {"oxygen": 0.003 * float(law(read["dissolved_oxygen"], dt=5.0))}

    return scan


def between(rpm: float) -> tuple[float, float]:
    """Return gain and integral time at a speed, interpolated."""
    for (x0, k0, t0), (x1, k1, t1) in pairwise(TABLE):
        if rpm <= x1:
            part = max(0.0, (rpm - x0) / (x1 - x0))
            return k0 + part * (k1 - k0), t0 + part * (t1 - t0)
    return TABLE[-1][1:]


CASES: Final = (
    Case(
        name="feed-forward",
        site=FORWARD,
        plant=Fed,
        asked={"temperature": 37.0},
        first={"jacket": 37.0 + 17.0 / 14.0},
        hours=5.0,
        peers={
            "simple-pid": lambda: jacket(knows_feed=False),
            "by hand": lambda: jacket(knows_feed=True),
        },
        miss=lambda true: abs(true["temperature"] - 37.0),
        eu="degC h",
        genes=(
            Gene("temperature", "kc"),
            Gene("temperature", "ti_s"),
            Gene("temperature", "forward"),
        ),
        panels=(
            Panel("feed-forward: temperature in degC; cold feed for 20 min",
                  "temperature", 0.75, 2.0),
        ),
    ),
    Case(
        name="gain schedule",
        site=SCHEDULE,
        plant=Stirred,
        asked={"dissolved_oxygen": 40.0},
        first={"oxygen": 0.024},
        hours=10.0,
        peers={
            "simple-pid": lambda: oxygen(scheduled=False),
            "by hand": lambda: oxygen(scheduled=True),
        },
        miss=lambda true: abs(true["dissolved_oxygen"] - 40.0),
        eu="% h",
        genes=(
            Gene("dissolved_oxygen", "kc"),
            Gene("dissolved_oxygen", "ti_s"),
            Gene("dissolved_oxygen", "schedule", 0.5, 2.0),
        ),
        panels=(
            Panel("gain schedule: dissolved oxygen in % at 60, 150 and 400 rpm",
                  "dissolved_oxygen", 0.0, 10.0),
        ),
    ),
)  # fmt: skip
