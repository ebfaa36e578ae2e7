"""The plant's face without a network: statuses, log, watchdog in the plant."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from bioctl_sim.clock import PlantClock
from bioctl_sim.face import PlantFace
from bioctl_sim.plant import Plant
from bioctl_sim.plantlog import PlantLog
from bioctl_sim.refused import Refused
from bioctl_sim.registers import registers


class ManualHost:
    """A host whose time the test moves."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now

    def utc(self) -> float:
        return 1_800_000_000.0 + self.now


@pytest.fixture
def host() -> ManualHost:
    return ManualHost()


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    return tmp_path / "plant.log.jsonl"


@pytest.fixture
def face(host: ManualHost, log_file: Path) -> Iterator[PlantFace]:
    with PlantLog(log_file) as log:
        yield PlantFace(Plant(noise=False), PlantClock(1.0, 0.0), host, log)  # type: ignore[arg-type]


def test_bad_sensor_is_bad_in_block_and_tag(face: PlantFace) -> None:
    face.plant.set_fault("BR101.TT101.dropout")
    face.advance("ctl", 1.0)
    points = {register.path: register for register in registers(face)}
    names = points["Block.Names"].read().Value.Value
    status = dict(zip(names, points["Block.Status"].read().Value.Value, strict=True))
    assert status["BR101.TT101"] & 0x8000_0000
    for name in names:
        assert points[name].read().StatusCode.value == status[name]
    assert [name for name in names if status[name]] == ["BR101.TT101"]


def test_lost_life_sets_fallbacks_stops_doses_and_is_logged(
    face: PlantFace, host: ManualHost, log_file: Path
) -> None:
    face.advance("ctl", 1.0)
    face.write_output("BR101.PC101", 3.0)
    face.write_output("BR101.TC101", 30.0)
    dose = '{"source": "medium", "volume": 1000, "rate": 10}'
    assert face.execute("ctl", "a", "BR101", "DOSE", dose, 2e9)[0] == "accepted"
    for host.now in (1.0, 2.0, 4.9, 5.0, 6.0, 7.0):
        face.run()
    tags = {tag.name: index for index, tag in enumerate(face.plant.tags)}
    values = face.image.values
    assert values[tags["BR101.PC101"]] == 0.0
    assert values[tags["BR101.TC101"]] == 30.0
    assert values[tags["BR101.XS101"]] == 3
    assert values[tags["BR101.FQ105"]] < 2.0
    lines = [orjson.loads(line) for line in log_file.read_bytes().splitlines()]
    assert [line["result"] for line in lines if line["what"] == "watchdog"] == [
        "alive in lockstep",
        "fallback: outputs set, doses stopped",
    ]


def test_output_written_again_after_a_fallback_counts_as_changed(
    face: PlantFace, host: ManualHost
) -> None:
    face.advance("ctl", 1.0)
    assert face.write_output("BR101.PC101", 3.0)
    assert not face.write_output("BR101.PC101", 3.0)
    host.now = 6.0
    face.run()
    assert face.write_output("BR101.PC101", 3.0)


def test_only_a_change_of_the_heartbeat_is_life(face: PlantFace, host: ManualHost) -> None:
    face.beat(0)
    assert face.clock.watchdog == 0
    face.beat(1)
    assert face.clock.watchdog == 1
    for host.now in (2.0, 4.0, 6.0):
        face.beat(1)
    face.run()
    assert face.clock.watchdog == 2


@pytest.mark.parametrize("dt", [-1.0, 3600.5, float("nan"), float("inf")])
def test_refused_advance_is_logged_and_is_no_life(
    face: PlantFace, log_file: Path, dt: float
) -> None:
    with pytest.raises(Refused):
        face.advance("ctl", dt)
    assert face.clock.watchdog == 0
    assert orjson.loads(log_file.read_bytes())["what"] == "refusal"
