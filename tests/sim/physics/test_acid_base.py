import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl_sim.physics.acid_base import acid_charge, bicarbonate_charge, dissolved_co2, pk1, solve
from bioctl_sim.physics.water import ATMOSPHERE, co2_solubility, water_vapour

T = 37.0


def ph_of(tic: float, sid: float, phosphate: float = 0.0, amino: float = 0.0) -> float:
    return solve(tic, sid, phosphate, amino, 0.0, T, 7.4)


def ph_under(co2_percent: float, bicarbonate: float) -> float:
    """Return the pH of a NaHCO3 solution in equilibrium with moist gas at 37 degC."""
    wanted = co2_percent / 100.0 * (ATMOSPHERE - water_vapour(T)) * co2_solubility(T)
    low, high = bicarbonate * 0.5, bicarbonate * 3.0
    for _ in range(60):
        tic = (low + high) / 2.0
        dissolved = dissolved_co2(tic, T, ph_of(tic, bicarbonate))
        low, high = (tic, high) if dissolved < wanted else (low, tic)
    return ph_of(low, bicarbonate)


@pytest.mark.parametrize(
    ("bicarbonate", "co2_percent", "expected"),
    [
        (44.05, 5.0, 7.68),
        (44.05, 10.0, 7.39),
        (26.2, 5.0, 7.47),
        (26.2, 10.0, 7.18),
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
    hepes=st.floats(0.0, 25.0),
    temperature=st.floats(5.0, 45.0),
    guess=st.floats(4.0, 10.0),
)
def test_charges_always_balance(
    tic: float,
    sid: float,
    phosphate: float,
    amino: float,
    hepes: float,
    temperature: float,
    guess: float,
) -> None:
    ph = solve(tic, sid, phosphate, amino, hepes, temperature, guess)
    h = 10.0**-ph
    charge = bicarbonate_charge(tic, temperature, ph)
    charge += acid_charge(phosphate, amino, hepes, temperature, ph)
    water = 1e3 * (h - 10.0**-13.62 / h)
    assert sid + water - charge == pytest.approx(0.0, abs=1e-6 * max(1.0, abs(water), charge))
    assert 0.0 <= dissolved_co2(tic, temperature, ph) <= tic + 1e-9


def test_carbonic_acid_is_that_of_plasma_at_37_degc() -> None:
    assert pk1(37.0, 7.2) == pytest.approx(6.10, abs=0.005)


def buffering(tic: float, sid: float, *, open_to_gas: bool) -> float:
    """Return mmol/L of strong acid a pH, at the pH of the solution."""
    acids = (0.9, 3.0)
    start = ph_of(tic, sid, *acids)
    if not open_to_gas:
        return 0.01 / (start - ph_of(tic, sid - 0.01, *acids))
    dissolved = dissolved_co2(tic, T, start)
    low, high = tic - 2.0, tic
    for _ in range(60):
        middle = (low + high) / 2.0
        seen = dissolved_co2(middle, T, ph_of(middle, sid - 0.01, *acids))
        low, high = (middle, high) if seen < dissolved else (low, middle)
    return 0.01 / (start - ph_of(low, sid - 0.01, *acids))


def test_medium_buffers_eight_times_better_under_constant_co2() -> None:
    co2 = 45.0 * 133.322 * co2_solubility(T)
    sid = 17.0 + acid_charge(0.9, 3.0, 0.0, T, 7.2)
    closed = buffering(17.0 + co2, sid, open_to_gas=False)
    open_ = buffering(17.0 + co2, sid, open_to_gas=True)
    assert closed == pytest.approx(5.1, rel=0.10)
    assert open_ == pytest.approx(42.0, rel=0.10)
