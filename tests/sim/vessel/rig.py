"""One vessel on its own, for tests of the kernel."""

from typing import Any

from bioctl_sim.plantfile.load import read
from bioctl_sim.plantfile.spec import VesselSpec
from bioctl_sim.vessel.outputs import POINTS
from bioctl_sim.vessel.vessel import Vessel


def spec(**given: str) -> VesselSpec:
    """Return a vessel of a plant file; words as there, for example `volume="5 L"`."""
    words = {"kind": "packed_bed", "volume": "5 L", "preset": "msc_placental", **given}
    body = ", ".join(f"{key}: {value}" for key, value in words.items())
    text = f"plant: rig\ntitle: One vessel\nunits:\n  BR101: {{{body}}}\n"
    unit = read(text, "rig.yaml").units[0]
    assert isinstance(unit, VesselSpec)
    return unit


class Rig:
    """A vessel that is filled, set and stepped."""

    def __init__(self, litres: float = 0.0, *, accelerated: bool = False, **given: str) -> None:
        outputs = dict.fromkeys(POINTS, 0.0) | {"XV03": 1.0}
        self.vessel = Vessel(spec(**given), outputs, accelerated=accelerated)
        self.second = 0
        if litres:
            self.dose("medium", 1000.0 * litres)

    def run(self, seconds: float) -> None:
        self.vessel.advance(self.second, round(seconds))
        self.second += round(seconds)

    def set(self, **outputs: float) -> None:
        self.vessel.outputs.update(outputs)

    def dose(self, source: str, millilitres: float) -> None:
        rate = max(1.0, min(millilitres, 200.0 * self.vessel.spec.volume))
        arguments = {"source": source, "volume": millilitres, "rate": rate}
        self.vessel.execute("DOSE", arguments)
        self.run(millilitres / rate * 60.0 + 2.0)

    def truth(self) -> dict[str, Any]:
        return self.vessel.truth()

    def put(self, **state: float) -> None:
        """Set places of the state by name, lower case as in the truth."""
        from bioctl_sim.vessel.state import names  # noqa: PLC0415

        for name, value in state.items():
            self.vessel.state[names().index(name)] = value
