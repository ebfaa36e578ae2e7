"""The Merkle tree of RFC 6962 §2.1 (same as RFC 9162 §2.1): root, inclusion, consistency.

Leaves are leaf hashes (0x00 prefix, `entry.leaf_hash`); inner nodes are sha256(0x01 || left ||
right). Proofs are lists of sibling hashes from the leaf up.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
"""The root of no leaves."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows leaf by leaf and keeps only the roots of its complete subtrees."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.size = 0
        self._peaks: list[bytes] = []
        for leaf in leaves:
            self.add(leaf)

    def add(self, leaf: bytes) -> None:
        """Append a leaf hash."""
        node, size = leaf, self.size
        while size & 1:  # a complete subtree of this size stands to the left: join it
            node = node_hash(self._peaks.pop(), node)
            size >>= 1
        self._peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over the leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        found = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            found = node_hash(peak, found)
        return found


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the Merkle tree head over leaf hashes in order."""
    return Tree(leaves).root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of `leaves[index]` (RFC 6962 §2.1.1)."""
    if len(leaves) <= 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), root(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), root(leaves[:split])]


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], head: bytes) -> bool:
    """Return whether `leaf` stands at `index` of the tree of `size` leaves with root `head`."""
    if not 0 <= index < size:
        return False
    node, last, rest = leaf, size - 1, list(proof)
    while last:
        if index & 1 or index != last:
            if not rest:
                return False
            sibling = rest.pop(0)
            node = node_hash(sibling, node) if index & 1 else node_hash(node, sibling)
        index, last = index >> 1, last >> 1
    return not rest and node == head


def consistency_proof(leaves: Sequence[bytes], old: int) -> list[bytes]:
    """Return the proof that the first `old` leaves are a prefix (RFC 6962 §2.1.2); 0 < old."""
    return _subproof(old, leaves, whole=True)


def _subproof(old: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if old == len(leaves):
        return [] if whole else [root(leaves)]
    split = _split(len(leaves))
    if old <= split:
        return [*_subproof(old, leaves[:split], whole=whole), root(leaves[split:])]
    return [*_subproof(old - split, leaves[split:], whole=False), root(leaves[:split])]


def consistent(
    old: int, new: int, old_head: bytes, new_head: bytes, proof: Sequence[bytes]
) -> bool:
    """Return whether the tree of `new` leaves extends the one of `old` (RFC 9162 §2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_head == new_head
    path = [old_head, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if not last:
            return False
        if at & 1 or at == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        at, last = at >> 1, last >> 1
    return not last and first == old_head and second == new_head


def _split(size: int) -> int:
    """Return the largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1
