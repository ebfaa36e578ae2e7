"""A fault in one word, as typed on the command line: `NAME[=AMOUNT]@AT[/FOR]`."""

import re
from typing import Final

from bioctl_sim.faults.board import Order
from bioctl_sim.refused import Refused

_FORM: Final = re.compile(r"([^=@/\s]+)(?:=([^@/\s]+))?@([^/\s]+)(?:/(\S+))?")
_TIME: Final = re.compile(r"(\d+(?:\.\d+)?)(s|min|h|d)")
_SECONDS: Final = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}


def spoken(text: str) -> Order:
    """Return the order of `BR101.base_empty@30h/2h`: at 30 h, for 2 h.

    Raises:
        Refused: it is not of this form. Whether there is such a fault is another question.
    """
    form = _FORM.fullmatch(text)
    if form is None:
        raise Refused(
            f"'{text}' is no fault: expected NAME[=AMOUNT]@AT[/FOR], as in "
            "BR101.base_empty@30h/2h or BR101.AT101.drift=0.01@10h."
        )
    name, amount, at, duration = form.groups()
    return Order(
        name=name,
        at=_seconds(text, at),
        duration=_seconds(text, duration) if duration else None,
        amount=_number(text, amount) if amount else None,
    )


def _seconds(text: str, time: str) -> float:
    parts = list(_TIME.finditer(time))
    if not parts or "".join(part[0] for part in parts) != time:
        raise Refused(f"'{text}': '{time}' is no time, expected one as in 30h, 90min or 1d12h.")
    return sum(float(part[1]) * _SECONDS[part[2]] for part in parts)


def _number(text: str, amount: str) -> float:
    try:
        return float(amount)
    except ValueError:
        raise Refused(f"'{text}': the amount '{amount}' is no number.") from None
