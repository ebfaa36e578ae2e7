"""The bank is the scalar law, bit for bit."""

import math
import struct

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bioctl.control.bank import Bank
from bioctl.control.pid import Acting, Tuning, start, step

N = 5
tunings = st.builds(
    Tuning,
    kc=st.floats(0.01, 100),
    ti_s=st.floats(1, 10_000),
    td_s=st.one_of(st.just(0.0), st.floats(1, 500)),
    beta=st.floats(0, 1),
    n=st.floats(2, 20),
    smooth_s=st.one_of(st.just(0.0), st.floats(1, 100)),
    dead_band=st.one_of(st.just(0.0), st.floats(0.01, 1)),
    inside=st.floats(0, 1),
    trend_s=st.one_of(st.just(0.0), st.floats(10, 10_000)),
    acting=st.sampled_from(Acting),
)
mostly = st.one_of(
    st.floats(-100, 100), st.floats(-100, 100), st.sampled_from([math.nan, math.inf, -math.inf])
)
row = st.lists(st.tuples(mostly, mostly, mostly, mostly), min_size=N, max_size=N)
scans = st.lists(st.tuples(row, st.sampled_from([0.0, 1.0, 9.7, math.nan, -1.0])), max_size=12)


def bits(value: float) -> bytes:
    return struct.pack("<d", value + 0.0)


@given(st.lists(tunings, min_size=N, max_size=N), scans)
def test_bank_is_the_scalar_law_bit_for_bit(
    laws: list[Tuning], turns: list[tuple[list[tuple[float, float, float, float]], float]]
) -> None:
    low, high = np.full(N, -50.0), np.full(N, 60.0)
    states = [start(law, 1.0, 0.5, 10.0) for law in laws]
    bank = Bank(laws, states)
    for rows, dt in turns:
        sp, pv, real, forward = (np.array(column) for column in zip(*rows, strict=True))
        outputs = bank.step(sp, pv, dt, low, high, real, forward)
        for at, law in enumerate(laws):
            output, states[at] = step(
                law, states[at], *rows[at][:2], dt, -50.0, 60.0, *rows[at][2:]
            )
            assert bits(output) == bits(float(outputs[at]))
        for mine, one in zip(bank.states, states, strict=True):
            assert [bits(x) for x in mine] == [bits(x) for x in one]


def test_bank_keeps_nothing_of_the_arrays_it_was_given() -> None:
    law = Tuning(2.0, 100.0, td_s=10.0)
    bank, ones = Bank([law], [start(law, 0, 0, 0)]), np.ones(1)
    pv = np.zeros(1)
    bank.step(ones, pv, 1.0, -ones, ones, ones)
    pv[0] = 1e6
    assert bank.states[0].pv == 0.0
