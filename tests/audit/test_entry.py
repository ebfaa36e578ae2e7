"""Canonical bytes and hashes, against an independent reference."""

import json
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.audit.canonical import canonical, chain_hash, leaf_hash
from bioctl.audit.entry import Event, actor, entry_from_dict
from bioctl.audit.journal import Journal
from bioctl.audit.stamp import stamp
from bioctl.errors import InputError

NAN, INF = float("nan"), float("inf")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


@given(JSON)
def test_canonical_is_sorted_compact_json(value: Any) -> None:
    expected = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    # Python sorts keys by code point, orjson by UTF-8 byte: the same order.
    assert canonical(value) == expected.encode()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_comes_back_as_it_was(value: float) -> None:
    assert json.loads(canonical([value])) == [value]


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"a": NAN}, "`a`"),
        ({"a": {"b": [1, None, INF]}}, "`a.b[2]`"),
        ({"used": {"BR101.TT101": (-INF, 2)}}, "`used.BR101.TT101[0]`"),
        ({"a": np.float64("nan")}, "`a`"),
    ],
)
def test_number_that_is_not_finite_is_refused_with_its_place(value: Any, place: str) -> None:
    with pytest.raises(InputError, match="no finite number") as error:
        canonical(value)
    assert place in error.value.message


@pytest.mark.parametrize("value", [{1: 2}, {"a": object()}, {"a": 2**70}, "\ud800", {"a": {1}}])
def test_what_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises(InputError, match="cannot be written as JSON"):
        canonical(value)


def test_null_is_kept_and_is_not_taken_for_nan() -> None:
    assert canonical({"a": None, "null": "null"}) == b'{"a":null,"null":"null"}'


def test_numpy_numbers_and_read_only_maps_are_plain_values() -> None:
    value = MappingProxyType({"a": np.float64(1.5), "b": np.int32(2)})
    assert canonical(value) == b'{"a":1.5,"b":2}'


def test_hashes_are_those_of_rfc_6962_and_of_the_chain() -> None:
    assert leaf_hash(b"x") == sha256(b"\x00x").digest()
    assert chain_hash(bytes(32), b"x") == sha256(bytes(32) + b"x").digest()


@pytest.mark.parametrize(
    "wrong",
    [
        Event("No Kind", actor("person", "anna"), {}),
        Event("result", {"type": "robot", "id": "r2"}, {}),
        Event("result", {"type": "person", "id": ""}, {}),
        Event("result", actor("person", "anna"), {}, t=NAN),
        Event("result", actor("person", "anna"), {}, batch="\ud800"),
        Event("result", actor("person", "anna"), {}, batch=7),  # type: ignore[arg-type]
    ],
)
def test_malformed_event_is_refused(wrong: Event) -> None:
    with pytest.raises(InputError):
        stamp(wrong, 0.0, 0.0)


def test_data_changed_after_it_was_handed_in_is_recorded_as_it_was(journal: Journal) -> None:
    data = {"value": 1}
    pending = journal.append([Event("result", actor("system", "test"), data)])
    data["value"] = 2
    assert pending.result()[0].data == {"value": 1}


def test_entry_comes_back_from_its_json(journal: Journal) -> None:
    entry = journal.append([Event("result", actor("system", "test"), {"a": 1}, "B-1")]).result()[0]
    assert entry_from_dict(json.loads(json.dumps(entry.to_dict()))) == entry
