"""Journals of earlier releases stay readable and lead to the same state, for ever.

Each release adds one file, made by the demo, and its line below; a line is never changed.
"""

from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest
import zstandard

from bioctl.app.store import fact
from bioctl.audit.read import read_entries
from bioctl.audit.verify import verify
from bioctl.batch.apply import fold

GOLDEN = {"0.1.0": "96c2a48c3f39e05111845ab04b447002995afd01c8da206b2a49ef80d4d2f26d"}
"""SHA-256 of the state a release's journal folds to."""

LATER_OF_LOOP = {"u": None, "order": "", "tuning": {}, "held": "", "rate": None}
"""Fields of a loop's demand that came after 0.1.0, as they are where nobody spoke of them."""

ADDED = {"0.1.0": ("recipes", "scales")}
"""Parts of the state that came after a release: its journal leaves them empty."""

ADDED_TO_STEPS = {"0.1.0": ("suppress", "orders", "ramps")}
"""The same for the bound steps of a control recipe."""


@pytest.mark.parametrize("release", GOLDEN)
def test_journal_of_a_release_verifies_and_folds_to_the_state_it_had(
    release: str, tmp_path: Path
) -> None:
    packed = Path(__file__).with_name(f"journal-{release}.db.zst").read_bytes()
    journal = tmp_path / "journal.db"
    journal.write_bytes(zstandard.decompress(packed, max_output_size=2**24))
    assert verify(journal).ok
    state = fold(fact(entry) for entry in read_entries(journal))
    ordered = orjson.loads(orjson.dumps(state, option=orjson.OPT_SORT_KEYS))
    known = _as_released(ordered)
    assert not any(known.pop(name) for name in ADDED[release])
    steps = [one for batch in known["batches"].values() for one in batch["control"]["steps"]]
    assert steps
    assert not any(one.pop(name) for one in steps for name in ADDED_TO_STEPS[release])
    assert sha256(orjson.dumps(known)).hexdigest() == GOLDEN[release]


def _as_released(state: dict[str, Any]) -> dict[str, Any]:
    """Return the state without what a later release added and the old journal says nothing of."""
    for batch in state["batches"].values():
        assert batch.pop("waits") == ""
    for unit in state["units"].values():
        assert unit.pop("cultured") is None
        for loop in unit["loops"].values():
            for name, nothing in LATER_OF_LOOP.items():
                if loop[name] == nothing:
                    del loop[name]
    return state
