"""`bioctl loop tune` and `fit`: tests under guard, rules side by side, a tuning applied."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bioctl.cli.ask import ask
from bioctl.cli.common import (
    SITE,
    JsonOption,
    PasswordOption,
    SiteOption,
    UserOption,
    example,
    existing_site,
)
from bioctl.cli.screen import print_json, print_table
from bioctl.errors import InputError, UsageError

if TYPE_CHECKING:
    from bioctl.control.identify import Fit
    from bioctl.control.loop_config import AnyLoop
    from bioctl.control.tuning import Tuning

Loop = Annotated[str, typer.Argument(help="UNIT.LOOP, such as BR101.temperature.")]
Reason = Annotated[str, typer.Option(help="Why; it goes into the record.")]

EXAMPLE = example(
    "bioctl loop tune BR101.temperature --test relay --amplitude 3 --guard 0.5 --longest 7200 \\",
    '    --hysteresis 0.03 --reason "after the jacket was changed" --user siri',
    "bioctl loop fit BR101.temperature --plot tuning.svg",
    'bioctl loop tune BR101.temperature --gain 9 --integral 700 --reason "SIMC" --user siri',
)
FIT_EXAMPLE = example("bioctl loop fit BR101.temperature --plot tuning.svg")


def tune(
    loop: Loop,
    *,
    user: UserOption,
    reason: Reason,
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
    as_in_site: Annotated[bool, typer.Option(help="Back to the site file's tuning.")] = False,
    site: SiteOption = SITE,
    password_file: PasswordOption = None,
    as_json: JsonOption = False,
) -> None:
    """Begin a tuning test under guard, or apply a tuning; the loop's output does not jump."""
    limits = {
        "amplitude": amplitude, "guard": guard, "longest_s": longest, "settle_s": settle,
        "hysteresis": hysteresis, "enough": enough,
    }  # fmt: skip
    law = {
        "gain": gain, "integral": integral, "derivative": derivative, "smoothing": smoothing,
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
    ask(site, user, password_file, "loop.tune", args, reason=reason, as_json=as_json)


def fit(
    loop: Loop,
    *,
    plot: Annotated[Path | None, typer.Option(help="Draw test and responses as SVG.")] = None,
    site: SiteOption = SITE,
    as_json: JsonOption = False,
) -> None:
    """Fit the loop's last tuning test and put the rules side by side; nothing is changed."""
    from bioctl.control.identify import fit as fitted
    from bioctl.control.process import promise
    from bioctl.control.rules import side_by_side
    from bioctl.equipment.site import load_site
    from bioctl.language.nearest import suggest
    from bioctl.phases.library import capabilities

    cell = load_site(existing_site(site), capabilities().classes)
    words = where(loop)
    known = [f"{unit}.{name}" for unit, one in cell.units.items() for name in one.loops]
    if loop not in known:
        raise InputError(f"the site has no loop {loop}.", help=suggest(loop, known, "loops"))
    unit = cell.units[words["unit"]]
    found = fitted(_samples(cell.data / "journal.db", words["unit"], words["loop"]))
    laws = {"as in the site file": _own(unit.loops[words["loop"]])}
    laws |= side_by_side(found.process, unit.period_s)
    promised = {name: promise(found.process, law, unit.period_s) for name, law in laws.items()}
    if as_json:
        print_json(_plain(found, laws, promised))
    else:
        _tell(found, laws, promised, unit.period_s)
    if plot is not None:
        from bioctl.cli.plot import draw

        draw(plot, found, {name: one.response for name, one in promised.items()})
        typer.echo(f"The picture is {plot}.")


def where(loop: str) -> dict[str, Any]:
    """Return unit and loop as a command carries them.

    Raises:
        UsageError: it is not UNIT.LOOP.
    """
    unit, dot, name = loop.partition(".")
    if not (unit and dot and name):
        raise UsageError(f"{loop!r} is no loop.", help="Write UNIT.LOOP, as in BR101.temperature.")
    return {"unit": unit, "loop": name}


def _samples(journal: Path, unit: str, loop: str) -> list[tuple[float, float, float]]:
    from bioctl.audit.read import read_entries

    last = None
    for entry in read_entries(journal):
        if entry.kind == "loop.tested" and (entry.unit, entry.data["loop"]) == (unit, loop):
            last = entry
    if last is None:
        raise InputError(
            f"{unit}.{loop} was never tested.", help="Begin with `bioctl loop tune --test relay`."
        )
    if last.data["outcome"] != "done":
        raise InputError(f"the last test of {unit}.{loop} was aborted: {last.data['reason']}.")
    rows = [tuple(map(float, row.split())) for row in str(last.data["samples"]).split(";")]
    return [(row[0], row[1], row[2]) for row in rows]


def _own(config: "AnyLoop") -> "Tuning":
    from bioctl.control.loop_config import LoopConfig
    from bioctl.control.tuning import Tuning

    if not isinstance(config, LoopConfig) or not isinstance(config.tuning, Tuning):
        raise InputError(f"loop {config.name} has no gain to compare with.")
    return config.tuning


def _tell(found: "Fit", laws: dict[str, "Tuning"], promised: dict[str, Any], scan_s: float) -> None:
    from bioctl.control.rules import recommended

    p = found.process
    kind = "integrating" if p.integrating else f"time constant {p.tau_s:.0f} s"
    second = f", second {p.tau2_s:.0f} s" if p.tau2_s else ""
    typer.echo(
        f"Process: gain {p.gain:.3g}, {kind}{second}, dead time {p.theta_s:.0f} s; it explains "
        f"{100 * found.r2:.1f} % of what was seen, {found.rms:.2g} is left."
    )
    best = recommended(p, scan_s)
    rows = [
        [
            f"{name} <-" if name == best else name, f"{law.kc:.4g}", f"{law.ti_s:.0f}",
            f"{law.td_s:.0f}", f"{promised[name].ms:.2f}", f"{promised[name].iae:.3g}",
            f"{promised[name].peak:.2g}",
        ]
        for name, law in laws.items()
    ]  # fmt: skip
    heads = ["rule", "gain", "Ti s", "Td s", "Ms", "IAE of a load step", "its peak"]
    print_table(heads, rows, "")
    typer.echo(
        "Ms: 1.2 is calm, 2.0 the usual limit. <- makes least of a load step with Ms <= 1.8."
    )
    typer.echo("Apply one with `bioctl loop tune`.")


def _plain(found: "Fit", laws: dict[str, "Tuning"], promised: dict[str, Any]) -> dict[str, Any]:
    p = found.process
    return {
        "process": {
            "gain": p.gain, "dead_time_s": p.theta_s, "time_constant_s": _finite(p.tau_s),
            "second_s": p.tau2_s, "rms": found.rms, "r2": found.r2,
        },
        "rules": {
            name: {
                "gain": law.kc, "integral_s": law.ti_s, "derivative_s": law.td_s,
                "ms": _finite(promised[name].ms), "iae": promised[name].iae,
            }
            for name, law in laws.items()
        },
    }  # fmt: skip


def _finite(value: float) -> float | None:
    return value if abs(value) < 1e300 else None
