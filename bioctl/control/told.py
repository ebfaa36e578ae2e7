"""What a condition stands on, in words."""

from bioctl.control.quality import reason_of
from bioctl.language.condition import Condition, Lookup


def bad_names(condition: Condition, lookup: Lookup) -> str:
    """Return which readings keep a condition from being evaluated, and why."""
    found = {name: lookup(name) for name in condition.names}
    bad = [f"{name} is not Good ({reason_of(one)})" for name, one in found.items() if not one.good]
    return ", ".join(bad) or "a value can't be compared"


def readings(condition: Condition, lookup: Lookup) -> str:
    """Return what a condition reads now: `pH 6.9, temperature 35.2`."""
    return ", ".join(f"{name} {lookup(name).number:.4g}" for name in condition.names)
