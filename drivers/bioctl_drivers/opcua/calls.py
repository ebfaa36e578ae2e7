"""One-shot actions: sent once, with the deadline the plant checks, and read back by their id."""

import json
from collections.abc import Sequence
from typing import Final

from asyncua import ua

from bioctl.equipment.driver import Call, CallState, Outcome
from bioctl.errors import RefusedError, UnreachableError
from bioctl_drivers.opcua.connection import Connection, within
from bioctl_drivers.opcua.faults import REQUEST_ERRORS, LinkLostError, describe
from bioctl_drivers.opcua.options import CommandNodes
from bioctl_drivers.status import quality_of, status_words

ANSWER_S: Final = 5.0

_NOT_DONE: Final = frozenset(
    {0x801F0000, 0x80330000, 0x80340000, 0x80740000, 0x80750000, 0x80760000, 0x80AB0000}
    | {0x80E50000, 0x81110000, 0x800B0000, 0x80250000, 0x80260000, 0x80270000}
)
"""Status codes that say for sure that no method ran: access denied, unknown node or method, wrong
or missing arguments, not executable, no session. After any other bad code it may have run."""

_STATES: Final = {
    "accepted": CallState.ACCEPTED,
    "refused": CallState.REFUSED,
    "never arrived": CallState.NEVER_ARRIVED,
}


async def execute(connection: Connection, call: Call) -> Outcome:
    """Send a call once; whatever is not clearly answered is UNKNOWN."""
    nodes = connection.options.commands
    if nodes is None:
        return Outcome(CallState.REFUSED, "this connection has no 'commands'.")
    late = connection.clock.utc() - call.deadline
    if late >= 0:
        return Outcome(CallState.REFUSED, f"not sent: its deadline passed {late:.1f} s ago.")
    try:
        result = await _ask(connection, nodes, nodes.execute, _arguments(call))
    except LinkLostError as problem:
        return Outcome(CallState.UNKNOWN, f"sent, but {problem}.")
    except REQUEST_ERRORS as problem:
        return Outcome(CallState.UNKNOWN, f"sent, but then: {describe(problem)}.")
    return _outcome(result)


async def read_back(connection: Connection, call_id: str) -> Outcome:
    """Ask the plant what it knows of a call.

    Raises:
        RefusedError: this connection has no methods for calls.
        UnreachableError: no answer now; ask again later.
    """
    nodes = connection.options.commands
    if nodes is None:
        raise RefusedError("This connection has no 'commands' to read a call back from.")
    try:
        result = await _ask(connection, nodes, nodes.state, [_text(call_id)])
    except (LinkLostError, *REQUEST_ERRORS) as problem:
        raise UnreachableError(
            f"The plant could not be asked for call {call_id}: {describe(problem)}.",
            help="ask again when the connection is up.",
        ) from problem
    if quality_of(int(result.StatusCode.value)):
        words = status_words(int(result.StatusCode.value))
        raise UnreachableError(f"The plant does not tell what became of call {call_id}: {words}.")
    return _outcome(result)


def _arguments(call: Call) -> list[ua.Variant]:
    return [
        _text(call.id),
        _text(call.unit),
        _text(call.command),
        _text(json.dumps(dict(call.arguments), sort_keys=True)),
        ua.Variant(float(call.deadline), ua.VariantType.Double),
    ]


def _text(text: str) -> ua.Variant:
    return ua.Variant(text, ua.VariantType.String)


async def _ask(
    connection: Connection, nodes: CommandNodes, method: str, arguments: Sequence[ua.Variant]
) -> ua.CallMethodResult:
    request = ua.CallMethodRequest(
        ObjectId=connection.node(nodes.object),
        MethodId=connection.node(method),
        InputArguments=list(arguments),
    )
    (result,) = await within(ANSWER_S, connection.client.uaclient.call([request]), "a call")
    return result


def _outcome(result: ua.CallMethodResult) -> Outcome:
    status = int(result.StatusCode.value)
    if quality_of(status):
        state = CallState.REFUSED if status in _NOT_DONE else CallState.UNKNOWN
        return Outcome(state, f"the plant answered: {status_words(status)}.")
    outputs = [output.Value for output in result.OutputArguments or ()]
    if len(outputs) < 2 or outputs[0] not in _STATES:
        return Outcome(CallState.UNKNOWN, f"the plant's answer is not understood: {outputs!r}.")
    return Outcome(_STATES[outputs[0]], str(outputs[1] or ""))
