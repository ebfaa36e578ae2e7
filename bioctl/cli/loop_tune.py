"""`bioctl loop tune`: tests under guard, a tuning applied."""

from typing import Annotated, Any, Literal

import typer

from bioctl.cli.common import example
from bioctl.cli.given import By, given
from bioctl.errors import UsageError

Loop = Annotated[str, typer.Argument(help="UNIT.LOOP, such as BR101.temperature.")]

EXAMPLE = example(
    "bioctl loop tune BR101.temperature --test relay --amplitude 3 --guard 0.5 --longest 7200 \\",
    '    --hysteresis 0.03 --reason "after the jacket was changed" --user siri',
    "bioctl loop fit BR101.temperature --plot tuning.svg",
    'bioctl loop tune BR101.temperature --gain 9 --integral 700 --reason "SIMC" --user siri',
)


@given
def tune(
    loop: Loop,
    *,
    by: By,
    test: Annotated[
        Literal["step", "relay"] | None, typer.Option(help="Begin a tuning test.")
    ] = None,
    amplitude: Annotated[float | None, typer.Option(help="Of the test, in units of u.")] = None,
    guard: Annotated[
        float | None, typer.Option(help="Greatest |measurement - setpoint| before it is aborted.")
    ] = None,
    longest: Annotated[float | None, typer.Option(help="Time limit of the test, s.")] = None,
    settle: Annotated[float | None, typer.Option(help="Quiet time before it, s.")] = None,
    hysteresis: Annotated[float | None, typer.Option(help="Of the relay, above noise.")] = None,
    enough: Annotated[float | None, typer.Option(help="Change that ends a step test.")] = None,
    gain: Annotated[float | None, typer.Option(help="New gain, u per eu.")] = None,
    integral: Annotated[float | None, typer.Option(help="New integral time, s.")] = None,
    derivative: Annotated[float | None, typer.Option(help="New derivative time, s.")] = None,
    smoothing: Annotated[float | None, typer.Option(help="New smoothing time, s.")] = None,
    dead_band: Annotated[float | None, typer.Option(help="New dead band, half width, eu.")] = None,
    inside: Annotated[
        float | None, typer.Option(help="How much slower it is in the dead band, 0 to 1.")
    ] = None,
    trend: Annotated[
        float | None, typer.Option(help="Time in which it learns its load's trend, s.")
    ] = None,
    as_in_site: Annotated[bool, typer.Option(help="Back to the site file's tuning.")] = False,
) -> None:
    """Begin a tuning test under guard, or apply a tuning; the loop's output does not jump."""
    limits = {
        "amplitude": amplitude, "guard": guard, "longest_s": longest, "settle_s": settle,
        "hysteresis": hysteresis, "enough": enough,
    }  # fmt: skip
    law = {
        "gain": gain, "integral": integral, "derivative": derivative, "smoothing": smoothing,
        "dead_band": dead_band, "inside": inside, "trend": trend,
    }  # fmt: skip
    tested = {name: value for name, value in limits.items() if value is not None}
    applied = {name: value for name, value in law.items() if value is not None}
    if bool(test) + bool(applied) + as_in_site != 1 or (tested and not test):
        raise UsageError(
            "It is not clear what to do.",
            help="Give --test with its limits, or parameters such as --gain, or --as-in-site.",
        )
    args: dict[str, Any] = where(loop)
    args |= {"test": test, **tested} if test else applied
    args |= {"site": True} if as_in_site else {}
    by.ask("loop.tune", args)


def where(loop: str) -> dict[str, Any]:
    """Return unit and loop as a command carries them.

    Raises:
        UsageError: it is not UNIT.LOOP.
    """
    unit, dot, name = loop.partition(".")
    if not (unit and dot and name):
        raise UsageError(f"{loop!r} is no loop.", help="Write UNIT.LOOP, as in BR101.temperature.")
    return {"unit": unit, "loop": name}
