"""The law of a loop in the site file: PID, two positions, schedule."""

from bioctl.control.on_off import OnOff
from bioctl.control.schedule import DEMAND, Schedule
from bioctl.control.tuning import Acting, Tuning
from bioctl.equipment.fields import Fields, each, known, number, quantity, seconds
from bioctl.equipment.points import Points
from bioctl.language.document import Node

_WAYS = [one.value for one in Acting]


def read_law(fields: Fields, eu: str) -> Tuning | OnOff:
    """Return a loop's law; `eu` is its measurement's.

    Raises:
        InputError: a field is missing or can't be.
    """
    law = fields.take("law", known(("pid", "on_off"), "law"), "pid")
    band = fields.take("dead_band", quantity(eu), 0.0)
    if law == "on_off":
        return OnOff(
            dead_band=band,
            on_delay_s=fields.take("on_delay", seconds, 0.0),
            on_s=fields.take("on", seconds, 0.0),
            rest_s=fields.take("rest", seconds, 0.0),
            acting=Acting(fields.take("acting", known(_WAYS, "way"), "direct")),
        )
    return Tuning(
        kc=fields.take("gain", number),
        ti_s=fields.take("integral", seconds),
        td_s=fields.take("derivative", seconds, 0.0),
        beta=fields.take("setpoint_weight", number, 1.0),
        n=fields.take("filter", number, 10.0),
        tt_s=fields.take("tracking", seconds, 0.0),
        smooth_s=fields.take("smoothing", seconds, 0.0),
        dead_band=band,
        inside=fields.take("inside", number, 0.0),
        trend_s=fields.take("trend", seconds, 0.0),
        acting=Acting(fields.take("acting", known(_WAYS, "way"), "reverse")),
    )


def read_schedule(fields: Fields, points: Points) -> Schedule | None:
    """Return a loop's schedule, None without one.

    Raises:
        InputError: its measurement is unknown or its points don't rise.
    """
    node = fields.get("schedule")
    if node is None:
        return None
    inner = Fields(node, fields.errors, "schedule")
    by = inner.take("by", known([*points.readable, DEMAND], "measurement"))
    schedule = Schedule(by, inner.take("points", each(_three)))
    inner.close()
    return schedule


def _three(node: Node) -> tuple[float, float, float]:
    items = [item.as_float() for item in node.as_sequence().items]
    if len(items) not in (2, 3):
        node.refuse("expected a reading, a factor on the gain and, if need be, one on the times.")
    return items[0], items[1], items[2] if len(items) == 3 else 1.0
