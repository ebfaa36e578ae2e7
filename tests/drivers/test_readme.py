"""The example of drivers/README.md runs as it stands there."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bioctl.clock import SystemClock
from bioctl.equipment.driver import Call, CallState, Driver, DriverFactory, Link
from bioctl.errors import InputError, RefusedError
from bioctl.tags import Kind, Tag
from bioctl.values import Range
from bioctl_drivers.opcua.driver import OpcUaDriver
from bioctl_drivers.opcua.options import Options
from bioctl_drivers.twin import TwinDriver

README = Path(__file__).parents[2] / "drivers/README.md"
TAGS = [Tag("W1", "kg", Range(0, 10), Kind.MEASUREMENT, "", "scale")]


@pytest.fixture(scope="module")
def factory() -> DriverFactory:
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, str(README), "exec"), names)  # noqa: S102  our own file
    made: DriverFactory = names["BalanceDriver"]
    return made


@pytest_asyncio.fixture
async def balance(factory: DriverFactory, tmp_path: Path) -> AsyncIterator[Driver]:
    (tmp_path / "weight.txt").write_text("4.25\n")
    driver = factory("scale", {"file": "weight.txt"}, TAGS, SystemClock(), tmp_path)
    yield driver
    await driver.close()


async def _until_read(driver: Driver) -> None:
    async with asyncio.timeout(3):
        while driver.latest().reason == "not read yet":  # noqa: ASYNC110  the port has no event
            await asyncio.sleep(0)


async def test_the_example_reads(balance: Driver) -> None:
    assert balance.latest().link is Link.DOWN
    await balance.start()
    await _until_read(balance)
    assert balance.latest().readings["W1"].number == 4.25
    await balance.close()
    assert not balance.latest().readings["W1"].good


async def test_the_example_does_not_trust_an_old_file(balance: Driver, tmp_path: Path) -> None:
    os.utime(tmp_path / "weight.txt", (0, 0))
    await balance.start()
    await _until_read(balance)
    assert "written nothing" in balance.latest().readings["W1"].reason


async def test_the_example_refuses_what_a_balance_can_not_do(
    balance: Driver, factory: DriverFactory
) -> None:
    balance.post({}, 1)
    with pytest.raises(RefusedError):
        await balance.exchange({}, 1.0)
    call = Call("a", "SCALE", "TARE", {}, 0.0)
    assert (await balance.call(call)).state is CallState.REFUSED
    assert (await balance.outcome("a")).state is CallState.NEVER_ARRIVED
    with pytest.raises(InputError, match="'file' is missing"):
        factory("scale", {}, TAGS, SystemClock(), Path())


def test_the_shipped_drivers_are_factories_of_the_port() -> None:
    factories: list[DriverFactory] = [OpcUaDriver, TwinDriver]
    for factory in factories:
        public = {name for name in vars(Driver) if not name.startswith("_")} - {"name"}
        assert public <= set(dir(factory))


def test_every_option_of_the_opcua_driver_stands_in_the_readme() -> None:
    text = README.read_text()
    assert [name for name in Options.model_fields if f"    {name}:" not in text] == []
