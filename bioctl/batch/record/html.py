"""The record as one HTML page: no script, nothing from outside, fit for A4 paper."""

from functools import cache
from importlib import resources
from typing import Final

from bioctl.batch.record.figures import figures
from bioctl.batch.record.front import DEMO, exceptions, front, printed
from bioctl.batch.record.markup import Markup, css_text, tag
from bioctl.batch.record.model import Record
from bioctl.batch.record.tables import calls, entries, parameters, people, results, steps

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
"""Even if a text slipped through as markup, a browser would run and load nothing."""


def page(record: Record, made: str | None = None) -> str:
    """Return the page.

    Args:
        record: what it tells.
        made: when the page is made, RFC 3339; left out if None, so that the same record gives the
            same bytes.
    """
    digest = record.hash()
    sections = (
        ("exceptions", f"Exceptions ({len(record.findings) or 'none'})", exceptions(record)),
        ("steps", "Steps", steps(record)),
        ("parameters", "Parameters", parameters(record)),
        ("trends", "Trends", figures(record.trends)),
        ("people", "People", people(record)),
        ("results", "Results and yields", results(record)),
        ("calls", "Doses and calls", calls(record)),
        ("entries", "Journal", entries(record)),
    )
    links = [tag("a", title, href=f"#{name}") for name, title, _ in sections]
    content = [
        tag("section", tag("h2", title), inside, id=name) for name, title, inside in sections
    ]
    body = tag("main", front(record), tag("nav", links), content, printed(record, digest, made))
    html = tag("html", _head(record, digest), tag("body", body), lang="en")
    return f"<!doctype html>\n{html}\n"


def _head(record: Record, digest: str) -> Markup:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"Batch record {record.head.batch}"),
        tag("style", Markup(_style() + _margins(record, digest))),
    )


@cache
def _style() -> str:
    return resources.files("bioctl.batch.record").joinpath("page.css").read_text("utf-8")


def _margins(record: Record, digest: str) -> str:
    """Return what every printed page carries; `css_text` keeps texts inside their quotes."""
    name = f"Batch record {record.head.batch}, entry {record.entries[-1]['seq']}"
    demo = css_text(DEMO) if record.head.profile == "demo" else '""'
    boxes = {"bottom-left": css_text(name), "bottom-center": css_text(f"sha256 {digest[:32]}")}
    told = "".join(
        f"@{box}{{content:{text}}}" for box, text in {**boxes, "top-center": demo}.items()
    )
    return f"@page{{{told}}}"
