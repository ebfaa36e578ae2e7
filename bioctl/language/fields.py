"""Read `key: value` lines against the keys that are known, and note what does not fit."""

from collections.abc import Sequence

from bioctl.language.document import Mapping, Node
from bioctl.language.findings import Findings
from bioctl.language.nearest import suggest, visible


def fields(
    node: Node,
    findings: Findings,
    what: str,
    required: Sequence[str],
    optional: Sequence[str] = (),
) -> dict[str, Node]:
    """Return the values of the known keys; unknown and missing keys become findings.

    Args:
        node: what should be a mapping.
        findings: where errors are noted.
        what: what the mapping is, in words: `an operation`.
        required: keys that must be there.
        optional: keys that may be there.
    """
    mapping = findings.attempt(node, node.as_mapping)
    if mapping is None:
        return {}
    known = (*required, *optional)
    check_known(mapping, findings, what, known)
    for name in required:
        if name not in mapping.entries:
            findings.add(mapping, f"{what} needs '{name}'.", f"add a line `{name}: …`.")
    return {name: mapping.entries[name] for name in known if name in mapping.entries}


def check_known(
    mapping: Mapping, findings: Findings, what: str, known: Sequence[str], after: int = 0
) -> None:
    """Note every key that is not known, from the `after`-th on."""
    for name, key in list(mapping.keys.items())[after:]:
        if name not in known:
            message = f"unknown key '{visible(name)}' in {what}."
            findings.add(key, message, _comma(name) or suggest(name, known, "keys"))


def _comma(key: str) -> str:
    """Return the help for `{pH: 7,30}`, where YAML takes the comma for the next key."""
    if not key[:1].isdigit():
        return ""
    return "inside { } a comma begins the next key; use a decimal point, as in 7.30."
