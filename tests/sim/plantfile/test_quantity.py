import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl_sim.plantfile import quantity as q


@pytest.mark.parametrize(
    ("text", "dimension", "value"),
    [
        ("5 L", q.VOLUME, 5.0),
        ("250mL", q.VOLUME, 0.25),
        ("30 h 30 min", q.TIME, 109_800.0),
        ("1 d", q.TIME, 86_400.0),
        ("0.4 1e6/mL", q.CELLS, 0.4),
        ("4e5 cells/mL", q.CELLS, 0.4),
        ("7.2", q.PH, 7.2),
        ("500 mmol/L", q.STRENGTH, 0.5),
        ("18 m2", q.AREA, 180_000.0),
        ("5 l", q.VOLUME, None),
        ("5 L 3 mL", q.VOLUME, None),
        ("L", q.VOLUME, None),
        ("", q.VOLUME, None),
        ("1 h and 3 min", q.TIME, None),
        ("inf L", q.VOLUME, None),
    ],
)
def test_quantities_are_read_as_people_write_them(
    text: str, dimension: q.Dimension, value: float | None
) -> None:
    assert q.read(text, dimension) == (None if value is None else pytest.approx(value))


@given(st.text(max_size=20))
def test_any_text_is_a_quantity_or_none(text: str) -> None:
    found = q.read(text, q.VOLUME)
    assert found is None or isinstance(found, float)
