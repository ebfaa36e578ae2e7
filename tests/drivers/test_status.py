from asyncua.ua.status_codes import StatusCodes
from hypothesis import given
from hypothesis import strategies as st

from bioctl.values import Quality
from bioctl_drivers import status
from bioctl_drivers.status import quality_of, status_words

SEVERITY = [Quality.GOOD, Quality.UNCERTAIN, Quality.BAD, Quality.BAD]


@given(st.integers(0, 2**32 - 1))
def test_quality_is_the_two_highest_bits_and_the_reserved_one_is_bad(code: int) -> None:
    assert quality_of(code) is SEVERITY[code >> 30]
    assert bool(status_words(code)) is (quality_of(code) is not Quality.GOOD)


def test_every_code_with_words_is_one_of_the_standard() -> None:
    standard = {value for name, value in vars(StatusCodes).items() if not name.startswith("_")}
    assert set(status._WORDS) <= standard


def test_words_keep_the_number_and_ignore_the_info_bits() -> None:
    assert status_words(StatusCodes.BadSensorFailure) == "sensor failure (0x808C0000)"
    assert status_words(StatusCodes.BadSensorFailure | 0x400) == "sensor failure (0x808C0400)"
    assert status_words(0x8FFF0000) == "status 0x8FFF0000"
