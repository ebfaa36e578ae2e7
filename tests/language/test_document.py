"""Strict YAML: nothing guessed, everything with its place, hostile files refused at once."""

import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bioctl.errors import InputError, InputErrors, Where
from bioctl.language import document
from bioctl.language.document import MAX_DEPTH, Mapping, Node, Scalar, Sequence, parse
from bioctl.language.findings import Findings, render
from bioctl.language.prescan import MAX_BYTES


def plain(node: Node) -> object:
    if isinstance(node, Mapping):
        return {name: plain(value) for name, value in node.entries.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.as_text() if isinstance(node, Scalar) and not node.empty else None


def every(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, Mapping):
        for value in node.entries.values():
            yield from every(value)
    if isinstance(node, Sequence):
        for item in node.items:
            yield from every(item)


def refusal(text: str | bytes) -> InputError:
    with pytest.raises(InputError) as refused:
        parse(text, "f.yaml")
    found = refused.value
    return found.errors[0] if isinstance(found, InputErrors) and len(found.errors) == 1 else found


@pytest.mark.fault("RX-06")
def test_scalars_stay_the_text_that_was_written() -> None:
    written = ["12:30", "on", "no", "010", "1e3", "7,2", ".nan", "2024-01-01", "0x1F", "1_000", "="]
    node = parse("\n".join(f"- {text}" for text in written), "f.yaml")
    assert plain(node) == written


def test_every_node_knows_its_place() -> None:
    text = "a: {b: 1, c: [x, 'y']}\nd:\n  - é: 2\n  - '3'\n"
    node = parse(text, "f.yaml").as_mapping()
    assert node.keys["d"].where == Where("f.yaml", 2, 1)
    found = {one.text: (one.line, one.column) for one in every(node) if isinstance(one, Scalar)}
    assert found == {"1": (1, 8), "x": (1, 15), "y": (1, 18), "2": (3, 8), "3": (4, 5)}


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("a: glucose < 1", 10),
        ("a: 'glucose < 1'", 11),
        ('a: "glucose < 1"', 11),
        ('a: "\\u0067lucose < 1"', 4),
        ("a: 'it''s < 1'", 4),
        ("a: >\n  glucose < 1", 4),
    ],
)
def test_place_inside_a_text_is_exact_or_its_start(text: str, column: int) -> None:
    value = parse(text, "f.yaml").as_mapping().entries["a"]
    assert value.where_at(6).column == column


@pytest.mark.parametrize(
    ("text", "call", "told"),
    [
        ("[1]", "as_mapping", "expected `key: value` lines, found a list."),
        ("{a: 1}", "as_sequence", "expected a list (lines that start with `- `), found"),
        ("{a: 1}", "as_text", "expected one value, found `key: value` lines."),
        ("1,5", "as_float", "'1,5' is not a number."),
        (".inf", "as_float", "'.inf' is not a number."),
        ("1e999", "as_float", "'1e999' is not a number."),
        ("1.5", "as_int", "1.5 is not a whole number."),
        ("on", "as_bool", "'on' is neither true nor false."),
        ("a: ", "as_text", "expected one value"),
    ],
)
def test_accessor_refuses_another_shape(text: str, call: str, told: str) -> None:
    node = parse(text, "f.yaml")
    with pytest.raises(InputError) as refused:
        getattr(node, call)()
    assert told in refused.value.message
    assert refused.value.where == Where("f.yaml", 1, 1)


def test_accessors_read_what_was_meant() -> None:
    entries = parse("{a: 1.5e3, b: -7, c: true, d: 'x', e: ~}", "f").as_mapping().entries
    assert entries["a"].as_float() == 1500
    assert entries["b"].as_int() == -7
    assert entries["c"].as_bool()
    assert entries["d"].as_text() == "x"
    with pytest.raises(InputError, match="found nothing"):
        entries["e"].as_text()


@pytest.mark.fault("RX-01")
@pytest.mark.parametrize(
    ("text", "place", "told", "mend"),
    [
        ("a: 1\n\tb: 2", (2, 1), "a tab is not allowed.", "indent with two spaces."),
        (b"\xef\xbb\xbfa: 1", (1, 1), "byte-order mark", "save it as UTF-8 without BOM."),
        ("\ufeffa: 1", (1, 1), "byte-order mark", "save it as UTF-8 without BOM."),
        (b"\xff\xfea\x00", (1, 1), "byte-order mark", "save it as UTF-8"),
        ("a: 1\nb: °C".encode("latin-1"), (2, 4), "byte 0xB0 is not UTF-8.", "as UTF-8."),
        ("a: 1\rb: 2", (1, 5), "<U+000D> is not allowed", "control"),
        (
            "a: b: c",
            (1, 5),
            "a second `key: value` begins in one line.",
            "quote text that contains",
        ),
        ("a: [1, 2\nb: 3", (2, 2), "a bracket is not closed before this.", "close every bracket"),
        ("a: 1\n b: 2", (2, 3), "a second `key: value` begins in one line.", "indentation"),
        ("a:\n- 1\nb", (4, 1), "a key without its colon ends before this.", "a key needs a colon"),
        ("a: @b", (1, 4), "can't begin with this character.", "quote text"),
        ("a: 'b", (1, 6), "the file ends inside a quoted text.", "close the quote."),
        ('a: "\\q"', (1, 5), "this escape has no meaning.", "single quotes"),
        ("", (1, 1), "the file is empty.", ""),
        ("# only a comment\n", (1, 1), "the file is empty.", ""),
    ],
)
def test_broken_file_is_refused_with_place_and_fix(
    text: str | bytes, place: tuple[int, int], told: str, mend: str
) -> None:
    error = refusal(text)
    assert told in error.message
    assert mend in error.help
    assert error.where is not None
    assert (error.where.line, error.where.column) == place


@pytest.mark.fault("RX-01")
def test_syntax_error_is_shown_with_a_caret() -> None:
    text = "a: 1\nb: c: d\n"
    assert render(refusal(text), text).splitlines()[1:3] == ["  2 | b: c: d", "    |     ^"]


@pytest.mark.fault("RX-01")
def test_windows_line_ends_change_nothing() -> None:
    text = "a: 1\nb:\n  - c\n"
    ours, theirs = parse(text, "f"), parse(text.replace("\n", "\r\n").encode(), "f")
    assert plain(ours) == plain(theirs)
    assert [one.where for one in every(ours)] == [one.where for one in every(theirs)]


@pytest.mark.fault("RX-02")
def test_duplicate_key_is_refused_naming_both_lines() -> None:
    error = refusal("sp: 1\nx: 2\nsp: 3\nx: 4\n")
    assert isinstance(error, InputErrors)
    assert [one.message for one in error.errors] == [
        "the key 'sp' stands twice: in line 1 and in line 3.",
        "the key 'x' stands twice: in line 2 and in line 4.",
    ]


@pytest.mark.fault("RX-02")
def test_duplicate_key_is_told_with_what_the_reader_of_the_tree_finds() -> None:
    findings = Findings()
    node = parse("sp: 1\nsp: x\n", "f", findings).as_mapping()
    findings.attempt(node, node.entries["sp"].as_float)
    with pytest.raises(InputErrors) as refused:
        findings.finish()
    assert [one.message for one in refused.value.errors] == [
        "'x' is not a number.",
        "the key 'sp' stands twice: in line 1 and in line 2.",
    ]
    with pytest.raises(InputErrors):
        parse("sp: &a 1\n", "f", Findings())


BOMB = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
)


@pytest.mark.fault("RX-03")
@pytest.mark.parametrize(
    ("text", "told"),
    [
        (BOMB, "an anchor (&name) is not allowed."),
        ("a: *b", "an alias (*name) is not allowed."),
        ("a: &b 1", "an anchor (&name) is not allowed."),
        ("&a {b: 1}", "an anchor (&name) is not allowed."),
        ("<<: {a: 1}", "a merge or empty key is not allowed."),
    ],
)
def test_anchor_alias_and_merge_key_are_refused(text: str, told: str) -> None:
    found = refusal(text)
    first = found.errors[0] if isinstance(found, InputErrors) else found
    assert first.message == told


@pytest.mark.fault("RX-03")
def test_every_anchor_alias_and_tag_is_told_in_one_pass() -> None:
    found = refusal("a: &x 1\nb: *x\nc: !!int 3\n*x : 2\n<<: {d: 1}\na: 2\n")
    assert isinstance(found, InputErrors)
    assert [(one.where.line if one.where else 0, one.message) for one in found.errors] == [
        (1, "an anchor (&name) is not allowed."),
        (2, "an alias (*name) is not allowed."),
        (3, "the tag 'tag:yaml.org,2002:int' is not allowed."),
        (4, "an alias (*name) is not allowed."),
        (5, "a merge or empty key is not allowed."),
        (6, "the key 'a' stands twice: in line 1 and in line 6."),
    ]


@pytest.mark.fault("RX-01")
def test_every_line_with_a_tab_is_told_in_one_pass() -> None:
    found = refusal("a:\n\tb:\t1\n\tc: 2\n")
    assert isinstance(found, InputErrors)
    assert [str(one.where) for one in found.errors] == ["f.yaml:2:1", "f.yaml:3:1"]


@pytest.mark.fault("RX-04")
@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000, "? " * 100_000, "[{a: " * 100_000]
)
def test_deep_nesting_is_refused_before_it_is_parsed(text: str) -> None:
    assert refusal(text).message in {
        f"nested deeper than {MAX_DEPTH} levels.",
        "a key must be one plain word.",
    }


def test_deepest_nesting_allowed_is_read() -> None:
    parse("[" * MAX_DEPTH + "]" * MAX_DEPTH, "f")
    with pytest.raises(InputError, match="nested deeper"):
        parse("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "f")


@pytest.mark.fault("RX-05")
@pytest.mark.parametrize(
    "text", ["a" * (MAX_BYTES + 1), b"a" * (100 * MAX_BYTES)], ids=["1", "100"]
)
def test_huge_file_is_refused_unread(text: str | bytes) -> None:
    assert "was not read" in refusal(text).message


@pytest.mark.fault("RX-07")
@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("!!python/object/apply:os.system [x]", "tag:yaml.org,2002:python/object/apply:os.system"),
        ("a: !!int 3", "tag:yaml.org,2002:int"),
        ("a: !mine {b: 1}", "!mine"),
        ("a: ! b", "!"),
    ],
)
def test_tag_is_refused(text: str, tag: str) -> None:
    assert refusal(text).message == f"the tag '{tag}' is not allowed."


@pytest.mark.fault("RX-15")
@pytest.mark.parametrize(
    "char",
    "\x00\x07\x1b\x7f\x85\x9b\u00ad\u061c\u200b\u200d\u200e\u2028\u202a\u202e\u2066\u2069\u3164"
    "\ufe0f\ufeff\uffff\U000e0041",
)
def test_character_that_hides_or_reorders_is_refused(char: str) -> None:
    error = refusal(f"a: x{char}y")
    assert error.message == f"the character <U+{ord(char):04X}> is not allowed."
    assert error.where == Where("f.yaml", 1, 5)


@pytest.mark.fault("RX-15")
@pytest.mark.parametrize("escape", ["\\u202e", "\\0", "\\x1b", "\\t", "\\u200b", "\\e", "\\N"])
def test_escape_does_not_smuggle_such_a_character(escape: str) -> None:
    assert "is not allowed" in refusal(f'a: "x{escape}y"').message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\n---\nb: 2", "a second document starts here."),
        ("%YAML 1.1\n---\na: 1", "a directive (%) is not allowed."),
        ("? [a, b]\n: 1", "a key must be one plain word."),
        ("{[a]: 1}", "a key must be one plain word."),
        ("'': 1", "a merge or empty key is not allowed."),
    ],
)
def test_rare_yaml_is_refused(text: str, told: str) -> None:
    assert refusal(text).message == told


def test_other_languages_and_symbols_are_welcome_in_texts() -> None:
    text = "a: Zellen für 37 °C, µm, 細胞, ±, →, 😀\n"
    assert parse(text.encode(), "f").as_mapping().entries["a"].as_text() == text[3:-1]


JSON = st.recursive(
    st.text(alphabet=st.characters(codec="ascii", min_codepoint=32, max_codepoint=126)),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abc_", min_size=1), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(JSON)
def test_what_is_written_is_read(value: object) -> None:
    written = yaml.safe_dump(value, default_style="'", width=10_000)
    assert plain(parse(written.replace("!!str ", ""), "f")) == value


@given(st.binary(max_size=300) | st.text(max_size=300))
def test_any_bytes_are_read_or_refused_cleanly(data: bytes | str) -> None:
    nodes: list[Node] = []
    errors: tuple[InputError, ...] = ()
    try:
        nodes = list(every(parse(data, "f.yaml")))
    except InputErrors as refused:
        errors = refused.errors
    except InputError as refused:
        errors = (refused,)
    assert bool(nodes) != bool(errors)
    assert all(node.line > 0 for node in nodes)
    assert all(error.where for error in errors)


PUNCTUATION = st.text(alphabet="ab:-[]{}&*!%?|>'\"#,\n @`<0.", max_size=80)


def outline(text: str) -> list[tuple[object, ...]] | None:
    """Return every node with its place, or None where the text is refused."""
    try:
        nodes = every(parse(text, "f"))
        return [
            (
                one.where,
                getattr(one, "text", type(one)),
                getattr(one, "verbatim", 0),
                getattr(one, "quoted", 0),
            )
            for one in nodes
        ]
    except InputError:
        return None


# Where the two differ: the place of a value that is missing after `? `, a `#` right after | or >,
# and a colon right before a bracket or comma.
ODD = re.compile(r"\?|[|>]\S*#|:[]},\[{]")


@given(
    (PUNCTUATION | st.text(alphabet="a: -\n'\"é[]{},", max_size=60)).filter(
        lambda text: not ODD.search(text)
    )
)
def test_both_parsers_of_pyyaml_give_the_same_tree(text: str) -> None:
    ours = outline(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(document, "_LOADER", yaml.BaseLoader)
        assert outline(text) == ours


@given(PUNCTUATION)
def test_any_punctuation_is_read_or_refused_cleanly(text: str) -> None:
    with suppress(InputError):
        parse(text, "f.yaml")
