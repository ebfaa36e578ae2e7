"""Writes from outside: checked one by one, applied at once, logged as one line per request."""

from collections.abc import Mapping
from typing import Any, Final

from asyncua import ua
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.status_codes import StatusCodes

from bioctl_sim.access import PlantUser
from bioctl_sim.face import PlantFace
from bioctl_sim.refused import Refused
from bioctl_sim.registers import Register

GOOD: Final = ua.StatusCode()
_HEARTBEAT: Final = "Heartbeat.HB_Cmd"


class WriteDesk:
    """Takes write requests for the plant's registers.

    Args:
        face: the plant.
        registers: by node id.
    """

    def __init__(self, face: PlantFace, registers: Mapping[ua.NodeId, Register]) -> None:
        self._face, self._registers = face, registers

    def write(self, user: PlantUser, nodes: list[ua.WriteValue]) -> list[ua.StatusCode]:
        """Apply all writes of a request in order and return a status for each.

        The log line names the values that changed and every refusal. A good heartbeat alone gets no
        line: it comes twice a second, and its loss and return have their own.
        """
        changed: dict[str, Any] = {}
        refused: dict[str, str] = {}
        answers = [self._one(user, node, changed, refused) for node in nodes]
        beat = len(nodes) == 1 and nodes[0].NodeId.Identifier == _HEARTBEAT
        if refused or not beat:
            more = {"refused": refused} if refused else {}
            self._face.record(user.name or "", "write", nodes=len(nodes), values=changed, **more)
        return answers

    def _one(
        self,
        user: PlantUser,
        node: ua.WriteValue,
        changed: dict[str, Any],
        refused: dict[str, str],
    ) -> ua.StatusCode:
        register = self._registers.get(node.NodeId)
        code, reason = _forbidden(register, user, node), ""
        if code == 0 and register is not None and register.write is not None:
            value = node.Value.Value.Value if node.Value.Value else None
            try:
                if register.write(value):
                    changed[register.path] = value
            except Refused as refusal:
                code, reason = StatusCodes.BadOutOfRange, f": {refusal}"
        if code == 0:
            return GOOD
        status = ua.StatusCode(ua.UInt32(code))
        refused[register.path if register else node.NodeId.to_string()[:200]] = status.name + reason
        return status


def _forbidden(register: Register | None, user: PlantUser, node: ua.WriteValue) -> int:
    """Return the status that forbids the write, 0 when nothing does."""
    codes = StatusCodes
    if register is None or register.write is None or node.AttributeId != AttributeIds.Value:
        return codes.BadNotWritable
    if not user.control:
        return codes.BadUserAccessDenied
    given = node.Value.Value
    status = node.Value.StatusCode
    if node.IndexRange or (status is not None and status.value):
        return codes.BadWriteNotSupported
    if given is None or given.VariantType is not register.type or given.is_array:
        return codes.BadTypeMismatch
    return 0
