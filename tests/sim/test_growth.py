import pytest

from bioctl_sim.liquid import DEAD, GLUCOSE, LACTATE, LIVE, OXYGEN, PROTEIN, SID, Liquid
from bioctl_sim.process.growth import Culture, comfort, enzyme_activity, stress
from bioctl_sim.stock import BUFFER, ENZYME, INOCULUM, MEDIUM

STEP_H = 10.0 / 3600.0


def vessel(medium: float = 4.0) -> Liquid:
    liquid = Liquid(6.3, temperature=37.0)
    liquid.add(MEDIUM.draw(medium))
    return liquid


def run(culture: Culture, liquid: Liquid, hours: float, rpm: float = 40.0) -> None:
    for _ in range(round(hours / STEP_H)):
        liquid.amounts[OXYGEN] = 0.1 * liquid.volume
        culture.step(liquid, 7.25, rpm, STEP_H)


def seeded() -> tuple[Culture, Liquid]:
    liquid = vessel()
    liquid.add(INOCULUM.draw(0.2))
    return Culture(), liquid


def confluent(attached: float = 7.0) -> Culture:
    culture = Culture()
    culture.attached = attached
    return culture


def on_enzyme(washes: int) -> tuple[Culture, Liquid]:
    """Return a full bed in enzyme after some washes of the drained vessel's 20 mL with 3 L."""
    liquid = vessel(0.02)
    for _ in range(washes):
        liquid.add(BUFFER.draw(3.0))
        liquid.take(3.0)
    liquid.add(ENZYME.draw(3.0))
    return confluent(), liquid


def bursts(culture: Culture, liquid: Liquid) -> None:
    run(culture, liquid, 0.25)
    for _ in range(3):
        run(culture, liquid, 0.05, rpm=150.0)


def test_three_quarters_or_more_attach_within_five_hours() -> None:
    culture, liquid = seeded()
    run(culture, liquid, 5.0)
    assert 0.75 < culture.attached / 0.36 < 0.92
    assert liquid.amounts[LIVE] / 0.36 < 0.10


def test_stirring_hard_hinders_attachment() -> None:
    calm, rough = seeded(), seeded()
    run(*calm, 5.0, rpm=30.0)
    run(*rough, 5.0, rpm=200.0)
    assert rough[0].attached < 0.6 * calm[0].attached


def test_density_follows_contact_inhibition() -> None:
    sparse, dense = confluent(0.2), confluent(4.5)
    for culture in (sparse, dense):
        run(culture, vessel(), 80.0, rpm=80.0)
    assert dense.mu < 0.5 * sparse.mu


def test_glucose_becomes_lactate_and_takes_bicarbonate_with_it() -> None:
    culture, liquid = confluent(3.0), vessel()
    before = list(liquid.amounts)
    run(culture, liquid, 10.0, rpm=80.0)
    used = before[GLUCOSE] - liquid.amounts[GLUCOSE]
    made = liquid.amounts[LACTATE] - before[LACTATE]
    assert used > 3.0
    assert made == pytest.approx(1.7 * used)
    assert before[SID] - liquid.amounts[SID] == pytest.approx(made, rel=0.05)


def test_starving_cells_die_late_and_mostly() -> None:
    culture, liquid = confluent(3.0), vessel()
    liquid.amounts[GLUCOSE] = 0.0
    run(culture, liquid, 5.0, rpm=80.0)
    assert culture.attached > 2.9
    run(culture, liquid, 55.0, rpm=80.0)
    assert culture.attached < 0.8


def test_a_bed_left_dry_dies_but_a_short_drain_does_not_hurt() -> None:
    culture, liquid = confluent(), vessel(0.02)
    run(culture, liquid, 0.1)
    assert culture.attached > 6.97
    run(culture, liquid, 3.0)
    assert culture.attached < 0.1


def test_enzyme_and_bursts_bring_the_cells_off_alive() -> None:
    culture, liquid = on_enzyme(washes=3)
    bursts(culture, liquid)
    assert liquid.amounts[LIVE] / 7.0 > 0.85
    assert liquid.viability > 90.0


def test_enzyme_without_bursts_leaves_cells_on_the_bed() -> None:
    culture, liquid = on_enzyme(washes=3)
    run(culture, liquid, 0.25, rpm=0.0)
    assert culture.on_bed > 0.6 * 7.0


def test_unwashed_protein_spoils_the_detachment() -> None:
    washed, unwashed = on_enzyme(3), on_enzyme(0)
    for rig in (washed, unwashed):
        bursts(*rig)
    assert unwashed[1].amounts[LIVE] < 0.9 * washed[1].amounts[LIVE]


def test_quench_stops_the_enzyme() -> None:
    _, liquid = on_enzyme(washes=3)
    assert enzyme_activity(liquid) == pytest.approx(1.0, abs=0.05)
    liquid.amounts[PROTEIN] += 10.0
    assert enzyme_activity(liquid) < 0.01


def test_cells_are_neither_made_nor_lost_by_detaching() -> None:
    culture, liquid = on_enzyme(washes=3)
    before = culture.on_bed + liquid.cells
    bursts(culture, liquid)
    assert culture.on_bed + liquid.amounts[LIVE] + liquid.amounts[DEAD] == pytest.approx(
        before, rel=0.01
    )


def test_an_empty_vessel_stays_empty() -> None:
    culture, liquid = Culture(), vessel()
    run(culture, liquid, 1.0)
    assert (culture.on_bed, culture.oxygen_demand, liquid.cells) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("temperature", "ph", "low", "high"),
    [(37.0, 7.15, 0.99, 1.0), (37.0, 6.9, 0.9, 1.0), (37.0, 7.4, 0.9, 1.0), (40.0, 7.2, 0.2, 0.5),
     (31.0, 7.2, 0.2, 0.5), (37.0, 5.5, 0.0, 0.3)],
)  # fmt: skip
def test_growth_is_best_near_37_degc_and_neutral(
    temperature: float, ph: float, low: float, high: float
) -> None:
    assert low <= comfort(temperature, ph) <= high


def test_heat_and_acid_kill() -> None:
    assert stress(37.0, 7.25) == stress(39.0, 6.8) == 0.0
    assert stress(42.0, 7.25) > 0.2
    assert stress(37.0, 6.0) > 0.1
