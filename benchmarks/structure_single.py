"""Structures around one law: feed-forward, gain schedule, two positions, dead band with trend.

Gains and integral times are SIMC's (`bioctl.control.rules.simc`) on the process below, rounded;
simple-pid has the same ones. Sizes are those of a culture of 5 L.
"""

import math
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
    gain: 0.73
    integral: 144 s
    schedule: {by: agitation, points: [[60, 4.8, 4.9], [150, 2.5, 3.2], [400, 1, 1]]}
    segments: [{output: oxygen, u: [0, 100], value: [0, 0.3]}]
    fallback: {oxygen: 0.05}
"""
SPEEDS: Final = ((0.0, 60.0, 200.0), (4.0, 150.0, 600.0), (7.0, 400.0, 1900.0))
"""Hour, rpm, and the uptake from then on in % of air saturation an hour."""
TABLE: Final = ((60.0, 3.5, 710.0), (150.0, 1.82, 460.0), (400.0, 0.73, 144.0))
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
    law = peer(0.73, 144.0, 40.0, (0.0, 100.0), 8.0)

    def scan(_: float, read: Values) -> Values:
        if scheduled:
            kc, ti_s = between(read["agitation"])
            law.tunings = (kc, kc / ti_s, 0.0)
        return {"oxygen": 0.003 * float(law(read["dissolved_oxygen"], dt=5.0))}

    return scan


def between(rpm: float) -> tuple[float, float]:
    """Return gain and integral time at a speed, interpolated."""
    for (x0, k0, t0), (x1, k1, t1) in zip(TABLE, TABLE[1:], strict=False):
        if rpm <= x1:
            part = max(0.0, (rpm - x0) / (x1 - x0))
            return k0 + part * (k1 - k0), t0 + part * (t1 - t0)
    return TABLE[-1][1:]


FOAM: Final = """\
class: foaming_tank
connection: plant
period: 5 s
measurements:
  foam: LT101 0 .. 100 %
outputs:
  antifoam: PC101 0 .. 2 mL/min
loops:
  foam:
    measurement: foam
    setpoint: 0 .. 100 %
    law: on_off
    on_delay: 15 s
    on: 15 s
    rest: 5 min
    segments: [{output: antifoam, u: [0, 1], value: [0, 2]}]
    fallback: {antifoam: 0}
"""


class Foaming(Plant):
    """Foam of 45 %, 110 % from 1 h on, would rise within 4 min; 0.4 mL of antifoam halve it.

    A dose acts after 90 s of mixing and is used up with a half-life of 40 min. The probe is a
    contact at 50 %: 0 or 100. A drop closes it now and then for 10 s.
    """

    def __init__(self) -> None:
        super().__init__()
        self.foam, self.dosed, self.acting, self.splash = 45.0, 0.0, 0.0, 0

    def second(self, u: Values) -> None:
        """Go on by 1 s."""
        source = 45.0 if self.h < 1.0 else 110.0
        self.dosed += u["antifoam"] / 60.0 - self.dosed * math.log(2.0) / 2400.0
        self.acting = lag(self.acting, self.dosed, 90.0)
        self.foam = lag(self.foam, source * 0.5 ** (self.acting / 0.4), 240.0)
        self.splash = 10 if self.random.random() < 1.0 / 1200.0 else max(0, self.splash - 1)

    def probes(self) -> Values:
        """Return what the probe shows."""
        return {"foam": 100.0 if self.splash or self.foam > 50.0 else 0.0}

    def truth(self) -> Values:
        """Return the foam in % of the head space, and the antifoam in the vessel in mL."""
        return {"foam": self.foam, "there": self.dosed}


def antifoam_alone() -> Controller:
    """Return one PID from foam to the pump's speed."""
    law = peer(-0.008, 330.0, 50.0, (0.0, 2.0), 0.0)
    return lambda _, read: {"antifoam": float(law(read["foam"], dt=5.0))}


def antifoam_switched() -> Controller:
    """Return no PID: the pump runs while the contact is closed."""
    return lambda _, read: {"antifoam": 2.0 if read["foam"] > 50.0 else 0.0}


BAND: Final = """\
class: growing_culture
connection: plant
period: 10 s
measurements:
  dissolved_oxygen: AT101 0 .. 200 %
outputs:
  oxygen: FC101 0 .. 0.3 L/min
loops:
  dissolved_oxygen:
    measurement: dissolved_oxygen
    setpoint: 0 .. 100 %
    gain: 1.75
    integral: 300 s
    smoothing: 20 s
    dead_band: 0.9 %
    inside: 0.4
    trend: 1.7 h
    segments: [{output: oxygen, u: [0, 100], value: [0, 0.3]}]
    fallback: {oxygen: 0.05}
"""


class Growing(Plant):
    """5 L with kLa = 12/h and 0.5 L/min of gas; the cells' uptake doubles in 20 h.

    It begins at 800 % of air saturation an hour. A feed bolus lifts it by 15 % from 8 to 9 h and
    from 18 to 19 h. An old probe: 13 s, and a noise of 0.5 %.
    """

    sigma: ClassVar = {"dissolved_oxygen": 0.5}

    def __init__(self) -> None:
        super().__init__()
        self.gas, self.oxygen, self.probe = 0.21 * (40.0 + 800.0 / 12.0) / 100.0, 40.0, 40.0
        self.valve = 0.0

    def second(self, u: Values) -> None:
        """Go on by 1 s."""
        bolus = 8.0 <= self.h < 9.0 or 18.0 <= self.h < 19.0
        uptake = 800.0 * 2.0 ** (self.h / 20.0) * (1.15 if bolus else 1.0)
        self.valve = u["oxygen"] / 0.003
        self.gas = lag(self.gas, 0.21 + 0.79 * u["oxygen"] / 0.5, 20.0)
        rate = 12.0 * (100.0 * self.gas / 0.21 - self.oxygen) - uptake
        self.oxygen = max(0.0, self.oxygen + rate / 3600.0)
        self.probe = lag(self.probe, self.oxygen, 13.0)

    def probes(self) -> Values:
        """Return what the probe shows."""
        return {"dissolved_oxygen": self.probe}

    def truth(self) -> Values:
        """Return dissolved oxygen in % of air saturation, and the valve in % of its range."""
        return {"dissolved_oxygen": self.oxygen, "valve": self.valve}


def valve(*, banded: bool) -> Controller:
    """Return a PID on the oxygen valve; by hand with a filter and a gap as error map."""
    law = peer(1.75, 300.0, 40.0, (0.0, 100.0), 2.9)
    if not banded:
        return lambda _, read: {"oxygen": 0.003 * float(law(read["dissolved_oxygen"], dt=10.0))}
    law.error_map = _outside
    smooth = [40.0]

    def scan(_: float, read: Values) -> Values:
        smooth[0] += (read["dissolved_oxygen"] - smooth[0]) * 10.0 / 30.0
        return {"oxygen": 0.003 * float(law(smooth[0], dt=10.0))}

    return scan


def _outside(error: float) -> float:
    return error - 0.6 * max(-0.9, min(0.9, error))


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
    Case(
        name="two positions",
        site=FOAM,
        plant=Foaming,
        asked={"foam": 50.0},
        first={"antifoam": 0.0},
        hours=6.0,
        peers={"simple-pid": antifoam_alone, "by hand": antifoam_switched},
        miss=lambda true: max(0.0, true["foam"] - 50.0),
        eu="% h + mL",
        genes=tuple(Gene("foam", name) for name in ("dead_band", "on_delay_s", "on_s", "rest_s")),
        panels=(
            Panel("two positions: foam in %; more of it after half an hour", "foam", 0.5, 3.0),
            Panel("two positions: antifoam in the vessel in mL", "there", 0.5, 3.0),
        ),
        price=120.0,
    ),
    Case(
        name="dead band, trend",
        site=BAND,
        plant=Growing,
        asked={"dissolved_oxygen": 40.0},
        first={"oxygen": 0.0088},
        hours=24.0,
        peers={
            "simple-pid": lambda: valve(banded=False),
            "by hand": lambda: valve(banded=True),
        },
        miss=lambda true: abs(true["dissolved_oxygen"] - 40.0),
        eu="% h",
        genes=tuple(
            Gene("dissolved_oxygen", name)
            for name in ("kc", "smooth_s", "dead_band", "inside", "trend_s")
        ),
        panels=(
            Panel("dead band and trend: dissolved oxygen in %; a feed bolus at 8 h",
                  "dissolved_oxygen", 0.0, 12.0),
            Panel("dead band and trend: oxygen valve in % of its range", "valve", 0.0, 12.0),
        ),
        calm=True,
    ),
)  # fmt: skip
