"""The simulator against a client that this project did not write."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import smpp34

from smstui.smpp.simulator import Account, Hazards, IdStyle, Simulator
from tests.simulator.raw import DEADLINE, running, until

ACCOUNTS = (Account("shop", "secret"),)


@asynccontextmanager
async def smpp34_client(simulator: Simulator, bind_type: str = "TRX") -> AsyncIterator[smpp34.Smsc]:
    client = smpp34.Client("127.0.0.1", simulator.port, "shop", "secret", bind_type=bind_type)
    try:
        async with asyncio.timeout(DEADLINE):
            yield await client.connect()
    finally:
        await client.stop()


async def next_delivery(smsc: smpp34.Smsc) -> smpp34.DeliverSmEvent:
    event = await smsc.next()
    assert isinstance(event, smpp34.DeliverSmEvent)
    return event


@pytest.mark.parametrize("style", [IdStyle.DECIMAL, IdStyle.UUID, IdStyle.LONG])
async def test_submit_receipt_and_inbound(style: IdStyle) -> None:
    hazards = Hazards(id_style=style)
    async with running(hazards, accounts=ACCOUNTS) as (simulator, _), smpp34_client(simulator) as smsc:
        response = await smsc.submit_sm(
            "33601020304", b"hello", source_addr="SHOP", source_addr_ton=5, dest_addr_ton=1, registered_delivery=1
        )
        assert response.is_success
        receipt = await next_delivery(smsc)
        assert f"id:{response.message_id} ".encode() in receipt.short_message
        assert (receipt.source_addr, receipt.esm_class) == ("33601020304", 4)
        await simulator.handsets.reply("+33601020304", "36034", "STOP ç")
        inbound = await next_delivery(smsc)
        assert (inbound.short_message.decode("utf-16-be"), inbound.data_coding) == ("STOP ç", 8)
        assert inbound.destination_addr == "36034"
        await until(lambda: simulator.acknowledged == 2)
        (message,) = simulator.handsets.messages()
        assert (message.number, message.sender, message.text) == ("+33601020304", "SHOP", "hello")
        await smsc.unbind()


async def test_refusals_are_understood() -> None:
    hazards = Hazards(refuse_share=1, refuse_status=0x401)
    async with running(hazards, accounts=ACCOUNTS) as (simulator, _), smpp34_client(simulator, "TX") as smsc:
        assert (await smsc.submit_sm("33601020304", b"hello")).command_status == 0x401


async def test_many_at_once() -> None:
    async with running(accounts=ACCOUNTS) as (simulator, _), smpp34_client(simulator) as smsc:
        responses = await asyncio.gather(*(smsc.submit_sm(f"336{n:08}", b"x") for n in range(500)))
        assert len({response.message_id for response in responses}) == 500
