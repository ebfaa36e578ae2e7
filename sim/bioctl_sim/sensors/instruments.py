"""The instruments of one unit: its rack, and for a bioreactor its laboratory."""

from collections.abc import Mapping
from typing import Protocol

from bioctl_sim.refused import Refused
from bioctl_sim.sensors.analyser import Laboratory
from bioctl_sim.sensors.rack import UnitRack
from bioctl_sim.taglist import UnitTags


class Measured(Protocol):
    """What the instruments need of a unit."""

    outputs: dict[str, float]

    def measure(self) -> dict[str, float]:
        """Return every measurement by generic point, before any error."""
        ...

    def truth(self) -> dict[str, float]:
        """Return what is really so, by name."""
        ...

    def draw(self, litres: float) -> bool:
        """Take a sample."""
        ...


class Instruments:
    """Reads one unit, calibrates its sensors and takes its samples.

    Args:
        name: of the unit.
        unit: the equipment.
        tags: its tag list.
        seed: of noise and errors.
        noise: False for instruments without noise, error, drift and resolution.
    """

    def __init__(
        self, name: str, unit: Measured, tags: UnitTags, seed: int, *, noise: bool
    ) -> None:
        self._name, self._unit = name, unit
        self.rack = UnitRack(tags.tags, tags.sensors, seed, noise=noise)
        self._points = {tag.point: tag.generic for tag in tags.tags if tag.kind == "m"}
        sampled = any(command.command == "SAMPLE" for command in tags.commands)
        self._laboratory = Laboratory(name, seed, noise=noise) if sampled else None

    def measure(self, second: int) -> dict[str, float]:
        """Return all measurements, before any error of the sensors."""
        measured = self._unit.measure()
        if self._laboratory is not None:
            measured |= self._laboratory.measure(second)
        return measured

    def read(self, second: int) -> list[float]:
        """Return what the tags show."""
        return self.rack.read(second, self.measure(second), self._unit.outputs)

    def execute(self, command: str, arguments: Mapping[str, object], second: int) -> str | None:
        """Carry out SAMPLE or CALIBRATE and say so; None where it is another command.

        Raises:
            Refused: it can't be done; the sentence says why.
        """
        if self._laboratory is None:
            return None
        if command == "SAMPLE":
            return self._sample(self._laboratory, arguments, second)
        return self._calibrate(arguments, second) if command == "CALIBRATE" else None

    def _sample(self, laboratory: Laboratory, arguments: Mapping[str, object], second: int) -> str:
        volume = _number(arguments, "volume", ("volume",))
        laboratory.check(volume, second)
        truth = self._unit.truth()
        if not self._unit.draw(volume / 1000.0):
            raise Refused(f"{self._name} holds too little for a sample of {volume:g} mL.")
        number = laboratory.take(truth, second)
        return f"{self._name}: sample {number} of {volume:g} mL drawn."

    def _calibrate(self, arguments: Mapping[str, object], second: int) -> str:
        value = _number(arguments, "value", ("sensor", "value"))
        point = str(arguments["sensor"])
        generic = self._points.get(point)
        if generic is None or not self.rack.channels[generic].type.calibration:
            able = [p for p, g in self._points.items() if self.rack.channels[g].type.calibration]
            raise Refused(f"{point!r} can't be calibrated: expected one of {', '.join(able)}.")
        tag = self.rack.channels[generic].tag
        if not tag.low <= value <= tag.high:
            raise Refused(
                f"{tag.name} can't show {value:g}: expected {tag.low:g} to {tag.high:g} {tag.eu}."
            )
        shown = self.rack.calibrate(generic, value, second, self.measure(second))
        return f"{tag.name}: calibrated from {shown:.4g} to {value:.4g} {tag.eu}."


def _number(arguments: Mapping[str, object], name: str, allowed: tuple[str, ...]) -> float:
    if set(arguments) != set(allowed):
        got = ", ".join(sorted(map(str, arguments))) or "none"
        raise Refused(f"Wrong arguments: expected {', '.join(allowed)}; got {got}.")
    value = arguments[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused(f"{name} can't be {value!r}: expected a number.")
    return float(value)
