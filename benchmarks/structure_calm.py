"""Two positions, dead band and trend: a loop that moves its output no more than it must.

Gains and integral times are SIMC's (`bioctl.control.rules.simc`, half rule) on the process below,
rounded; simple-pid has the same ones.
"""

import math
from typing import ClassVar, Final

from structure_case import Case, Controller, Gene, Panel, Plant, Values, lag, peer

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
    """Return one PID from the contact to the pump; its gain was the best of four tried."""
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
    gain: 1.43
    integral: 310 s
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
    kc, ti_s = (1.43, 310.0) if banded else (2.45, 224.0)  # a filter is one more lag
    law = peer(kc, ti_s, 40.0, (0.0, 100.0), 2.9)
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
        name="two positions",
        site=FOAM,
        plant=Foaming,
        asked={"foam": 50.0},
        first={"antifoam": 0.0},
        hours=6.0,
        peers={"simple-pid": antifoam_alone, "by hand": antifoam_switched},
        miss=lambda true: max(0.0, true["foam"] - 50.0),
        eu="% h + mL",
        genes=tuple(Gene("foam", name) for name in ("on_delay_s", "on_s", "rest_s")),
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
