"""Which role may give which command. What is not in the table is refused.

Everybody may stop what runs: Hold, Stop and Abort are the safe direction. Supervisors change how a
batch runs and who may act; QA approves, releases and rejects, and runs nothing.
"""

from typing import Final

from bioctl.audit.people import Role

_O, _S, _Q = Role.OPERATOR, Role.SUPERVISOR, Role.QA
_RUN: Final = frozenset({_O, _S})
_LEAD: Final = frozenset({_S})
_ALL: Final = frozenset({_O, _S, _Q})
_QUALITY: Final = frozenset({_Q})
_JUDGE: Final = frozenset({_S, _Q})

ACTIONS: Final[dict[str, frozenset[Role]]] = {
    "batch.start": _RUN,
    "batch.pause": _RUN,
    "batch.resume": _RUN,
    "batch.hold": _RUN,
    "batch.restart": _RUN,
    "batch.stop": _RUN,
    "batch.abort": _RUN,
    "batch.answer": _RUN,
    "batch.sign": _ALL,
    "batch.comment": _ALL,
    "batch.skip": _LEAD,
    "batch.revise": _LEAD,
    "batch.seal": _JUDGE,
    "batch.release": _QUALITY,
    "batch.reject": _QUALITY,
    "alarm.ack": _RUN,
    "alarm.shelve": _LEAD,
    "alarm.unshelve": _RUN,
    "alarm.reset": _RUN,
    "alarm.remove": _LEAD,
    "alarm.return": _RUN,
    "interlock.reset": _ALL,
    "interlock.bypass": _LEAD,
    "interlock.restore": _RUN,
    "loop.mode": _RUN,
    "loop.set": _RUN,
    "loop.tune": _LEAD,
    "loop.release": _RUN,
    "output.set": _LEAD,
    "unit.command": _RUN,
    "recipe.submit": _LEAD,
    "recipe.approve": _QUALITY,
    "recipe.reject": _QUALITY,
    "recipe.release": _QUALITY,
    "recipe.retire": _QUALITY,
    "recipe.scale": _JUDGE,
    "user.add": _LEAD,
    "user.role": _LEAD,
    "user.unlock": _LEAD,
    "user.deactivate": _LEAD,
    "user.password": _ALL,
    "audit.export": _JUDGE,
    "audit.anchor": _JUDGE,
    "cell.stop": _LEAD,
}
"""Roles by command name."""


def allowed(role: str, command: str) -> bool:
    """Return whether `role` may give `command`; unknown roles and commands may not."""
    return role in ACTIONS.get(command, frozenset())
