"""One connection: admits client and user before asyncua's handling sees their request."""

import asyncio
import struct
import time
from functools import lru_cache
from typing import Any, Final

from asyncua import ua
from asyncua.common.connection import TransportLimits
from asyncua.common.utils import Buffer, ServiceError
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from asyncua.server.internal_session import SessionState
from asyncua.server.uaprocessor import UaProcessor
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.status_codes import StatusCodes
from asyncua.ua.ua_binary import struct_from_binary, struct_to_binary

from bioctl_sim.overrides.services import ADMITTED, PlantInternalServer, PlantSession

_CREATE_SESSION: Final = ObjectIds.CreateSessionRequest_Encoding_DefaultBinary
_ACTIVATE_SESSION: Final = ObjectIds.ActivateSessionRequest_Encoding_DefaultBinary
_READ: Final = ObjectIds.ReadRequest_Encoding_DefaultBinary
_WRITE: Final = ObjectIds.WriteRequest_Encoding_DefaultBinary
_CALL: Final = ObjectIds.CallRequest_Encoding_DefaultBinary
_LOCKSTEP: Final = frozenset({_READ, _WRITE, _CALL})
_MAX_REMEMBERED: Final = 8192
"""Bytes of a read request that is worth remembering."""
_MAX_UNREAD: Final = 16_000_000
"""Bytes of answers a client may leave unread before it is cut off; asyncua would keep them all."""
_NOT_OFFERED: Final = frozenset(
    {
        # asyncua takes these without a session: a stranger could fill the list of servers.
        ObjectIds.RegisterServerRequest_Encoding_DefaultBinary,
        ObjectIds.RegisterServer2Request_Encoding_DefaultBinary,
    }
)


def _decode_read(body: bytes) -> ua.ReadParameters:
    parameters: ua.ReadParameters = struct_from_binary(ua.ReadParameters, Buffer(body))
    return parameters


_read_parameters = lru_cache(maxsize=64)(_decode_read)
"""A client that polls sends the same bytes again and again."""


class PlantProcessor(UaProcessor):
    """asyncua's processor with the plant's gate before session and login."""

    iserver: PlantInternalServer

    def __init__(
        self,
        iserver: PlantInternalServer,
        transport: asyncio.BaseTransport | None,
        limits: TransportLimits,
    ) -> None:
        super().__init__(iserver, transport, limits)
        self.waiting = False
        """Whether another request of this client is already here."""
        self._held: list[bytes] = []

    async def _process_message(
        self,
        typeid: ua.NodeId,
        requesthdr: ua.RequestHeader,
        seqhdr: ua.SequenceHeader,
        body: Buffer,
    ) -> bool:
        service = typeid.Identifier
        session = self.session
        if service in _LOCKSTEP and isinstance(session, PlantSession) and session.is_activated():
            session.touch()
            self.session_last_activity = time.monotonic()
            response = await self._lockstep(int(service), session, body)
            self.send_response(requesthdr.RequestHandle, seqhdr, response)
            return True
        self.flush()
        return await self._other(typeid, requesthdr, seqhdr, body)

    async def _lockstep(
        self, service: int, session: PlantSession, body: Buffer
    ) -> ua.ReadResponse | ua.WriteResponse | ua.CallResponse:
        """Answer the three services of a lockstep turn.

        asyncua finds a service by comparing some twenty node ids, as long as the rest of the work.
        """
        if service == _READ:
            asked = bytes(body)
            decode = _read_parameters if len(asked) <= _MAX_REMEMBERED else _decode_read
            return ua.ReadResponse(Results=await session.read(decode(asked)))
        if service == _WRITE:
            written = struct_from_binary(ua.WriteParameters, body)
            return ua.WriteResponse(Results=await session.write(written))
        called = struct_from_binary(ua.CallParameters, body)
        return ua.CallResponse(Results=await session.call(called.MethodsToCall))

    async def _other(
        self,
        typeid: ua.NodeId,
        requesthdr: ua.RequestHeader,
        seqhdr: ua.SequenceHeader,
        body: Buffer,
    ) -> bool:
        service = typeid.Identifier
        if service in _NOT_OFFERED:
            raise ServiceError(StatusCodes.BadServiceUnsupported)
        if service == _CREATE_SESSION:
            await self._before_create(struct_from_binary(ua.CreateSessionParameters, body.copy()))
        elif service == _ACTIVATE_SESSION:
            return await self._activate(typeid, requesthdr, seqhdr, body)
        done: bool = await super()._process_message(typeid, requesthdr, seqhdr, body)  # type: ignore[no-untyped-call]
        if service == _CREATE_SESSION and isinstance(self.session, PlantSession):
            self.session.certificate = self._peer_certificate() or b""
            self.session.carrier = self
        return done

    async def _before_create(self, params: ua.CreateSessionParameters) -> None:
        """Admit the client by the certificate of its channel.

        asyncua validates the one in the request, which may be absent or another client's.
        """
        if self.session is not None and self.session.state is not SessionState.Closed:
            raise ServiceError(StatusCodes.BadTooManySessions)
        certificate = self._peer_certificate()
        uri = params.ClientDescription.ApplicationUri or ""
        await self.iserver.hooks.admit_client(certificate, uri)
        if params.ClientCertificate != certificate:
            raise ServiceError(StatusCodes.BadCertificateInvalid)
        if self._session_watchdog_task is not None:
            self._session_watchdog_task.cancel()

    async def _activate(
        self,
        typeid: ua.NodeId,
        requesthdr: ua.RequestHeader,
        seqhdr: ua.SequenceHeader,
        body: Buffer,
    ) -> bool:
        """Check the password in a thread, then let asyncua activate the session for that user."""
        known = self.iserver.lookup_external_session(requesthdr.AuthenticationToken)
        if not isinstance(known, PlantSession) or self.session not in {None, known}:
            raise ServiceError(StatusCodes.BadSessionIdInvalid)
        if known.certificate != self._peer_certificate():
            raise ServiceError(StatusCodes.BadSecurityChecksFailed)
        params = struct_from_binary(ua.ActivateSessionParameters, body.copy())
        name, password = self._credentials(known, params.UserIdentityToken)
        user = await self.iserver.hooks.admit_user(known.certificate, name, password)
        token = ADMITTED.set(user)
        try:
            done: bool = await super()._process_message(typeid, requesthdr, seqhdr, body)  # type: ignore[no-untyped-call]
        finally:
            ADMITTED.reset(token)
        known.carrier = self
        return done

    def send_response(
        self,
        requesthandle: int,
        seqhdr: ua.SequenceHeader,
        response: Any,  # noqa: ANN401  one class per service
        msgtype: Any = ua.MessageType.SecureMessage,  # noqa: ANN401  asyncua: bytes or enum
    ) -> None:
        """Send an answer, together with those before it when more requests wait.

        A send is the most expensive call of a turn, dearer than all its arithmetic.
        """
        response.ResponseHeader.RequestHandle = requesthandle
        self._held.append(
            self._connection.message_to_binary(
                struct_to_binary(response), message_type=msgtype, request_id=seqhdr.RequestId
            )
        )
        if not self.waiting:
            self.flush()

    def flush(self) -> None:
        """Send what is held, in order."""
        self.waiting = False
        if self._held:
            self._transport.write(b"".join(self._held))
            self._held.clear()
            if self._transport.get_write_buffer_size() > _MAX_UNREAD:
                self._transport.abort()

    def _credentials(self, session: PlantSession, token: object) -> tuple[str, str]:
        if not isinstance(token, ua.UserNameIdentityToken):
            raise ServiceError(StatusCodes.BadIdentityTokenRejected)
        try:
            name, password = self.iserver.decrypt_user_token(session, token)
        except (ValueError, TypeError, struct.error) as broken:
            raise ServiceError(StatusCodes.BadIdentityTokenInvalid) from broken
        return name or "", password or ""

    def _peer_certificate(self) -> bytes | None:
        """Return the certificate that secures this channel; None on a channel without security.

        asyncua opens a channel without security even when no such endpoint is offered: clients need
        it to ask for endpoints. There is no session on it.
        """
        policy = self._connection.security_policy
        encrypted = policy.Mode == ua.MessageSecurityMode.SignAndEncrypt
        if not (isinstance(policy, SecurityPolicyBasic256Sha256) and encrypted):
            return None
        certificate: bytes | None = policy.peer_certificate
        return certificate

    def _should_close_session_on_transport_loss(self) -> bool:
        # A session re-activated on another connection outlives this one.
        elsewhere = getattr(self.session, "carrier", None) not in {None, self}
        return not elsewhere and super()._should_close_session_on_transport_loss()
