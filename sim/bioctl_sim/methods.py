"""The methods of the plant: Clock.Advance, Commands.Execute, Commands.State, and Faults."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from asyncua import ua
from asyncua.ua.status_codes import StatusCodes

from bioctl_sim.access import PlantUser
from bioctl_sim.face import PlantFace
from bioctl_sim.refused import Refused
from bioctl_sim.users import Role

_Text: Final = ua.VariantType.String
_Number: Final = ua.VariantType.Double


@dataclass(frozen=True, slots=True)
class Method:
    """One method.

    Attributes:
        path: identifier of its node id; the part before the dot is its object.
        help: one line for people.
        inputs: name, type and help of each argument.
        outputs: the same of each result.
        role: who may call it; None is everybody who may log in.
        run: does it for a user, with checked arguments; raises Refused.
    """

    path: str
    help: str
    inputs: tuple[tuple[str, ua.VariantType, str], ...]
    outputs: tuple[tuple[str, ua.VariantType, str], ...]
    role: Role | None
    run: Callable[..., Sequence[Any]]


def methods(face: PlantFace) -> tuple[Method, ...]:
    """Give all methods of a plant."""
    answer = (
        ("state", _Text, "accepted | refused | never arrived"),
        ("message", _Text, "one sentence"),
    )
    identity = ("id", _Text, "unique for ever, chosen by the caller")
    return (
        Method(
            "Clock.Advance",
            "step the plant and stay in lockstep; clock and heartbeat at once",
            (("dt", _Number, "simulated s, 0 to 3600"),),
            (("SimTime", _Number, "simulated s since power-up"),),
            role=Role.CONTROL,
            run=lambda user, dt: (face.advance(user, dt),),
        ),
        Method(
            "Commands.Execute",
            "do a one-shot command once; the same id gets the same answer",
            (
                identity,
                ("unit", _Text, "for example BR101"),
                ("command", _Text, "for example DOSE"),
                ("arguments", _Text, "JSON object, values in the eu of the tag list"),
                ("deadline", _Number, "s since 1970 UTC from which it must not be started"),
            ),
            answer,
            role=Role.CONTROL,
            run=face.execute,
        ),
        Method(
            "Commands.State",
            "what became of a command",
            (identity,),
            answer,
            role=None,
            run=lambda _user, id: face.desk.state(id),  # noqa: A006
        ),
        *_faults(face),
    )


def _faults(face: PlantFace) -> tuple[Method, ...]:
    name = ("name", _Text, "UNIT.fault or UNIT.POINT.mode, as BR101.base_empty")
    said = (("state", _Text, "accepted | refused"), ("message", _Text, "one sentence"))
    return (
        Method(
            "Faults.Set",
            "break something now",
            (
                name,
                ("amount", _Number, "in the fault's eu; NaN takes its own"),
                ("duration", _Number, "simulated s; 0 stays until it is cleared"),
            ),
            said,
            role=Role.TRAINER,
            run=face.set_fault,
        ),
        Method(
            "Faults.Clear",
            "mend something; an empty name mends everything",
            (name,),
            said,
            role=Role.TRAINER,
            run=face.clear_fault,
        ),
        Method(
            "Faults.List",
            "what is broken now, and what can be",
            (),
            (
                ("active", _Text, "names, one a line"),
                ("known", _Text, "names of the library, one a line; sensors fail besides"),
            ),
            role=Role.TRAINER,
            run=lambda _user: (
                "\n".join(face.plant.faults.active),
                "\n".join(face.plant.faults.known),
            ),
        ),
    )


def call(method: Method, user: PlantUser, arguments: list[ua.Variant]) -> ua.CallMethodResult:
    """Check role and arguments, run the method at once and give its results or its status."""
    if method.role not in {None, user.may}:
        return _status(StatusCodes.BadUserAccessDenied)
    if len(arguments) < len(method.inputs):
        return _status(StatusCodes.BadArgumentsMissing)
    if len(arguments) > len(method.inputs):
        return _status(StatusCodes.BadTooManyArguments)
    checks = [
        _check(given, want) for given, (_, want, _) in zip(arguments, method.inputs, strict=True)
    ]
    if any(checks):
        bad = _status(StatusCodes.BadInvalidArgument)
        bad.InputArgumentResults = [ua.StatusCode(ua.UInt32(check)) for check in checks]
        return bad
    try:
        results = method.run(
            user.name, *(given.Value or _EMPTY[given.VariantType] for given in arguments)
        )
    except Refused:
        return _status(StatusCodes.BadOutOfRange)
    values = [
        ua.Variant(value, kind) for value, (_, kind, _) in zip(results, method.outputs, strict=True)
    ]
    good = [ua.StatusCode() for _ in arguments]
    return ua.CallMethodResult(InputArgumentResults=good, OutputArguments=values)


_EMPTY: Final[dict[Any, Any]] = {_Text: "", _Number: 0.0}
"""What stands for a null string or a zero."""


def _check(given: ua.Variant, want: ua.VariantType) -> int:
    right = given.VariantType is want and not given.is_array
    return 0 if right else StatusCodes.BadTypeMismatch


def _status(code: int) -> ua.CallMethodResult:
    return ua.CallMethodResult(StatusCode=ua.StatusCode(ua.UInt32(code)))
