"""The page: whatever a journal holds is text on it, and nothing on it comes from outside."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.audit.entry import Event
from bioctl.batch.record.front import DEMO
from bioctl.batch.record.html import page
from bioctl.batch.record.markup import Markup, css_text, tag, text
from bioctl.batch.record.model import Record
from bioctl.batch.record.trends import CHARTS
from bioctl.batch.record.write import read_record

from .conftest import ASKING, Write
from .dry_run import Happened, Run, dry_run
from .dry_setting import ADA, who

VOID = {"meta", "br", "col", "rect", "line", "path"}
ELEMENTS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "header",
        "section",
        "nav",
        "footer",
    ),
    *("h1", "h2", "h3", "p", "small", "b", "i", "a", "span", "div", "code", "ul", "li", "dl", "dt"),
    *("dd", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "figure"),
    *("figcaption", "svg", "g", "line", "path", "rect", "text"),
}

CORPUS = (
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "<svg/onload=alert(1)>",
    "]]><!--<script>",
    "javascript:alert(1)",
    "&lt;script&gt;",
    "{{7*7}} ${7*7} \\3c script\\3e",
    "a\u202egnp.exe",
)
EVIL = " ".join(CORPUS)


class Page(HTMLParser):
    """What a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, "every element is closed in its place"

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def evil(run: Run) -> None:
    if run.core.state.batches[run.batch].prompts and len(run.happened) < 60:
        run.tell("command.rejected", {"command": EVIL, "args": {EVIL: EVIL}, "reason": EVIL},
                 {**who(ADA), "name": EVIL}, batch=run.batch)  # fmt: skip
        run.tell("result", {"name": EVIL, "value": EVIL, "eu": EVIL, "text": EVIL}, batch=run.batch)
        run.tell("alarm.raised", {"alarm": EVIL, "text": EVIL, "priority": EVIL}, batch=run.batch)
        run.tell("interlock.tripped", {"interlock": EVIL, "cause": EVIL}, batch=run.batch)
        run.tell("link.down", {"connection": EVIL, "reason": EVIL})


@pytest.fixture
def hostile(written: Write) -> Record:
    """Return the record of a batch in which every text is an attack."""
    name = 'B-"><script>alert(1)</script>'
    happened = dry_run(ASKING, on_scan=evil, batch=name)
    poisoned = [Happened(_poisoned(event), utc) for event, utc in happened]
    return read_record(written(poisoned, seal=name), name)


def _poisoned(event: Event) -> Event:
    """Return an event with attacks in the texts people and recipes write."""
    data: dict[str, Any] = dict(event.data)
    if event.kind == "prompt.opened":
        data |= {"text": EVIL, "evidence": {EVIL: EVIL}}
    if event.kind == "prompt.answered":
        data |= {"answer": EVIL, "comment": EVIL}
    if event.kind == "batch.created":
        data["control_recipe"] = {**data["control_recipe"], "product": EVIL, "recipe": EVIL}
    if event.kind == "signature":
        data |= {"name": EVIL, "role": EVIL}
    return Event(event.kind, event.actor, data, event.batch, event.unit, event.path, event.t)


def test_no_text_of_a_journal_becomes_markup(hostile: Record) -> None:
    html = page(hostile)
    seen = Page(html)
    assert seen.elements <= ELEMENTS
    assert seen.open == []
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    assert not [
        name for name, _ in seen.attributes if name in ("src", "style", "srcset", "xlink:href")
    ]
    assert all(str(value).startswith("#") for name, value in seen.attributes if name == "href")
    style = html[html.index("<style>") + 7 : html.index("</style>")]
    assert "<" not in style
    assert html.count("<script") == 0


def test_hostile_texts_are_still_told_word_for_word(hostile: Record) -> None:
    words = " ".join(Page(page(hostile)).words)
    for attack in CORPUS[:-1]:
        assert attack in words
    assert "\u202e" not in words, "what turns text around is spelt out"
    assert "a<U+202E>gnp.exe" in words


def test_the_page_needs_nothing_from_outside(record: Record) -> None:
    html = page(record)
    assert not re.search(r"https?:|//[a-z]|url\(|@import|<link|<img|<iframe|<script", html)
    assert "default-src &#x27;none&#x27;" in html


def test_every_section_of_a_batch_record_is_there(record: Record) -> None:
    html = page(record)
    seen = Page(html)
    assert seen.elements <= ELEMENTS
    for name in re.findall(r'href="#(\w+)"', html):
        assert f'<section id="{name}">' in html
    assert DEMO in html
    assert html.count("<section id=") == 8
    words = " ".join(seen.words)
    for told in ("Verdict", "Signatures", "Yields", "Kim Okafor", "10 vials", "Ada Berg"):
        assert told in words


def test_every_time_of_day_is_utc_and_says_so(record: Record) -> None:
    words = " ".join(Page(page(record)).words)
    times = re.findall(r"\d{4}-\d\d-\d\d[ T][\d:.]+(.)", words)
    assert len(times) > 100
    assert set(times) == {"Z"}


def test_every_picture_has_words_and_a_table(record: Record) -> None:
    html = page(record)
    pictures = [picture for unit in record.trends for picture in unit.pictures]
    assert len(pictures) == sum(map(len, CHARTS.values()))
    assert html.count('class="figures"') == len(pictures)
    assert html.count('role="img"') == html.count("<figure>")
    assert len(re.findall(r'role="img" aria-label="[^"]{30,}"', html)) == html.count("<figure>")


def test_a_batch_without_exceptions_says_none(asked: list[Happened], written: Write) -> None:
    html = page(read_record(written(asked), "B-1"))
    assert "Exceptions (none)" in html
    assert "none by 15 rules" in html


def test_alarms_are_told_by_shape_and_word_besides_colour(record: Record) -> None:
    assert '<span class="badge p1" title="priority 1" aria-label="priority 1">■</span>' in page(
        record
    )


@given(st.text())
def test_escaped_text_has_no_markup_and_nothing_invisible(value: str) -> None:
    escaped = text(value)
    assert not set(escaped) & set("<>\"'")
    assert all(char.isprintable() or char == "\n" for char in escaped)


@given(st.text())
def test_a_css_string_ends_where_it_should(value: str) -> None:
    coded = css_text(value)
    assert re.fullmatch(r'"([A-Za-z0-9._ -]|\\[0-9a-f]+ )*"', coded)


def test_only_markup_is_not_escaped() -> None:
    made = tag("p", "a < b", [Markup("<b>x</b>"), None, 3], class_="q", hidden=True, title=None)
    assert made == '<p class="q" hidden>a &lt; b<b>x</b>3</p>'
