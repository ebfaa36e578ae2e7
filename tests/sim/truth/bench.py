"""Vessels of a plant in its own process, worked as an operator would: over OPC UA, noise off."""

import json
import subprocess
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from asyncua import ua

from bioctl_sim.plantfile.load import load
from tests.sim.conftest import PlantHome, Visitor, connector

_FAR = 4e9
_MOST_S = 3600.0
_ANALYSED = (
    "vcd",
    "viability",
    "glucose",
    "lactate",
    "glutamine",
    "ammonium",
    "ph",
    "pco2",
    "osmolality",
)
PLANTS = Path(__file__).parent / "plants"


@dataclass(frozen=True)
class Bench:
    """One unit of a running plant; time passes only by `run`."""

    visitor: Visitor
    unit: str
    volume: float
    """Nominal, L."""

    async def set(self, **points: float) -> None:
        """Write outputs by generic point: `TC01=37.0` is TC101 of BR101."""
        for point, value in points.items():
            kind = ua.VariantType.Double
            if point.startswith("XC"):
                kind = ua.VariantType.Int32
            elif point.startswith("XV"):
                kind = ua.VariantType.Boolean
            cast = {ua.VariantType.Int32: int, ua.VariantType.Boolean: bool}.get(kind, float)
            await self.visitor.write(self._tag(point), cast(value), kind)

    async def read(self, point: str) -> float:
        """Read a tag by generic point."""
        return float(await self.visitor.read(self._tag(point)))  # type: ignore[arg-type]

    def _tag(self, point: str) -> str:
        return f"{self.unit}.{point[:2]}{self.unit[2:-2]}{point[2:]}"

    async def command(self, command: str, **arguments: object) -> None:
        """Do a command; it must be accepted."""
        answer = await self.visitor.execute(
            str(uuid.uuid4()), self.unit, command, json.dumps(arguments), _FAR
        )
        assert answer[0] == "accepted", answer

    async def dose(self, source: str, millilitres: float) -> None:
        """Dose and wait until it is in."""
        rate = max(1.0, min(millilitres, 200.0 * self.volume))
        await self.command("DOSE", source=source, volume=millilitres, rate=rate)
        await self.run(millilitres / rate * 60.0 + 2.0)

    async def run(self, seconds: float) -> None:
        """Let whole seconds pass."""
        left = float(round(seconds))
        while left > 0.0:
            step = min(left, _MOST_S)
            await self.visitor.advance(step)
            left -= step

    async def truth(self) -> dict[str, float]:
        """Read what is really so in this unit, by name."""
        names = await self.visitor.read("Truth.Names")
        values = await self.visitor.read("Truth.Values")
        prefix = f"{self.unit}."
        return {
            name.removeprefix(prefix): value
            for name, value in zip(names, values, strict=True)  # type: ignore[call-overload]
            if name.startswith(prefix)
        }

    async def sample(self) -> dict[str, float]:
        """Draw 1 mL and wait for the laboratory's results."""
        await self.command("SAMPLE", volume=1.0)
        while await self.read("XS02") != 2.0:
            await self.run(60)
        return {name: await self.read(f"QT{i:02}") for i, name in enumerate(_ANALYSED, start=1)}

    async def control(self, temperature: float, ph: float, oxygen: float, rpm: float) -> None:
        """Let the vessel close its own loops, antifoam included."""
        await self.set(SC01=rpm, TS01=temperature, AS01=ph, AS02=oxygen)
        await self.set(XC01=1, XC02=1, XC03=1, XC05=1)


@asynccontextmanager
async def plant(home: PlantHome, name: str) -> AsyncIterator[dict[str, Bench]]:
    """Start a plant of `plants/`, connect, and give its units by name."""
    file = PLANTS / f"{name}.yaml"
    words = ("serve", "--plant", str(file), "--no-noise", "--accelerate", "--speed", "0")
    with subprocess.Popen(  # noqa: ASYNC220  nothing else runs while it starts
        home.command(*words, "--port", "0"), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        try:
            connect = connector(home, url, load(file).namespace)
            async with connect() as visitor:
                yield {v.name: Bench(visitor, v.name, v.volume) for v in load(file).vessels}
        finally:
            process.terminate()
            process.wait(10)
