"""The reference of the control figures: simple-pid with SIMC, and the structures both sides share.

Committed before our controller is measured. SIMC (Skogestad 2003, PI, tc = theta) from each
vessel's own data; one tuning a loop, for the strongest segment, since simple-pid knows one.
"""

import math
from collections.abc import Mapping
from typing import Final

from control_vessel import SCAN_S, SETPOINTS, Bench
from simple_pid import PID

from bioctl.control.segment import Segment
from bioctl.control.structure import Balance, Structure

BUFFER: Final = 5.1
"""mmol/L a pH, closed: what the first minutes of a base addition see (bioprocess data)."""
BASE: Final = 0.5
"""mol/L."""


def mixing_s(bench: Bench) -> float:
    """Return the mixing time in s at 20 W/m3 (Nienow 1997)."""
    p = bench.vessel.parameters
    return 5.9 * p.diameter ** (2 / 3) * 0.02 ** (-1 / 3) * 0.42 ** (-1 / 3)


def speed_rpm(bench: Bench, density: float) -> float:
    """Return the agitator speed in rpm for a power density in W/m3."""
    p = bench.vessel.parameters
    torque = p.power_number * 1005.0 * p.impeller**5
    return 60.0 * (density * p.working / 1000.0 / torque) ** (1.0 / 3.0)


def structures(bench: Bench) -> dict[str, Structure]:
    """Return what moves which output: jacket; CO2 or base; N2, agitation, gas flow, oxygen."""
    p, v = bench.vessel.parameters, bench.litres
    low, high = 0.002 * v, 0.02 * v
    return {
        "temperature": Structure((Segment(5, 42, "jacket", 5, 42),)),
        "pH": Structure(
            (
                Segment(-100, 0, "carbon_dioxide", 0.2 * high, 0),
                Segment(0, 100, "base_pump", 0, p.base_max),
            ),
            exclusive=("carbon_dioxide", "base_pump"),
        ),
        "dissolved_oxygen": Structure(
            (
                Segment(-30, 0, "nitrogen", low, 0),
                Segment(0, 30, "agitation", speed_rpm(bench, 8.0), speed_rpm(bench, 25.0)),
                Segment(30, 60, "air", low, high),
                Segment(60, 100, "oxygen", 0, high),
            ),
            balances=(Balance("air", ("nitrogen", "oxygen")),),
        ),
    }


def kla(bench: Bench, power: float, gas: float) -> float:
    """Return kLa in 1/h (van't Riet 1979) at a power density (W/m3) and a gas flow (L/min)."""
    p = bench.vessel.parameters
    velocity = gas * (310.15 / 273.15) / 60_000.0 / p.area
    return float(p.sparger * 93.6 * power**0.4 * math.sqrt(velocity))


def simc(bench: Bench) -> dict[str, tuple[float, float]]:
    """Return Kc (u per measurement eu) and Ti (s) of each loop."""
    p, v = bench.vessel.parameters, bench.litres
    half = SCAN_S / 2.0
    tau = 4150.0 * (v + p.wall) / p.jacket_ua
    found = {"temperature": _pi(1.0, tau + p.tcu_lag / 2, p.tcu_lag / 2 + 10.0 + half)}
    slope = BASE * p.base_max / 60.0 / (BUFFER * v) / 100.0
    found["pH"] = _pi(slope, math.inf, mixing_s(bench) + 20.0 + half)
    strongest = 377.0 / 40.0  # % of air saturation per u, from air to oxygen over 40 u
    tau_o2 = 3600.0 / kla(bench, 25.0, 0.02 * v)
    found["dissolved_oxygen"] = _pi(strongest, tau_o2, 13.0 + mixing_s(bench) / 3.0 + half)
    return found


def _pi(gain: float, tau: float, theta: float) -> tuple[float, float]:
    if math.isinf(tau):
        return 1.0 / (gain * 2.0 * theta), 8.0 * theta
    return tau / (gain * 2.0 * theta), min(tau, 8.0 * theta)


START: Final = {"temperature": 36.5, "pH": 0.0, "dissolved_oxygen": 0.0}
"""u every controller begins at."""


class SimplePid:
    """Three loops of simple-pid on the shared structures, with the same limits and readings."""

    def __init__(self, bench: Bench) -> None:
        self._structures = structures(bench)
        self._laws = {}
        for name, (kc, ti) in simc(bench).items():
            one = self._structures[name]
            self._laws[name] = PID(
                kc, kc / ti, 0.0, SETPOINTS[name], None, (one.low, one.high),
                starting_output=START[name],
            )  # fmt: skip

    def scan(self, now: float, readings: Mapping[str, float]) -> dict[str, float]:
        """Return all outputs."""
        del now
        outputs: dict[str, float] = {}
        for name, law in self._laws.items():
            u = law(readings[name], dt=float(SCAN_S))
            outputs |= self._structures[name].values(float(u))
        return outputs
