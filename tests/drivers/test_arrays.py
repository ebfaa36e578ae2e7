import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.tags import Kind, Tag
from bioctl.values import Quality, Range
from bioctl_drivers.arrays import ArrayImage, reading_of

TYPES = ("double", "int32", "bool")
NAMES = [f"U1.T{place}" for place in range(6)]
TAGS = [
    Tag(f"tag{place}", "", Range(0, 1), Kind.MEASUREMENT, name, "c", TYPES[place % 3])
    for place, name in enumerate(NAMES)
]
ROW = st.tuples(
    st.one_of(
        st.sampled_from([0.0, 1.0, math.nan, math.inf]), st.floats(-1e6, 1e6).map(lambda x: x + 0.0)
    ),
    st.sampled_from([0, 0x40900000, 0x808C0000, 0xC0000000]),
)


@given(st.lists(st.lists(ROW, min_size=6, max_size=6), min_size=1, max_size=5))
def test_an_image_kept_over_turns_equals_one_made_anew(
    turns: list[list[tuple[float, int]]],
) -> None:
    kept = ArrayImage(TAGS, NAMES)
    for turn in turns:
        values, statuses = [value for value, _ in turn], [code for _, code in turn]
        now = kept.update(values, statuses, 1.0)
        anew = ArrayImage(TAGS, NAMES).update(values, statuses, 1.0)
        assert {name: repr(row) for name, row in now.items()} == {
            name: repr(row) for name, row in anew.items()
        }


def test_what_did_not_change_is_the_same_object_with_its_old_time() -> None:
    image = ArrayImage(TAGS[:2], NAMES)
    first = image.update([1.0, 2.0, 0, 0, 0, 0], [0] * 6, 10.0)
    second = image.update([1.5, 2.0, 0, 0, 0, 0], [0] * 6, 20.0)
    assert second["tag1"] is first["tag1"]
    assert second["tag0"].time == 20.0
    assert first["tag0"].value == 1.0  # an image handed out never changes


@pytest.mark.parametrize(
    ("value", "status", "type_", "expected", "quality"),
    [
        (1.0, 0, "bool", True, Quality.GOOD),
        (0.0, 0, "bool", False, Quality.GOOD),
        (3.0, 0, "int32", 3, Quality.GOOD),
        (36.5, 0x40900000, "double", 36.5, Quality.UNCERTAIN),
        (36.5, 0x808C0000, "double", 36.5, Quality.BAD),
        (math.inf, 0, "double", math.inf, Quality.BAD),
    ],
)
def test_reading_has_the_tags_type_and_the_plants_quality(
    value: float, status: int, type_: str, expected: object, quality: Quality
) -> None:
    reading = reading_of(value, status, 1.0, type_)
    assert (reading.value, reading.quality) == (expected, quality)
    assert type(reading.value) is type(expected)
    assert bool(reading.reason) is (quality is not Quality.GOOD)


def test_arrays_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="1 values"):
        ArrayImage(TAGS, NAMES).update([1.0], [0] * 6, 1.0)


def test_tags_not_in_the_array_are_not_served() -> None:
    assert ArrayImage(TAGS, NAMES[:2]).served == {"tag0", "tag1"}
