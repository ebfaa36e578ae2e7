"""A new version of the library that moves a private name must fail here, not at a plant."""

from importlib.metadata import version

import pytest
from asyncua.client.client import Client
from asyncua.client.ua_client import UASocketProtocol
from asyncua.common.utils import Buffer

from bioctl_drivers.opcua.private import PRIVATE, body_of


async def test_every_private_name_is_where_the_adapter_looks() -> None:
    client = Client("opc.tcp://127.0.0.1:4840")
    protocol = UASocketProtocol()
    places = {
        "client": client,
        "session": client.uaclient.session,
        "protocol": protocol,
        "connection": protocol._connection,
        "buffer": Buffer(b"abc"),
    }
    assert set(places) == set(PRIVATE)
    for place, names in PRIVATE.items():
        missing = [name for name in names if not hasattr(places[place], name)]
        assert missing == [], f"asyncua {version('asyncua')} has moved {missing} of its {place}"


def test_the_library_is_the_version_the_adapter_was_written_for() -> None:
    assert version("asyncua") == "2.1.0"


@pytest.mark.parametrize("read", [0, 1, 2])
def test_the_body_begins_where_the_library_has_read_to(read: int) -> None:
    buffer = Buffer(b"abc")
    buffer.read(read)
    data, position = body_of(buffer)
    assert data[position:] == b"abc"[read:]
