"""A plant as its own process, and ordinary clients of it."""

import math
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
from asyncua import Client, Node, ua
from asyncua.crypto.cert_gen import (
    dump_private_key_as_pem,
    generate_private_key,
    generate_self_signed_app_certificate,
)
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

NAMESPACE = "http://plant.example/demo"
PASSWORD = "correct horse"  # noqa: S105  of a plant that lives for one test


@dataclass(frozen=True)
class PlantHome:
    """A plant's home: users `ctl`, `look`, `coach`, clients `trusted`, `other`, not `stranger`."""

    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def log(self) -> list[dict[str, object]]:
        return [
            orjson.loads(line) for line in (self.home / "plant.log.jsonl").read_bytes().splitlines()
        ]

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "bioctl_sim", *words, "--home", str(self.home)]

    def make_client(self, name: str) -> Path:
        key = generate_private_key()
        names: list[x509.GeneralName] = [x509.UniformResourceIdentifier(f"urn:test:{name}")]
        use = [ExtendedKeyUsageOID.CLIENT_AUTH]
        certificate = generate_self_signed_app_certificate(key, name, {}, names, use, days=1)
        (self.folder / f"{name}.pem").write_bytes(dump_private_key_as_pem(key))
        path = self.folder / f"{name}.der"
        path.write_bytes(certificate.public_bytes(Encoding.DER))
        return path

    def add_user(self, name: str, role: str, password: str = PASSWORD) -> None:
        secret = self.folder / "password"
        secret.write_text(password + "\n")
        words = ("user", name, "--role", role, "--password-file", str(secret))
        subprocess.run(self.command(*words), check=True, capture_output=True)


@dataclass(frozen=True)
class Visitor:
    """A connected client."""

    client: Client
    index: int

    def id(self, path: str) -> ua.NodeId:
        return ua.NodeId(path, self.index)

    def node(self, path: str) -> Node:
        return self.client.get_node(self.id(path))

    async def read(self, path: str) -> object:
        return await self.node(path).read_value()

    async def write(self, path: str, value: object, kind: ua.VariantType) -> None:
        await self.node(path).write_value(ua.DataValue(ua.Variant(value, kind)))

    async def advance(self, dt: float) -> float:
        return await self.node("Clock").call_method(self.id("Clock.Advance"), float(dt))

    async def execute(self, *arguments: object) -> list[str]:
        return await self.node("Commands").call_method(self.id("Commands.Execute"), *arguments)

    async def tags(self) -> dict[str, float]:
        names, values = await self.read("Block.Names"), await self.read("Block.Values")
        return dict(zip(names, values, strict=True))  # type: ignore[call-overload]

    async def truth(self) -> dict[str, float]:
        names, values = await self.read("Truth.Names"), await self.read("Truth.Values")
        return dict(zip(names, values, strict=True))  # type: ignore[call-overload]

    async def fault(self, name: str, amount: float = math.nan, duration: float = 0.0) -> list[str]:
        method = self.id("Faults.Set")
        return await self.node("Faults").call_method(method, name, amount, duration)

    async def mend(self, name: str = "") -> list[str]:
        return await self.node("Faults").call_method(self.id("Faults.Clear"), name)

    async def state(self, command: str) -> list[str]:
        return await self.node("Commands").call_method(self.id("Commands.State"), command)


Connect = Callable[..., AbstractAsyncContextManager[Visitor]]


def make_home(folder: Path) -> PlantHome:
    plant = PlantHome(folder)
    for name in ("trusted", "other", "stranger"):
        certificate = plant.make_client(name)
        if name != "stranger":
            words = plant.command("trust", str(certificate))
            subprocess.run(words, check=True, capture_output=True)
    plant.add_user("ctl", "control")
    plant.add_user("look", "view")
    plant.add_user("coach", "trainer")
    return plant


@pytest.fixture(scope="session")
def plant_home(tmp_path_factory: pytest.TempPathFactory) -> PlantHome:
    return make_home(tmp_path_factory.mktemp("plant"))


@pytest.fixture(scope="session")
def plant_url(plant_home: PlantHome) -> Iterator[str]:
    """One plant for all tests; it stands still until somebody advances it."""
    words = plant_home.command("serve", "--port", "0", "--speed", "0")
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
        process.terminate()
        assert process.wait(10) == 0


async def make_visitor_client(plant: PlantHome, url: str, name: str = "trusted") -> Client:
    client = Client(url, timeout=10)
    client.application_uri = f"urn:test:{name}"
    await client.set_security(
        SecurityPolicyBasic256Sha256,
        str(plant.folder / f"{name}.der"),
        str(plant.folder / f"{name}.pem"),
        server_certificate=str(plant.home / "pki/own/plant.der"),
        mode=ua.MessageSecurityMode.SignAndEncrypt,
    )
    return client


def connector(plant: PlantHome, url: str, namespace: str = NAMESPACE) -> Connect:
    @asynccontextmanager
    async def connect(
        user: str = "ctl", password: str = PASSWORD, client: str = "trusted"
    ) -> AsyncIterator[Visitor]:
        opened = await make_visitor_client(plant, url, client)
        opened.set_user(user)
        opened.set_password(password)
        async with opened:
            yield Visitor(opened, await opened.get_namespace_index(namespace))

    return connect


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], PlantHome]:
    """Make another home, for a test that starts its own plant."""
    return lambda: make_home(tmp_path_factory.mktemp("plant"))


@pytest.fixture
def connect_to() -> Callable[..., Connect]:
    """Connect to a plant a test started itself."""
    return connector


@pytest.fixture
def open_client(plant_home: PlantHome, plant_url: str) -> Callable[[str], Awaitable[Client]]:
    """Make a client program that is not connected yet."""
    return lambda name: make_visitor_client(plant_home, plant_url, name)


@pytest.fixture
def connect(plant_home: PlantHome, plant_url: str) -> Connect:
    """Connect as a user (default `ctl`) from a client program (default `trusted`)."""
    return connector(plant_home, plant_url)
