"""The site file: the shipped one loads, and every mistake is told at its place, all in one pass."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

import bioctl.cli
from bioctl.equipment.site import Site, load_site
from bioctl.errors import InputError, InputErrors
from bioctl.phases.library import capabilities

TEMPLATE = Path(bioctl.cli.__file__).parent / "templates" / "site.yaml.in"
WRITTEN = """
    alarms:
      hot:
        {measurement: exhaust_oxygen, kind: high, limit: 38.5 %, dead_band: 0.1 %, on_delay: 2 min,
         cause: "It is hot.", consequence: "Cells suffer.", severity: severe,
         time_to_respond: 5 min, action: "Look at it."}
      warm:
        {measurement: temperature, kind: high, limit: 0.5 degC, setpoint_of: temperature,
         cause: "It is warm.", consequence: "Cells change.", severity: major,
         time_to_respond: 20 min, action: "Look at it."}
      exhaust_bad:
        {measurement: exhaust_oxygen, kind: bad, on_delay: 10 s,
         cause: "A broken probe.", consequence: "Nobody sees it.", severity: minor,
         time_to_respond: 1 h, action: "Change it."}"""
TEXT = (
    TEMPLATE.read_text()
    .replace("${plant_url}", "opc.tcp://127.0.0.1:4840/plant")
    .replace("\n    alarms:", WRITTEN, 1)
)
"""The shipped site file, with some alarms that no table has."""


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], Site]:
    def read(text: str) -> Site:
        file = tmp_path / "site.yaml"
        file.write_text(text)
        return load_site(file, capabilities().classes)

    return read


def test_shipped_site_file_loads(load: Callable[[str], Site]) -> None:
    site = load(TEXT)
    assert sorted(site.units) == ["BR101", "CW201", "VF301"]
    assert len(site.tags) == len({tag.name for tag in site.tags})
    for unit in site.units.values():
        kind = capabilities().classes[unit.class_name]
        assert unit.loops.keys() == kind.loops.keys()
        assert unit.hold.keys() <= unit.outputs.keys()
        pumps = {name for name in unit.outputs if name.endswith(("_pump", "inlet_valve"))}
        assert pumps <= unit.hold.keys(), "what feeds or transfers must have a hold value"


MISTAKES = {
    "unknown field": ("data: .\n", "dta: .\n", "dta", "did you mean 'data'?"),
    "missing field": ("site: demonstration cell\n", "", "profile: demo", "needs `site`"),
    "profile": ("profile: demo", "profile: demp", "demp", "did you mean 'demo'?"),
    "clock": ("mode: lockstep", "mode: lockstp", "lockstp", "did you mean 'lockstep'?"),
    "pace": ("waiting_pace: 60", "waiting_pace: 0", "0}", "not above 0"),
    "lockstep not demo": ("profile: demo", "profile: lab", "{mode", "only profile demo"),
    "driver": ("    driver: opcua\n", "", "url:", "needs `driver`"),
    "class": ("class: vial_filler", "class: vial_fillr", "vial_fillr", "'vial_filler'?"),
    "connection": ("connection: plant\n    period: 10 s", "connection: plnt\n    period: 10 s",
                   "plnt", "did you mean 'plant'?"),
    "period": ("period: 10 s", "period: 0 s", "0 s", "not above 0"),
    "period eu": ("period: 10 s", "period: 10 kg", "10 kg", "kg"),
    "measurement name": ("      lactate: AT104", "      lactat: AT104", "lactat:",
                         "did you mean 'lactate'?"),
    "measurement missing": ("      lactate: AT104 0 .. 100 mmol/L\n", "", "temperature: TT101",
                            "its class has 'lactate'"),
    "range eu": ("TT101 0 .. 60 degC", "TT101 0 .. 60 kg", "TT101 0 .. 60 kg", "expected degC"),
    "range reversed": ("TT101 0 .. 60 degC", "TT101 60 .. 0 degC", "TT101 60",
                       "swap the two limits"),
    "range not finite": ("FT101 0 .. 5 L/min", "FT101 0 .. inf L/min", "FT101 0 .. inf", "inf"),
    "range missing": ("TT101 0 .. 60 degC", "TT101", "TT101\n", "range"),
    "point twice": ("lactate: AT104", "lactate: AT103", "AT103 0 .. 100", "is 'glucose' already"),
    "hold output": ("hold: {base_pump: 0,", "hold: {bas_pump: 0,", "bas_pump",
                    "did you mean 'base_pump'?"),
    "hold range": ("hold: {base_pump: 0,", "hold: {base_pump: 9,", "9,", "0 .. 5 mL/min"),
    "hold number": ("hold: {base_pump: 0,", "hold: {base_pump: off,", "off,", "not a number"),
    "idle output": ("idle: {agitation: 0,", "idle: {agitator: 0,", "agitator: 0,",
                    "did you mean 'agitation'?"),
    "loop name": ("      temperature:\n        meas", "      temperatur:\n        meas",
                  "measurement: temperature", "did you mean 'temperature'?"),
    "loop measurement": ("measurement: dissolved_oxygen\n", "measurement: disolved_oxygen\n",
                         "disolved_oxygen\n", "did you mean 'dissolved_oxygen'?"),
    "loop field": ("        gain: 7.0", "        gian: 7.0", "measurement: temperature\n",
                   "needs `gain`"),
    "segment output": ("{output: jacket, u", "{output: jackt, u", "jackt", "mean 'jacket'?"),
    "segment value": ("value: [5, 42]", "value: [5, 60]", "[5, 60]", "5 .. 45 degC"),
    "segment u": ("u: [5, 42]", "u: [5]", "[5]", "two numbers"),
    "fallback output": ("fallback: {jacket: 37}", "fallback: {jackt: 37}", "jackt",
                        "did you mean 'jacket'?"),
    "fallback range": ("fallback: {jacket: 37}", "fallback: {jacket: 99}", "99}", "5 .. 45 degC"),
    "exclusive": ("exclusive: [carbon_dioxide, base_pump]", "exclusive: [carbon_dioxde]",
                  "carbon_dioxde]", "did you mean 'carbon_dioxide'?"),
    "balance": ("parts: [nitrogen, oxygen]", "parts: [nitrogen, oxigen]", "oxigen",
                "did you mean 'oxygen'?"),
    "totaliser": ("totaliser: base_total", "totaliser: bas_total", "bas_total",
                  "did you mean 'base_total'?"),
    "order": ("          gas_first:", "          gas_frist:", "measurement: dissolved_oxygen\n",
              "did you mean 'gas_first'?"),
    "order twice": ("order: agitation_first", "order: gas_first", "measurement: dissolved_oxygen\n",
                    "two of its orders are called gas_first"),
    "setpoint eu": ("setpoint: 4 .. 40 degC", "setpoint: 4 .. 40 L", "4 .. 40 L", "degC"),
    "interlock condition": ("when: pressure > 80 mbar", "when: presure > 80 mbar", "presure",
                            "did you mean 'pressure'?"),
    "interlock eu": ("when: pressure > 80 mbar", "when: pressure > 80 kg", "pressure > 80 kg",
                     "kg"),
    "reset condition": ("reset_when: temperature < 38 degC",
                        "reset_when: temperatur < 38 degC", "temperatur <",
                        "did you mean 'temperature'?"),
    "interlock output": ("then: {jacket: 20}", "then: {jackt: 20}", "jackt",
                         "did you mean 'jacket'?"),
    "interlock range": ("then: {jacket: 20}", "then: {jacket: 0}", "0}", "5 .. 45 degC"),
    "limited output": ("then: {jacket: 20}", "then: {jackt: {at_most: 20 degC}}", "jackt",
                       "did you mean 'jacket'?"),
    "limit outside": ("then: {jacket: 20}", "then: {jacket: {at_most: 50 degC}}", "50 degC",
                      "at most 50 degC is outside 5 .. 45 degC"),
    "limit field": ("then: {jacket: 20}", "then: {jacket: {at_mots: 20 degC}}", "{at_mots",
                    "did you mean it by 'at_mots'?"),
    "forced nothing": ("then: {jacket: 20}", "then: {}", "protects: the cells from heat",
                       "forces no output and holds no phase"),
    "forced number": ("then: {jacket: 20}", "then: {jacket: nan}", "nan", "is not a number"),
    "held phase": ("then: {jacket: 20}", "holds: [inoculat]", "inoculat", "mean 'inoculate'?"),
    "loop of an interlock": ("when: temperature > 40 degC",
                             "when: temperature > 40 degC or jacket < 25 degC",
                             "temperature_high:\n        protects",
                             "it could never be reset: what temperature_high forces"),
    "hysteresis": ("reset_when: temperature < 38 degC", "reset_when: temperature < 41 degC",
                   "temperature_high:\n        protects", "its hysteresis is reversed"),
    "reading of another unit": ("when: pressure > 80 mbar", "when: CW20.pressure > 80 mbar",
                                "CW20.pressure", "did you mean 'CW201.pressure'?"),
    "on_bad": ("on_bad: hold_state", "on_bad: hold_stat", "hold_stat\n", "mean 'hold_state'?"),
    "alarm kind": ("_oxygen, kind: high", "_oxygen, kind: hihg", "hihg", "mean 'high'?"),
    "alarm measurement": ("{measurement: exhaust_oxygen, kind: bad",
                          "{measurement: exhaust_oxgen, kind: bad", "exhaust_oxgen",
                          "did you mean 'exhaust_oxygen'?"),
    "alarm priority": ("on_delay: 2 min,\n", "on_delay: 2 min, priority: 4,\n", "4,",
                       "follows from severity"),
    "alarm cause": ("         cause: ", "         reason: ",
                    "{measurement: exhaust_oxygen, kind: high", "needs `cause`"),
    "alarm action": ('action: "Look at it."', "action: ' '",
                     "{measurement: exhaust_oxygen, kind: high, limit: 38.5", "action is empty"),
    "alarm severity": ("severity: severe", "severity: sever", "sever,", "mean 'severe'?"),
    "alarm time": ("time_to_respond: 5 min", "time_to_respond: 0 min", "0 min,", "not above 0"),
    "alarm loop": ("setpoint_of: temperature", "setpoint_of: temperatur", "temperatur,\n",
                   "mean 'temperature'?"),
    "alarm of another loop": ("setpoint_of: temperature", "setpoint_of: pH", "pH,\n",
                              "controls pH, not temperature"),
    "alarm without a bad one": ("{measurement: exhaust_oxygen, kind: bad",
                                "{measurement: glucose, kind: bad", "hot:",
                                "has no alarm of kind bad"),
}  # fmt: skip


@pytest.mark.promise(8)
@pytest.mark.parametrize("kind", MISTAKES)
def test_mistake_is_told_at_its_place_with_what_was_expected(
    load: Callable[[str], Site], kind: str
) -> None:
    old, new, at, said = MISTAKES[kind]
    assert TEXT.count(old) >= 1, "the template has changed: mend the test"
    text = TEXT.replace(old, new, 1)
    with pytest.raises(InputErrors) as found:
        load(text)
    start = text.index(at, text.index(new) if new and at in new else 0)
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    told = [error for error in found.value.errors if said in str(error)]
    assert told, str(found.value)
    assert all(error.where and error.where.line for error in found.value.errors)
    places = [(error.where.line, error.where.column) for error in told if error.where]
    assert any(one == line and abs(col - column) <= 20 for one, col in places), (
        f"{kind}: expected {line}:{column}, told {places}: {found.value}"
    )


@pytest.mark.promise(8)
def test_two_mistakes_in_different_units_are_told_in_one_pass(load: Callable[[str], Site]) -> None:
    kinds = ("profile", "hold output", "segment output", "interlock condition", "alarm kind")
    text = TEXT
    for kind in kinds:
        old, new, _, _ = MISTAKES[kind]
        text = text.replace(old, new, 1)
    with pytest.raises(InputErrors) as found:
        load(text.replace("class: vial_filler", "class: vial_fillr"))
    assert len(found.value.errors) == len(kinds) + 1
    for kind in kinds:
        assert MISTAKES[kind][3] in str(found.value)


def test_loop_of_the_class_that_is_not_configured_is_told(load: Callable[[str], Site]) -> None:
    start, end = (
        TEXT.index("      pH:\n        measurement"),
        TEXT.index("      dissolved_oxygen:\n"),
    )
    with pytest.raises(InputErrors, match="its class has the loop 'pH'"):
        load(TEXT[:start] + TEXT[end:])


def test_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read: No such file") as found:
        load_site(tmp_path / "none.yaml", capabilities().classes)
    assert "bioctl site init" in found.value.help


@pytest.mark.parametrize("text", ["", "- a\n", "site: [", "just words", "units: {}\n"])
def test_what_is_no_site_file_is_told_and_nothing_else_happens(
    load: Callable[[str], Site], text: str
) -> None:
    with pytest.raises(InputError):
        load(text)


def test_unit_can_not_be_called_cell(load: Callable[[str], Site]) -> None:
    with pytest.raises(InputErrors, match="cell stands for the whole cell"):
        load(TEXT.replace("  VF301:", "  cell:"))


def test_site_without_units_is_refused(load: Callable[[str], Site]) -> None:
    with pytest.raises(InputErrors, match="at least one unit"):
        load(TEXT[: TEXT.index("units:")] + "units: {}\n")


@pytest.mark.promise(8)
@pytest.mark.parametrize("wrong", ["x", "[]", "~"])
def test_no_damaged_line_ends_in_anything_but_told_errors(
    load: Callable[[str], Site], wrong: str
) -> None:
    """Every line loses its value, or gets one that can't be; errors are told, none escapes."""
    lines = TEXT.splitlines(keepends=True)
    for at, line in enumerate(lines):
        name, colon, value = line.partition(":")
        if not colon or not value.strip() or name.lstrip().startswith("#"):
            continue
        damaged = f"{name}: {wrong}\n"
        with suppress(InputError):
            load("".join((*lines[:at], damaged, *lines[at + 1 :])))


PERMISSIVE = """    permissives:
      ready:
        protects: cells
        when: temperature > 36 degC
        before: [inoculate, charge]
        source: [inoculum]
        for: 30 min
"""
WRONG_PERMISSIVES = {
    "phase": ("inoculate,", "inocluate,", "did you mean 'inoculate'?"),
    "source": ("[inoculum]", "[inoculm]", "did you mean 'inoculum'?"),
    "time": ("30 min", "30 kg", "kg"),
    "nothing": ("[inoculate, charge]", "[]", "it is before nothing"),
    "name": ("temperature >", "temperatur >", "did you mean 'temperature'?"),
    "window": ("temperature > 36 degC", "mean(temperature, 1 h) > 36 degC", "can't be done here"),
    "interlock": ("ready:", "pressure_high:", "there is an interlock"),
    "field": ("protects", "protect", "needs `protects`"),
}  # fmt: skip


def test_permissive_is_read(load: Callable[[str], Site]) -> None:
    text = TEXT.replace("    empty: weight < 1 kg\n", f"    empty: weight < 1 kg\n{PERMISSIVE}")
    one = load(text).units["BR101"].permissives["ready"]
    assert (one.before, one.sources, one.for_s) == (("inoculate", "charge"), ("inoculum",), 1800.0)


@pytest.mark.promise(8)
@pytest.mark.parametrize("kind", WRONG_PERMISSIVES)
def test_mistake_in_a_permissive_is_told_at_its_place(
    kind: str, load: Callable[[str], Site]
) -> None:
    old, new, told = WRONG_PERMISSIVES[kind]
    assert old in PERMISSIVE
    wrong = PERMISSIVE.replace(old, new, 1)
    with pytest.raises(InputErrors) as refused:
        load(TEXT.replace("    empty: weight < 1 kg\n", f"    empty: weight < 1 kg\n{wrong}"))
    (error,) = refused.value.errors
    assert told in str(error)
    assert error.where is not None
    first = TEXT.splitlines().index("    empty: weight < 1 kg") + 2
    assert first <= error.where.line < first + 7


FALLBACK = "        fallback: {jacket: 37}\n"
WRONG_FALLBACKS = {
    "no from": ("[{jacket: 37}]", "a fallback of a list needs `from`"),
    "no first": ("[{from: 1 d, jacket: 37}]", "no fallback is from: 0 d"),
    "twice": ("[{from: 0 d, jacket: 37}, {from: 0 h, jacket: 36}]", "from this age already"),
    "output": ("[{from: 0 d, jackt: 37}]", "did you mean 'jacket'?"),
    "range": ("[{from: 0 d, jacket: 37}, {from: 1 d, jacket: 99}]", "outside 5 .. 45 degC"),
    "time": ("[{from: 0 kg, jacket: 37}]", "kg"),
}


@pytest.mark.promise(8)
@pytest.mark.parametrize("kind", WRONG_FALLBACKS)
def test_mistake_in_a_fallback_by_age_is_told(kind: str, load: Callable[[str], Site]) -> None:
    new, told = WRONG_FALLBACKS[kind]
    assert TEXT.count(FALLBACK) == 1
    with pytest.raises(InputErrors) as refused:
        load(TEXT.replace(FALLBACK, f"        fallback: {new}\n"))
    assert told in str(refused.value)


WRONG_PROBES = {
    "name of the class": ("pH: AT109 2 .. 12 pH", "is a name of class packed_bed_bioreactor"),
    "point twice": ("second: TT101 0 .. 60 degC", "is 'temperature' already"),
    "eu": ("second: TT109 0 .. 60 degX", "degX"),
    "range": ("second: TT109", "range"),
}


@pytest.mark.promise(8)
@pytest.mark.parametrize("kind", WRONG_PROBES)
def test_mistake_in_a_probe_is_told(kind: str, load: Callable[[str], Site]) -> None:
    line, told = WRONG_PROBES[kind]
    with pytest.raises(InputErrors) as refused:
        load(TEXT.replace("    outputs:\n", f"    probes: {{{line}}}\n    outputs:\n", 1))
    assert told in str(refused.value)
