"""Blocks, waits, exceptions, clocks and header: read as written, refused in words."""

import pytest

from bioctl.errors import InputErrors
from bioctl.language.findings import render
from bioctl.phases.library import capabilities
from bioctl.recipe.blocks import Choose, Parallel, Repeat, Synchronise
from bioctl.recipe.canonical import canonical, from_dict, recipe_hash, to_dict
from bioctl.recipe.formula import apply_formula
from bioctl.recipe.grammar import (
    Moment,
    PhaseStep,
    Recipe,
    Reminder,
    UnitProcedure,
    operations_of,
)
from bioctl.recipe.load import load_recipe
from bioctl.recipe.ramps import points

TEXT = """\
recipe: everything
version: "1.0"
product: none
dated: 2026-03-02
status: in review
effective: 2026-04-01
expires: 2028-04-01
batch size: 4 L
description: One of each.
history:
  - {version: "1.0", on: 2026-03-02, by: process development, change: first version}
formula:
  growth_temperature:
    {value: 37 degC, range: 36 .. 38 degC, criticality: monitored, adjustable: in run, scale: fixed}
equipment:
  reactor: {class: packed_bed_bioreactor, needs: [perfusion]}
clocks:
  set_up_time:
    from: start of expand/prepare
    to: end of expand/prepare/correct
    limit: 8 h
    warn: 6 h
    then: hold
  cold: {while: temperature < 30 degC, on: reactor, limit: 20 min}
procedure:
  - unit procedure: expand
    on: reactor
    watch:
      - exception: too_cold
        when: temperature < 35 degC
        for: 15 min
        phases:
          - tell: confirm
            with: {question: "Is the door closed?"}
            timeout: 1 h
        then: hold
    operations:
      - operation: prepare
        phases:
          - measure: sample
            with: {question: "Offline pH", result: offline_ph, unit: pH}
            timeout: 4 h
            on timeout: stop
            remind: supervisor after 1 h
            checked by: qa
          - choose: adjust
            alternatives:
              - when: offline_ph < 7
                phases:
                  - correct: confirm
                    with: {question: "Is base connected?"}
                    timeout: 1 h
              - otherwise: nothing
          - parallel: grow_and_look
            branches:
              - branch: cells
                phases:
                  - grow: grow
                    with:
                      temperature:
                        - at growth_temperature for 2 d
                        - to 33 degC over 12 h
                        - stay 1 d
                      pH: 7.2
                      dissolved_oxygen: 50 %
                      agitation: 60 rpm
                    until: elapsed > 3 d 12 h
                    takes: 3 d 12 h
                    timeout: 4 d
                    restart at: grow
                    suppress alarms: [glucose]
                    orders: {dissolved_oxygen: gas_first}
                  - synchronise: ready
                    timeout: 2 h
              - branch: people
                phases:
                  - repeat: look
                    at most: 3
                    until: cells_counted > 1 1e6/mL
                    not reached: go on
                    phases:
                      - count: sample
                        with: {question: "Cells", result: cells_counted, unit: 1e6/mL}
                        timeout: 1 d
                  - synchronise: ready
                    timeout: 2 h
"""


def load(text: str = TEXT) -> Recipe:
    return load_recipe(text, "r.yaml", capabilities())


def refusal(old: str, new: str) -> str:
    assert old in TEXT
    changed = TEXT.replace(old, new, 1)
    with pytest.raises(InputErrors) as refused:
        load(changed)
    return render(refused.value, changed)


def operation_parts() -> tuple[object, ...]:
    part = load().procedure[0]
    assert isinstance(part, UnitProcedure)
    return next(operations_of(part)).phases


def test_blocks_are_read_as_they_stand() -> None:
    measure, adjust, both = operation_parts()
    assert isinstance(measure, PhaseStep)
    assert isinstance(adjust, Choose)
    assert [one.when for one in adjust.alternatives] == ["offline_ph < 7", None]
    assert adjust.alternatives[1].body == ()
    assert isinstance(both, Parallel)
    assert [branch.name for branch in both.branches] == ["cells", "people"]
    look, ready = both.branches[1].body
    assert isinstance(look, Repeat)
    assert (look.at_most, look.until, look.not_reached) == (3, "cells_counted > 1 1e6/mL", "go on")
    assert ready == Synchronise("ready", 7200.0)


def test_blocks_add_nothing_to_paths_and_handlers_come_last() -> None:
    assert [path for path, _ in load().steps()] == [
        "expand/prepare/measure",
        "expand/prepare/correct",
        "expand/prepare/grow",
        "expand/prepare/count",
        "expand/tell",
    ]


def test_waits_escalation_and_checks_are_read() -> None:
    steps = dict(load().steps())
    measure, grow = steps["expand/prepare/measure"], steps["expand/prepare/grow"]
    assert (measure.on_timeout, measure.checked_by) == ("stop", "qa")
    assert measure.remind == Reminder("supervisor", 3600.0)
    assert (grow.takes_s, grow.restart_at, grow.suppress) == (302400.0, "grow", ("glucose",))
    assert grow.orders == {"dissolved_oxygen": "gas_first"}


def test_header_and_clocks_are_read() -> None:
    recipe = load()
    header = recipe.header
    assert (header.status, header.dated, header.expires) == (
        "in review",
        "2026-03-02",
        "2028-04-01",
    )
    assert (header.batch_size, header.history[0].change) == ("4 L", "first version")
    clock = recipe.clocks["set_up_time"]
    assert clock.begins == Moment("start", "expand/prepare")
    assert (clock.limit_s, clock.warn_s, clock.then) == (28800.0, 21600.0, "hold")
    assert (recipe.clocks["cold"].while_, recipe.clocks["cold"].on) == (
        "temperature < 30 degC",
        "reactor",
    )
    assert recipe.needs == {"reactor": ("perfusion",)}
    entry = recipe.formula["growth_temperature"]
    assert (entry.criticality, entry.adjustable, entry.scale) == ("monitored", "in run", "fixed")


def test_everything_survives_the_way_through_json() -> None:
    recipe = load()
    back = from_dict(to_dict(recipe))
    assert canonical(back) == canonical(recipe)
    assert back.procedure == recipe.procedure
    assert back.clocks == recipe.clocks


def test_status_and_approvals_are_no_part_of_the_hash() -> None:
    row = f"{{by: kim, role: qa, on: 2026-03-04, meaning: approved, hash: {'0' * 64}}}"
    approved = TEXT.replace("status: in review", "status: approved")
    approved = approved.replace("history:", f"approvals:\n  - {row}\nhistory:")
    assert load(approved).header.approvals[0].by == "kim"
    assert recipe_hash(load(approved)) == recipe_hash(load())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("at most: 3", "at most: 4"),
        ("offline_ph < 7\n", "offline_ph < 6.9\n"),
        ("branch: people", "branch: persons"),
        ("- to 33 degC over 12 h", "- to 34 degC over 12 h"),
        ("then: hold\n  cold", "then: alarm\n  cold"),
        ("remind: supervisor after 1 h", "remind: supervisor after 2 h"),
        ("dated: 2026-03-02", "dated: 2026-03-03"),
        ("for: 15 min", "for: 16 min"),
    ],
)  # fmt: skip
def test_every_change_of_the_new_words_changes_the_hash(old: str, new: str) -> None:
    assert old in TEXT
    assert recipe_hash(load(TEXT.replace(old, new, 1))) != recipe_hash(load())


REFUSED = [
    ("dated: 2026-03-02", "dated: 2026-02-30", "'2026-02-30' is not a date.", "as in 2026-03-31."),
    ("dated: 2026-03-02", "dated: 2.3.2026", "'2.3.2026' is not a date.", ""),
    ("in review", "inreview", "unknown status 'inreview'.", "did you mean 'in review'?"),
    ("expires: 2028-04-01", "expires: 2026-04-01", "it expires before it is effective.", ""),
    ("batch size: 4 L", "batch size: 4L", "'4L' is not a quantity.", "4 L."),
    ("adjustable: in run", "adjustable: any", "unknown time to adjust 'any'.", "at start, in run"),
    ("scale: fixed", "scale: volume", "unknown scaling criterion 'volume'.", "'per volume'?"),
    ("needs: [perfusion]", "needs: [perfuson]", "no capability 'perfuson'. [capability-missing]",
     "did you mean 'perfusion'?"),
    ("    to: end of expand/prepare/correct\n", "", "a clock runs from one moment to another", ""),
    ("start of expand/prepare\n", "expand/prepare\n", "'expand/prepare' is no moment.", "start of"),
    ("warn: 6 h", "warn: 9 h", "it warns after its limit.", ""),
    ("on: reactor, limit", "on: rector, limit", "'rector' is no role", "did you mean 'reactor'?"),
    ("then: hold\n    operations", "then: sleep\n    operations", "`then` can't be 'sleep'.",
     "write hold or alarm or stop or abort."),
    ("        for: 15 min\n", "", "an exception needs 'for'.", ""),
    ("on timeout: stop", "on timeout: wait", "`on timeout` can't be 'wait'.", "hold or stop or"),
    ("supervisor after 1 h", "1 h", "'1 h' is no reminder.", "`supervisor after 2 h`"),
    ("supervisor after 1 h", "boss after 1 h", "'boss after 1 h' is no reminder.", "roles:"),
    ("checked by: qa", "checked by: nobody", "unknown role 'nobody'.", "operator, supervisor, qa"),
    ("suppress alarms: [glucose]", "suppress alarms: [glucos]", "'glucos' is no measurement of",
     "did you mean 'glucose'?"),
    ("{dissolved_oxygen: gas_first}", "{dissolved_oxygen: gas_frist}",
     "the loop dissolved_oxygen of packed_bed_bioreactor has no order 'gas_frist'.",
     "did you mean 'gas_first'?"),
    ("{dissolved_oxygen: gas_first}", "{disolved_oxygen: gas_first}",
     "packed_bed_bioreactor has no orders of a loop 'disolved_oxygen'.", "'dissolved_oxygen'?"),
    ("suppress alarms: [glucose]", "checked by: qa", "phase 'grow' asks nobody", ""),
    ("result: offline_ph", "result: pH", "'pH' is a measurement of packed_bed_bioreactor, so no",
     "call it offline_pH."),
    ("otherwise: nothing", "otherwise: go on", "neither what else to do, nor nothing.",
     "write `otherwise: nothing`"),
    ("at most: 3", "at most: 0", "a loop can't run 0 times.", "write 1 to 1000."),
    ("at most: 3", "at most: x", "'x' is not a number.", ""),
    ("                    at most: 3\n", "", "a loop needs 'at most'. [unbounded-wait]", ""),
    ("- repeat: look", "- parallel: look", "parallel needs 'branches'.", ""),
    ("branch: people", "branch: cells", "the branch 'cells' is there already", ""),
    ("- choose: adjust", "- choose: measure", "the block 'measure' is there already", ""),
    ("- tell: confirm", "- repeat: confirm", "a loop needs 'phases'.", ""),
    ("offline_ph < 7\n", "offline_ph < 7 degC\n", "[eu-mismatch]", ""),
    ("offline_ph < 7\n", "elapsed > 7 h\n", "unknown name 'elapsed'.", "known names: "),
    ("at growth_temperature for 2 d", "to 37 degC over 2 d", "a ramp begins with", ""),
    ("to 33 degC over 12 h", "to 33 degC", "'to 33 degC' is no piece of a ramp.", "`at 4"),
    ("to 33 degC over 12 h", "to 33 rpm over 12 h", "temperature is in degC, '33 rpm' is not.", ""),
    ("to 33 degC over 12 h", "to 53 degC over 12 h", "53 degC is outside 4 .. 40 degC.", ""),
    ("to 33 degC over 12 h", "to 33 degC at 1 rpm", "'1 rpm' is not a rate of this value.",
     "write it in degC/min."),
    ("to 33 degC over 12 h", "to 33 degC at 0 degC/min", "a rate of 0 degC/min can't be.", ""),
    ("stay 1 d", "stay 1 mL", "'1 mL' is not a time.", ""),
    ("pH: 7.2", "pH: 7.2 to 7.0 over 1 h", "pH: a value that changes in time is a list.", "`at 4"),
    ('question: "Cells"', "question: [x]", "expected one value, found a list.", ""),
    ("- synchronise: ready", "- include: fill", "a part brings unit procedures.", "include it"),
    ("- choose: adjust", "- choose: [x]", "`choose` needs a name of its own.", "`choose: <name>`"),
    ("- repeat: look", "- repeat: {x: y}", "`repeat` needs a name of its own.", "`at most:`"),
    ("- when: offline", "- if: offline", "begins with `when` or `otherwise`.", "write `when:`"),
    ("- otherwise: nothing", "- else: nothing", "begins with `when` or `otherwise`.", ""),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told", "mend"), REFUSED)
def test_wrong_word_is_refused_in_words(old: str, new: str, told: str, mend: str) -> None:
    shown = refusal(old, new)
    assert told in shown
    assert mend in shown


@pytest.mark.parametrize(
    "word", ["parallel", "choose", "repeat", "synchronise", "include", "takes"]
)
def test_words_of_the_grammar_can_not_be_names(word: str) -> None:
    assert "the word is reserved." in refusal("operation: prepare", f"operation: {word}")


def test_profile_of_formula_values_follows_the_batch() -> None:
    changed = apply_formula(load(), {"growth_temperature": "36.5 degC"})
    ramp = dict(changed.steps())["expand/prepare/grow"].parameters["temperature"].ramp
    assert points(ramp) == [
        (0.0, 36.5), (172800.0, 36.5), (216000.0, 33.0), (302400.0, 33.0),
    ]  # fmt: skip


@pytest.mark.fault("RX-05")
def test_deeply_nested_structures_are_refused_before_they_are_read() -> None:
    inner = "{a: confirm, with: {question: x}, timeout: 1 h}"
    for n in range(30):
        inner = f"{{repeat: r{n}, at most: 2, phases: [{inner}]}}"
    text = TEXT.replace(
        "          - measure: sample", f"          - {inner}\n          - measure: sample"
    )
    with pytest.raises(InputErrors, match="nested deeper than"):
        load(text)
