"""The kernel as machine code. Import it only where the accelerator (numba) is asked for.

`advance` is no closure, so that numba finds its machine code again in the next process.
"""

from typing import Any, Final

import numba
from numba.extending import register_jitable
from numba.np.unsafe import ndarray

from bioctl_sim.actuators import Actuators
from bioctl_sim.physics.cell import Cell
from bioctl_sim.vessel import kernel
from bioctl_sim.vessel.accelerate import functions
from bioctl_sim.vessel.parameters import VesselParameters

for _function in functions():
    register_jitable(_function)

_kernel: Final = kernel.advance
_fixed: Final[Any] = ndarray.to_fixed_tuple
_VESSEL: Final = len(VesselParameters._fields)
_ACTUATORS: Final = len(Actuators._fields)
_CELL: Final = len(Cell._fields)
_SECOND: Final = _VESSEL + _ACTUATORS


@numba.njit(cache=True)
def advance(s: Any, u: Any, e: Any, k: Any, constants: Any, first: int, seconds: int) -> None:  # noqa: ANN401
    """Step a vessel; `constants` are its parameters, actuators and kinetics in one array."""
    p = VesselParameters(*_fixed(constants[:_VESSEL], _VESSEL))
    a = Actuators(*_fixed(constants[_VESSEL:_SECOND], _ACTUATORS))
    cell = Cell(*_fixed(constants[_SECOND:], _CELL))
    _kernel(s, u, e, k, p, a, cell, first, seconds)
