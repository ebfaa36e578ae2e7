"""How many lockstep turns a second the simulated plant takes, over encrypted OPC UA.

    python benchmarks/lockstep.py [--turns 500] [--dt 10] [--plant autologous]

A turn is: write 12 outputs, Advance, read the plant. Variants, interleaved in one run:
  tags       plain asyncua, every tag read as a node of its own, one request after the other
  block      plain asyncua, the block read instead, one request after the other
  pipelined  the block, the three requests sent together (the plant answers in order)
  raw        as pipelined, with write and call prepared once
Numbers are ratios to `tags`, because a shared machine makes absolute rates mean little.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from asyncua import Client, ua
from asyncua.crypto.cert_gen import (
    dump_private_key_as_pem,
    generate_private_key,
    generate_self_signed_app_certificate,
)
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

_URI = "urn:bioctl:benchmark"
_BLOCK = ("Block.Values", "Block.Status", "Block.Time")
_POINTS = [
    *("TC101", "SC101", "FC101", "FC102", "FC103", "FC104"),
    *(f"PC10{n}" for n in range(1, 5)),
]
_OUTPUTS = [f"BR101.{point}" for point in (*_POINTS, "TS101", "WS101")]

Turn = Callable[[int], Awaitable[object]]


class Lockstep:
    """The turns of all variants over one session."""

    def __init__(self, client: Client, index: int, names: list[str], dt_s: float) -> None:
        self._session = client.uaclient
        self._index = index
        self._dt = dt_s
        self._tags = [self._id(name) for name in names]
        self._block = [self._id(path) for path in _BLOCK]
        self._values = ua.AttributeIds.Value
        self._prepared = self._writes(0)

    def _id(self, path: str) -> ua.NodeId:
        return ua.NodeId(path, self._index)

    def _writes(self, turn: int) -> ua.WriteParameters:
        value = ua.DataValue(ua.Variant(5.0 + turn % 10 * 1e-3, ua.VariantType.Double))
        zero = ua.DataValue(ua.Variant(0.0, ua.VariantType.Double))
        nodes = [
            ua.WriteValue(
                self._id(p), self._values, None, value if p.startswith("BR101.T") else zero
            )
            for p in _OUTPUTS
        ]
        return ua.WriteParameters(nodes)

    def _call(self) -> ua.CallMethodRequest:
        dt = ua.Variant(self._dt, ua.VariantType.Double)
        return ua.CallMethodRequest(self._id("Clock"), self._id("Clock.Advance"), [dt])

    def _read(self, nodes: list[ua.NodeId]) -> ua.ReadParameters:
        return ua.ReadParameters(NodesToRead=[ua.ReadValueId(node, self._values) for node in nodes])

    async def tags(self, turn: int) -> object:
        """Read every tag as a node of its own."""
        await self._session.write(self._writes(turn))
        await self._session.call([self._call()])
        return await self._session.read(self._read(self._tags))

    async def block(self, turn: int) -> object:
        """Read the block."""
        await self._session.write(self._writes(turn))
        await self._session.call([self._call()])
        return await self._session.read(self._read(self._block))

    async def pipelined(self, turn: int) -> object:
        """Read the block; send all three requests at once."""
        return await asyncio.gather(
            self._session.write(self._writes(turn)),
            self._session.call([self._call()]),
            self._session.read(self._read(self._block)),
        )

    async def raw(self, _turn: int) -> object:
        """Pipelined, with the write prepared once."""
        return await asyncio.gather(
            self._session.write(self._prepared),
            self._session.call([self._call()]),
            self._session.read(self._read(self._block)),
        )


def make_home(folder: Path) -> Path:
    """Make a plant home with a client and a user, and return it."""
    home, key = folder / "home", generate_private_key()
    names: list[x509.GeneralName] = [x509.UniformResourceIdentifier(_URI)]
    use = [ExtendedKeyUsageOID.CLIENT_AUTH]
    certificate = generate_self_signed_app_certificate(key, "benchmark", {}, names, use, days=1)
    (folder / "client.der").write_bytes(certificate.public_bytes(Encoding.DER))
    (folder / "client.pem").write_bytes(dump_private_key_as_pem(key))
    (folder / "password").write_text("benchmark")
    plant = [sys.executable, "-m", "bioctl_sim"]
    user = ["user", "bench", "--role", "control", "--password-file", str(folder / "password")]
    for words in (user, ["trust", str(folder / "client.der")]):
        command = [*plant, *words, "--home", str(home)]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)  # noqa: S603  our own words
    return home


async def measure(url: str, folder: Path, turns: int, dt_s: float, pid: int, plant: str) -> None:
    """Drive all variants, five rounds interleaved, and print their medians."""
    client = Client(url)
    client.application_uri = _URI
    await client.set_security(
        SecurityPolicyBasic256Sha256,
        str(folder / "client.der"),
        str(folder / "client.pem"),
        server_certificate=str(folder / "home/pki/own/plant.der"),
        mode=ua.MessageSecurityMode.SignAndEncrypt,
    )
    client.set_user("bench")
    client.set_password("benchmark")
    async with client:
        index = await client.get_namespace_index(f"http://plant.example/{plant}")
        names = await client.get_node(ua.NodeId("Block.Names", index)).read_value()
        lockstep = Lockstep(client, index, names, dt_s)
        variants = (lockstep.tags, lockstep.block, lockstep.pipelined, lockstep.raw)
        results: dict[str, list[tuple[float, float]]] = {v.__name__: [] for v in variants}
        for _ in range(5):
            for variant in variants:
                results[variant.__name__].append(await _rate(variant, turns, pid))
    _print(results)


async def _rate(variant: Turn, turns: int, pid: int) -> tuple[float, float]:
    start, cpu = time.perf_counter(), _cpu_s(pid)
    for turn in range(turns):
        await variant(turn)
    return turns / (time.perf_counter() - start), (_cpu_s(pid) - cpu) / turns * 1e3


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _print(results: dict[str, list[tuple[float, float]]]) -> None:
    base = statistics.median(rate for rate, _ in results["tags"])
    print(f"{'variant':<10} {'turns/s':>8} {'ratio':>6} {'plant ms CPU':>13} {'plant turns/s':>14}")
    for name, rounds in results.items():
        rate = statistics.median(rate for rate, _ in rounds)
        cpu = statistics.median(cpu for _, cpu in rounds)
        print(f"{name:<10} {rate:8.0f} {rate / base:6.2f} {cpu:13.2f} {1e3 / cpu:14.0f}")


def main() -> None:
    """Start a plant, measure, end it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=300, help="turns in each of five rounds")
    parser.add_argument("--dt", type=float, default=10.0, help="simulated s a turn")
    parser.add_argument("--plant", default="demo", help="a shipped plant that has a BR101")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = make_home(folder)
        start = time.perf_counter()
        words = [
            "serve",
            "--home",
            str(home),
            "--port",
            "0",
            "--speed",
            "0",
            "--plant",
            options.plant,
        ]
        command = [sys.executable, "-m", "bioctl_sim", *words]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as plant:  # noqa: S603
            assert plant.stdout is not None
            try:
                url = plant.stdout.readline().split()[-1]
                print(f"plant ready in {time.perf_counter() - start:.2f} s")
                asyncio.run(
                    measure(url, folder, options.turns, options.dt, plant.pid, options.plant)
                )
            finally:
                start = time.perf_counter()
                plant.terminate()
                plant.wait(10)
            print(f"plant ended in {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main()
