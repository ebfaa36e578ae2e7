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
Mask = npt.NDArray[np.bool_]


class Bank:
    """N loops side by side; all arrays have the shape (N,).

    Args:
        tunings: parameters of each loop.
        states: where each loop starts, from `pid.start`.
    """

    def __init__(self, tunings: Sequence[Tuning], states: Sequence[PidState]) -> None:
        n = len(tunings)
        self._gain, self._rate_i, self._gain_d, self._gain_sp, self._filter, self._tracking = (
            np.array([getattr(one, name) for one in tunings])
            for name in ("gain", "rate_i", "gain_d", "gain_sp", "filter_s", "tracking_s")
        )
        self._smooth, self._learns, self._band, self._muted, self._muted_i, self._gain_d_inside = (
            np.array([getattr(one, name) for one in tunings])
            for name in (
                "smooth_s", "trend_s", "dead_band", "muted", "muted_i", "gain_d_inside"
            )
        )  # fmt: skip
        self._smooths = bool(self._smooth.any())
        self._minus_band, self._has_band = -self._band, self._band > 0.0
        self._shapes = np.empty((3, n))
        self._softens = bool(any(one.inside for one in tunings))
        self._banded, self._learn = bool(self._band.any()), bool(self._learns.any())
        self._derives = np.array([one.td_s > 0 for one in tunings])
        self._any_derives = bool(self._derives.any())
        columns = np.array(states, dtype=np.float64).reshape(n, 6).T.copy()
        self._integral, self._pv, self._derivative, self._wanted = columns[:4]
        self._forward, self._trend = columns[4:]
        self._trends = bool(self._trend.any())
        self._a, self._b, self._c, self._d = np.empty((4, n))
        self._finite = np.empty(n, np.bool_)
        self._seen = self._pv
        self._dt = -1.0
        self._tracking_dt = self._filter_dt = np.empty(n)

    @property
    def states(self) -> list[PidState]:
        """The loops' states, as the scalar law would hold them."""
        columns = (
            self._integral, self._pv, self._derivative, self._wanted, self._forward, self._trend
        )  # fmt: skip
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
            steered = self._steered(low, high) if self._learn else None
            found = self._advance(sp, pv, dt_s, actual_output, forward, steered)
            if not np.isfinite(found[2], out=self._finite).all():
                return self._some_frozen(sp, pv, dt_s, low, high, actual_output, forward)
            self._integral, self._derivative, self._wanted, self._trend = found
            wanted = self._wanted
            np.copyto(self._pv, self._seen)
            np.copyto(self._forward, forward)
            limited: Floats = np.minimum(np.maximum(wanted, low), high)
            return limited

    def _advance(
        self, sp: Floats, pv: Floats, dt: float, actual: Floats, forward: Floats | float,
        steered: Mask | None,
    ) -> tuple[Floats, Floats, Floats, Floats]:  # fmt: skip
        """Return integral, derivative, wanted output and trend as if every number were finite."""
        if dt != self._dt:
            self._dt, self._tracking_dt = dt, self._tracking + dt
            self._filter_dt = self._filter + dt
        error, a, b = self._a, self._b, self._c
        pv = self._smoothed(pv, dt) if self._smooths else pv
        self._seen = pv
        np.subtract(sp, pv, out=error)
        gain_d, slow, learnt = self._shaped(error) if self._banded else (self._gain_d, error, error)
        trend = self._trend if steered is None else self._learnt(learnt, dt, steered)
        np.multiply(self._rate_i, slow, out=a)
        if self._learn or self._trends:
            np.add(a, trend, out=a)
        np.multiply(self._gain, a, out=a)
        np.multiply(a, dt, out=a)
        np.subtract(actual, self._wanted, out=b)
        np.multiply(b, dt, out=b)
        np.divide(b, self._tracking_dt, out=b)
        np.add(a, b, out=a)
        integral = self._integral + a
        derivative = self._derived(pv, gain_d) if self._any_derives and dt else self._derivative
        wanted = np.multiply(self._gain, error)
        np.multiply(self._gain_sp, sp, out=a)
        np.subtract(wanted, a, out=wanted)
        np.add(wanted, integral, out=wanted)
        np.add(wanted, derivative, out=wanted)
        np.add(wanted, forward, out=wanted)
        return integral, derivative, wanted, trend

    def _steered(self, low: Floats, high: Floats) -> Mask:
        """Return which loops learn a trend and are at no limit."""
        steered: Mask = (self._learns > 0.0) & (low < self._wanted) & (self._wanted < high)
        return steered

    def _shaped(self, error: Floats) -> tuple[Floats, Floats, Floats]:
        """Make the errors small inside their bands; return D gains, I's and the trends' errors.

        A loop without a band learns from its whole error.
        """
        (within, mute, slow), gain_d, learnt = self._shapes, self._gain_d, error
        np.minimum(error, self._band, out=within)
        np.maximum(within, self._minus_band, out=within)
        if self._any_derives:
            gain_d = np.where((within == error) & self._has_band, self._gain_d_inside, gain_d)
        if not self._softens:  # every band is dead: P and I see the same
            if self._learn:
                learnt = np.where(self._has_band, 0.0, error)
            return gain_d, np.subtract(error, within, out=error), learnt
        np.multiply(self._muted_i, within, out=mute)
        np.subtract(error, mute, out=slow)
        if self._learn:
            learnt = np.where(self._has_band, within - mute, error)
        np.multiply(self._muted, within, out=within)
        np.subtract(error, within, out=error)
        return gain_d, slow, learnt

    def _learnt(self, error: Floats, dt: float, learning: Mask) -> Floats:
        moved = self._trend + self._rate_i * error * dt / self._learns
        learnt: Floats = np.where(learning, moved, self._trend)
        return learnt

    def _smoothed(self, pv: Floats, dt: float) -> Floats:
        moved = self._pv + (pv - self._pv) * dt / (self._smooth + dt)
        return np.where(self._smooth > 0.0, moved, pv)

    def _derived(self, pv: Floats, gain_d: Floats) -> Floats:
        a, b = self._c, self._d
        np.subtract(pv, self._pv, out=a)
        np.multiply(gain_d, a, out=a)
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
        steered = self._steered(low, high)
        integral, derivative, wanted, trend = self._advance(sp, pv, dt, real, forward, steered)
        good = np.isfinite(wanted) & np.isfinite(sp - self._seen + dt + forward)
        self._integral = np.where(good, integral, self._integral)
        self._derivative = np.where(good, derivative, self._derivative)
        self._pv = np.where(good, self._seen, self._pv)
        self._wanted = np.where(good, wanted, self._wanted)
        self._trend = np.where(good, trend, self._trend)
        self._forward = np.where(good, forward, self._forward)
        return np.where(good, np.minimum(np.maximum(wanted, low), high), last)
