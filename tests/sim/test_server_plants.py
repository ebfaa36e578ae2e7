"""Other plants than the demonstration plant, as processes of their own."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

Home = Callable[[], Any]
PLANT = [sys.executable, "-m", "bioctl_sim"]


@contextmanager
def served(home: Any, *words: str) -> Iterator[str]:
    command = home.command("serve", "--port", "0", "--speed", "0", *words)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()
        assert process.wait(10) == 0


async def test_eight_patients_side_by_side_without_noise(
    new_home: Home, connect_to: Callable[..., Any]
) -> None:
    home = new_home()
    with served(home, "--plant", "autologous", "--no-noise") as url:
        async with connect_to(home, url, "http://plant.example/autologous")() as visitor:
            dose = '{"source": "medium", "volume": 150, "rate": 50}'
            for n in range(1, 9):
                answer = await visitor.execute(f"d{n}", f"BR{n}01", "DOSE", dose, 4e9)
                assert answer[0] == "accepted", answer
            await visitor.advance(600.0)
            tags, truth = await visitor.tags(), await visitor.truth()
            for n in range(1, 9):
                assert truth[f"BR{n}01.volume"] == pytest.approx(0.15, rel=1e-3)
                assert tags[f"BR{n}01.FQ{n}05"] == pytest.approx(150.0, abs=0.1)
                shown = tags[f"BR{n}01.TT{n}01"]
                assert shown == pytest.approx(truth[f"BR{n}01.temperature"], abs=0.3), n


async def test_a_seed_tank_is_harvested_into_the_next(
    new_home: Home, connect_to: Callable[..., Any]
) -> None:
    from asyncua.ua import VariantType  # noqa: PLC0415

    home = new_home()
    with served(home, "--plant", "allogeneic", "--no-noise") as url:
        async with connect_to(home, url, "http://plant.example/allogeneic")() as visitor:
            dose = '{"source": "medium", "volume": 4000, "rate": 1000}'
            assert (await visitor.execute("d", "BR101", "DOSE", dose, 4e9))[0] == "accepted"
            await visitor.advance(300.0)
            before = await visitor.truth()
            for point in ("BR101.XV101", "BR201.XV204"):
                await visitor.write(point, True, VariantType.Boolean)  # noqa: FBT003
            await visitor.write("BR101.PC104", 500.0, VariantType.Double)
            await visitor.advance(120.0)
            after = await visitor.truth()
            assert before["BR201.volume"] == 0.0
            assert after["BR201.volume"] == pytest.approx(1.0, rel=0.02)
            total = after["BR101.volume"] + after["BR201.volume"] + after["BR101.evaporated"]
            total += after["BR201.evaporated"] - before["BR101.evaporated"]
            assert total == pytest.approx(before["BR101.volume"], rel=1e-9)


async def test_faults_of_the_command_line_come_at_their_time(
    new_home: Home, connect_to: Callable[..., Any]
) -> None:
    home = new_home()
    with served(home, "--fault", "BR101.AT101.dropout@10s/20s") as url:
        async with connect_to(home, url)() as visitor:
            bad = []
            for _ in range(5):
                await visitor.advance(8.0)
                bad.append(any(await visitor.read("Block.Status")))
            assert bad == [False, True, True, False, False]


@pytest.mark.promise(8)
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["check", "autologous"], 0, "8 units"),
        (["check", "autologus"], 1, "autologous"),
        (["tags", "nowhere.yaml"], 1, "can't be read"),
        (["serve", "--plant", "FILE", "--home", "h"], 1, "FILE:3: unit BR101, volume"),
        (["serve", "--fault", "BR101.x@1h", "--home", "h"], 1, "There is no fault"),
        (["serve", "--fault", "BR101.leak", "--home", "h"], 1, "expected NAME[=AMOUNT]@AT"),
    ],
)
def test_wrong_words_are_one_sentence_and_no_plant(
    tmp_path: Path, words: list[str], code: int, said: str
) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("plant: p\nunits:\n  BR101: {kind: stirred, volume: 5 kg, preset: cho}\n")
    words = [str(file) if word == "FILE" else word for word in words]
    done = subprocess.run(
        [*PLANT, *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    assert said.replace("FILE", str(file)) in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "h").exists()


def test_the_tag_list_is_yaml_with_every_tag() -> None:
    import yaml  # noqa: PLC0415

    from bioctl_sim.plant import Plant  # noqa: PLC0415

    done = subprocess.run([*PLANT, "tags", "demo"], capture_output=True, text=True, check=True)
    said = yaml.safe_load(done.stdout)
    plant = Plant()
    rows = {f"{unit}.{row[0]}": row for unit, b in said["units"].items() for row in b["tags"]}
    assert list(rows) == [tag.name for tag in plant.tags]
    for tag in plant.tags:
        row = rows[tag.name]
        assert [row[1], row[2], row[3], row[4], row[5], row[8]] == [
            tag.kind, tag.type, tag.eu, tag.low, tag.high, tag.description,
        ]  # fmt: skip
    commands = {(unit, name) for unit, b in said["units"].items() for name in b["commands"]}
    assert commands == {(command.unit, command.command) for command in plant.commands}
