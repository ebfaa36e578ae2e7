"""Structures around one law: feed-forward, gain schedule, two positions, dead band with trend.

Gains and integral times are SIMC's (`bioctl.control.rules.simc`) on the process below, rounded;
simple-pid has the same ones. Sizes are those of a culture of 5 L.
"""

import math
from collections import deque
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
  foam: LT101 -50 .. 150 %
outputs:
  antifoam: PC101 0 .. 2 mL/min
loops:
  foam:
    measurement: foam
    setpoint: 0 .. 100 %
    law: on_off
    dead_band: 5 %
    on_delay: 30 s
    on: 15 s
    rest: 5 min
    segments: [{output: antifoam, u: [0, 1], value: [0, 2]}]
    fallback: {antifoam: 0}
"""


class Foaming(Plant):
    """Foam of 45 %, 110 % from 1 h on, would rise within 4 min; 0.4 mL of antifoam halve it.

    A dose acts after 90 s of mixing and is used up with a half-life of 40 min. Drops splash onto
    the probe now and then: 40 % too much for 10 s.
    """

    sigma: ClassVar = {"foam": 2.0}

    def __init__(self) -> None:
        super().__init__()
        self.foam, self.dosed, self.acting, self.splash = 45.0, 0.0, 0.0, 0

    def second(self, u: Values) -> None:
        """Go on by 1 s."""
        source = 45.0 if self.h < 1.0 else 110.0
        self.dosed += u["antifoam"] / 60.0 - self.dosed * math.log(2.0) / 2400.0
        self.acting = lag(self.acting, self.dosed, 90.0)
        self.foam = lag(self.foam, source * 0.5 ** (self.acting / 0.4), 240.0)
        self.splash = 10 if self.random.random() < 1.0 / 300.0 else max(0, self.splash - 1)

    def probes(self) -> Values:
        """Return what the probe shows."""
        return {"foam": self.foam + (40.0 if self.splash else 0.0)}

    def truth(self) -> Values:
        """Return the foam, % of the head space the probe sees."""
        return {"foam": self.foam}


def antifoam_alone() -> Controller:
    """Return one PID from foam to the pump's speed."""
    law = peer(-0.008, 330.0, 50.0, (0.0, 2.0), 0.0)
    return lambda _, read: {"antifoam": float(law(read["foam"], dt=5.0))}


def antifoam_switched() -> Controller:
    """Return the same PID, with the pump on whenever it asks for half or more."""
    on = [False]

    def scan(_: float, read: Values) -> Values:
        on[0] = read["foam"] > (45.0 if on[0] else 55.0)
        return {"antifoam": 2.0 if on[0] else 0.0}

    return scan


BAND: Final = """\
class: acidified_tank
connection: plant
period: 5 s
measurements:
  pH: AT101 2 .. 12 pH
outputs:
  base_pump: PC101 0 .. 2 mL/min
loops:
  pH:
    measurement: pH
    setpoint: 6.5 .. 8.0 pH
    gain: 2040
    integral: 300 s
    dead_band: 0.01 pH
    inside: 0.2
    trend: 3.3 h
    segments: [{output: base_pump, u: [0, 100], value: [0, 2]}]
    fallback: {base_pump: 0}
"""


class Acidified(Plant):
    """5 L whose cells make lactic acid, 0.5 to 6 mmol/(L h) within 16 h; 25.5 mmol move a pH.

    NaOH 0.5 mol/L, mixed in 15 s. A probe of 20 s with a noise of 0.003. At 5 and 11 h a feed of
    2.5 mmol of acid, a tenth of a pH.
    """

    sigma: ClassVar = {"pH": 0.003}

    def __init__(self) -> None:
        super().__init__()
        self.acidity = self.probe = 7.2
        self.base = deque([0.15] * 15)

    def second(self, u: Values) -> None:
        """Go on by 1 s."""
        self.base.append(u["base_pump"])
        lactate = 2.5 * 12.0 ** (self.h / 16.0)
        made = 0.5 * self.base.popleft() / 60.0 - lactate / 3600.0
        self.acidity += made / 25.5
        if self.s in (5 * 3600, 11 * 3600):
            self.acidity -= 2.5 / 25.5
        self.probe = lag(self.probe, self.acidity, 20.0)

    def probes(self) -> Values:
        """Return what the probe shows."""
        return {"pH": self.probe}

    def truth(self) -> Values:
        """Return the pH."""
        return {"pH": self.acidity}


def base(*, banded: bool) -> Controller:
    """Return a PID on the base pump; its error map makes a dead band."""
    law = peer(2040.0, 300.0, 7.2, (0.0, 100.0), 4.2)
    if banded:
        law.error_map = _outside
    return lambda _, read: {"base_pump": 0.02 * float(law(read["pH"], dt=5.0))}


def _outside(error: float) -> float:
    return error - max(-0.01, min(0.01, error))


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
        eu="degC",
        genes=(
            Gene("temperature", "kc"),
            Gene("temperature", "ti_s"),
            Gene("temperature", "forward"),
        ),
        panels=(
            Panel("feed-forward: temperature in degC, cold feed from 1 h for 20 min",
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
        eu="%",
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
        eu="%",
        genes=tuple(Gene("foam", name) for name in ("dead_band", "on_delay_s", "on_s", "rest_s")),
        panels=(
            Panel("two positions: foam in %, more of it from 1 h", "foam", 0.5, 3.0),
            Panel("two positions: antifoam in the vessel in mL", "antifoam_there", 0.5, 3.0),
        ),
        price=60.0,
    ),
    Case(
        name="dead band, trend",
        site=BAND,
        plant=Acidified,
        asked={"pH": 7.2},
        first={"base_pump": 0.084},
        hours=16.0,
        peers={
            "simple-pid": lambda: base(banded=False),
            "by hand": lambda: base(banded=True),
        },
        miss=lambda true: abs(true["pH"] - 7.2),
        eu="pH",
        genes=tuple(
            Gene("pH", name) for name in ("kc", "ti_s", "dead_band", "inside", "trend_s")
        ),
        panels=(
            Panel("dead band: pH, acid at 11 h", "pH", 10.0, 3.0),
            Panel("dead band: base in mL/min", "base_pump", 10.0, 3.0),
        ),
    ),
)  # fmt: skip
