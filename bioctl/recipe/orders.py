"""Orders of loops that a phase asks for: `orders: {dissolved_oxygen: gas_first}`."""

from bioctl.language.document import Node
from bioctl.language.nearest import suggest, visible
from bioctl.recipe.capabilities import PhaseSpec
from bioctl.recipe.levels import Place
from bioctl.tags import UnitClass


def read_orders(node: Node | None, spec: PhaseSpec | None, place: Place) -> dict[str, str]:
    """Return the order by loop; a finding for each that can't be."""
    mapping = place.scope.findings.attempt(node, node.as_mapping) if node else None
    unit_class = place.scope.roles.get(place.role)
    found = {}
    for loop, child in mapping.entries.items() if mapping else ():
        order = place.scope.text(child)
        key = mapping.keys[loop] if mapping else child
        if unit_class and spec and _loop(loop, key, unit_class, spec, place) and order:
            _order(loop, order, child, unit_class, place)
        found[loop] = order
    return found


def _loop(loop: str, key: Node, unit_class: UnitClass, spec: PhaseSpec, place: Place) -> bool:
    """Whether the class can move a loop in several orders, and the phase sets it."""
    add = place.scope.findings.add
    if loop not in unit_class.orders:
        message = f"{unit_class.name} has no orders of a loop '{visible(loop)}'."
        add(key, message, suggest(loop, unit_class.orders, "loops with orders"))
        return False
    if loop not in spec.drives:
        message = f"phase '{spec.name}' does not set the loop {loop}."
        add(key, message, "ask for the order where a phase sets it; it stays as long as that one.")
        return False
    return True


def _order(loop: str, order: str, node: Node, unit_class: UnitClass, place: Place) -> None:
    known = unit_class.orders[loop]
    if order not in known:
        message = f"the loop {loop} of {unit_class.name} has no order '{visible(order)}'."
        place.scope.findings.add(node, message, suggest(order, known, "orders"))
