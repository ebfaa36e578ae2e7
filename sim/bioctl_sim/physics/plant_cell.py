"""Plant cells: sucrose split by the cell wall's invertase.

Growth, death and metabolism are those of `growth` and `metabolism` with amounts in g dry weight;
glucose stands for the hexoses.
"""

from typing import Final

from bioctl_sim.physics.curves import monod

_SPLIT: Final = 0.30
"""mmol sucrose/(g h): 44 mmol/L at 2 to 4 g/L are split within 5 days (Macharoen et al. 2020)."""
_HALF: Final = 10.0
"""mmol/L."""


def sucrose_split(sucrose: float, dry_weight: float) -> float:
    """Return mmol/(L h) of sucrose split; each gives two hexoses.

    Args:
        sucrose: mmol/L.
        dry_weight: g/L.
    """
    return _SPLIT * monod(sucrose, _HALF) * max(0.0, dry_weight)
