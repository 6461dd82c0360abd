"""Why a bind fails, in a sentence for an operator: the SMSC's own reason, the network's, TLS's."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from smstui.domain.errors import Refusal
from smstui.smpp.connection import try_bind
from smstui.smpp.errors import (
    BindRefused,
    NotAnSmsc,
    SmscNameUnknown,
    SmscRefusesConnection,
    SmscSilent,
    SmscUnreachable,
    TlsRefused,
    UnusableCredential,
)
from smstui.smpp.values import BindState
from tests.smpp.conftest import StartClient, bind_settings
from tests.smpp.smsc import ENQUIRE_LINK, ENQUIRE_LINK_RESP, GENERIC_NACK, UNBIND, UNBIND_RESP, Peer, Smsc, pdu, until

DATA = Path(__file__).parent / "data"


def sentence(refusal: Refusal) -> str:
    fields = {name: getattr(refusal, name) for name in refusal.__dataclass_fields__}  # type: ignore[attr-defined]
    return refusal.sentence.format(**fields)


async def refused(smsc: Smsc, answer: Callable[[Peer], Awaitable[None]]) -> Refusal:
    """How `try_bind` fails when the SMSC answers so."""
    binding = asyncio.create_task(try_bind(bind_settings(smsc.port, response_timeout=1.0)))
    await answer(await smsc.peer())
    with pytest.raises(Refusal) as caught:
        await binding
    return caught.value


async def test_it_binds_and_unbinds(smsc: Smsc) -> None:
    binding = asyncio.create_task(try_bind(bind_settings(smsc.port)))
    peer = await smsc.peer()
    request = await peer.read()
    peer.send(pdu(ENQUIRE_LINK, 9))
    await peer.expect(ENQUIRE_LINK_RESP)
    peer.send(pdu(request.command | 0x80000000, request.sequence))
    unbind = await peer.expect(UNBIND)
    peer.send(pdu(UNBIND_RESP, unbind.sequence))
    await binding
    await peer.ended()


@pytest.mark.parametrize("body", [b"", b"smsc\0", b"smsc\0\x02\x10\x00\x01\x34"])
async def test_the_status_of_the_smsc_is_told(smsc: Smsc, body: bytes) -> None:
    async def answer(peer: Peer) -> None:
        request = await peer.read()
        peer.send(pdu(request.command | 0x80000000, request.sequence, body, status=0xE))

    refusal = await refused(smsc, answer)
    assert isinstance(refusal, BindRefused)
    assert sentence(refusal) == (
        f"The SMSC 127.0.0.1:{smsc.port} refuses the bind: 0x0000000E ESME_RINVPASWD: invalid password."
    )


async def test_a_status_of_the_vendor_is_told(smsc: Smsc) -> None:
    async def answer(peer: Peer) -> None:
        request = await peer.read()
        peer.send(pdu(GENERIC_NACK, request.sequence, status=0x405))

    assert "0x00000405" in sentence(await refused(smsc, answer))


async def test_already_bound_is_unbound_first(smsc: Smsc, client: StartClient) -> None:
    sender = client()
    peer = await smsc.peer()
    request = await peer.read()
    peer.send(pdu(request.command | 0x80000000, request.sequence, status=0x5))
    unbind = await peer.expect(UNBIND)
    peer.send(pdu(UNBIND_RESP, unbind.sequence))
    await peer.ended()
    await smsc.bound()
    await sender.bound()
    assert any("ESME_RALYBND" in s.reason for s in sender.owner.statuses if s.state is BindState.WAITING)


async def test_no_answer_to_the_bind(smsc: Smsc) -> None:
    async def answer(peer: Peer) -> None:
        await peer.read()

    assert isinstance(await refused(smsc, answer), SmscSilent)


async def test_closed_instead_of_an_answer(smsc: Smsc) -> None:
    async def answer(peer: Peer) -> None:
        await peer.read()
        peer.close()

    refusal = await refused(smsc, answer)
    assert isinstance(refusal, NotAnSmsc)
    assert "the SMSC closed the connection" in sentence(refusal)


async def test_another_protocol(smsc: Smsc) -> None:
    async def answer(peer: Peer) -> None:
        await peer.read()
        peer.send(b"SSH-2.0-OpenSSH_9.2\r\n")

    assert isinstance(await refused(smsc, answer), NotAnSmsc)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_nobody_listens(unused_tcp_port: int, host: str) -> None:
    with pytest.raises(SmscRefusesConnection) as caught:
        await try_bind(bind_settings(unused_tcp_port, host=host))
    assert sentence(caught.value) == (
        f"{host}:{unused_tcp_port} refuses the connection. Check host and port, and that the SMSC is running."
    )


@pytest.mark.parametrize("host", ["smsc.invalid", "a..b", "x" * 70])
async def test_no_such_host(host: str) -> None:
    with pytest.raises(SmscNameUnknown):
        await try_bind(bind_settings(2775, host=host))


@pytest.mark.parametrize("port", [70_000, 1 << 40])
async def test_no_such_port(port: int) -> None:
    with pytest.raises(SmscUnreachable):
        await try_bind(bind_settings(port))


@pytest.mark.parametrize(("field", "value"), [("password", "pässword"), ("system_id", "a\0b"), ("system_type", "é")])
async def test_what_a_bind_can_not_carry(smsc: Smsc, field: str, value: str) -> None:
    with pytest.raises(UnusableCredential) as caught:
        await try_bind(bind_settings(smsc.port, **{field: value}))
    assert field in sentence(caught.value)


@pytest.fixture
async def tls_smsc() -> AsyncIterator[Smsc]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(DATA / "localhost.pem", DATA / "localhost.key")
    smsc = Smsc()
    await smsc.start(context)
    yield smsc
    await smsc.close()


async def test_tls_to_a_trusted_smsc(tls_smsc: Smsc, client: StartClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(DATA / "localhost.pem"))
    sender = client(port=tls_smsc.port, host="localhost", tls=True)
    peer = await tls_smsc.bound()
    await sender.bound()
    draining = asyncio.create_task(sender.connection.drain(5))
    unbind = await peer.expect(UNBIND)
    peer.send(pdu(UNBIND_RESP, unbind.sequence))
    await draining


async def test_tls_to_a_stranger(tls_smsc: Smsc) -> None:
    with pytest.raises(TlsRefused) as caught:
        await try_bind(bind_settings(tls_smsc.port, tls=True))
    assert "self-signed certificate" in sentence(caught.value)


async def test_tls_to_a_port_without_tls(smsc: Smsc) -> None:
    binding = asyncio.create_task(try_bind(bind_settings(smsc.port, tls=True)))
    peer = await smsc.peer()
    peer.send(b"no TLS here, sorry")
    with pytest.raises(TlsRefused):
        await binding


async def test_no_tls_to_a_port_with_tls(tls_smsc: Smsc) -> None:
    with pytest.raises((NotAnSmsc, SmscSilent)):
        await try_bind(bind_settings(tls_smsc.port, response_timeout=2.0))


async def test_the_reason_is_shown_until_the_next_bind(smsc: Smsc, client: StartClient) -> None:
    sender = client()
    peer = await smsc.peer()
    request = await peer.read()
    peer.send(pdu(request.command | 0x80000000, request.sequence, status=0xF))
    await until(lambda: sender.connection.status.state is BindState.WAITING)
    assert sender.connection.status.reason == "0x0000000F ESME_RINVSYSID: invalid system ID"
    await smsc.bound()
    await sender.bound()
    assert sender.connection.status.reason == ""
