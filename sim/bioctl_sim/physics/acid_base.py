"""pH from electroneutrality: total inorganic carbon, strong-ion difference and weak acids.

Stewart (1983), *Can J Physiol Pharmacol* 61:1444: pH is not a state but the root of the charge
balance. Carbonic acid's apparent pK1 after Kelman (1967), *Respir Physiol* 3:111. Concentrations in
mmol/L, temperature in degC.
"""

from math import exp
from typing import Final

LN10: Final = 2.302585092994046
_K2: Final = 10.0**-9.85
"""Second dissociation of carbonic acid, mol/L, at the ionic strength of plasma."""
_KW: Final = 10.0**-13.62
"""Ion product of water at 37 degC, mol2/L2."""
_KA_PHOSPHATE: Final = 10.0**-6.80
_KA_AMINO: Final = 10.0**-7.00
"""Amino acids and protein lumped (assumed)."""
_PK_HEPES: Final = 7.31
"""At 37 degC, falling 0.014 a K (Good et al. 1966, Biochemistry 5:467)."""
_MAX_STEP: Final = 0.5
_CLOSE: Final = 1e-6
"""pH; Newton is quadratic, the step after this one is below 1e-11."""
_MAX_STEPS: Final = 40


def pk1(temperature: float, ph: float) -> float:
    """Return the apparent pK1 of carbonic acid (Kelman 1967)."""
    return 6.086 + 0.042 * (7.4 - ph) + (38.0 - temperature) * (0.00472 + 0.00139 * (7.4 - ph))


def antilog(exponent: float) -> float:
    """Return 10 to the power of minus `exponent`."""
    return exp(-LN10 * exponent)


def bicarbonate_charge(tic: float, temperature: float, ph: float) -> float:
    """Return the negative charge of bicarbonate and carbonate, mmol/L."""
    h, k1 = antilog(ph), antilog(pk1(temperature, ph))
    return tic * (k1 * h + 2.0 * k1 * _K2) / (h * h + k1 * h + k1 * _K2)


def dissolved_co2(tic: float, temperature: float, ph: float) -> float:
    """Return the part of the inorganic carbon that is dissolved CO2, mmol/L."""
    h, k1 = antilog(ph), antilog(pk1(temperature, ph))
    return tic * h * h / (h * h + k1 * h + k1 * _K2)


def acid_charge(
    phosphate: float, amino: float, hepes: float, temperature: float, ph: float
) -> float:
    """Return the negative charge of the weak acids beyond their first anion, mmol/L."""
    h = antilog(ph)
    ka_hepes = antilog(_PK_HEPES - 0.014 * (temperature - 37.0))
    p = phosphate * _KA_PHOSPHATE / (_KA_PHOSPHATE + h)
    return p + amino * _KA_AMINO / (_KA_AMINO + h) + hepes * ka_hepes / (ka_hepes + h)


def solve(
    tic: float,
    sid: float,
    phosphate: float,
    amino: float,
    hepes: float,
    temperature: float,
    guess: float,
) -> float:
    """Return pH by Newton's method from a warm start.

    Args:
        tic: total inorganic carbon.
        sid: strong-ion difference, weak acids counted from their first anion.
        phosphate: total phosphate.
        amino: amino acids and protein as one weak acid.
        hepes: total HEPES.
        temperature: of the liquid.
        guess: pH of the last solution; two steps are enough when little has changed.
    """
    ph = guess
    ka_hepes = antilog(_PK_HEPES - 0.014 * (temperature - 37.0))
    for _ in range(_MAX_STEPS):
        h = antilog(ph)
        k1 = antilog(pk1(temperature, ph))
        bicarbonate = k1 * h
        carbonate = k1 * _K2
        d = h * h + bicarbonate + carbonate
        oh = _KW / h
        p = _KA_PHOSPHATE / (_KA_PHOSPHATE + h)
        a = _KA_AMINO / (_KA_AMINO + h)
        z = ka_hepes / (ka_hepes + h)
        charge = (
            sid
            - tic * (bicarbonate + 2.0 * carbonate) / d
            - phosphate * p
            - amino * a
            - hepes * z
            + 1e3 * (h - oh)
        )
        buffering = LN10 * (
            tic * bicarbonate * (h * h + 4.0 * h * _K2 + carbonate) / (d * d)
            + phosphate * p * (1.0 - p)
            + amino * a * (1.0 - a)
            + hepes * z * (1.0 - z)
            + 1e3 * (h + oh)
        )
        step = max(-_MAX_STEP, min(_MAX_STEP, charge / buffering))
        ph += step
        if -_CLOSE < step < _CLOSE:
            break
    return ph
