"""The PID law of `pid.step` over N loops at once: the same numbers, bit for bit.

The same operations in the same order on arrays (IEEE 754 gives the same result for each element).
Where an element is not finite, that loop is frozen as the scalar law freezes it. For campaigns and
for controllers of hundreds of vessels; a single cell uses the scalar law.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bioctl.control.pid import PidState
from bioctl.control.tuning import Tuning

Floats = npt.NDArray[np.float64]


class Bank:
    """N loops side by side; all arrays have the shape (N,).

    Args:
        tunings: parameters of each loop.
        states: where each loop starts, from `pid.start`.
    """

    def __init__(self, tunings: Sequence[Tuning], states: Sequence[PidState]) -> None:
        n = len(tunings)
        self._gain, self._gain_i, self._gain_d, self._gain_sp, self._filter, self._tracking = (
            np.array([getattr(one, name) for one in tunings])
            for name in ("gain", "gain_i", "gain_d", "gain_sp", "filter_s", "tracking_s")
        )
        self._smooth = np.array([one.smooth_s for one in tunings])
        self._smooths = bool(self._smooth.any())
        self._band = np.array([one.dead_band for one in tunings])
        self._minus_band = -self._band
        self._banded = bool(self._band.any())
        self._derives = np.array([one.td_s > 0 for one in tunings])
        self._any_derives = bool(self._derives.any())
        columns = np.array(states, dtype=np.float64).reshape(n, 5).T.copy()
        self._integral, self._pv, self._derivative, self._wanted, self._forward = columns
        self._a, self._b, self._c, self._d = np.empty((4, n))
        self._finite = np.empty(n, np.bool_)
        self._seen = self._pv
        self._dt = -1.0
        self._tracking_dt = self._filter_dt = np.empty(n)

    @property
    def states(self) -> list[PidState]:
        """The loops' states, as the scalar law would hold them."""
        columns = (self._integral, self._pv, self._derivative, self._wanted, self._forward)
        return [PidState(*map(float, row)) for row in zip(*columns, strict=True)]

    def step(
        self,
        sp: Floats,
        pv: Floats,
        dt_s: float,
        low: Floats,
        high: Floats,
        actual_output: Floats,
        forward: Floats | float = 0.0,
    ) -> Floats:
        """Return the outputs of one scan; arguments as in `pid.step`, one row for each loop."""
        with np.errstate(all="ignore"):
            if not 0.0 <= dt_s < np.inf:
                return np.where(self._wanted < low, low, np.minimum(self._wanted, high))
            integral, derivative, wanted = self._advance(sp, pv, dt_s, actual_output, forward)
            if not np.isfinite(wanted, out=self._finite).all():
                return self._some_frozen(sp, pv, dt_s, low, high, actual_output, forward)
            self._integral, self._derivative, self._wanted = integral, derivative, wanted
            np.copyto(self._pv, self._seen)
            np.copyto(self._forward, forward)
            return np.minimum(np.maximum(wanted, low), high)

    def _advance(
        self, sp: Floats, pv: Floats, dt: float, actual: Floats, forward: Floats | float
    ) -> tuple[Floats, Floats, Floats]:
        """Return integral, derivative and wanted output as if every number were finite."""
        if dt != self._dt:
            self._dt, self._tracking_dt = dt, self._tracking + dt
            self._filter_dt = self._filter + dt
        error, a, b = self._a, self._b, self._c
        pv = self._smoothed(pv, dt) if self._smooths else pv
        self._seen = pv
        np.subtract(sp, pv, out=error)
        if self._banded:
            np.minimum(error, self._band, out=a)
            np.maximum(a, self._minus_band, out=a)
            np.subtract(error, a, out=error)
        np.multiply(self._gain_i, error, out=a)
        np.multiply(a, dt, out=a)
        np.subtract(actual, self._wanted, out=b)
        np.multiply(b, dt, out=b)
        np.divide(b, self._tracking_dt, out=b)
        np.add(a, b, out=a)
        integral = self._integral + a
        derivative = self._derived(pv) if self._any_derives and dt else self._derivative
        wanted = np.multiply(self._gain, error)
        np.multiply(self._gain_sp, sp, out=a)
        np.subtract(wanted, a, out=wanted)
        np.add(wanted, integral, out=wanted)
        np.add(wanted, derivative, out=wanted)
        np.add(wanted, forward, out=wanted)
        return integral, derivative, wanted

    def _smoothed(self, pv: Floats, dt: float) -> Floats:
        moved = self._pv + (pv - self._pv) * dt / (self._smooth + dt)
        return np.where(self._smooth > 0.0, moved, pv)

    def _derived(self, pv: Floats) -> Floats:
        a, b = self._c, self._d
        np.subtract(pv, self._pv, out=a)
        np.multiply(self._gain_d, a, out=a)
        np.multiply(self._filter, self._derivative, out=b)
        np.subtract(b, a, out=b)
        return np.where(self._derives, np.divide(b, self._filter_dt), self._derivative)

    def _some_frozen(
        self,
        sp: Floats,
        pv: Floats,
        dt: float,
        low: Floats,
        high: Floats,
        actual: Floats,
        forward: Floats | float,
    ) -> Floats:
        last = np.where(self._wanted < low, low, np.minimum(self._wanted, high))
        real = np.where(np.isnan(actual), last, actual)
        integral, derivative, wanted = self._advance(sp, pv, dt, real, forward)
        good = np.isfinite(wanted) & np.isfinite(sp - self._seen + dt + forward)
        self._integral = np.where(good, integral, self._integral)
        self._derivative = np.where(good, derivative, self._derivative)
        self._pv = np.where(good, self._seen, self._pv)
        self._wanted = np.where(good, wanted, self._wanted)
        self._forward = np.where(good, forward, self._forward)
        return np.where(good, np.minimum(np.maximum(wanted, low), high), last)
