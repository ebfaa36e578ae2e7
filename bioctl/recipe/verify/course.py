"""How much time surely passes between two moments of a procedure, in its shortest course."""

from typing import NamedTuple

from bioctl.recipe.grammar import Moment
from bioctl.recipe.schedule import Span


class Around(NamedTuple):
    """A branch or a loop around something.

    Attributes:
        name: path and name, unique in the recipe.
        inner_s: when the branch, or the loop's first round, ends.
        outer_s: when all branches, or all rounds, have ended.
    """

    name: str
    inner_s: float
    outer_s: float


class Course:
    """The shortest course of a recipe: spans by path, and the branches and loops around each."""

    def __init__(self, plan: tuple[Span, ...]) -> None:
        self.spans: dict[str, Span] = {}
        self._around: dict[str, tuple[Around, ...]] = {}
        open_: list[tuple[Span, Around | None]] = []
        for span in plan:
            while open_ and open_[-1][0].depth >= span.depth:
                open_.pop()
            around = _around(span, open_[-1][0] if open_ else None)
            if span.kind in ("unit procedure", "operation", "phase"):
                self.spans[span.path] = span
                self._around[span.path] = tuple(one for _, one in open_ if one)
            open_.append((span, around))

    def least_s(self, begins: Moment, ends: Moment) -> float:
        """Return the least time from one moment to the other, s; 0 where it can't be told.

        Out of a branch only what is left of this branch counts: nobody knows how long the others
        take. Out of a loop only what is left of one round counts: the clock begins again in each.
        """
        now, gap = self._at(begins), 0.0
        outside = self._around[ends.path]
        for one in reversed(self._around[begins.path]):
            if one in outside:
                break
            gap, now = gap + max(one.inner_s - now, 0.0), one.outer_s
        left = self._at(ends) - now
        return gap + left if left >= 0 else 0.0

    def backwards(self, begins: Moment, ends: Moment) -> bool:
        """Return whether the end surely comes before the beginning."""
        order = list(self.spans)
        earlier = order.index(ends.path) < order.index(begins.path)
        inside = begins.path.startswith(f"{ends.path}/") and ends.edge == "end"
        ours, theirs = set(self._around[begins.path]), set(self._around[ends.path])
        return earlier and not inside and not (ours - theirs and theirs - ours)

    def _at(self, moment: Moment) -> float:
        span = self.spans[moment.path]
        return span.start_s if moment.edge == "start" else span.end_s


def _around(span: Span, above: Span | None) -> Around | None:
    if span.kind == "branch" and above is not None:
        return Around(f"{span.path}/{span.name}", span.end_s, above.end_s)
    if span.kind == "repeat":
        once = (span.end_s - span.start_s) / span.times
        return Around(span.path, span.start_s + once, span.end_s)
    return None
