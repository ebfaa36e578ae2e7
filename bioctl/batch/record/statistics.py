"""Figures of one curve: extremes, mean, time outside the band, time without readings.

A reading speaks until the next one, but not across a gap.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bioctl.batch.record.model import Floats, Span, Statistics
from bioctl.historian.query import GAP_S, Series
from bioctl.values import Quality

NOTHING = "nothing was recorded"
NOT_GOOD = "no reading, or a Bad one"


class Window(NamedTuple):
    """Process time from `start` to `end`, s."""

    start: float
    end: float

    @property
    def length(self) -> float:
        """How long it is, s."""
        return self.end - self.start


def usual_step(t: Floats) -> float:
    """Return the usual time between two readings, s; 0 if there are fewer than two."""
    return float(np.median(np.diff(t))) if len(t) > 1 else 0.0


def weights(found: Series, window: Window) -> Floats:
    """Return for how long each reading speaks, s; 0 for one that is missing or Bad."""
    if not len(found.t):
        return np.zeros(0)
    usual = usual_step(found.t)
    spans = np.diff(found.t, append=min(window.end, found.t[-1] + usual))
    longest = max(GAP_S, 10 * usual)
    spans[spans > longest / 2] = usual
    return np.where(np.isnan(found.value), 0.0, spans)


def gaps(found: Series, window: Window) -> tuple[Span, ...]:
    """Return the stretches without a reading that can be trusted."""
    t, usual = found.t, usual_step(found.t)
    missing = np.isnan(found.value)
    if not len(t) or missing.all():
        return (Span(*window, NOTHING if not len(t) else NOT_GOOD),)
    edges = np.flatnonzero(np.diff(missing.astype(np.int8), prepend=0, append=0))
    runs = list(zip(edges[::2], edges[1::2], strict=True))
    inner = [
        Span(
            float(t[low - 1]) + usual if low else window.start,
            float(t[high]) if high < len(t) else window.end,
            NOT_GOOD,
        )
        for low, high in runs
    ]
    longest = max(GAP_S, 10 * usual)
    head = [Span(window.start, float(t[0]), NOTHING)] if t[0] - window.start > longest else []
    tail = [Span(float(t[-1]), window.end, NOTHING)] if window.end - t[-1] > longest else []
    return (*head, *inner, *tail)


def statistics(
    found: Series, window: Window, setpoints: Sequence[Span], band: float | None
) -> Statistics:
    """Return the figures of a curve.

    Args:
        found: its readings within the window.
        window: the unit's time in the batch.
        setpoints: spans of a constant setpoint in AUTO.
        band: half width around it; None where the loop has none, or there is no loop.
    """
    spans = weights(found, window)
    good = ~np.isnan(found.value)
    known = float(spans.sum())
    out, unreached = _outside(found, spans, setpoints, band)
    mean = float(np.dot(found.value[good], spans[good])) / known if known else None
    return Statistics(
        readings=len(found.t),
        low=float(found.value[good].min()) if good.any() else None,
        mean=None if mean is None else round(mean, 6),
        high=float(found.value[good].max()) if good.any() else None,
        out=None if band is None or not setpoints else round(out, 3),
        unreached=tuple(unreached),
        missing=round(max(window.length - known, 0.0), 3),
        covered=round(min(known / window.length, 1.0), 6) if window.length else 1.0,
        uncertain=int((found.quality == Quality.UNCERTAIN).sum()),
    )


def _outside(
    found: Series, spans: Floats, setpoints: Sequence[Span], band: float | None
) -> tuple[float, list[float]]:
    """Return time outside the band since it was first reached, and setpoints never reached."""
    total, unreached = 0.0, []
    for one in setpoints:
        if band is None or one.value is None:
            continue
        here = (found.t >= one.start) & (found.t < one.end) & ~np.isnan(found.value)
        inside = np.abs(found.value[here] - one.value) <= band + 1e-9
        if not inside.any():
            unreached += [one.value] if here.any() else []
            continue
        since = int(inside.argmax())
        total += float(spans[here][since:][~inside[since:]].sum())
    return total, unreached
