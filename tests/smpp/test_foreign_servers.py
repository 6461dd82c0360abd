"""Servers that this project did not write: those of PyPI's smpp34 and smpp.twisted3."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from smstui.domain.states import MessageState
from smstui.smpp.alphabet import decode
from smstui.smpp.connection import try_bind
from smstui.smpp.errors import BindRefused
from smstui.smpp.ids import id_candidates
from smstui.smpp.values import BindMode, Inbound, OutcomeKind, Receipt
from tests.smpp.conftest import StartClient, bind_settings
from tests.smpp.smsc import recipients, template, until

SERVERS = Path(__file__).parent / "servers"


@pytest.fixture(params=["smpp34_smsc.py", "twisted_smsc.py"])
async def port(request: pytest.FixtureRequest, unused_tcp_port: int) -> AsyncIterator[int]:
    """The port of a foreign server in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SERVERS / request.param), str(unused_tcp_port), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    async with asyncio.timeout(30):
        assert await process.stdout.readline() == b"listening\n"
    yield unused_tcp_port
    process.kill()
    await process.wait()


@pytest.mark.parametrize("text", ["Hello", "é" * 200], ids=["short", "long"])
async def test_submit_receipt_and_reply(port: int, client: StartClient, text: str) -> None:
    sender = client(port=port)
    message = template(text)
    await sender.send(message, recipients(3))
    outcomes = await sender.outcomes(3 * message.parts)
    assert {outcome.kind for outcome in outcomes} == {OutcomeKind.ACCEPTED}
    await until(lambda: len(sender.owner.delivered) >= 6 * message.parts)
    receipts = [delivery for delivery in sender.owner.delivered if isinstance(delivery, Receipt)]
    replies = [delivery for delivery in sender.owner.delivered if isinstance(delivery, Inbound)]
    assert {receipt.state for receipt in receipts} == {MessageState.DELIVERED}
    ids = {outcome.smsc_id for outcome in outcomes}
    assert all(ids & set(id_candidates(receipt.smsc_id)) for receipt in receipts)
    assert {(reply.source, reply.destination) for reply in replies} == {(f"336{key:08d}", "36034") for key in range(3)}
    assert {decode(reply.payload, reply.encoding) for reply in replies} == {"Merci ☺"}


async def test_bind_and_drain(port: int, client: StartClient) -> None:
    await try_bind(bind_settings(port))
    sender = client(port=port, mode=BindMode.TRANSMITTER)
    await sender.send(template(), recipients(1))
    await sender.connection.drain(5)
    await sender.running
    assert sender.owner.kinds == {(0, 1): OutcomeKind.ACCEPTED}


async def test_a_campaign(port: int, client: StartClient) -> None:
    sender = client(port=port, window=50)
    await sender.send(template(), recipients(500))
    await sender.outcomes(500)
    assert list(sender.owner.kinds.values()) == [OutcomeKind.ACCEPTED] * 500
    await until(lambda: len(sender.owner.delivered) == 1000)


@pytest.mark.parametrize("port", ["twisted_smsc.py"], indirect=True)
async def test_a_wrong_password(port: int) -> None:
    with pytest.raises(BindRefused) as caught:
        await try_bind(bind_settings(port, password="wrong"))
    assert caught.value.words == "0x0000000E ESME_RINVPASWD: invalid password"
