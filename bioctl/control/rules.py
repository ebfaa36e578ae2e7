"""Tuning rules, side by side: SIMC, lambda, Tyreus-Luyben.

Skogestad, *J. Process Control* 13 (2003) 291 (SIMC, half rule); Rivera, Morari and Skogestad,
*Ind. Eng. Chem. Process Des. Dev.* 25 (1986) 252 (lambda); Tyreus and Luyben, *Ind. Eng. Chem.
Res.* 31 (1992) 2625 (from ultimate gain and period).
"""

import math
from dataclasses import replace
from typing import Final

from bioctl.control.process import Process, promise
from bioctl.control.tuning import Acting, Tuning
from bioctl.errors import InputError


def simc(process: Process, scan_s: float, tc: float = 1.0, *, derivative: bool = False) -> Tuning:
    """Return the SIMC tuning.

    Args:
        process: near the working point.
        scan_s: period of the loop, s; half of it counts as dead time.
        tc: closed-loop time constant as a multiple of the dead time: 1 is tight, 3 smooth.
        derivative: let Td cancel the second time constant; without, half of it is dead time.
    """
    if derivative and process.tau2_s > 0:
        return _simc_pid(process, scan_s, tc)
    theta = _dead(process, scan_s) + process.tau2_s / 2.0
    tau = process.tau_s + process.tau2_s / 2.0
    wish = tc * theta
    kc = 1.0 / (abs(_slope(process, tau)) * (wish + theta))
    return _law(process, kc, min(tau, 4.0 * (wish + theta)))


def _simc_pid(process: Process, scan_s: float, tc: float) -> Tuning:
    """Return the series form made ideal, as this law is."""
    theta = _dead(process, scan_s)
    wish = tc * theta
    kc = 1.0 / (abs(process.slope) * (wish + theta))
    ti, td = min(process.tau_s, 4.0 * (wish + theta)), process.tau2_s
    ti = max(ti, td)
    factor = 1.0 + td / ti
    return replace(_law(process, kc * factor, ti * factor), td_s=td / factor)


def lambda_rule(process: Process, scan_s: float, wish_s: float = 0.0) -> Tuning:
    """Return the lambda tuning; `wish_s` 0 takes three times the dead time.

    An integrating process gets its own form: Ti = 2 lambda + theta.
    """
    theta = _dead(process, scan_s) + process.tau2_s / 2.0
    wish = wish_s or 3.0 * theta
    if process.integrating:
        ti = 2.0 * wish + theta
        return _law(process, ti / (abs(process.gain) * (wish + theta) ** 2), ti)
    tau = process.tau_s + process.tau2_s / 2.0
    return _law(process, tau / (abs(process.gain) * (wish + theta)), tau)


def tyreus_luyben(process: Process, scan_s: float) -> Tuning:
    """Return Kc = 0.31 Ku, Ti = 2.2 Pu from the process's own ultimate gain and period.

    Raises:
        InputError: it has neither dead time nor a second lag: no ultimate gain.
    """
    ku, pu = ultimate(process, scan_s)
    return _law(process, 0.31 * ku, 2.2 * pu)


def ultimate(process: Process, scan_s: float) -> tuple[float, float]:
    """Return ultimate gain and period (s): where the phase is -180 degrees.

    Raises:
        InputError: it has neither dead time nor a second lag.
    """
    theta, tau2 = _dead(process, scan_s), process.tau2_s
    if theta + tau2 <= 0:
        raise InputError("process: without dead time or second lag no gain is too high.")

    def phase(w: float) -> float:
        first = math.pi / 2 if process.integrating else math.atan(w * process.tau_s)
        return w * theta + first + math.atan(w * tau2) - math.pi

    low, high = 1e-9, math.pi / max(theta, 1e-6)
    for _ in range(200):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if phase(middle) < 0 else (low, middle)
    lag = low if process.integrating else math.hypot(1.0, low * process.tau_s)
    ku = lag * math.hypot(1.0, low * tau2) / abs(process.gain)
    return ku, 2.0 * math.pi / low


def from_relay(amplitude: float, swing: float, hysteresis: float) -> float:
    """Return Ku = 4 d / (pi sqrt(a^2 - h^2)) of a relay test (describing function).

    Args:
        amplitude: d, of u around its middle.
        swing: a, half the peak-to-peak of the measurement.
        hysteresis: h, of the relay.

    Raises:
        InputError: the swing is not above the hysteresis.
    """
    if swing <= hysteresis:
        raise InputError("relay test: the swing is not above the hysteresis; give more amplitude.")
    return 4.0 * amplitude / (math.pi * math.sqrt(swing**2 - hysteresis**2))


def side_by_side(process: Process, scan_s: float) -> dict[str, Tuning]:
    """Return every rule's tuning of a process, by name."""
    found = {
        "SIMC tight": simc(process, scan_s),
        "SIMC smooth": simc(process, scan_s, 3.0),
        "lambda": lambda_rule(process, scan_s),
        "Tyreus-Luyben": tyreus_luyben(process, scan_s),
    }
    if process.tau2_s > 0:
        found["SIMC PID"] = simc(process, scan_s, derivative=True)
    return found


ROBUST = 1.8
"""Greatest Ms of a tuning that is recommended; 2.0 is the usual limit."""


def recommended(process: Process, scan_s: float) -> str:
    """Return the rule that makes least of a load step among those that are robust.

    Where none is: the most robust one.
    """
    laws = side_by_side(process, scan_s)
    found = {name: promise(process, law, scan_s) for name, law in laws.items()}
    robust = {name: one.iae for name, one in found.items() if one.ms <= ROBUST}
    if robust:
        return min(robust, key=lambda name: robust[name])
    return min(found, key=lambda name: found[name].ms)


SLOWEST: Final = 2400.0
"""Longest integral time inside the dead band, s: a culture's load changes over hours."""


def calm(
    law: Tuning,
    noise: float,
    scan_s: float,
    *,
    band: float = 3.0,
    inside: float | None = None,
    learns: float = 4.0,
) -> Tuning:
    """Return the law made slower where there is nothing but noise, and able to follow a trend.

    Noise is taken as correlated over a scan: smoothing leaves sqrt(scan / (scan + smoothing)).

    Args:
        law: what meets an upset.
        noise: standard deviation of the probe.
        scan_s: period, s.
        band: half width of the dead band in standard deviations of the smoothed noise.
        inside: how much slower the loop is inside it; without: 0.2, but Ti at most `SLOWEST`.
        learns: time in which a trend is learnt, in integral times as they are inside.
    """
    share = min(1.0, max(0.2, law.ti_s / SLOWEST)) if inside is None else inside
    left = noise * math.sqrt(scan_s / (scan_s + law.smooth_s))
    return replace(law, dead_band=band * left, inside=share, trend_s=learns * law.ti_s / share)


def _dead(process: Process, scan_s: float) -> float:
    return process.theta_s + scan_s / 2.0


def _slope(process: Process, tau: float) -> float:
    return process.gain if process.integrating else process.gain / tau


def _law(process: Process, kc: float, ti: float) -> Tuning:
    return Tuning(kc, ti, acting=Acting.REVERSE if process.gain > 0 else Acting.DIRECT)
