"""HTML from values: every text is escaped unless it is `Markup` already.

tag("p", "a < b", class_="note")  →  <p class="note">a &lt; b</p>
"""

from collections.abc import Iterable
from html import escape
from typing import Final


class Markup(str):
    """Text that is HTML already; only this module and the page's own constants make it."""

    __slots__ = ()


Child = str | int | float | Iterable["Child"] | None

EMPTY: Final = frozenset({"br", "col", "line", "meta", "path", "polyline", "rect", "circle"})
"""Elements without content; HTML and SVG as used here."""


def tag(name: str, /, *children: Child, **attributes: str | float | bool | None) -> Markup:
    """Return an element.

    Args:
        name: of the element.
        children: texts, numbers, markup, or lists of them; None is nothing.
        attributes: `class_` for class, `aria_label` for aria-label; None and False are left out.
    """
    given = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in EMPTY:
        return Markup(
            f"<{name}{given}/>" if name not in ("br", "col", "meta") else f"<{name}{given}>"
        )
    return Markup(f"<{name}{given}>{join(*children)}</{name}>")


def join(*children: Child) -> Markup:
    """Return children one after the other, texts escaped."""
    return Markup("".join(map(_child, children)))


def _child(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child
    if isinstance(child, str | int | float):
        return text(str(child))
    return join(*child)


def _attribute(key: str, value: str | float | bool | None) -> str:  # noqa: FBT001  HTML has them
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{text(str(value))}"'


def text(value: str) -> Markup:
    """Return text for a page: escaped; what can't be seen or turns text around is spelt out."""
    if not value.isprintable():
        value = "".join(c if c.isprintable() or c == "\n" else f"<U+{ord(c):04X}>" for c in value)
    return Markup(escape(value))


def css_text(value: str) -> str:
    """Return text as a CSS string with its quotes; all but letters, digits and `-._ ` is coded."""
    coded = (c if c.isascii() and (c.isalnum() or c in "-._ ") else f"\\{ord(c):x} " for c in value)
    return f'"{"".join(coded)}"'
