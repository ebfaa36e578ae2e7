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
from typing import Any, Final

from bioctl_sim.refused import Refused
from bioctl_sim.vessel.kernel import advance

Advance = Callable[..., None]
Vector = Callable[[Sequence[float]], Any]

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


def prepare(*, accelerated: bool) -> tuple[Advance, Vector]:
    """Return the kernel and what makes its vectors of floats.

    Raises:
        Refused: the accelerator is asked for and not installed.
    """
    return _machine_code() if accelerated else (advance, list)


@cache
def _machine_code() -> tuple[Advance, Vector]:
    # numba keeps machine code by file and would not see a change in a file that one calls.
    os.environ["NUMBA_CACHE_DIR"] = str(_cache())
    try:
        import numba  # noqa: PLC0415  optional, and half a second to load
        import numpy as np  # noqa: PLC0415
        from numba.extending import register_jitable  # noqa: PLC0415
    except ImportError as missing:
        raise Refused(
            "The plant can't be accelerated: numba is not installed; pip install 'bioctl[fast]'."
        ) from missing
    for function in _functions():
        if function is not advance:
            register_jitable(function)

    def vector(values: Sequence[float]) -> Any:  # noqa: ANN401  an array only here
        return np.array(values, dtype=np.float64)

    return numba.njit(cache=True)(advance), vector


def _functions() -> list[FunctionType]:
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
