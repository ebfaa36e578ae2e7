"""The spread between donors and batches of one cell type."""

import math
import random
from statistics import NormalDist

from bioctl_sim.physics.cell import Cell

_MU, _METABOLISM, _LAG, _CAPACITY = 0.12, 0.15, 0.30, 0.15
"""Standard deviations of the logarithm from donor to donor."""


def donor(cell: Cell, seed: int, spread: float = 1.0) -> Cell:
    """Return the cells of one donor or batch; seed 0 is the mean donor exactly.

    Growth, metabolism, lag and capacity vary log-normally and independently by 12, 15, 30 and
    15 %; the same seed always gives the same donor.

    Args:
        cell: the mean donor.
        seed: which donor.
        spread: multiplies the variation; 2 for autologous cells.
    """
    if seed == 0:
        return cell
    source = random.Random(seed)  # noqa: S311 - variation of a model, no secret
    mu, sugar, lag, room = (
        math.exp(sd * spread * NormalDist().inv_cdf(0.0005 + 0.999 * source.random()))
        for sd in (_MU, _METABOLISM, _LAG, _CAPACITY)
    )
    return cell._replace(
        mu_max=cell.mu_max * mu,
        lag=cell.lag * lag,
        glucose_idle=cell.glucose_idle * sugar,
        glucose_grow=cell.glucose_grow * sugar,
        crowd_half=cell.crowd_half * room,
        crowd_top=cell.crowd_top * room,
        a_max=cell.a_max * room,
        capacity_yield=cell.capacity_yield * room,
    )
