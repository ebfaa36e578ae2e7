"""The plant as a program: start, fallback by itself, end."""

import asyncio
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asyncua import ua


def _run(plant: Any, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        plant.command(*words), check=False, capture_output=True, text=True, timeout=30
    )


def test_port_in_use_is_said_in_one_sentence(plant_home: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = _run(plant_home, "serve", "--port", str(port))
    assert done.returncode == 4
    assert done.stdout == ""
    assert done.stderr == (
        f"plant: Port {port} on 127.0.0.1 is in use by another program: choose another --port.\n"
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("user", "x", "--role", "boss", "--password-file", "f"), 2),
        (("user", "x", "--role", "view", "--password-file", "absent"), 4),
        (("trust", "absent.der"), 1),
        (("serve", "--speed", "-1"), 2),
        (("serve", "--speed", "nan"), 2),
        (("serve", "--port", "70000"), 1),
    ],
)
def test_wrong_words_end_with_a_sentence(
    plant_home: Any, words: tuple[str, ...], code: int
) -> None:
    done = _run(plant_home, *words)
    assert done.returncode == code
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.endswith("\n")


def test_empty_home_starts_with_hints_and_ends_cleanly(tmp_path: Path, plant_home: Any) -> None:
    words = [*plant_home.command("serve", "--port", "0")[:-1], str(tmp_path / "new")]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("plant ready opc.tcp://127.0.0.1:")
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 0
        assert process.stdout.read() == ""
        hints = process.stderr.read().splitlines()
    assert ["nobody can log in" in hints[0], "no client is trusted" in hints[1]] == [True, True]


def test_log_that_can_not_be_written_stops_the_plant(tmp_path: Path, plant_home: Any) -> None:
    (tmp_path / "plant.log.jsonl").symlink_to("/dev/full")
    words = [*plant_home.command("serve", "--port", "0")[:-1], str(tmp_path)]
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=30)
    assert done.returncode == 4
    assert done.stdout == ""
    assert "No space left on device" in done.stderr


class _States:
    def __init__(self) -> None:
        self.seen: asyncio.Queue[int] = asyncio.Queue()

    def datachange_notification(self, _node: object, value: int, _data: object) -> None:
        self.seen.put_nowait(value)

    async def until(self, state: int) -> None:
        async with asyncio.timeout(10):
            while await self.seen.get() != state:
                pass


@pytest.mark.promise(5)
async def test_plant_falls_back_by_itself_and_ends_within_2_s_of_sigterm(
    new_home: Callable[[], Any], connect_to: Callable[..., Any]
) -> None:
    """One real 5 s: no life any more, so feeds stop; then the end with a client still there."""
    plant, states = new_home(), _States()
    process = await asyncio.create_subprocess_exec(
        *plant.command("serve", "--port", "0", "--speed", "60"), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().split()[-1]
    async with connect_to(plant, url)() as visitor:
        subscription = await visitor.client.create_subscription(50, states)
        await subscription.subscribe_data_change(visitor.node("Heartbeat.Wd_State"))
        await states.until(0)
        await visitor.write("BR101.PC102", 7.0, ua.VariantType.Double)
        await visitor.write("BR101.SC101", 70.0, ua.VariantType.Double)
        frozen = await visitor.advance(10.0)
        await states.until(1)
        start = time.monotonic()
        assert await visitor.read("Clock.SimTime") == frozen
        await states.until(2)
        assert 4.5 < time.monotonic() - start < 6.5
        assert await visitor.read("BR101.PC102") == 0.0
        assert await visitor.read("BR101.SC101") == 70.0
        assert await visitor.read("BR101.XV103") is True
        assert await visitor.read("Clock.Speed") == 1.0
        assert frozen < await visitor.read("Clock.SimTime") < frozen + 5.0
        fallback = [line for line in plant.log if line["what"] == "watchdog"][-1]
        assert "fallback" in fallback["result"]
        await visitor.advance(1.0)
        await states.until(1)
        start = time.monotonic()
        process.terminate()
        assert await process.wait() == 0
        assert time.monotonic() - start < 2.0
    assert plant.log[-1]["what"] == "stop"
