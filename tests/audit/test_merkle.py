"""The Merkle tree against the known values of RFC 6962 implementations and its own definition."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.audit.canonical import leaf_hash
from bioctl.audit.merkle import (
    Tree,
    consistency_proof,
    consistent,
    included,
    inclusion_proof,
    node_hash,
    root,
)

INPUTS = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
EDGES = sorted({0, *(2**k + d for k in range(6) for d in (-1, 0, 1))})


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(f"entry {n}".encode()) for n in range(count)]


def by_definition(hashes: list[bytes]) -> bytes:
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(by_definition(hashes[:split]), by_definition(hashes[split:]))


@pytest.mark.parametrize("size", range(9))
def test_root_equals_the_published_vector(size: int) -> None:
    hashes = [leaf_hash(bytes.fromhex(text)) for text in INPUTS[:size]]
    assert root(hashes).hex() == ROOTS[size]


@pytest.mark.fault("AU-14")
@pytest.mark.parametrize("size", EDGES)
def test_root_and_proofs_hold_at_edge_sizes(size: int) -> None:
    hashes = leaves(size)
    head = root(hashes)
    assert head == by_definition(hashes)
    for index, leaf in enumerate(hashes):
        proof = inclusion_proof(hashes, index)
        assert included(leaf, index, size, proof, head)
        assert not included(leaf_hash(b"forged"), index, size, proof, head)
        assert not included(leaf, index, size, [*proof, leaf], head)
    for old in range(1, size + 1):
        proof = consistency_proof(hashes, old)
        assert consistent(old, size, root(hashes[:old]), head, proof)


@given(st.integers(1, 60), st.data())
def test_proofs_fit_only_what_they_were_made_for(size: int, data: st.DataObject) -> None:
    hashes = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size))
    proof = inclusion_proof(hashes, index)
    assert included(hashes[index], other, size, proof, root(hashes)) == (other == index)
    old = data.draw(st.integers(1, size))
    forged = root([leaf_hash(b"forged"), *hashes[1:old]])
    assert not consistent(old, size, forged, root(hashes), consistency_proof(hashes, old))


def test_tree_grown_leaf_by_leaf_has_every_root() -> None:
    tree, hashes = Tree(), leaves(40)
    for count, leaf in enumerate(hashes):
        assert tree.root() == root(hashes[:count])
        tree.add(leaf)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (2, 3)])
def test_wrong_sizes_or_empty_proof_are_not_consistent(old: int, new: int) -> None:
    assert not consistent(old, new, root(leaves(old)), root(leaves(new)), [])
