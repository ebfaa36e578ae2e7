"""The fault library: every fault and upset by name, where it acts, and how one notices.

Faults with numbers of their source: pH drift 0.1 in 100 h, pump wear 2 %/day, coupling slip that
costs 90 % of kLa, vent filter, probe faults and contamination follow the detection literature of
IndPenSim and KTB1 (github smpl-env/PenSimPy, Boskabadi/KTB1); upsets are IndPenSim's disturbances.
"""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from bioctl_sim.sensors.modes import MODES

How = Literal["lose", "times", "add"]
"""What an amount x does to an effect: factor 1 - x, factor x, or x itself."""

DAY: Final = 86_400.0


class Fault(NamedTuple):
    """One fault.

    Attributes:
        help: what is wrong.
        observable: what shows it first.
        detection: a rule that finds it.
        effects: effects inside a vessel (`effects.EFFECTS`) and what the amount does to them.
        outputs: generic outputs that do this instead of what they say.
        sensors: generic point and mode.
        silent: whether nothing is heard of the unit.
        amount: where none is given; with `low`, `high` and `eu`.
        per_day: whether the amount grows by itself each day.
        upset: a disturbance of the process, nothing is broken.
    """

    help: str
    observable: str
    detection: str
    effects: tuple[tuple[str, How], ...] = ()
    outputs: tuple[tuple[str, float], ...] = ()
    sensors: tuple[tuple[str, str], ...] = ()
    silent: bool = False
    amount: float = 1.0
    low: float = 0.0
    high: float = 1.0
    eu: str = "part"
    per_day: bool = False
    upset: bool = False


def _sensor(generic: str, mode: str, amount: float, help: str, observable: str) -> Fault:  # noqa: A002
    kind = MODES[mode]
    return Fault(
        help, observable, kind.detection, sensors=((generic, mode),),
        amount=amount, low=kind.low, high=kind.high, eu=kind.eu,
    )  # fmt: skip


def _lost(what: str, effect: str, observable: str, detection: str) -> Fault:
    return Fault(what, observable, detection, effects=((effect, "lose"),))


_MFC: Final = ("flow below its set point", "flow deviation above 5 % for 30 s")
_TUBE: Final = "weight does not follow the pump"
_WORN: Final = "weight drifts against the totaliser"
_SILENT: Final = Fault(
    "nothing is heard of the unit any more",
    "all its readings Bad, time stamps stand still",
    "watchdog, age of the readings",
    silent=True,
    low=1.0,
    eu="",
)

_VESSEL: Final[Mapping[str, Fault]] = {
    "ph_drift": _sensor(
        "AT01", "drift", 0.001, "the pH electrode drifts", "CO2 and base demand change"
    ),
    "do_bubble": _sensor(
        "AT02", "bubble", 0.5, "an air bubble sits on the oxygen probe", "DO up, O2 flow down"
    ),
    "do_cap_ageing": _sensor(
        "AT02", "ageing", 0.1, "the oxygen probe's cap is old", "DO low against demand"
    ),
    "probe_out": _sensor(
        "TT01", "out", 0.0, "the temperature probe is out of its well", "T falls, jacket saturates"
    ),
    "hose_on_scale": _sensor(
        "WT01", "offset", 0.02, "a hose rests on the vessel", "a step in weight without a flow"
    ),
    "air_lost": _lost("air supply lost", "air_flow", *_MFC),
    "oxygen_lost": _lost("oxygen bottle empty", "oxygen_flow", *_MFC),
    "nitrogen_lost": _lost("nitrogen supply lost", "nitrogen_flow", *_MFC),
    "co2_lost": _lost("CO2 bottle empty", "co2_flow", *_MFC),
    "gas_lost": Fault(
        "all gases lost",
        *_MFC,
        effects=tuple((f"{g}_flow", "lose") for g in ("air", "oxygen", "nitrogen", "co2")),
    ),
    "base_empty": Fault(
        "the base bottle is empty",
        "bottle weight 0, pH falls with the pump at full speed",
        "bottle weight low; base pump at its limit",
        effects=(("base_empty", "add"),),
    ),
    "feed_empty": Fault(
        "the feed bottle is empty",
        "bottle weight 0, vessel weight falls",
        "bottle weight low; weight against the pumps",
        effects=(("feed_empty", "add"),),
    ),
    "base_kinked": _lost("base tube kinked", "base_flow", "bottle weight flat, pH falls", _TUBE),
    "feed_kinked": _lost("feed tube kinked", "feed_flow", "weight falls", _TUBE),
    "permeate_kinked": _lost("permeate tube kinked", "permeate_flow", "weight rises", _TUBE),
    "harvest_kinked": _lost("harvest tube kinked", "harvest_flow", "weight stays", _TUBE),
    "base_pump_worn": Fault(
        "the base pump wears", "more base by the totaliser than by weight", _WORN,
        effects=(("base_flow", "lose"),), amount=0.02, eu="part/day", per_day=True,
    ),
    "feed_pump_worn": Fault(
        "the feed pump wears", "vessel weight drifts down", _WORN,
        effects=(("feed_flow", "lose"),), amount=0.02, eu="part/day", per_day=True,
    ),
    "permeate_pump_worn": Fault(
        "the permeate pump wears", "vessel weight drifts up", _WORN,
        effects=(("permeate_flow", "lose"),), amount=0.02, eu="part/day", per_day=True,
    ),
    "filter_fouled": Fault(
        "the cell retention filter fouls",
        "less permeate than the pump says, weight rises",
        "permeate against weight",
        effects=(("fouling", "add"),),
        amount=0.05,
        high=10.0,
        eu="part/day",
        per_day=True,
    ),
    "agitator_lost": _lost(
        "the agitator stands", "agitator", "speed 0, DO falls", "speed against its set point"
    ),
    "coupling_slip": Fault(
        "the impeller slips on its shaft",
        "DO collapses at full gas, speed as it should be",
        "DO low at high output",
        effects=(("coupling", "lose"),),
        amount=0.85,
    ),
    "jacket_lost": Fault(
        "the temperature control unit stands",
        "jacket goes to the room's temperature",
        "jacket against its set point",
        effects=(("jacket_lost", "add"),),
    ),
    "vent_blocked": Fault(
        "the vent filter is blocked",
        "head pressure rises",
        "pressure high: less gas; very high: no gas",
        effects=(("vent_block", "add"),),
        amount=0.99,
    ),
    "leak": Fault(
        "the bag leaks gas",
        "pressure falls in a hold test: about 5 of 50 mbar in 20 min",
        "pressure decay test",
        effects=(("leak", "add"),),
        amount=2e-10,
        high=1e-6,
        eu="mol/s/Pa",
    ),
    "liquid_leak": Fault(
        "the bag leaks liquid",
        "weight falls with all pumps off",
        "slope of the weight",
        effects=(("liquid_leak", "add"),),
        amount=0.02,
        high=100.0,
        eu="L/h",
    ),
    "contamination": Fault(
        "bacteria got in",
        "oxygen demand doubles every hour or so, pH falls",
        "oxygen uptake against glucose",
        effects=(("contamination", "add"),),
        amount=1e-4,
        high=1.0,
        eu="1e6/mL/h",
    ),
    "foaming": Fault(
        "the culture foams",
        "foam height rises",
        "foam high: antifoam",
        effects=(("foam", "times"),),
        amount=5.0,
        high=100.0,
        eu="times",
    ),
    "comms_lost": _SILENT,
    "slow_growth": Fault(
        "the cells grow more slowly", "oxygen and glucose demand lag", "soft sensor against plan",
        effects=(("growth", "lose"),), amount=0.3, upset=True,
    ),
    "weak_feed": Fault(
        "the feed is weaker than on its label", "glucose falls", "glucose balance",
        effects=(("feed_strength", "lose"),), amount=0.2, upset=True,
    ),
    "cold_feed": Fault(
        "the feed comes cold", "T dips, jacket works", "energy balance",
        effects=(("feed_warmth", "add"),), amount=-15.0, low=-40.0, high=40.0, eu="K", upset=True,
    ),
    "warm_room": Fault(
        "the room is warmer", "jacket works less", "energy balance",
        effects=(("room", "add"),), amount=8.0, low=-30.0, high=30.0, eu="K", upset=True,
    ),
    "thin_air": Fault(
        "less oxygen in the air supply", "more O2 flow for the same DO", "exhaust O2 against feed",
        effects=(("air_oxygen", "lose"),), amount=0.05, upset=True,
    ),
}  # fmt: skip

_WASH: Final[Mapping[str, Fault]] = {
    "feed_kinked": Fault("feed tube kinked", "feed bag stays", _TUBE, outputs=(("PC01", 0.0),)),
    "permeate_kinked": Fault(
        "permeate tube kinked", "no permeate, loop rises", _TUBE, outputs=(("PC02", 0.0),)
    ),
    "buffer_empty": Fault("wash buffer empty", "loop falls", _TUBE, outputs=(("PC03", 0.0),)),
    "cooler_lost": Fault(
        "the cooler stands",
        "product warms up",
        "temperature against its set point",
        outputs=(("TC01", 20.0),),
    ),
    "comms_lost": _SILENT,
}

_FILLER: Final[Mapping[str, Fault]] = {
    "jammed": Fault("a vial is jammed", "count stands", "rate", outputs=(("SC01", 0.0),)),
    "comms_lost": _SILENT,
}

VESSEL: Final = "vessel"
LIBRARY: Final[Mapping[str, Mapping[str, Fault]]] = {
    VESSEL: _VESSEL,
    "wash": _WASH,
    "filler": _FILLER,
}
"""Faults by group of unit kinds and name; a fault of a unit is written `BR101.base_empty`."""
