"""The plant as an OPC UA server: built, started, kept running, stopped."""

import asyncio
import errno
import gc
import socket
from pathlib import Path
from typing import Final

from asyncua import ua
from asyncua.ua.status_codes import StatusCodes

from bioctl_sim.access import Gate, PlantUser
from bioctl_sim.certificates import APPLICATION_URI, own_certificate
from bioctl_sim.face import PlantFace
from bioctl_sim.methods import call, methods
from bioctl_sim.nodes import NodeList
from bioctl_sim.overrides.listener import PlantOpcServer
from bioctl_sim.refused import Refused
from bioctl_sim.registers import registers
from bioctl_sim.writes import WriteDesk

HOST: Final = "127.0.0.1"
_TICK_S: Final = 0.05
_TICKS_PER_PUSH: Final = 3
"""Host time between pushes to subscribers: 150 ms, also in lockstep."""


class PortInUseError(Refused):
    """Another program listens on the port."""


def listen(port: int) -> socket.socket:
    """Bind the plant's port on this machine; 0 takes any free one.

    Raises:
        PortInUseError: another program has it.
        Refused: it can't be bound for another reason.
    """
    # With the protocol named, asyncio sets TCP_NODELAY; without, pipelined answers wait 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except (OSError, OverflowError) as error:
        listener.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise PortInUseError(
                f"Port {port} on {HOST} is in use by another program: choose another --port."
            ) from error
        raise Refused(f"Port {port} on {HOST} can't be used: {error}.") from error
    listener.setblocking(False)  # noqa: FBT003
    return listener


class PlantServer:
    """One plant on one port.

    Args:
        home: the plant's home: certificates, users, log.
        face: the plant.
        listener: a bound socket, see `listen`.
    """

    def __init__(self, home: Path, face: PlantFace, listener: socket.socket) -> None:
        self._home, self._face, self._listener = home, face, listener
        self._gate = Gate(home, face)
        self._opc = PlantOpcServer(listener)
        self._registers = tuple(registers(face))
        self._methods = {method.path: method for method in methods(face)}
        self._index = 0
        self._namespace = face.plant.file.namespace
        self.url = f"opc.tcp://{HOST}:{listener.getsockname()[1]}/plant"

    async def start(self) -> None:
        """Build the address space and listen."""
        certificate, key = await asyncio.to_thread(own_certificate, self._home)
        opc = self._opc
        # asyncua builds 6000 nodes that live to the end: the collector need never look at them.
        gc.disable()
        await opc.init()
        opc.set_endpoint(self.url)
        opc.set_server_name("Demonstration plant")
        await opc.set_application_uri(APPLICATION_URI)
        opc.set_security_policy([ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt])
        opc.iserver.certificate, opc.iserver.private_key = certificate, key
        await self._build()
        opc.iserver.hooks = self
        await opc.start()
        gc.freeze()
        gc.enable()

    async def run(self) -> None:
        """Let time pass in the plant and push changes to subscribers, until cancelled."""
        ticks = 0
        while True:
            await asyncio.sleep(_TICK_S)
            self._face.run()
            ticks += 1
            if ticks % _TICKS_PER_PUSH == 0:
                await self._push()

    async def stop(self) -> None:
        """End all sessions and close the port, within 2 s."""
        await self._opc.stop()

    async def _build(self) -> None:
        self._index = await self._opc.register_namespace(self._namespace)
        nodes = NodeList(self._index, self._namespace)
        nodes.add_registers(self._registers)
        nodes.add_methods(self._methods.values())
        for result in await self._opc.iserver.isession.add_nodes(nodes.items):
            result.StatusCode.check()
        self._by_node = {nodes.id(register.path): register for register in self._registers}
        for node, register in self._by_node.items():
            self._opc.iserver.set_reader(node, register.read)
        self._writes = WriteDesk(self._face, self._by_node)

    async def _push(self) -> None:
        if not self._opc.iserver.subscription_service.subscriptions:
            return
        for node, register in self._by_node.items():
            await self._opc.iserver.push(node, register.read)

    # What asyncua's server asks the plant (overrides.Hooks).

    async def admit_client(self, certificate: bytes | None, application_uri: str) -> None:
        """Raise ServiceError unless this client program may have a session."""
        await self._gate.admit_client(certificate, application_uri)

    async def admit_user(self, certificate: bytes, name: str, password: str) -> PlantUser:
        """Return the user, or raise ServiceError."""
        return await self._gate.admit_user(certificate, name, password)

    def write(self, user: PlantUser, nodes: list[ua.WriteValue]) -> list[ua.StatusCode]:
        """Apply a write request."""
        return self._writes.write(user, nodes)

    def call(self, user: PlantUser, method: ua.CallMethodRequest) -> ua.CallMethodResult:
        """Call a method of the plant; there are no others."""
        known = None
        if method.MethodId.NamespaceIndex == self._index:
            known = self._methods.get(str(method.MethodId.Identifier))
        if known is None:
            status = ua.StatusCode(ua.UInt32(StatusCodes.BadMethodInvalid))
            return ua.CallMethodResult(StatusCode=status)
        return call(known, user, method.InputArguments or [])

    def left(self, user: PlantUser) -> None:
        """Take note that a user's session ended."""
        self._face.record(user.name or "", "logout")
