import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl_sim.process.gas import ATMOSPHERE, water_vapour
from bioctl_sim.process.ph import co2_solubility, pk1, solve

T = 37.0


def ph_under(co2_percent: float, bicarbonate: float) -> float:
    """Return the pH of a NaHCO3 solution in equilibrium with moist gas at 37 degC."""
    wanted = co2_percent / 100.0 * (ATMOSPHERE - water_vapour(T)) * co2_solubility(T)
    low, high = bicarbonate * 0.5, bicarbonate * 3.0
    for _ in range(60):
        tic = (low + high) / 2.0
        _, dissolved = solve(tic, bicarbonate, (0.0, 0.0), T, 7.4)
        low, high = (tic, high) if dissolved < wanted else (low, tic)
    return solve(low, bicarbonate, (0.0, 0.0), T, 7.4)[0]


@pytest.mark.parametrize(
    ("bicarbonate", "co2_percent", "expected"),
    [
        (44.05, 5.0, 7.68),
        (44.05, 10.0, 7.39),
        (26.2, 5.0, 7.47),
        (23.8, 5.0, 7.43),
        (23.8, 1.0, 8.10),
    ],
)
def test_bicarbonate_medium_has_the_handbook_ph(
    bicarbonate: float, co2_percent: float, expected: float
) -> None:
    assert ph_under(co2_percent, bicarbonate) == pytest.approx(expected, abs=0.02)


def charge(tic: float, sid: float, acids: tuple[float, float], ph: float) -> float:
    h, k1, k2 = 10.0**-ph, 10.0 ** -pk1(T, ph), 10.0**-9.85
    carbonic, bicarbonate, carbonate = h * h, h * k1, k1 * k2
    carbon = tic / (carbonic + bicarbonate + carbonate)
    weak = sum(c / (1.0 + 10.0 ** (pk - ph)) for c, pk in zip(acids, (6.8, 7.0), strict=True))
    return sid - carbon * (bicarbonate + 2 * carbonate) - weak + 1e3 * (h - 10.0**-13.62 / h)


@given(
    tic=st.floats(0.0, 60.0),
    sid=st.floats(-5.0, 60.0),
    phosphate=st.floats(0.0, 12.0),
    amino=st.floats(0.0, 5.0),
    guess=st.floats(4.0, 10.0),
)
def test_charges_always_balance(
    tic: float, sid: float, phosphate: float, amino: float, guess: float
) -> None:
    ph, dissolved = solve(tic, sid, (phosphate, amino), T, guess)
    assert charge(tic, sid, (phosphate, amino), ph) == pytest.approx(0.0, abs=2e-3)
    assert 0.0 <= dissolved <= tic + 1e-9


def test_lactate_matters_eight_times_more_without_gas_exchange() -> None:
    acids = (0.9, 1.5)
    start, dissolved = solve(19.0, 17.0, acids, T, 7.2)
    closed = start - solve(19.0, 16.0, acids, T, 7.2)[0]
    low, high = 10.0, 19.0
    for _ in range(50):  # tic that keeps the dissolved CO2
        tic = (low + high) / 2.0
        low, high = (tic, high) if solve(tic, 16.0, acids, T, 7.2)[1] < dissolved else (low, tic)
    open_ = start - solve(low, 16.0, acids, T, 7.2)[0]
    assert 0.12 < closed < 0.25
    assert 4.0 < closed / open_ < 10.0
    assert not math.isnan(open_)
