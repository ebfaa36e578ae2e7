"""Whatever a file holds: it loads, or it is refused in sentences. Nothing else ever comes out."""

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bioctl.errors import InputErrors
from bioctl.language.findings import render
from bioctl.recipe.canonical import from_dict, to_dict
from bioctl.recipe.grammar import Recipe

Load = Callable[[str | bytes], Recipe]

YAML_WORDS = (": ", "- ", "!!str ", "&a ", "*a", "---\n", "? ", "<<", "> ", "\n", "  ")
RECIPE_WORDS = (
    "growth_temperature",
    "elapsed",
    "grow",
    "until",
    "with",
    " degC",
    " rpm",
    "or ",
    "..",
)
PIECES = st.one_of(
    st.sampled_from(YAML_WORDS),
    st.sampled_from(RECIPE_WORDS),
    st.sampled_from("{}[]'\"#|:%@\\(/~-\t\x00\u202eé"),
    st.sampled_from(("10", "-", "1e9", "7,2", "nan")),
)
EDIT = st.tuples(
    st.floats(min_value=0, max_value=1, exclude_max=True),
    st.integers(min_value=0, max_value=60),
    st.one_of(PIECES, st.text(max_size=5), st.floats(min_value=0, max_value=1, exclude_max=True)),
)


def edited(text: str, edits: list[tuple[float, int, str | float]]) -> str:
    """Cut pieces out of a text, and put others, or pieces of the text itself, in their place."""
    for place, length, new in edits:
        start = int(place * len(text))
        cut = min(length, 8)
        source = int(new * len(text)) if isinstance(new, float) else 0
        piece = text[source : source + length] if isinstance(new, float) else new
        text = text[:start] + piece + text[start + cut :]
    return text


def check(load: Load, content: str | bytes) -> None:
    recipe, errors = None, ""
    try:
        recipe = load(content)
    except InputErrors as refused:
        errors = render(refused, content if isinstance(content, str) else None)
    assert recipe is None or from_dict(to_dict(recipe)) == recipe
    assert recipe is not None or ("r.yaml" in errors and ": error: " in errors)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(edits=st.lists(EDIT, min_size=1, max_size=6))
def test_mutated_recipe_loads_or_is_refused_cleanly(
    load: Load, text: str, edits: list[tuple[float, int, str | float]]
) -> None:
    check(load, edited(text, edits))


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=500))
def test_random_bytes_are_refused_cleanly(load: Load, data: bytes) -> None:
    check(load, data)


@settings(max_examples=100, deadline=None)
@given(place=st.floats(min_value=0, max_value=1), data=st.binary(min_size=1, max_size=4))
def test_flipped_bytes_load_or_are_refused_cleanly(
    load: Load, text: str, place: float, data: bytes
) -> None:
    raw = text.encode()
    start = int(place * len(raw))
    check(load, raw[:start] + data + raw[start + len(data) :])
