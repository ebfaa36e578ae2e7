"""Columns come back bit for bit, whatever they hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bioctl.historian.codec import (
    pack_floats,
    pack_qualities,
    unpack_floats,
    unpack_qualities,
)

DECIMAL = st.lists(st.decimals(-10_000, 10_000, places=3).map(float), min_size=1, max_size=50)


@given(arrays(np.float64, st.integers(1, 50)))
def test_any_column_comes_back_bit_for_bit(values: np.ndarray) -> None:  # type: ignore[type-arg]
    assert unpack_floats(pack_floats(values)).tobytes() == values.tobytes()


@given(DECIMAL)
def test_column_of_few_decimals_comes_back_bit_for_bit(values: list[float]) -> None:
    column = np.array(values)
    assert unpack_floats(pack_floats(column)).tobytes() == column.tobytes()


@given(arrays(np.uint8, st.integers(1, 50), elements=st.integers(0, 2)))
def test_qualities_come_back(qualities: np.ndarray) -> None:  # type: ignore[type-arg]
    packed = pack_qualities(qualities)
    assert (unpack_qualities(packed, len(qualities)) == qualities).all()


def test_good_qualities_take_no_room() -> None:
    assert pack_qualities(np.zeros(1800, np.uint8)) == b""


def test_noisy_readings_of_three_decimals_take_less_than_two_bytes() -> None:
    rng = np.random.default_rng(1)
    values = np.round(37 + rng.normal(0, 0.02, 1800), 3)
    assert len(pack_floats(values)) < 2 * len(values)


def test_steady_times_take_nearly_no_room() -> None:
    assert len(pack_floats(np.arange(1800.0))) < 60


@pytest.mark.parametrize("damage", [b"", b"\x00", b"\x03\x02\xff\xff\xff\xff" + b"\0" * 8])
def test_damaged_column_is_refused(damage: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        unpack_floats(damage)


def test_cut_column_is_refused() -> None:
    packed = pack_floats(np.arange(100.0) ** 0.5)
    with pytest.raises(ValueError, match=r".+"):
        unpack_floats(packed[:-4])


@given(st.data())
def test_no_damage_does_more_than_raise_or_give_other_numbers(data: st.DataObject) -> None:
    packed = bytearray(pack_floats(np.arange(40.0) * data.draw(st.sampled_from([1.0, 0.1, np.pi]))))
    for _ in range(data.draw(st.integers(1, 3))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = unpack_floats(bytes(packed))
    except ValueError:
        return
    assert found.dtype == np.float64
