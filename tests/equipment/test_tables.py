"""Protection tables: what a unit takes from them, amends and leaves out, with every place told."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import bioctl.cli
from bioctl.equipment.site import Site, load_site
from bioctl.equipment.tables import Table, read_table
from bioctl.errors import InputError, InputErrors
from bioctl.language.document import parse
from bioctl.phases.library import capabilities

TEMPLATE = Path(bioctl.cli.__file__).parent / "templates" / "site.yaml.in"
TEXT = TEMPLATE.read_text().replace("${plant_url}", "opc.tcp://127.0.0.1:4840/plant")
HEAD, _, REST = TEXT.partition("    interlocks:\n")
TAIL = re.sub(r"\n    tables: .*", "", REST[REST.index("  CW201:") :])
"""The shipped site file around the protection of its bioreactor."""

REASONS = """
    cause: "It is warm."
    consequence: "Cells suffer."
    severity: major
    time_to_respond: 20 min
    action: "Look."
"""
WARM = f"""table: warm
description: what is too warm
alarms:
  temperature_high:
    measurement: temperature
    kind: high
    limit: 0.5 degC
    setpoint_of: temperature
    on_delay: 2 min{REASONS}  temperature_bad:
    measurement: temperature
    kind: bad{REASONS}interlocks:
  temperature_high:
    protects: the cells
    when: temperature > 41 degC
    then: {{jacket: 20}}
"""
Load = Callable[..., Site]


def table(text: str, file: str = "warm.yaml") -> Table:
    errors: list[InputError] = []
    found = read_table(parse(text, file), errors)
    assert not errors
    return found


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def read(protection: str, *tables: str) -> Site:
        file = tmp_path / "site.yaml"
        file.write_text(f"{HEAD}{protection}\n{TAIL}")
        found = [table(text) for text in tables or (WARM,)]
        return load_site(file, capabilities().classes, {one.name: one for one in found})

    return read


def test_row_of_a_table_is_as_if_it_stood_in_the_site_file(load: Load) -> None:
    unit = load("    tables: [warm]").units["BR101"]
    high = unit.alarms["temperature_high"]
    assert (high.limit, high.loop, high.on_delay_s, high.priority) == (0.5, "temperature", 120, 2)
    assert unit.interlocks["temperature_high"].then == {"jacket": 20}
    assert unit.origins["alarms.temperature_high"].table == "warm"
    assert str(unit.origins["alarms.temperature_high"].where) == "warm.yaml:4:3"


def test_own_entry_amends_a_row_field_by_field(load: Load) -> None:
    own = "    alarms: {temperature_high: {limit: 0.4 degC, action: Look twice.}}"
    unit = load(f"    tables: [warm]\n{own}").units["BR101"]
    high = unit.alarms["temperature_high"]
    assert (high.limit, high.action, high.cause) == (0.4, "Look twice.", "It is warm.")
    assert unit.origins["alarms.temperature_high"].amended == ("limit", "action")
    assert unit.origins["alarms.temperature_bad"].amended == ()


def test_own_entry_given_as_nothing_takes_the_rows_field_away(load: Load) -> None:
    own = "    alarms: {temperature_high: {limit: 37.6 degC, setpoint_of: ~}}"
    high = load(f"    tables: [warm]\n{own}").units["BR101"].alarms["temperature_high"]
    assert (high.limit, high.loop) == (37.6, "")


def test_row_left_out_needs_and_keeps_its_reason(load: Load) -> None:
    without = '    without: {alarms.temperature_high: "a cold culture"}'
    unit = load(f"    tables: [warm]\n{without}").units["BR101"]
    assert "temperature_bad" in unit.alarms
    assert "temperature_high" not in unit.alarms
    assert "temperature_high" in unit.interlocks
    assert unit.without == {"alarms.temperature_high": "a cold culture"}


MISTAKES = {
    "no such table": ("    tables: [wrm]", "wrm", ["unknown table 'wrm'", "'warm'"]),
    "amends no row": (
        "    tables: [warm]\n    alarms: {temperature_hihg: {limit: 0.4 degC}}",
        "{limit",
        ["needs `measurement`", "did you mean 'temperature_high'?"],
    ),
    "field unknown": (
        "    tables: [warm]\n    alarms: {temperature_high: {limt: 0.4 degC}}",
        "limt",
        ["has no field 'limt'", "'limit'"],
    ),
    "eu of an amendment": (
        "    tables: [warm]\n    alarms: {temperature_high: {limit: 0.4 kg}}",
        "0.4 kg",
        ["kg"],
    ),
    "left out without a reason": (
        "    tables: [warm]\n    without: {temperature_bad: }",
        "}",
        ["expected a value, found nothing"],
    ),
    "left out, and there is none": (
        '    tables: [warm]\n    without: {temperature_low: "cold"}',
        "temperature_low",
        ["no table of this unit has a row 'temperature_low'", "temperature_high"],
    ),
    "left out of which group": (
        '    tables: [warm]\n    without: {temperature_high: "cold"}',
        "temperature_high",
        ["several groups", "alarms.temperature_high or interlocks.temperature_high"],
    ),
    "left out and amended": (
        "    tables: [warm]\n    alarms: {temperature_bad: {}}\n    without: {temperature_bad: no}",
        "temperature_bad",
        ["amended here and left out"],
    ),
}


@pytest.mark.promise(8)
@pytest.mark.parametrize("name", MISTAKES)
def test_mistake_about_tables_is_told_at_its_place(load: Load, name: str) -> None:
    protection, word, expected = MISTAKES[name]
    with pytest.raises(InputErrors) as caught:
        load(protection)
    told = str(caught.value.errors[0])
    text = f"{HEAD}{protection}"
    line = 1 + text.count("\n", 0, text.index(word, len(HEAD)))
    assert all(part in told for part in expected), told
    assert f"site.yaml:{line}:" in told, told


@pytest.mark.promise(8)
@pytest.mark.parametrize(
    ("old", "new", "line", "expected"),
    [
        ("measurement: temperature\n    kind: bad", "measurement: warmth\n    kind: bad", 16,
         "unknown measurement 'warmth'"),
        ("setpoint_of: temperature", "setpoint_of: tmperature", 8, "unknown loop 'tmperature'"),
        ("{jacket: 20}", "{jackt: 20}", 27, "unknown output 'jackt'"),
        ('    action: "Look."\n  temp', "  temp", 5, "needs `action`"),
        ("temperature > 41 degC", "temperature > 41 kg", 26, "kg"),
    ],
)  # fmt: skip
def test_row_the_unit_can_not_have_is_told_with_both_places(
    load: Load, old: str, new: str, line: int, expected: str
) -> None:
    assert old in WARM
    with pytest.raises(InputErrors) as caught:
        load("    tables: [warm]", WARM.replace(old, new, 1))
    told = next(str(one) for one in caught.value.errors if expected in str(one))
    asked = 1 + HEAD.count("\n")
    assert f"warm.yaml:{line}:" in told
    assert f"site.yaml:{asked}:13 takes it from table warm" in told


def test_field_of_an_amended_row_is_told_at_the_tables_line(load: Load) -> None:
    own = "    alarms: {temperature_high: {on_delay: 1 min}}"
    with pytest.raises(InputErrors) as caught:
        load(f"    tables: [warm]\n{own}", WARM.replace("limit: 0.5 degC", "limit: 0.5 kg"))
    assert "warm.yaml:7:12" in str(caught.value)
    assert "takes it from table warm" in str(caught.value)


def test_limit_alarm_without_its_bad_alarm_is_told_with_both_places(load: Load) -> None:
    without = '    without: {temperature_bad: "no probe"}'
    with pytest.raises(InputErrors) as caught:
        load(f"    tables: [warm]\n{without}")
    assert "warm.yaml:4:3" in str(caught.value)
    assert "takes it from table warm" in str(caught.value)


def test_two_tables_with_one_row_are_refused(load: Load) -> None:
    with pytest.raises(InputErrors, match="tables warm and other both have 'temperature_high'"):
        load("    tables: [warm, other]", WARM, WARM.replace("table: warm", "table: other"))


KINDS = {
    "command in another eu": (
        "measurement: temperature, kind: high, limit: 1 degC, command_of: agitation",
        "agitation is in rpm, temperature in degC",
    ),
    "limit twice": (
        "measurement: agitator_speed, kind: high, limit: 1 rpm, percent: 5 %, steady: true",
        "has `limit` and `percent`",
    ),
    "percentage of nothing": (
        "measurement: agitator_speed, kind: high, percent: 5 %",
        "a percentage needs something it is of",
    ),
    "percentage of no volume": (
        "measurement: base_total, kind: high, percent: 3 %, counted_by: pH",
        "give the unit `volume: 5 L`",
    ),
    "counted by another loop": (
        "measurement: base_total, kind: high, limit: 3 mL, counted_by: temperature",
        "loop temperature has no dose_limit",
    ),
    "counted by another totaliser": (
        "measurement: feed_total, kind: high, limit: 3 mL, counted_by: pH",
        "loop pH counts by base_total",
    ),
    "doubts of no loop": ("measurement: glucose, kind: doubt", "no loop controls it"),
    "condition without one": ("measurement: dose_state, kind: condition", "needs `when`"),
    "told by a person": ("measurement: dose_state, kind: told", "unknown kind of alarm 'told'"),
    "condition over nothing": (
        "measurement: dose_state, kind: condition, when: dose_stat == 3",
        "did you mean 'dose_state'?",
    ),
}


@pytest.mark.promise(8)
@pytest.mark.parametrize("name", KINDS)
def test_alarm_that_can_not_be_judged_is_refused_at_its_line(load: Load, name: str) -> None:
    fields, said = KINDS[name]
    reasons = "cause: c, consequence: c, severity: minor, time_to_respond: 1 h, action: a"
    with pytest.raises(InputErrors) as caught:
        load(f"    alarms:\n      own: {{{fields}, {reasons}}}")
    told = [str(one) for one in caught.value.errors if said in str(one)]
    assert told, str(caught.value)
    assert f"site.yaml:{2 + HEAD.count(chr(10))}:" in told[0]


def test_name_of_one_of_bioctls_own_alarms_is_refused(load: Load) -> None:
    reasons = "cause: c, consequence: c, severity: minor, time_to_respond: 1 h, action: a"
    with pytest.raises(InputErrors, match="alarm phase is bioctl's own"):
        load(f"    alarms: {{phase: {{measurement: temperature, kind: bad, {reasons}}}}}")


def test_condition_of_an_alarm_may_name_outputs_as_they_are_read_back(load: Load) -> None:
    fields = "measurement: pH, kind: condition, when: base_pump > 1 mL/min"
    bad = "b: {measurement: pH, kind: bad"
    reasons = "cause: c, consequence: c, severity: minor, time_to_respond: 1 h, action: a}"
    site = load(f"    alarms:\n      a: {{{fields}, {reasons}\n      {bad}, {reasons}")
    assert site.units["BR101"].alarms["a"].when is not None


def test_weight_may_be_judged_around_a_loops_setpoint_in_percent(load: Load) -> None:
    row = "measurement: pH, kind: high, percent: 2 %, steady: true"
    text = f"table: steady\ndescription: d\nalarms:\n  row: {{{row}, cause: c, consequence: c,"
    text += " severity: minor, time_to_respond: 1 h, action: a}\n"
    bad = f"  b:\n    measurement: pH\n    kind: bad{REASONS}"
    own = "    alarms: {row: {steady: ~, setpoint_of: pH}}"
    alarm = load(f"    tables: [steady]\n{own}", text + bad).units["BR101"].alarms["row"]
    assert (alarm.loop, alarm.percent, alarm.steady, alarm.limit) == ("pH", True, False, 2.0)


def test_site_without_installed_tables_is_told_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(f"{HEAD}    tables: [warm]\n{TAIL}")
    with pytest.raises(InputErrors) as caught:
        load_site(file, capabilities().classes, {})
    assert "no protection table is installed" in str(caught.value)
    assert "install bioctl again" in str(caught.value)
