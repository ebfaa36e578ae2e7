"""The kernel as plain Python, or the same functions as machine code.

With the accelerator (numba, extra `fast`) the functions are translated as they stand. Arithmetic is
neither fused nor reordered, so both give the same numbers; a test compares them bit by bit.
"""

import hashlib
import importlib
import os
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any, Final, Protocol

from bioctl_sim.actuators import Actuators
from bioctl_sim.physics.cell import Cell
from bioctl_sim.refused import Refused
from bioctl_sim.vessel.kernel import advance
from bioctl_sim.vessel.parameters import VesselParameters


class Kernel(Protocol):
    """The kernel for one vessel: its constants are in it, its vectors are of its own kind."""

    def vector(self, values: Sequence[float]) -> Any:  # noqa: ANN401  a list or an array
        """Return floats as the kernel wants them."""
        ...

    def advance(self, s: Any, u: Any, e: Any, k: Any, first: int, seconds: int) -> None:  # noqa: ANN401
        """Step through the simulated seconds after `first`, see `kernel.advance`."""
        ...


_PACKAGE: Final = "bioctl_sim"
ROOMS: Final = (
    "physics.curves",
    "physics.water",
    "physics.acid_base",
    "physics.transfer",
    "physics.mixing",
    "physics.osmolality",
    "physics.heat",
    "physics.growth",
    "physics.metabolism",
    "physics.attachment",
    "physics.t_cell",
    "physics.plant_cell",
    "vessel.flows",
    "vessel.bed",
    "vessel.gassing",
    "vessel.culture",
    "vessel.foam",
    "vessel.probes",
    "vessel.loops",
    "vessel.kernel",
)
"""What the kernel is made of, for the accelerator to translate."""


class Plain:
    """The kernel as it stands."""

    def __init__(self, p: VesselParameters, a: Actuators, cell: Cell) -> None:
        self._constants = (p, a, cell)

    def vector(self, values: Sequence[float]) -> list[float]:
        """Return a list."""
        return list(values)

    def advance(
        self,
        s: list[float],
        u: list[float],
        e: list[float],
        k: list[float],
        first: int,
        seconds: int,
    ) -> None:
        """Step."""
        advance(s, u, e, k, *self._constants, first, seconds)


class MachineCode:
    """The kernel translated; the first call in a new version takes some seconds.

    Raises:
        Refused: the accelerator is not installed.
    """

    def __init__(self, p: VesselParameters, a: Actuators, cell: Cell) -> None:
        self._advance, self.vector = _translated()
        # One array is handed over quickly, three tuples of numbers are not.
        self._constants = self.vector([*p, *a, *cell])

    def advance(self, s: Any, u: Any, e: Any, k: Any, first: int, seconds: int) -> None:  # noqa: ANN401
        """Step."""
        self._advance(s, u, e, k, self._constants, first, seconds)


@cache
def _translated() -> tuple[Callable[..., None], Callable[[Sequence[float]], Any]]:
    # numba keeps machine code by file and would not see a change in a file that one calls.
    os.environ["NUMBA_CACHE_DIR"] = str(_cache())
    try:
        translated = importlib.import_module(f"{_PACKAGE}.vessel.translated")
        numpy = importlib.import_module("numpy")
    except ImportError as missing:
        raise Refused(
            "The plant can't be accelerated: numba is not installed; pip install 'bioctl[fast]'."
        ) from missing

    def vector(values: Sequence[float]) -> Any:  # noqa: ANN401  an array only here
        return numpy.array(values, dtype=numpy.float64)

    return translated.advance, vector


def functions() -> list[FunctionType]:
    """Return all functions of the kernel."""
    modules = [importlib.import_module(f"{_PACKAGE}.{room}") for room in ROOMS]
    return [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, FunctionType) and value.__module__ == module.__name__
    ]


def _cache() -> Path:
    """Return a folder for the machine code of just this version of the sources."""
    sources = sorted(Path(__file__).parent.parent.rglob("*.py"))
    content = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / _PACKAGE / content[:16]
