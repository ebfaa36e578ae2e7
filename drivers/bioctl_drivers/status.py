"""OPC UA status codes as quality and plain words (Part 4, 7.39); needs no OPC UA library."""

from typing import Final

from bioctl.values import Quality

_WORDS: Final = {
    0x40000000: "uncertain",
    0x408F0000: "no communication, last usable value",
    0x40900000: "last usable value",
    0x40910000: "substituted by hand or by a rule",
    0x40920000: "initial value",
    0x40930000: "sensor not accurate",
    0x40940000: "engineering unit limit exceeded",
    0x40950000: "calculated from too few sources",
    0x80000000: "bad",
    0x80020000: "internal error at the plant",
    0x800A0000: "no answer in time",
    0x800B0000: "service not offered by the plant",
    0x801F0000: "access denied to this user",
    0x80310000: "no communication with the device",
    0x80320000: "waiting for a first value",
    0x80340000: "node unknown",
    0x803A0000: "not readable",
    0x803B0000: "not writable",
    0x803C0000: "out of range",
    0x803D0000: "not supported",
    0x803E0000: "not found",
    0x80730000: "write not supported",
    0x80740000: "wrong data type",
    0x80890000: "configuration error",
    0x808A0000: "not connected",
    0x808B0000: "device failure",
    0x808C0000: "sensor failure",
    0x808D0000: "out of service",
    0x80AB0000: "invalid argument",
}
"""The codes equipment sends in practice; any other is shown as its number."""


def quality_of(status: int) -> Quality:
    """Return the severity of a status code: its two highest bits; the reserved `11` is BAD."""
    return Quality(min(status >> 30 & 3, Quality.BAD))


def status_words(status: int) -> str:
    """Return what a status code says, with its number when it is not plainly good."""
    if status >> 30 & 3 == 0:
        return ""
    number = f"0x{status & 0xFFFFFFFF:08X}"
    words = _WORDS.get(status & 0xFFFF0000)
    return f"{words} ({number})" if words else f"status {number}"
