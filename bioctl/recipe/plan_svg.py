"""The plan as a Gantt chart in SVG: one row a phase, one colour a unit, days or hours below."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from bioctl.recipe.grammar import Recipe
from bioctl.recipe.plan import LEGEND, duration, label, took
from bioctl.recipe.schedule import Span, total_s

ROW, LEFT, CHART, RIGHT, TOP, FOOT = 18, 380, 640, 130, 74, 70
"""Pixels: height of a row, width of names, chart and durations, height of head and foot."""

COLOURS = ("#2f6f9f", "#b3651e", "#4d8a3d", "#8a4d8f", "#a8892c", "#4a8f8f")
STEPS_S = (60, 300, 900, 1800, 3600, 7200, 21600, 43200, 86400, 172800, 604800)
STYLE = (
    "text{font:12px sans-serif;fill:#222} .h{font-size:15px;font-weight:bold} "
    ".s{fill:#555} .g{stroke:#ddd} .u{font-weight:bold}"
)


def plan_svg(recipe: Recipe, spans: tuple[Span, ...]) -> str:
    """Return the chart as one SVG document."""
    total = max(total_s(spans), 1.0)
    height = TOP + ROW * len(spans) + FOOT
    roles = list(recipe.equipment)
    width = LEFT + CHART + RIGHT
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    told = f'role="img" aria-label="plan of {escape(recipe.id)}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {told}>',
        f"<style>{STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        *_head(recipe, total, roles),
        *_grid(total, height),
    ]
    for row, span in enumerate(spans):
        parts.extend(_row(span, TOP + ROW * row, total, roles))
    return "\n".join([*parts, *_foot(height), "</svg>"]) + "\n"


def _head(recipe: Recipe, total: float, roles: list[str]) -> Iterator[str]:
    title = f"{recipe.id} {recipe.version}: {recipe.product}, expected {duration(total)}"
    yield f'<text class="h" x="10" y="24">{escape(title)}</text>'
    x = 10
    for role in roles:
        said = f"{role}: {recipe.equipment[role]}"
        yield f'<rect x="{x}" y="38" width="12" height="12" fill="{_colour(role, roles)}"/>'
        yield f'<text x="{x + 17}" y="49">{escape(said)}</text>'
        x += 40 + 7 * len(said)


def _grid(total: float, height: int) -> Iterator[str]:
    """Yield vertical lines at round times, at most twelve."""
    step = next((one for one in STEPS_S if total / one <= 12), STEPS_S[-1])
    below = height - FOOT + 10
    for tick in range(int(total // step) + 1):
        x = LEFT + CHART * tick * step / total
        yield f'<line class="g" x1="{x:.1f}" y1="{TOP - 6}" x2="{x:.1f}" y2="{below}"/>'
        yield f'<text class="s" x="{x:.1f}" y="{below + 16}" text-anchor="middle">'
        yield f"{duration(tick * step) if tick else 0}</text>"


def _foot(height: int) -> Iterator[str]:
    for number, line in enumerate(LEGEND.splitlines()):
        y = height - 24 + 16 * number
        yield f'<text class="s" x="10" y="{y}">{escape(line)}</text>'


def _row(span: Span, y: int, total: float, roles: list[str]) -> Iterator[str]:
    x = LEFT + CHART * span.start_s / total
    wide = max(CHART * (span.end_s - span.start_s) / total, 1.5)
    phase = span.kind == "phase"
    top, high, opacity = (2, 12, 1.0) if phase else (6, 4, 0.45)
    name = label(span)
    room = 58 - 2 * span.depth
    cut = name if len(name) <= room else name[: room - 1] + "…"
    bold = ' class="u"' if span.kind == "unit procedure" else ""
    yield f'<text{bold} x="{10 + 12 * span.depth}" y="{y + 12}">{escape(cut)}</text>'
    yield f'<rect x="{x:.1f}" y="{y + top}" width="{wide:.1f}" height="{high}" '
    yield f'fill="{_colour(span.role, roles)}" opacity="{opacity}"><title>{escape(span.path)}: '
    yield f"{escape(took(span))}</title></rect>"
    yield f'<text class="s" x="{LEFT + CHART + 8}" y="{y + 12}">{escape(took(span))}</text>'


def _colour(role: str, roles: list[str]) -> str:
    return COLOURS[roles.index(role) % len(COLOURS)] if role in roles else "#888888"
