"""Journals of dry runs: one long batch full of trouble, and short ones for single questions."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from bioctl.audit.entry import Event
from bioctl.audit.journal import Journal
from bioctl.batch.record.model import Record
from bioctl.batch.record.write import read_record
from bioctl.equipment.site import Site, load_site
from bioctl.historian.chunk import Chunk
from bioctl.historian.recorder import Recorder
from bioctl.phases.library import capabilities
from bioctl.recipe.library import find_recipe
from bioctl.values import Reading

from .dry_run import UTC0, Happened, Run, dry_run
from .dry_setting import ADA, KIM, site_file, who

HOUR = 3600.0
Write = Callable[..., Site]
Row = tuple[str, float, Mapping[str, Reading]]

ASKING = """\
recipe: asking
version: "1.0"
product: questions
description: Three questions and nothing else.
formula: {}
equipment:
  washer: concentrate_wash
procedure:
  - unit procedure: ask
    on: washer
    operations:
      - operation: people
        phases:
          - sure: confirm
            with: {question: "Are you <b>sure</b>?"}
            timeout: 1 h
          - ph: sample
            with: {question: "pH & more", result: offline_pH, unit: pH, low: 6, high: 8}
            timeout: 1 h
          - go: decide
            with: {question: "Go on?", show: "temperature"}
            timeout: 1 h
"""


class Writer:
    """The clock of a journal that is written afterwards."""

    def __init__(self) -> None:
        self.now = UTC0

    def utc(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now - UTC0


def write_stores(
    folder: Path,
    happened: Iterable[Happened],
    rows: Iterable[Row] = (),
    *,
    seal: str | None = "B-1",
) -> Site:
    """Write journal and history of what happened, and the site file beside them."""
    chunks: list[Chunk] = []
    site = load_site(site_file(folder), capabilities().classes)
    rows = list(rows)
    if rows:
        with Recorder(site.data / "history.db", chunks.append) as recorder:
            for unit, t, readings in rows:
                recorder.record(unit, t, UTC0 + t, readings)
    told = [Happened(_chunk(chunk), UTC0 + chunk.t_to) for chunk in chunks]
    clock, last = Writer(), 0.0
    with Journal.open(site.data / "journal.db", clock, cell=site.name) as journal:
        for event, utc in sorted([*happened, *told], key=lambda one: one.utc):
            clock.now, last = utc, event.t
            journal.append([event])
        if seal:
            journal.seal(seal, t=last).result()
    return site


def _chunk(chunk: Chunk) -> Event:
    actor = {"type": "system", "id": "bioctl"}
    return Event("history.chunk", actor, chunk.data(), unit=chunk.unit, t=chunk.t_to)


class Trouble:
    """Meddles with a run: each thing once, at its hour; records readings but for half an hour."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._due: list[tuple[float, Callable[[Run], Any]]] = [
            (10.0, lambda run: run.plant.set_fault("BR101.TT101.dropout")),
            (10.5, lambda run: run.plant.clear_fault("BR101.TT101.dropout")),
            (12.0, lambda run: run.tell("link.down", {"connection": "plant", "reason": "cut"})),
            (12.1, lambda run: run.tell("link.down", {"connection": "plant", "reason": "still"})),
            (12.5, lambda run: run.tell("link.up", {"connection": "plant", "reason": "resumed"})),
            (14.0, lambda run: run.command("hold", ADA, "a noise at the pump")),
            (15.0, lambda run: run.command("restart", KIM, "it was the ventilation")),
            (16.0, lambda run: run.command("resume", ADA, "let us see")),
            (16.5, _refused),
            (17.0, lambda run: run.tell("login.failed", {"user": "ada"})),
            (18.0, lambda run: run.tell("plant.local", {"tag": "BR101.SC101", "old": 1, "new": 2})),
        ]

    def __call__(self, run: Run) -> None:
        now = run.plant.time
        while self._due and now >= self._due[0][0] * HOUR:
            self._due.pop(0)[1](run)
        for name, memory in run.core.memory.items():
            if memory.scanned == now and not 12 * HOUR < now < 12.5 * HOUR:
                unit = run.site.units[name]
                tags = [tag.name for tag in (*unit.measurements.values(), *unit.outputs.values())]
                self.rows.append((name, now, {tag: run.core.world.image[tag] for tag in tags}))


def _refused(run: Run) -> None:
    data = {"command": "batch.skip", "args": {}, "reason": "role operator may not batch.skip"}
    run.tell("command.rejected", data, who(ADA), batch=run.batch)


@pytest.fixture(scope="session")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Return a site whose journal has one whole batch with one of every kind of trouble."""
    trouble = Trouble()
    answers = {"count": 9.0, "check_ph": 7.21}
    recipe = find_recipe("first_expansion").read_text("utf-8")
    happened = dry_run(recipe, answers=answers, on_scan=trouble)
    return write_stores(tmp_path_factory.mktemp("troubled"), happened, trouble.rows)


@pytest.fixture(scope="session")
def record(troubled: Site) -> Record:
    """Return the record of the troubled batch."""
    return read_record(troubled, "B-1")


@pytest.fixture(scope="session")
def asked() -> list[Happened]:
    """Return a short batch in which people are asked three things and all is well."""
    return dry_run(ASKING, answers={"ph": 7.2})


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """Write stores into this test's own folder."""

    def write(*given: Any, **how: Any) -> Site:
        return write_stores(tmp_path, *given, **how)

    return write
