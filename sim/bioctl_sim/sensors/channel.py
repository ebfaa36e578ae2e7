"""One measurement: its errors, drift and calibration, as gain and offset on the lagged value."""

import random
from dataclasses import dataclass, field
from typing import Final

from bioctl_sim.refused import Refused
from bioctl_sim.sensors.modes import Failure
from bioctl_sim.sensors.noise import TABLE
from bioctl_sim.sensors.types import AT_LINE_ERROR, TYPES, WEEK, SensorType
from bioctl_sim.taglist import SensorDef, TagDef

_SPREAD: Final = 2.5
"""Standard deviations beyond which an instrument is sent back."""
_NERNST: Final = 0.198_421_5
"""mV/K a pH: gas constant times ln 10 over Faraday's constant; 59.16 mV at 25 degC."""
_PLAIN: Final = SensorDef("calculated", 0.0, 0.0)


@dataclass(slots=True)
class Channel:
    """A measurement's instrument.

    Attributes:
        tag: what it shows.
        type: the make.
        sigma: noise in eu, and `relative` as part of the reading; nominal, also where noise is off.
        per_step: 1/resolution, 0 for none.
        salt: offset into the noise table.
        offset: error at zero; with `drift` in eu/week.
        gain: slope; with `gain_drift` a week.
        correction: what CALIBRATE added to the offset, `factor` what it multiplied the gain by.
        failures: at work now, by name of the fault.
    """

    tag: TagDef
    type: SensorType
    sigma: float
    relative: float
    per_step: float
    salt: int
    offset: float = 0.0
    drift: float = 0.0
    gain: float = 1.0
    gain_drift: float = 0.0
    correction: float = 0.0
    factor: float = 1.0
    failures: dict[str, Failure] = field(default_factory=dict)

    @property
    def drifts(self) -> bool:
        """Whether its reading of a constant changes with time, noise apart."""
        return bool(self.drift or self.gain_drift or self.failures)

    def systematic(self, second: int) -> tuple[float, float]:
        """Return gain and offset by which the working instrument is wrong."""
        weeks = second / WEEK
        gain = self.factor * (self.gain + self.gain_drift * weeks)
        return gain, self.correction + self.offset + self.drift * weeks

    def failed(self, second: int, gain: float, offset: float) -> tuple[float, float]:
        """Return gain and offset with its failures upon them."""
        for failure in self.failures.values():
            times, plus = failure.shown(second)
            gain, offset = gain * times, offset * times + plus
        return gain, offset

    def adjust(self, shown: float, value: float) -> None:
        """Calibrate: what is `shown` now, noise apart, shall be `value`.

        Raises:
            Refused: it has nothing to adjust, or the correction is too large to be believed.
        """
        kind, name = self.type, self.tag.name
        if kind.calibration == "offset":
            change = value - shown
            if abs(self.correction + change) > kind.largest:
                raise Refused(
                    f"{name} shows {shown:.4g}: a correction of {self.correction + change:+.3g} "
                    f"{self.tag.eu} is too much, expected {kind.largest:g} at most."
                )
            self.correction += change
        elif kind.calibration == "gain":
            self._rescale(shown, value)
        else:
            raise Refused(f"{name} can't be calibrated: it has nothing to adjust.")

    def _rescale(self, shown: float, value: float) -> None:
        name, largest = self.tag.name, self.type.largest
        factor = self.factor * value / shown if shown > 0.0 else 0.0
        if not abs(factor - 1.0) <= largest:
            raise Refused(
                f"{name} shows {shown:.4g}: a slope of {factor:.3g} would be too much, expected "
                f"{1.0 - largest:g} to {1.0 + largest:g}. Calibrate it where its value is known."
            )
        self.factor = factor


def channel(tag: TagDef, sensor: SensorDef | None, seed: int, *, noise: bool) -> Channel:
    """Return the instrument of a measurement, its errors drawn from the plant's seed.

    Args:
        tag: the measurement.
        sensor: its make and noise; None shows the value as it is.
        seed: of the plant.
        noise: False gives an instrument without error and drift; only totalisers keep their steps.
    """
    source = random.Random(f"{seed} {tag.name}")  # noqa: S311 - errors of a model
    definition = sensor or _PLAIN
    kind = TYPES[definition.type]
    salt = source.randrange(TABLE)
    relative = definition.relative or (AT_LINE_ERROR if kind.hold else 0.0)
    plain = Channel(tag, kind, definition.sigma, relative, 0.0, salt)
    if noise or definition.type == "counter":
        plain.per_step = 1.0 / definition.resolution if definition.resolution else 0.0
    if not noise:
        return plain

    def error(deviation: float) -> float:
        return deviation * max(-_SPREAD, min(_SPREAD, source.gauss(0.0, 1.0)))

    plain.offset, plain.drift = error(kind.offset), error(kind.drift)
    plain.gain, plain.gain_drift = 1.0 + error(kind.gain), error(kind.gain_drift)
    return plain


def ph_reading(
    gain: float, offset: float, true_temperature: float, probe_temperature: float
) -> tuple[float, float]:
    """Return gain and offset of a glass electrode's pH reading on the true pH.

    The electrode gives `E = E0 - slope * Nernst(T) * (pH - 7)` at its own temperature; the
    transmitter turns it back with the calibrated slope at the temperature *probe's* value, so a
    probe that fails moves the pH.

    Args:
        gain: true over calibrated slope.
        offset: error at pH 7 and 25 degC, in pH.
        true_temperature: degC of the liquid.
        probe_temperature: degC the temperature probe shows.
    """
    at_probe = _NERNST * (max(-50.0, probe_temperature) + 273.15)
    slope = gain * (_NERNST * (true_temperature + 273.15)) / at_probe
    return slope, 7.0 - 7.0 * slope + offset * (_NERNST * 298.15) / at_probe
