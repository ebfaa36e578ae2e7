"""pH from electroneutrality: total inorganic carbon, strong-ion difference and weak acids.

Stewart (1983), *Can J Physiol Pharmacol* 61:1444: pH is not a state but the root of the charge
balance. Carbonic acid's apparent pK1 after Kelman (1967), *Respir Physiol* 3:111; CO2 solubility
after Kelman (1967) too. All concentrations in mmol/L, temperature in degC.
"""

from typing import Final

_LN10: Final = 2.302585093
_K2: Final = 10.0**-9.85
"""Second dissociation of carbonic acid, mol/L, at the ionic strength of plasma."""
_KW: Final = 10.0**-13.62
"""Ion product of water at 37 degC, mol2/L2."""
_KA_PHOSPHATE: Final = 10.0**-6.80
_KA_AMINO: Final = 10.0**-7.00
"""Amino acids and protein lumped (assumed)."""
_MAX_STEP: Final = 0.5
_CLOSE: Final = 1e-4
"""pH; Newton is quadratic, the step after this one is below 1e-7."""
_MAX_STEPS: Final = 40


def pk1(temperature: float, ph: float) -> float:
    """Return the apparent pK1 of carbonic acid (Kelman 1967)."""
    return 6.086 + 0.042 * (7.4 - ph) + (38.0 - temperature) * (0.00472 + 0.00139 * (7.4 - ph))


def co2_solubility(temperature: float) -> float:
    """Return the solubility of CO2 in mmol/L/Pa (Kelman 1967, given in mmol/L/mmHg)."""
    d = 37.0 - temperature
    return (0.0307 + 0.00057 * d + 0.00002 * d * d) / 133.322


def solve(
    tic: float, sid: float, acids: tuple[float, float], temperature: float, guess: float
) -> tuple[float, float]:
    """Return pH and dissolved CO2 by Newton's method from a warm start.

    Args:
        tic: total inorganic carbon.
        sid: strong-ion difference, weak acids counted from their first anion.
        acids: total phosphate, and amino acids with protein as one weak acid.
        temperature: of the liquid.
        guess: pH of the last solution; one step is enough when little has changed.

    Returns:
        (pH, dissolved CO2 in mmol/L).
    """
    phosphate, amino = acids
    ph = guess
    for _ in range(_MAX_STEPS):
        h = 10.0**-ph
        k1 = 10.0 ** -pk1(temperature, ph)
        bicarbonate = k1 * h
        carbonate = k1 * _K2
        d = h * h + bicarbonate + carbonate
        oh = _KW / h
        p = _KA_PHOSPHATE / (_KA_PHOSPHATE + h)
        a = _KA_AMINO / (_KA_AMINO + h)
        charge = (
            sid
            - tic * (bicarbonate + 2.0 * carbonate) / d
            - phosphate * p
            - amino * a
            + 1e3 * (h - oh)
        )
        buffering = _LN10 * (
            tic * bicarbonate * (h * h + 4.0 * h * _K2 + carbonate) / (d * d)
            + phosphate * p * (1.0 - p)
            + amino * a * (1.0 - a)
            + 1e3 * (h + oh)
        )
        step = max(-_MAX_STEP, min(_MAX_STEP, charge / buffering))
        ph += step
        if -_CLOSE < step < _CLOSE:
            break
    h = 10.0**-ph
    bicarbonate = 10.0 ** -pk1(temperature, ph) * h
    d = h * h + bicarbonate + bicarbonate / h * _K2
    return ph, tic * h * h / d
