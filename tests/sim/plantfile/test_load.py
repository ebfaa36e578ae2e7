import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl_sim.plant import Plant
from bioctl_sim.plantfile.document import PlantFileError
from bioctl_sim.plantfile.load import load, read, shipped
from bioctl_sim.plantfile.spec import PRESETS, VesselSpec
from bioctl_sim.vessel.presets import PRESETS as CELLS

GOOD = """\
plant: mine
units:
  BR101:
    kind: stirred
    volume: 5 L
    preset: cho
faults:
  - {name: BR101.base_empty, at: 30 h, for: 2 h}
"""


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_plant_can_be_built_and_runs(name: str) -> None:
    plant = Plant(file=load(name))
    plant.step(60.0)
    assert len(plant.values()) == len(plant.tags) == len({tag.name for tag in plant.tags})
    for tag, value in zip(plant.tags, plant.values(), strict=True):
        assert tag.low <= tag.initial <= tag.high, tag.name
        assert tag.low <= value <= tag.high, tag.name


def test_the_shipped_plants_are_those_promised() -> None:
    assert {"demo", "bench", "autologous", "allogeneic"} <= set(shipped())
    vessels = {name: load(name).vessels for name in shipped()}
    assert len(vessels["autologous"]) == 8
    assert len({vessel.donor for vessel in vessels["autologous"]}) == 8, "one patient each"
    assert [vessel.volume for vessel in vessels["allogeneic"]] == [50.0, 2000.0]
    assert vessels["allogeneic"][1].inlet == "BR101"


def test_presets_of_plant_files_are_those_of_the_cells() -> None:
    assert set(PRESETS) == set(CELLS)


def test_a_good_file_is_read_in_fixed_eu() -> None:
    text = GOOD + "room: 22 degC\nseed: 7\n"
    plant = read(text.replace("5 L", "500 mL"), "f.yaml")
    (vessel,) = plant.vessels
    assert (vessel.volume, vessel.line, vessel.series, vessel.sparger) == (0.5, 3, 1, "ring")
    assert (plant.room, plant.seed, plant.namespace) == (22.0, 7, "http://plant.example/mine")
    (order,) = plant.faults
    assert (order.at, order.duration, order.amount) == (108_000.0, 7200.0, None)


@pytest.mark.promise(8)
@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("5 L", "5 kg", 5, "'5 kg' is not a volume in L or mL, as in 5 L"),
        ("5 L", "5", 5, "is not a volume"),
        ("5 L", "3000 L", 5, "out of range, expected 0.1 to 2000 L"),
        ("5 L", "0.05 L", 5, "out of range"),
        ("5 L", "-5 L", 5, "out of range"),
        ("5 L", "five L", 5, "is not a volume"),
        ("5 L", "nan L", 5, "is not a volume"),
        ("5 L", "[5, L]", 5, "is not a volume"),
        ("    volume: 5 L\n", "", 3, "volume: is missing: expected a volume in L or mL"),
        ("cho", "chp", 6, "did you mean 'cho'"),
        ("cho", "msc", 6, "expected one of msc_placental"),
        ("stirred", "stired", 4, "did you mean 'stirred'"),
        ("    kind: stirred\n", "", 3, "kind: is missing"),
        ("volume: 5 L", "volum: 5 L", 5, "did you mean 'volume'"),
        ("volume: 5 L", "volume: 5 L\n    volume: 6 L", 6, "is there twice, first in line 5"),
        ("BR101:", "br101:", 3, "expected a name as in BR101"),
        ("base_empty", "base_emty", 8, "did you mean 'BR101.base_empty'"),
        ("BR101.base_empty", "BR201.base_empty", 8, "no unit 'BR201', did you mean 'BR101'"),
        ("BR101.base_empty", "BR101.AT101.drif", 8, "expected one of stuck, dropout"),
        ("BR101.base_empty", "BR101.AT191.drift", 8, "did you mean 'AT109'"),
        ("at: 30 h", "at: 30 hours", 8, "is not a time in s or min or h or d"),
        ("at: 30 h, ", "", 8, "at: is missing"),
        ("for: 2 h", "amount: 3", 8, "expected 0 to 1 part"),
        ("for: 2 h", "until: 2 h", 8, "there is no 'until' here"),
        ("plant: mine", "plant: My Plant", 1, "expected a name of small letters"),
        ("plant: mine", "colour: red", 1, "there is no 'colour' here"),
        ("units:", "units: [1, 2]\nothers:", 2, "expected `key: value` lines"),
        ("5 L", "&a 5 L", 5, "anchors, tags"),
        ("5 L", "!!str 5 L", 5, "anchors, tags"),
        ("5 L", "{{{", 7, "this is no YAML"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, line: int, words: str) -> None:
    assert old in GOOD
    with pytest.raises(PlantFileError) as refusal:
        read(GOOD.replace(old, new, 1), "f.yaml")
    told = str(refusal.value).splitlines()
    assert any(row.startswith(f"f.yaml:{line}: ") and words in row for row in told), told
    assert all(row.endswith((".", "?")) for row in told)


def test_everything_that_is_wrong_is_told_at_once_in_order() -> None:
    bad = GOOD.replace("5 L", "5 kg").replace("cho", "chp").replace("at: 30 h", "at: soon")
    with pytest.raises(PlantFileError) as refusal:
        read(bad, "f.yaml")
    lines = [int(row.split(":")[1]) for row in str(refusal.value).splitlines()]
    assert lines == [5, 6, 8]


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a list\n", "just words", "\x00"])
def test_what_is_no_plant_at_all_is_refused(text: str) -> None:
    with pytest.raises(PlantFileError, match=r"^f\.yaml:\d+: "):
        read(text, "f.yaml")


@given(
    st.text(alphabet=st.sampled_from(list("plant:units{}[]-BR101 \n&*!%kindvolume5L")), max_size=80)
)
def test_any_text_is_a_plant_or_a_sentence(text: str) -> None:
    with contextlib.suppress(PlantFileError):
        assert read(text, "f.yaml").units


TWO = """\
plant: mine
units:
  BR101: {kind: stirred, volume: 5 L, preset: cho}
  BR201: {kind: stirred, volume: 50 L, preset: cho}
  CW301: {kind: wash}
  VF401: {kind: filler}
pipes:
"""


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        (["BR101 BR101"], "into itself"),
        (["BR101 VF401"], "takes from a wash"),
        (["VF401 BR101"], "takes from a vessel"),
        (["BR101 BR201", "BR101 CW301"], "meets the pipe in line 8"),
        (["BR101 BR201", "BR201 BR101"], "closes a ring"),
        (["BR101 BR901"], r"did you mean 'BR201'\?[^\n]*$"),
    ],
)
def test_pipes_that_make_no_sense_are_told(ends: list[str], words: str) -> None:
    rows = [f"  - {{from: {a}, to: {b}}}\n" for a, b in (pair.split() for pair in ends)]
    with pytest.raises(PlantFileError, match=words):
        read(TWO + "".join(rows), "f.yaml")


def test_two_units_can_not_share_tag_numbers() -> None:
    with pytest.raises(PlantFileError, match="tag numbers 1xx are those of BR101 in line 3"):
        read(TWO.replace("BR201", "BR102"), "f.yaml")
    assert read(TWO.replace("BR201: {", "BR102: {series: 2, "), "f.yaml").units[1].series == 2


@pytest.mark.parametrize("kind", ["packed_bed", "rocking", "hollow_fibre"])
def test_each_kind_has_its_own_sizes(kind: str) -> None:
    with pytest.raises(PlantFileError, match="out of range"):
        read(GOOD.replace("stirred", kind).replace("5 L", "1000 L"), "f.yaml")


def test_a_missing_file_is_one_sentence_with_the_shipped_names(tmp_path: Path) -> None:
    with pytest.raises(PlantFileError, match=r"can't be read.*autologous"):
        load(tmp_path / "nothing.yaml")
    (tmp_path / "noise.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PlantFileError, match="it is no text"):
        load(tmp_path / "noise.yaml")


def test_ranges_follow_the_size_and_demo_keeps_its_own() -> None:
    tags = {tag.name: tag for tag in Plant(file=load("allogeneic")).tags}
    assert tags["BR201.WT201"].high == pytest.approx(40 * tags["BR101.WT101"].high)
    assert "BR201.XV204" in tags
    assert "BR101.XV104" not in tags
    demo = {tag.name: (tag.low, tag.high) for tag in Plant().tags}
    assert demo["BR101.WT101"] == (0.0, 8.0)
    assert demo["BR101.SC101"] == (0.0, 250.0)
    assert demo["BR101.FQ101"] == (0.0, 100_000.0)


def test_specs_are_values() -> None:
    one, other = read(GOOD, "f.yaml"), read(GOOD, "f.yaml")
    assert one == other
    assert isinstance(one.units[0], VesselSpec)
