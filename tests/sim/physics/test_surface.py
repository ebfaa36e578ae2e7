"""Adherent cells on a surface: the numbers of the reference run, and what must not happen."""

import pytest

from bioctl_sim.physics.attachment import (
    attach_rate,
    enzyme_activity,
    enzyme_death,
    kolmogorov_um,
    loosen_rate,
    release_rate,
    settle_rate,
    shear_damage,
    shed_rate,
)
from bioctl_sim.vessel.presets import CHO, MSC_PLACENTAL, VERO

CALM, BURST = 0.12, 0.71
"""m/s: 34 and 200 rpm of a 68 mm impeller."""
H = 1.0 / 3600.0


def attached(hours: float, speed: float = CALM, activity: float = 0.0) -> float:
    """Part of cells seeded at 2,000 a cm2 that attach."""
    c = MSC_PLACENTAL
    free, on = 1.0, 0.0
    for _ in range(round(hours / 0.01)):
        moved = free * attach_rate(c, 2000.0 * on, speed, activity) * 0.01
        free -= moved + free * c.anoikis * 0.01
        on += moved
    return on


def detached(minutes: float, activity: float, bursts: int) -> tuple[float, float]:
    """Part of the cells that come off alive, and their viability in %."""
    c = MSC_PLACENTAL
    on, loose, off, dead = 1.0, 0.0, 0.0, 0.0
    steps = round(minutes * 60)
    for step in range(steps + bursts * 180):
        enzyme = activity if step < steps else 0.0
        speed = 0.0 if step < steps else BURST
        loosened = on * loosen_rate(c, enzyme) * H
        released = loose * release_rate(c, speed) * H
        killed = enzyme_death(c, enzyme) * H
        on, loose, off, dead = (
            (on - loosened) * (1.0 - killed),
            (loose + loosened - released) * (1.0 - killed),
            (off + released) * (1.0 - killed),
            dead + (on + loose + off) * killed,
        )
    return off, 100.0 * off / max(1e-12, off + dead)


def test_85_percent_attach_in_six_hours() -> None:
    assert 0.82 <= attached(6.0) <= 0.92


def test_agitation_and_enzyme_hinder_attachment() -> None:
    assert attached(6.0, speed=0.7) < 0.75
    assert attached(6.0, activity=0.2) == 0.0


def test_a_full_surface_takes_no_more() -> None:
    assert attach_rate(MSC_PLACENTAL, MSC_PLACENTAL.a_max, 0.0, 0.0) == 0.0


def test_enzyme_and_three_bursts_bring_85_percent_off_at_90_percent_viability() -> None:
    off, viability = detached(15.0, enzyme_activity(1.0, 0.0, 37.0), bursts=3)
    assert off >= 0.85
    assert viability >= 90.0


def test_without_enzyme_agitation_takes_nothing_off() -> None:
    assert detached(15.0, 0.0, bursts=3)[0] == 0.0


def test_without_bursts_most_loosened_cells_stay() -> None:
    assert detached(15.0, 1.0, bursts=0)[0] < 0.3


def test_protein_and_cold_stop_the_enzyme() -> None:
    warm = enzyme_activity(1.0, 0.0, 37.0)
    assert warm == pytest.approx(1.0)
    assert enzyme_activity(1.0, 0.1, 37.0) < 0.06
    assert enzyme_activity(1.0, 0.0, 20.0) < 0.2
    assert enzyme_activity(0.0, 0.0, 37.0) == 0.0


def test_cells_spread_again_only_when_the_enzyme_is_gone() -> None:
    assert settle_rate(VERO, 0.0) > 0.0
    assert settle_rate(VERO, 0.5) == 0.0


def test_the_smallest_eddies_at_20_w_m3_are_64_um() -> None:
    assert kolmogorov_um(0.02) == pytest.approx(64.0, rel=0.02)
    assert kolmogorov_um(0.0) > 1e5


def test_carriers_keep_their_cells_while_eddies_are_above_two_thirds_of_them() -> None:
    assert shed_rate(130.0, 190.0) == 0.0
    assert shed_rate(95.0, 190.0) == pytest.approx(0.02, rel=0.01)
    assert shed_rate(40.0, 190.0) > 0.5
    assert shed_rate(40.0, 0.0) == 0.0


@pytest.mark.parametrize(("w_kg", "harmless"), [(0.02, True), (0.45, True), (20.0, False)])
def test_suspended_cells_bear_what_tanks_do(w_kg: float, harmless: bool) -> None:  # noqa: FBT001
    assert (shear_damage(CHO, w_kg) < 0.001) is harmless
