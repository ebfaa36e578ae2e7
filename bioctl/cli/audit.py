"""`bioctl audit`: verify the journal and read it. Neither needs a controller, nor stops one."""

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bioctl.cli.common import SITE, JsonOption, SiteOption, example, noun
from bioctl.cli.screen import plain, print_json
from bioctl.cli.stores import journal_file
from bioctl.errors import InputError, IntegrityError, UsageError

if TYPE_CHECKING:
    from bioctl.audit.chain import Head
    from bioctl.audit.entry import Entry

app = noun("Verify and read the journal.")

JournalArgument = Annotated[
    Path | None, typer.Argument(metavar="[JOURNAL]", help="A journal file; else that of the site.")
]


@app.command(
    epilog=example(
        "bioctl audit verify --site demo-site/site.yaml",
        "bioctl audit verify copy/journal.db --anchor 327:5b0e...",
    )
)
def verify(
    journal: JournalArgument = None,
    *,
    anchor: Annotated[
        list[str] | None,
        typer.Option(help="NUMBER:HASH of a head you kept elsewhere; may be given again."),
    ] = None,
    site: SiteOption = SITE,
    as_json: JsonOption = False,
) -> None:
    """Check every hash, number, chain and seal; exit 5 names the first entry that is wrong."""
    from bioctl.audit.verify import verify as verify_file

    verdict = verify_file(journal or journal_file(site), _anchors(anchor or []))
    if as_json:
        print_json({**asdict(verdict), "head": verdict.head._asdict()})
    if not verdict.ok:
        raise IntegrityError(
            verdict.message, help="Keep the file as it is; compare it with its newest good backup."
        )
    if not as_json:
        typer.echo(plain(verdict.message))
        typer.echo(f"head: {verdict.head.seq}:{verdict.head.hash}")


def _anchors(texts: Sequence[str]) -> "list[Head]":
    from bioctl.audit.chain import Head

    found = []
    for text in texts:
        number, _, hash_ = text.partition(":")
        if not (number.isdecimal() and re.fullmatch("[0-9a-f]{64}", hash_)):
            raise UsageError(
                f"--anchor {text!r} is no head of a journal.",
                help="Write NUMBER:HASH as an earlier `bioctl audit verify` printed it.",
            )
        found.append(Head(int(number), hash_))
    return found


@app.command(
    epilog=example(
        "bioctl audit show --batch B-0001 --kind prompt --site demo-site/site.yaml",
        'bioctl audit show --user ola --since "8 h"',
        "bioctl audit show --since 2026-01-05T06:00:00+01:00 --json",
    )
)
def show(
    journal: JournalArgument = None,
    *,
    batch: Annotated[str | None, typer.Option(help="Only this batch.")] = None,
    user: Annotated[str | None, typer.Option(help="Only what this person did.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind, such as alarm.raised.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Only later ones: a time with its zone, or `8 h` ago.")
    ] = None,
    site: SiteOption = SITE,
    as_json: JsonOption = False,
) -> None:
    """Print entries as sentences, oldest first; the time is UTC."""
    from bioctl.audit.read import read_entries
    from bioctl.audit.sentence import line, sentence

    fits = _filter(user, kind, _since(since))
    for entry in filter(fits, read_entries(journal or journal_file(site), batch)):
        if as_json:
            print_json({**entry.to_dict(), "sentence": sentence(entry)}, one_line=True)
        else:
            typer.echo(plain(line(entry)))


def _filter(user: str | None, kind: str | None, since: float | None) -> "Callable[[Entry], bool]":
    def fits(entry: "Entry") -> bool:
        return (
            (user is None or entry.actor.get("id") == user)
            and (kind is None or kind in (entry.kind, entry.kind.partition(".")[0]))
            and (since is None or entry.utc >= since)
        )

    return fits


def _since(text: str | None) -> float | None:
    """Return UTC seconds of a time with its zone, or of a duration ago.

    Raises:
        UsageError: neither.
    """
    if text is None:
        return None
    for read in (_moment, _ago):
        try:
            return read(text)
        except (ValueError, InputError):
            continue
    raise UsageError(
        f"--since {text!r} is no time with a zone and no duration.",
        help="Write 2026-01-05T06:00:00+01:00, 2026-01-05T05:00:00Z or `8 h`.",
    )


def _moment(text: str) -> float:
    from datetime import datetime

    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no zone")
    return moment.timestamp()


def _ago(text: str) -> float:
    from bioctl.clock import SystemClock
    from bioctl.language.quantity import parse_quantity

    return SystemClock().utc() - parse_quantity(text).to("s")
