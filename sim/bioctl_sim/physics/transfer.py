"""Gas transfer between bubbles, surface and liquid."""

from math import exp, sqrt

from bioctl_sim.physics.curves import power


def kla_bubbles(power_density: float, gas_velocity: float) -> float:
    """Return kLa of oxygen in 1/h for coalescing bubbles at 37 degC.

    van't Riet (1979), Ind Eng Chem Process Des Dev 18:357.

    Args:
        power_density: stirrer power in W/m3.
        gas_velocity: superficial gas velocity in m/s.
    """
    if gas_velocity <= 0.0:
        return 0.0
    return 93.6 * power(power_density, 0.4) * sqrt(gas_velocity)


def warm_factor(temperature: float) -> float:
    """Return kLa relative to 37 degC: 1.024 to the power of the difference (ASCE 2-06)."""
    return exp(0.02371652 * (temperature - 37.0))


def bubble_conductance(kla: float, solubility: float, turnover: float, rt: float) -> float:
    """Return what plug-flow bubbles transfer, as mmol/L/h a Pa of driving pressure.

    A bubble of inlet pressure p rising through a mixed liquid loses exp(-kLa H R T / (Fg/V)) of its
    driving force (plug-flow gas, mixed liquid; Doran, *Bioprocess Engineering Principles*).

    Args:
        kla: 1/h.
        solubility: mmol/L/Pa.
        turnover: actual gas flow a liquid volume, 1/h.
        rt: R T in Pa L/mol.
    """
    if turnover <= 0.0:
        return 0.0
    return turnover * 1e3 / rt * (1.0 - exp(-kla * solubility * 1e-3 * rt / turnover))


def plug_flow_uptake(inlet: float, demand: float, half: float) -> float:
    """Return what leaves a mixed segment whose cells take up by Monod, mmol/L.

    Root of c + d c/(K + c) = c_in, written so that it does not cancel.

    Args:
        inlet: concentration that comes in, mmol/L.
        demand: full uptake of the segment over the flow through it, mmol/L.
        half: Monod constant, mmol/L.
    """
    b = inlet - half - demand
    root = sqrt(b * b + 4.0 * half * inlet)
    return 0.5 * (b + root) if b > 0.0 else 2.0 * half * inlet / (root - b)
