"""A recipe read at a glance: a tree with expected durations, and a Gantt chart of characters."""

from bioctl.language.quantity import format_duration
from bioctl.recipe.canonical import recipe_hash
from bioctl.recipe.grammar import Clock, Recipe
from bioctl.recipe.schedule import Span, total_s

WIDTH = 60
"""Characters of the chart."""

SIGNS = {
    "author": "",
    "library": "",
    "condition": "≤ ",
    "person": "~ ",
    "unknown": "? ",
}
LEGEND = (
    "Durations are the recipe's or the phase library's. ≤ the latest end its condition names;\n"
    "~ a person is asked, 15 min assumed; ? it ends by what is measured, counted as 0."
)


def plan_text(recipe: Recipe, spans: tuple[Span, ...]) -> str:
    """Return head, tree, chart and clocks as text for a terminal."""
    blocks = [_head(recipe, spans), _tree(spans), _chart(spans), _clocks(recipe), LEGEND]
    return "\n\n".join(block for block in blocks if block)


def _head(recipe: Recipe, spans: tuple[Span, ...]) -> str:
    size = f", {recipe.header.batch_size}" if recipe.header.batch_size else ""
    lines = [
        f"{recipe.id} {recipe.version} ({recipe.header.status}): {recipe.product}{size}",
        recipe.description,
        f"expected {duration(total_s(spans))}; hash {recipe_hash(recipe)[:16]}…",
        *(f"  {role}: {kind}" for role, kind in recipe.equipment.items()),
    ]
    return "\n".join(lines)


def duration(seconds: float) -> str:
    """Return a time in its two largest parts: `7 d 4 h`, `32 min`."""
    whole = int(round(seconds / 60.0) * 60) if seconds >= 600 else round(seconds)
    words = format_duration(whole).split(" ")
    return " ".join(words[:4])


def label(span: Span) -> str:
    """Return what a line says: name and text, with the word of a block before it."""
    word = "" if span.kind in ("unit procedure", "operation", "phase") else f"{span.kind} "
    text = f": {span.text}" if span.kind == "phase" else f", {span.text}" if span.text else ""
    if span.kind in ("when", "otherwise"):
        text = f"{span.text}"
    return f"{word}{span.name}{text}".replace("  ", " ").strip()


def took(span: Span) -> str:
    """Return how long a line takes, with the sign of who says so."""
    times = f" x {span.times}" if span.kind == "phase" and span.times > 1 else ""
    if span.expected is None:
        return duration(span.end_s - span.start_s) + times
    sign, seconds = SIGNS[span.expected.source], span.expected.seconds
    if span.expected.source == "unknown":
        return f"{sign}up to {duration(span.timeout_s)}{times}"
    return f"{sign}{duration(seconds)}{times}"


def _tree(spans: tuple[Span, ...]) -> str:
    rows = [(f"{'  ' * span.depth}{label(span)}", _begin(span), took(span)) for span in spans]
    width = min(max((len(row[0]) for row in rows), default=0), 64)
    lines = [f"{'procedure':<{width}}  {'begins at':>12}  takes"]
    lines += [f"{_cut(text, width):<{width}}  {start:>12}  {long}" for text, start, long in rows]
    return "\n".join(line.rstrip() for line in lines)


def _begin(span: Span) -> str:
    return duration(span.start_s) if span.start_s else "0"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _chart(spans: tuple[Span, ...]) -> str:
    """Return bars of operations, the level at which a chart of days can be read."""
    total = total_s(spans)
    shown = [span for span in spans if span.kind in ("unit procedure", "operation")]
    if not total or not shown:
        return ""
    width = max(len(span.path) for span in shown)
    lines = [
        f"{span.path:<{width}} |{_bar(span, total)}| {duration(span.end_s - span.start_s)}"
        for span in shown
    ]
    axis = f"{'':<{width}} 0{duration(total):>{WIDTH}}"
    return "\n".join([*lines, axis])


def _bar(span: Span, total: float) -> str:
    start = min(int(span.start_s / total * WIDTH), WIDTH - 1)
    end = max(round(span.end_s / total * WIDTH), start + 1)
    sign = "░" if span.kind == "unit procedure" else "█"
    return f"{' ' * start}{sign * (end - start)}{' ' * (WIDTH - end)}"


def _clocks(recipe: Recipe) -> str:
    return "\n".join(f"clock {clock_text(clock)}" for clock in recipe.clocks.values())


def clock_text(clock: Clock) -> str:
    """Return when a clock runs and what it allows, in words."""
    if clock.begins and clock.ends:
        runs = f"from {clock.begins.edge} of {clock.begins.path} to {clock.ends.edge} of "
        runs += clock.ends.path
    else:
        runs = f"while {clock.while_} on {clock.on}"
    warn = f", warns at {duration(clock.warn_s)}" if clock.warn_s else ""
    return f"{clock.name}: {runs}, at most {duration(clock.limit_s)}{warn}"
