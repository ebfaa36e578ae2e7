"""Quantities: what is written is what is meant, and nothing else is accepted."""

import math
from contextlib import suppress

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.errors import InputError
from bioctl.language.eu import SPELLINGS, measures, resolve
from bioctl.language.quantity import (
    Quantity,
    compatible,
    convert,
    format_quantity,
    parse_quantity,
    parse_range,
)

TAG_LIST = (
    "degC",
    "pH",
    "%",
    "mmol/L",
    "pF/cm",
    "1e6/mL",
    "kg",
    "g",
    "mbar",
    "rpm",
    "L/min",
    "mL",
    "mL/min",
    "vials",
    "1/min",
    "cells",
    "%/min",
    "degC/min",
    "vvd",
    "cells/cm2",
    "",
)

OURS_IN_PINT = {
    "1e6/mL": "1e6/milliliter",
    "1/min": "1/minute",
    "mL/min": "milliliter/minute",
    "L/min": "liter/minute",
    "mmol/L": "millimole/liter",
    "g/L": "gram/liter",
    "mg/mL": "milligram/milliliter",
    "pF/cm": "picofarad/centimeter",
    "nF/m": "nanofarad/meter",
    "mS/cm": "millisiemens/centimeter",
    "mbar": "millibar",
    "kPa": "kilopascal",
    "Pa": "pascal",
    "bar": "bar",
    "h": "hour",
    "min": "minute",
    "s": "second",
    "d": "day",
    "mL": "milliliter",
    "uL": "microliter",
    "L": "liter",
    "kg": "kilogram",
    "g": "gram",
    "mg": "milligram",
    "1/h": "1/hour",
    "1/mL": "1/milliliter",
    "m2": "meter**2",
    "cm2": "centimeter**2",
    "um": "micrometer",
    "mm": "millimeter",
}


@pytest.mark.parametrize(
    ("text", "value", "eu"),
    [
        ("37 degC", 37, "degC"),
        ("37.0 degC", 37, "degC"),
        ("-3.5 degC", -3.5, "degC"),
        ("50 %", 50, "%"),
        ("7.2", 7.2, ""),
        ("1e3 mL", 1000, "mL"),
        ("2.5 1e6/mL", 2.5, "1e6/mL"),
        ("4 1/min", 4, "1/min"),
        ("0.5 degC/min", 0.5, "degC/min"),
        ("30 min", 30, "min"),
        ("12 h 30 min", 45000, "s"),
        ("1 d 12 h 30 min 5 s", 131405, "s"),
        ("1.5 h 1 min", 5460, "s"),
        ("2e8 cells", 2e8, "cells"),
    ],
)
def test_quantity_is_read_as_written(text: str, value: float, eu: str) -> None:
    assert parse_quantity(text) == Quantity(value, eu)


@pytest.mark.fault("RX-06")
@pytest.mark.parametrize(
    ("text", "told", "mend"),
    [
        (
            "7,2",
            "'7,2' is not a quantity.",
            "use a decimal point, 7.2, and no thousands separator.",
        ),
        ("4,000 mL", "'4,000 mL' is not a quantity.", "use a decimal point, 4.000 mL"),
        (
            "4 000 mL",
            "'4 000 mL' is not a quantity.",
            "leave out the thousands separator: 4000 mL.",
        ),
        ("12:30", "'12:30' is not a quantity.", "a duration is written 12 h 30 min."),
        ("1:02:03", "'1:02:03' is not a quantity.", "a duration is written 1 h 2 min 3 s."),
        ("on", "'on' is not a quantity.", "write a number, a space and the eu"),
        ("010 mL", "'010 mL' is not a quantity.", "drop the leading zero: 10 mL."),
        ("37degC", "'37degC' is not a quantity.", "put one space between number and eu: 37 degC."),
        ("50%", "'50%' is not a quantity.", "put one space between number and eu: 50 %."),
        (".5 mL", "'.5 mL' is not a quantity.", "write a number, a space and the eu"),
        ("30 min 12 h", "'30 min 12 h' is not a quantity.", "a duration as in 12 h 30 min."),
        ("5 1e6", "'5 1e6' is not a quantity.", "write a number, a space and the eu"),
        ("12 h -30 min", "'12 h -30 min' is not a quantity.", "12 h 30 min."),
        ("", "'' is not a quantity.", "write a number"),
        ("9" * 200, "is not a quantity.", "write a number"),
    ],
)
def test_other_spelling_is_refused_with_the_right_one(text: str, told: str, mend: str) -> None:
    with pytest.raises(InputError) as refusal:
        parse_quantity(text)
    assert told in refusal.value.message
    assert mend in refusal.value.help


@pytest.mark.fault("RX-12")
@pytest.mark.parametrize(
    "text", ["nan", "NaN degC", ".inf", "-inf mL", "infinity", "1e999 mL", "1e16"]
)
def test_no_quantity_is_infinite_or_not_a_number(text: str) -> None:
    with pytest.raises(InputError, match=r"not a quantity|too large"):
        parse_quantity(text)


@pytest.mark.fault("RX-10")
@pytest.mark.parametrize(
    ("eu", "close"),
    [
        ("°C", "degC"),
        ("degc", "degC"),
        ("ml/min", "mL/min"),
        ("mM", "mmol/L"),
        ("hours", "h"),
        ("RPM", "rpm"),
        ("percent", "%"),
        ("mbarr", "mbar"),
        ("vial", "vials"),
    ],
)
def test_unknown_eu_is_refused_with_the_nearest(eu: str, close: str) -> None:
    with pytest.raises(InputError) as refusal:
        parse_quantity(f"1 {eu}")
    assert refusal.value.help == f"did you mean '{close}'?"


def test_eu_like_nothing_known_is_refused_with_the_list() -> None:
    with pytest.raises(InputError, match="unknown engineering unit 'furlong'") as refusal:
        parse_quantity("3 furlong")
    assert "mmol/L" in refusal.value.help


@pytest.mark.parametrize(
    "eu", ["/", "1", "1/", "mL/", "/mL", "1e6", "mL//min", "1e6/1e6", "x" * 99]
)
def test_malformed_eu_is_refused(eu: str) -> None:
    with pytest.raises(InputError, match="unknown engineering unit"):
        resolve(eu)


@pytest.mark.parametrize("eu", [*TAG_LIST, *SPELLINGS])
def test_every_spelling_of_the_tag_list_is_known(eu: str) -> None:
    assert compatible(eu, eu)
    assert convert(1.0, eu, eu) == 1.0
    assert measures(eu)


@pytest.fixture(scope="module")
def registry() -> pint.UnitRegistry:
    return pint.UnitRegistry(cache_folder=None)


def test_table_agrees_with_pint(registry: pint.UnitRegistry) -> None:
    for eu, theirs in OURS_IN_PINT.items():
        for other, others in OURS_IN_PINT.items():
            one = registry.Quantity(1.0, registry.parse_expression(theirs).units)
            factor = registry.parse_expression(theirs)
            target = registry.parse_expression(others)
            expected = one.is_compatible_with(target.units)
            assert compatible(eu, other) == expected, (eu, other)
            if expected:
                ratio = (factor / target).to_base_units().magnitude
                assert convert(1.0, eu, other) == pytest.approx(ratio, rel=1e-12)


@pytest.mark.fault("RX-11")
@pytest.mark.parametrize(
    ("eu", "other"),
    [("degC", "rpm"), ("rpm", "vvd"), ("rpm", "1/min"), ("%", ""), ("vials", "cells"), ("kg", "L")],
)
def test_different_dimensions_are_never_mixed(eu: str, other: str) -> None:
    assert not compatible(eu, other)
    with pytest.raises(InputError, match="can't be given in"):
        convert(1.0, eu, other)


@pytest.mark.parametrize(
    ("value", "eu", "other", "result"),
    [
        (16.1, "L", "mL", 16100.0),
        (30, "h", "s", 108000.0),
        (90, "min", "h", 1.5),
        (1, "vvd", "vvm", 1 / 1440),
        (2e6, "cells/mL", "1e6/mL", 2.0),
        (7.2, "pH", "", 7.2),
        (0.2, "L/min", "mL/min", 200.0),
    ],
)
def test_conversion_gives_the_decimal_a_person_expects(
    value: float, eu: str, other: str, result: float
) -> None:
    assert convert(value, eu, other) == pytest.approx(result, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "low", "high", "eu"),
    [
        ("35 .. 38 degC", 35, 38, "degC"),
        ("35.0..38.5 degC", 35, 38.5, "degC"),
        ("30 min .. 2 h", 0.5, 2, "h"),
        ("-1 .. 1", -1, 1, ""),
        ("5 .. 5 mL", 5, 5, "mL"),
        ("12 h .. 1 d 12 h", 43200, 129600, "s"),
    ],
)
def test_range_is_read_in_the_eu_of_its_upper_end(
    text: str, low: float, high: float, eu: str
) -> None:
    limits, found = parse_range(text)
    assert (limits.low, limits.high, found) == (low, high, eu)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("35 - 38 degC", "is not a range"),
        ("35 degC", "is not a range"),
        ("1 .. 2 .. 3 mL", "is not a range"),
        (".. 3 mL", "is not a range"),
        ("38 .. 35 degC", "is above the upper"),
        ("35 degC .. 38 rpm", "can't be given in"),
        ("35 degC .. 38", "can't be given in"),
        ("a .. b", "is not a quantity"),
    ],
)
def test_broken_range_is_refused(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        parse_range(text)


@pytest.mark.parametrize(
    ("value", "eu", "text"),
    [
        (37.0, "degC", "37 degC"),
        (7.25, "", "7.25"),
        (45000.0, "s", "12 h 30 min"),
        (90061.0, "s", "1 d 1 h 1 min 1 s"),
        (-90.0, "s", "-1 min 30 s"),
        (12.5, "s", "12.5 s"),
        (math.nan, "degC", "no value"),
        (math.inf, "degC", "no value"),
    ],
)
def test_quantity_is_shown_as_people_write_it(value: float, eu: str, text: str) -> None:
    assert format_quantity(value, eu) == text


@given(
    value=st.floats(min_value=0, max_value=1e9).map(lambda x: float(f"{x:.6g}")),
    eu=st.sampled_from((*TAG_LIST, "s", "min", "h")),
)
def test_what_is_shown_reads_back_the_same(value: float, eu: str) -> None:
    shown = parse_quantity(format_quantity(value, eu))
    assert shown.to(eu) == pytest.approx(value, rel=1e-9)


@given(value=st.floats(min_value=-1e9, max_value=1e9), eu=st.sampled_from(["mL", "L", "uL"]))
def test_conversion_there_and_back_changes_nothing(value: float, eu: str) -> None:
    assert convert(convert(value, eu, "L"), "L", eu) == pytest.approx(value, rel=1e-13)


@given(st.text(max_size=100))
def test_any_text_is_read_or_refused_cleanly(text: str) -> None:
    for read in (parse_quantity, parse_range):
        with suppress(InputError):
            read(text)
