"""Nobody comes in but a known user from a trusted client, encrypted."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asyncua import Client, ua
from asyncua.common.utils import create_nonce

Connect = Callable[..., Any]
OpenClient = Callable[[str], Awaitable[Client]]


async def _create_session(client: Client, certificate: bytes | None) -> None:
    """Ask for a session with a certificate of our choice, on whatever channel the client has."""
    who = ua.ApplicationDescription()
    who.ApplicationUri = client.application_uri
    params = ua.CreateSessionParameters()
    params.ClientDescription = who
    params.ClientNonce = create_nonce(32)
    params.ClientCertificate = certificate
    params.RequestedSessionTimeout = 10_000
    await client.connect_socket()
    try:
        await client.send_hello()
        await client.open_secure_channel()
        await client.uaclient.create_session(params)
    finally:
        client.disconnect_socket()


async def test_only_sign_and_encrypt_with_user_names_is_offered(plant_url: str) -> None:
    endpoints = await Client(plant_url).connect_and_get_server_endpoints()
    offered = {
        (e.SecurityPolicyUri.rpartition("#")[2], e.SecurityMode.name, t.TokenType.name)
        for e in endpoints
        for t in e.UserIdentityTokens
    }
    assert offered == {("Basic256Sha256", "SignAndEncrypt", "UserName")}


async def test_session_without_security_is_refused(plant_url: str) -> None:
    client = Client(plant_url)
    client.set_user("ctl")
    client.set_password("correct horse")
    with pytest.raises(ua.UaStatusCodeError) as refusal:
        await _create_session(client, None)
    assert refusal.value.code == ua.StatusCodes.BadSecurityModeInsufficient


async def test_anonymous_is_refused(open_client: OpenClient) -> None:
    client = await open_client("trusted")
    with pytest.raises((ua.UaError, ua.UaStatusCodeError)):
        await client.connect()


async def test_anonymous_token_is_refused_by_the_server(open_client: OpenClient) -> None:
    client = await open_client("trusted")
    client.set_user("ctl")

    async def anonymous(*_: object, **__: object) -> object:
        params = ua.ActivateSessionParameters()
        challenge = client.security_policy.peer_certificate + client._server_nonce
        params.ClientSignature.Algorithm = client.security_policy.AsymmetricSignatureURI
        signer = client.security_policy.asymmetric_cryptography
        params.ClientSignature.Signature = signer.signature(challenge)
        params.UserIdentityToken = ua.AnonymousIdentityToken(PolicyId="anonymous")
        return await client.uaclient.activate_session(params)

    client.activate_session = anonymous  # type: ignore[method-assign]
    with pytest.raises(ua.UaStatusCodeError) as refusal:
        await client.connect()
    assert refusal.value.code == ua.StatusCodes.BadIdentityTokenRejected


@pytest.mark.parametrize(
    ("user", "password"), [("ctl", "wrong"), ("nobody", "correct horse"), ("admin", ""), ("", "")]
)
async def test_wrong_name_or_password_is_refused(
    connect: Connect, plant_home: Any, user: str, password: str
) -> None:
    with pytest.raises(ua.UaError):
        async with connect(user=user, password=password, client="other"):
            pass
    if user:
        assert any(line["user"] == user and line["what"] == "login" for line in plant_home.log)


async def test_untrusted_client_is_refused_even_with_the_right_password(
    connect: Connect, plant_home: Any
) -> None:
    with pytest.raises(ua.UaStatusCodeError) as refusal:
        async with connect(client="stranger"):
            pass
    assert refusal.value.code == ua.StatusCodes.BadCertificateUntrusted
    assert "not in pki/trusted" in str(plant_home.log[-1]["result"])


@pytest.mark.parametrize("claimed", ["nothing", "trusted"])
async def test_stranger_can_not_hide_behind_another_certificate(
    open_client: OpenClient, plant_home: Any, claimed: str
) -> None:
    client = await open_client("stranger")
    client.application_uri = "urn:test:trusted"
    certificates = {"nothing": None, "trusted": (plant_home.folder / "trusted.der").read_bytes()}
    with pytest.raises(ua.UaStatusCodeError) as refusal:
        await _create_session(client, certificates[claimed])
    assert refusal.value.code == ua.StatusCodes.BadCertificateUntrusted


async def test_view_may_read_and_nothing_else(connect: Connect) -> None:
    async with connect(user="look") as visitor:
        assert await visitor.read("BR101.SC101") is not None
        assert (await visitor.state("never-seen"))[0] == "never arrived"
        for act in (
            visitor.write("BR101.SC101", 50.0, ua.VariantType.Double),
            visitor.write("Heartbeat.HB_Cmd", 1, ua.VariantType.UInt32),
            visitor.write("Heartbeat.Owner", "me", ua.VariantType.String),
            visitor.advance(1.0),
            visitor.execute("v1", "BR101", "STOP_DOSE", "{}", 4e9),
        ):
            with pytest.raises(ua.UaStatusCodeError) as refusal:
                await act
            assert refusal.value.code == ua.StatusCodes.BadUserAccessDenied
        assert (await visitor.state("v1"))[0] == "never arrived"


async def test_nobody_may_change_the_address_space(connect: Connect) -> None:
    async with connect() as visitor:
        with pytest.raises(ua.UaStatusCodeError):
            await visitor.node("Plant").add_variable(visitor.id("mine"), "mine", 1.0)
        with pytest.raises(ua.UaStatusCodeError):
            await visitor.client.delete_nodes([visitor.node("BR101.TT101")])


async def test_new_user_needs_no_restart(connect: Connect, plant_home: Any) -> None:
    await asyncio.to_thread(plant_home.add_user, "late", "view", "second secret")
    async with connect(user="late", password="second secret") as visitor:  # noqa: S106
        assert await visitor.read("Heartbeat.Wd_ms") == 5000


async def test_five_wrong_passwords_lock_that_client_out_and_no_other(
    connect: Connect, plant_home: Any
) -> None:
    async def log_in(password: str, client: str) -> object:
        async with connect(user="locked", password=password, client=client) as visitor:
            return await visitor.read("Heartbeat.Wd_ms")

    await asyncio.to_thread(plant_home.add_user, "locked", "view")
    guesses = [log_in(f"guess {n}", "other") for n in range(5)]
    for result in await asyncio.gather(*guesses, return_exceptions=True):
        assert isinstance(result, ua.UaStatusCodeError)
    with pytest.raises(ua.UaStatusCodeError) as refusal:
        await log_in("correct horse", "other")
    assert refusal.value.code == ua.StatusCodes.BadUserAccessDenied
    assert "locked for" in str(plant_home.log[-1]["result"])
    assert await log_in("correct horse", "trusted") == 5000


async def test_sessions_without_end_are_refused(connect: Connect, open_client: OpenClient) -> None:
    """Others keep theirs."""
    async with connect() as visitor:
        clients = [await open_client("trusted") for _ in range(25)]
        results = []
        for client in clients:
            client.set_user("look")
            client.set_password("correct horse")
            results.append(await asyncio.gather(client.connect(), return_exceptions=True))
        refused = [r[0] for r in results if isinstance(r[0], ua.UaStatusCodeError)]
        assert refused
        assert {r.code for r in refused} == {ua.StatusCodes.BadTooManySessions}
        assert await visitor.read("Heartbeat.Wd_ms") == 5000
        for client, result in zip(clients, results, strict=True):
            if result[0] is None:
                await client.disconnect()
