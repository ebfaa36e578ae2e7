"""The readable and writable points of the plant's OPC UA face, computed when read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from asyncua import ua

from bioctl_sim.clock import WATCHDOG_S
from bioctl_sim.face import PlantFace
from bioctl_sim.taglist import TagDef

_TYPES: Final = {
    "double": (ua.VariantType.Double, float),
    "int32": (ua.VariantType.Int32, int),
    "bool": (ua.VariantType.Boolean, bool),
}


class SharedDataValue(ua.DataValue):
    """A data value nobody changes after it was made, so that a deep copy may be itself.

    asyncua copies a value for every monitored item, which costs three times the notification.
    """

    __slots__ = ()

    def __deepcopy__(self, memo: dict[int, Any]) -> "SharedDataValue":
        return self


@dataclass(frozen=True, slots=True)
class Register:
    """One variable.

    Attributes:
        path: identifier of its node id, for example `BR101.TT101` or `Heartbeat.HB_Cmd`.
        type: OPC UA type of the value, or of its elements.
        help: one line for people.
        read: gives the value now, without waiting.
        write: applies a value of `type` and says whether it changed anything; raises Refused.
            None: nobody can write it.
        array: whether the value is an array.
        tag: the tag behind it, None for the plant's own registers.
    """

    path: str
    type: ua.VariantType
    help: str
    read: Callable[[], ua.DataValue]
    write: Callable[[Any], bool] | None = None
    array: bool = False
    tag: TagDef | None = None


def registers(face: PlantFace) -> Iterator[Register]:
    """Give all registers of a plant: tags, Block, Truth, Heartbeat and Clock."""
    for index, tag in enumerate(face.plant.tags):
        yield _tag(face, index, tag)
    yield from _block(face)
    yield from _truth(face)
    yield from _heartbeat(face)
    yield from _clock(face)


def _tag(face: PlantFace, index: int, tag: TagDef) -> Register:
    kind, convert = _TYPES[tag.type]

    def read() -> ua.DataValue:
        image = face.image
        status = ua.StatusCode(ua.UInt32(image.statuses[index]))
        value = ua.Variant(convert(image.values[index]), kind)
        moment = _moment(image.stale.get(index, image.utc))
        return SharedDataValue(value, status, SourceTimestamp=moment)

    def write(value: float) -> bool:
        return face.write_output(tag.name, float(value))

    writer = write if tag.kind == "o" else None
    return Register(tag.name, kind, tag.description, read, writer, tag=tag)


def _block(face: PlantFace) -> Iterator[Register]:
    names = [tag.name for tag in face.plant.tags]
    kinds = ua.VariantType
    yield _plain(
        "Block.Names", kinds.String, "names of all tags, in the order of the block", lambda: names
    )
    yield _plain(
        "Block.Values",
        kinds.Double,
        "values of all tags, switches 0 or 1",
        lambda: face.image.values,
    )
    yield _plain(
        "Block.Status", kinds.UInt32, "status codes of all tags", lambda: face.image.statuses
    )
    yield _plain(
        "Block.Time", kinds.DateTime, "time of the block", lambda: _moment(face.host.utc())
    )


def _truth(face: PlantFace) -> Iterator[Register]:
    names = "what is really so in the bioreactors, as BR101.vcd; for training and validation"
    kinds = ua.VariantType
    yield _plain("Truth.Names", kinds.String, names, lambda: face.truth_names)
    yield _plain("Truth.Values", kinds.Double, "in the order of Truth.Names", lambda: face.truth)


def _heartbeat(face: PlantFace) -> Iterator[Register]:
    kinds = ua.VariantType

    def beat(value: int) -> bool:
        changed = value != face.heartbeat
        face.beat(value)
        return changed

    def own(value: str | None) -> bool:
        changed = (value or "") != face.owner
        face.own(value or "")
        return changed

    help_cmd = "the controller changes this at least every 5 s"
    yield _plain("Heartbeat.HB_Cmd", kinds.UInt32, help_cmd, lambda: face.heartbeat, beat)
    yield _plain("Heartbeat.HB_Echo", kinds.UInt32, "copy of HB_Cmd", lambda: face.heartbeat)
    yield _plain("Heartbeat.Owner", kinds.String, "who controls", lambda: face.owner, own)
    milliseconds = int(WATCHDOG_S * 1000)
    help_ms = "ms without life until the plant falls back"
    yield _plain("Heartbeat.Wd_ms", kinds.Int32, help_ms, lambda: milliseconds)
    help_state = "0 never alive, 1 alive, 2 fallback"
    yield _plain("Heartbeat.Wd_State", kinds.Int32, help_state, lambda: int(face.clock.watchdog))


def _clock(face: PlantFace) -> Iterator[Register]:
    double = ua.VariantType.Double
    yield _plain("Clock.SimTime", double, "simulated s since power-up", lambda: face.plant.time)
    help_speed = "simulated s per host s; 0 while Advance moves the time"
    yield _plain("Clock.Speed", double, help_speed, lambda: face.clock.speed)


def _plain(
    path: str,
    kind: ua.VariantType,
    help: str,  # noqa: A002
    value: Callable[[], Any],
    write: Callable[[Any], bool] | None = None,
) -> Register:
    array = isinstance(value(), list)

    def read() -> ua.DataValue:
        return SharedDataValue(ua.Variant(value(), kind, is_array=array))

    return Register(path, kind, help, read, write, array)


def _moment(utc: float) -> ua.DateTime:
    return ua.DateTime.fromtimestamp(utc, UTC)
