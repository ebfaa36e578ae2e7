"""`bioctl loop fit`: what the last tuning test tells, and the rules side by side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bioctl.cli.common import SITE, JsonOption, SiteOption, example, existing_site
from bioctl.cli.loop_tune import Loop, where
from bioctl.cli.screen import plain, print_json, print_table
from bioctl.errors import InputError

if TYPE_CHECKING:
    from bioctl.audit.entry import Entry
    from bioctl.control.identify import Fit
    from bioctl.control.loop_config import AnyLoop
    from bioctl.control.process import Promise
    from bioctl.control.tuning import Tuning

EXAMPLE = example("bioctl loop fit BR101.temperature --plot tuning.svg")

UNSTABLE = 1e300
"""Ms from which a law is unstable."""

UNKNOWN = 0.5
"""Share of a value from which its standard error means that the test does not tell it."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One law: as it is typed, and what it would do.

    Attributes:
        law: its parameters as they are typed, schedule and segments left out.
        acts: with the factors of schedule and segment where the test was.
        does: what it would do there.
    """

    law: "Tuning"
    acts: "Tuning"
    does: "Promise"

    def noise(self, rms: float, scan_s: float) -> float:
        """Return by how much this much noise moves u: proportional and derivative part."""
        derivative = min(self.acts.n, self.acts.td_s / scan_s)
        return self.acts.kc * (1.0 + derivative) * rms


def fit(
    loop: Loop,
    *,
    plot: Annotated[Path | None, typer.Option(help="Draw test and responses as SVG.")] = None,
    site: SiteOption = SITE,
    as_json: JsonOption = False,
) -> None:
    """Fit the loop's last tuning test and put the rules side by side; nothing is changed."""
    from bioctl.audit.read import read_entries
    from bioctl.control.identify import fit as fitted
    from bioctl.equipment.site import load_site
    from bioctl.language.nearest import suggest
    from bioctl.phases.library import capabilities

    cell = load_site(existing_site(site), capabilities().classes)
    words = where(loop)
    known = [f"{unit}.{name}" for unit, one in cell.units.items() for name in one.loops]
    if loop not in known:
        raise InputError(f"the site has no loop {loop}.", help=suggest(loop, known, "loops"))
    unit, config = cell.units[words["unit"]], cell.units[words["unit"]].loops[words["loop"]]
    mine = [
        entry
        for entry in read_entries(cell.data / "journal.db")
        if (entry.unit, entry.data.get("loop")) == (words["unit"], words["loop"])
    ]
    test = _last_test(mine, loop)
    found = fitted(_samples(test))
    rows = _compared(config, mine, test, found, unit.period_s)
    best = _best(found, unit.period_s)
    tag = unit.measurements.get(config.pv) or unit.outputs[config.pv]
    if as_json:
        print_json(_plain(found, rows, best))
    else:
        _tell(loop, test, found, rows, best, (tag.eu, unit.period_s))
    if plot is not None:
        _draw(plot, found, test, rows, best, unit.period_s, tag.eu)
        typer.echo(f"The picture is {plot}.")


def _last_test(entries: "Iterable[Entry]", loop: str) -> "Entry":
    tests = [entry for entry in entries if entry.kind == "loop.tested"]
    if not tests:
        remedy = "Begin with `bioctl loop tune --test relay`."
        raise InputError(f"{loop} was never tested.", help=remedy)
    last = tests[-1]
    if last.data["outcome"] != "done":
        raise InputError(f"the last test of {loop} was aborted: {last.data['reason']}.")
    return last


def _samples(test: "Entry") -> list[tuple[float, float, float]]:
    rows = [tuple(map(float, row.split())) for row in str(test.data["samples"]).split(";")]
    return [(row[0], row[1], row[2]) for row in rows]


def _compared(
    config: "AnyLoop", entries: "Iterable[Entry]", test: "Entry", found: "Fit", period_s: float
) -> dict[str, Compared]:
    """Return the loop's own laws and those of every rule, each as it would be typed.

    The loop multiplied its tuning by the factors of schedule and segment while it was tested: a
    rule's law is for the process as it was then, so they are taken out of what is typed.
    """
    from bioctl.control.process import promise
    from bioctl.control.rules import side_by_side

    gain, time = (float(test.data.get(f"{name}_factor") or 1.0) for name in ("gain", "time"))
    acts = {name: law.scaled(gain, time) for name, law in _own(config, entries).items()}
    acts |= side_by_side(found.process, period_s)
    return {
        name: Compared(
            law.scaled(1.0 / gain, 1.0 / time), law, promise(found.process, law, period_s)
        )
        for name, law in acts.items()
    }


def _own(config: "AnyLoop", entries: "Iterable[Entry]") -> dict[str, "Tuning"]:
    """Return the site file's law, and the one in force where a person applied another."""
    from bioctl.control.loop_config import LoopConfig
    from bioctl.control.tuning import Tuning
    from bioctl.equipment.tuning_fields import tuning_from

    if not isinstance(config, LoopConfig) or not isinstance(config.tuning, Tuning):
        raise InputError(f"loop {config.name} has no gain to compare with.")
    told = [e.data["tuning"] for e in entries if e.kind == "loop.set" and "tuning" in e.data]
    applied = tuning_from(config.tuning, told[-1]) if told else None
    own = {"as in the site file": replace(config.tuning, dead_band=0.0)}
    return own if applied is None else {"in force": replace(applied, dead_band=0.0), **own}


def _draw(
    file: Path,
    found: "Fit",
    test: "Entry",
    rows: Mapping[str, Compared],
    best: str,
    period_s: float,
    eu: str,
) -> None:
    """Draw test and responses, these over the time the recommended rule needs."""
    import numpy as np

    from bioctl.cli.plot import draw
    from bioctl.control.process import promise

    span = float(rows[best].does.response[0][-1])
    responses = {
        name: promise(found.process, one.acts, period_s, span).response
        for name, one in rows.items()
        if one.does.ms < UNSTABLE
    }
    draw(file, found, np.array([u for _, u, _ in _samples(test)]), responses, eu)


def _best(found: "Fit", period_s: float) -> str:
    from bioctl.control.rules import recommended

    return recommended(found.process, period_s)


def _tell(
    loop: str,
    test: "Entry",
    found: "Fit",
    rows: Mapping[str, Compared],
    best: str,
    about: tuple[str, float],
) -> None:
    eu, scan_s = about
    for line in (_of_test(loop, test), *_of_process(found, eu)):
        typer.echo(plain(line))
    heads = ["rule", "gain", "Ti s", "Td s", "Ms", f"IAE, {eu} s", f"peak, {eu}", "noise in u", ""]
    noise = {name: one.noise(found.rms, scan_s) for name, one in rows.items()}
    print_table(heads, [_row(n, one, noise[n], best) for n, one in rows.items()], "")
    typer.echo(
        "IAE and peak are those of a load step of 1 u. Ms: 1.2 is calm, 2.0 the usual limit. "
        "<- has the least IAE with Ms <= 1.8."
    )
    from bioctl.control.rules import calm

    law = calm(rows[best].law, found.rms, scan_s)
    derivative = f" --derivative {law.td_s:.4g}" if law.td_s else ""
    typer.echo(
        f"To apply it: bioctl loop tune {loop} --gain {law.kc:.4g} --integral {law.ti_s:.4g}"
        f'{derivative} --user USER --reason "{best}, {test.data["method"]} test"'
    )
    typer.echo(
        f"Against the {found.rms:.2g} {eu} that are left, if that is noise, add: "
        f"--dead-band {law.dead_band:.2g} --inside {law.inside:g} --trend {law.trend_s:.2g}"
    )


def _of_test(loop: str, test: "Entry") -> str:
    from bioctl.clock import duration_text, utc_text

    samples = _samples(test)
    factors = [f"{name} by {test.data[key]:g}" for name, key in _FACTORS if test.data.get(key)]
    schedule = f" The loop's schedule multiplied {' and '.join(factors)} then." if factors else ""
    return (
        f"The {test.data['method']} test of {loop}, asked for by {test.data.get('by') or 'nobody'},"
        f" ended {utc_text(test.utc)[:16]}Z: {len(samples)} samples in "
        f"{duration_text(samples[-1][0])}, u moved by {test.data['amplitude']:g}.{schedule}"
    )


_FACTORS = (("the gain", "gain_factor"), ("the times", "time_factor"))


def _of_process(found: "Fit", eu: str) -> list[str]:
    p = found.process
    told = [
        f"slope {p.slope:.3g} {eu}/s per u{_about(found, 'slope')}",
        f"dead time {p.theta_s:.0f} s{_about(found, 'dead time')}",
    ]
    told += [f"second lag {p.tau2_s:.0f} s"] if p.tau2_s else []
    if p.integrating:
        told.append("no rest of its own (integrating)")
    elif found.unsure.get("time constant", 0.0) > UNKNOWN:
        told.append("time constant too long for this test to tell, and no matter to the tuning")
    else:
        told.append(f"time constant {p.tau_s:.0f} s{_about(found, 'time constant')}")
    left = f"It explains {100 * found.r2:.1f} % of what was seen, {found.rms:.2g} {eu} is left."
    return [f"Process: {', '.join(told)}.", left]


def _about(found: "Fit", name: str) -> str:
    share = found.unsure.get(name)
    return "" if share is None else f" (± {100 * min(share, 9.99):.0f} %)"


def _row(name: str, one: Compared, noise: float, best: str) -> list[str]:
    law, does = one.law, one.does
    if does.ms >= UNSTABLE:
        said = "unstable"
    else:
        said = "<-" if name == best else "too tight" if does.ms > 2.0 else ""
    return [
        name, f"{law.kc:.4g}", f"{law.ti_s:.0f}", f"{law.td_s:.0f}", f"{does.ms:.2f}",
        f"{does.iae:.3g}", f"{does.peak:.2g}", f"{noise:.2g}", said,
    ]  # fmt: skip


def _plain(found: "Fit", rows: Mapping[str, Compared], best: str) -> dict[str, Any]:
    p = found.process
    return {
        "process": {
            "gain": p.gain, "slope": p.slope, "dead_time_s": p.theta_s,
            "time_constant_s": _finite(p.tau_s),
            "second_s": p.tau2_s, "rms": found.rms, "r2": found.r2,
            "unsure": {name: _finite(share) for name, share in found.unsure.items()},
        },
        "recommended": best,
        "rules": {
            name: {
                "gain": one.law.kc, "integral_s": one.law.ti_s, "derivative_s": one.law.td_s,
                "ms": _finite(one.does.ms), "iae": one.does.iae, "peak": one.does.peak,
            }
            for name, one in rows.items()
        },
    }  # fmt: skip


def _finite(value: float) -> float | None:
    return value if abs(value) < UNSTABLE else None
