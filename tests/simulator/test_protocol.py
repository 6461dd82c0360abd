import asyncio
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smstui.smpp.simulator import Account, Hazards, PortTaken, Simulator, SimulatorSettings
from smstui.smpp.simulator.wire import Framer
from tests.simulator.raw import (
    ENQUIRE_LINK,
    ENQUIRE_LINK_RESP,
    GENERIC_NACK,
    RECEIVER,
    SUBMIT_SM,
    SUBMIT_SM_RESP,
    TRANSCEIVER,
    TRANSMITTER,
    UNBIND,
    UNBIND_RESP,
    bound,
    encode,
    running,
    submit_body,
)

SHOP = (Account("shop", "open sesame"),)


@pytest.mark.parametrize("mode", [TRANSMITTER, RECEIVER, TRANSCEIVER])
async def test_each_bind_is_accepted_and_says_its_version(mode: int) -> None:
    async with running() as (_, connect):
        response = await (await connect()).bind(mode)
    assert (response.command, response.status) == (mode | 0x80000000, 0)
    assert response.body == b"smstui\0" + struct.pack(">HHB", 0x0210, 1, 0x34)


@pytest.mark.parametrize(
    ("system_id", "password", "status"),
    [("shop", "open sesame", 0), ("shop", "wrong", 0x0E), ("stranger", "open sesame", 0x0F)],
)
async def test_credentials_are_checked(system_id: str, password: str, status: int) -> None:
    async with running(accounts=SHOP) as (_, connect):
        assert (await (await connect()).bind(system_id=system_id, password=password)).status == status


async def test_a_second_bind_on_a_session_is_refused() -> None:
    async with bound() as (_, esme):
        assert (await esme.bind()).status == 0x05


async def test_a_second_session_of_an_account_is_refused_while_the_first_lasts() -> None:
    async with running(Hazards(exclusive_bind=True)) as (_, connect):
        first, second = await connect(), await connect()
        await first.bind()
        assert (await second.bind()).status == 0x05
        assert await second.rest() == b""
        assert (await first.ask(UNBIND)).command == UNBIND_RESP
        assert (await (await connect()).bind()).status == 0


async def test_binds_are_refused_on_demand_with_and_without_a_body() -> None:
    async with running(Hazards(bind_refusal=0x0D, bind_refusal_times=1)) as (simulator, connect):
        response = await (await connect()).bind()
        assert (response.status, response.body) == (0x0D, b"smstui\0")
        assert (await (await connect()).bind()).status == 0
        simulator.use(Hazards(bind_refusal=0x400, bind_refusal_without_body=True))
        response = await (await connect()).bind()
        assert (response.status, response.body) == (0x400, b"")


async def test_enquire_link_and_unbind_are_answered_and_the_connection_ends() -> None:
    async with bound() as (_, esme):
        response = await esme.ask(ENQUIRE_LINK)
        assert (response.command, response.sequence) == (ENQUIRE_LINK_RESP, 2)
        assert (await esme.ask(UNBIND)).command == UNBIND_RESP
        assert await esme.rest() == b""


async def test_what_it_does_not_do_is_refused_politely() -> None:
    async with bound() as (_, esme):
        data_sm = await esme.ask(0x103, b"\0\0\0a\0\0\0b\0\0\0\0")
        assert (data_sm.command, data_sm.status) == (0x80000103, 3)
        unknown = await esme.ask(0x00010203)
        assert (unknown.command, unknown.status) == (GENERIC_NACK, 3)
        assert await esme.silent()


@pytest.mark.parametrize("mode", [None, RECEIVER])
async def test_submits_need_a_bind_that_may_send(mode: int | None) -> None:
    async with running() as (simulator, connect):
        esme = await connect()
        if mode is not None:
            await esme.bind(mode)
        assert (await esme.ask(SUBMIT_SM, submit_body())).status == 0x04
        assert simulator.handsets.messages() == ()


async def test_pdus_are_found_one_byte_at_a_time_and_many_at_once() -> None:
    async with bound() as (simulator, esme):
        for byte in encode(SUBMIT_SM, 50, submit_body()):
            esme.writer.write(bytes([byte]))
            await esme.writer.drain()
        assert (await esme.read()).sequence == 50
        esme.submit(300)
        assert [pdu.sequence for pdu in await esme.read_many(300)] == list(range(2, 302))
        assert simulator.stats.accepted == 301


@pytest.mark.parametrize("length", [0, 15, 0x7FFFFFFF])
async def test_an_impossible_command_length_is_nacked_and_ends_the_connection(length: int) -> None:
    async with bound() as (_, esme):
        esme.writer.write(struct.pack(">IIII", length, SUBMIT_SM, 0, 77))
        nack = await esme.read()
        assert (nack.command, nack.status, nack.sequence) == (GENERIC_NACK, 2, 77)
        assert await esme.rest() == b""


@pytest.mark.parametrize("size", [0, 5, 12, 25, 35])
async def test_a_cut_submit_is_refused_and_the_session_goes_on(size: int) -> None:
    async with bound() as (_, esme):
        response = await esme.ask(SUBMIT_SM, submit_body()[:size])
        assert (response.command, response.status) == (SUBMIT_SM_RESP, 0x01)
        assert (await esme.ask(SUBMIT_SM, submit_body())).status == 0


async def test_a_taken_port_is_refused() -> None:
    async with running() as (simulator, _):
        other = Simulator(SimulatorSettings(port=simulator.port))
        with pytest.raises(PortTaken) as refusal:
            await other.start()
        assert refusal.value.port == simulator.port


async def test_a_peer_that_does_not_read_is_not_read_from_until_it_does() -> None:
    async with bound() as (simulator, esme):
        esme.writer.transport.pause_reading()  # type: ignore[attr-defined]
        for _ in range(60):
            esme.submit(5000)
        before = -1
        while simulator.stats.accepted != before:
            before = simulator.stats.accepted
            for _ in range(50):
                await asyncio.sleep(0)
        assert before < 300_000
        esme.writer.transport.resume_reading()  # type: ignore[attr-defined]
        async with asyncio.timeout(60):
            for _ in range(300_000):
                assert (await esme.reader.readexactly(len(encode(4, 1, b"0123456789\0")))) != b""
        assert simulator.stats.accepted == 300_000


async def test_the_same_seed_gives_the_same_ids() -> None:
    ids = []
    for _ in range(2):
        async with bound(seed=3) as (_, esme):
            ids.append((await esme.ask(SUBMIT_SM, submit_body())).message_id)
    assert ids[0] == ids[1]


@given(st.lists(st.binary(max_size=40), max_size=12), st.data())
def test_the_framer_finds_the_same_pdus_whatever_the_cuts(bodies: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(encode(4, number, body) for number, body in enumerate(bodies))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    framer, found = Framer(), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        buffer, frames = framer.feed(stream[start:end])
        found += [(sequence, buffer[begin:stop]) for _, _, sequence, begin, stop in frames]
    assert found == list(enumerate(bodies))


def test_shares_are_checked() -> None:
    with pytest.raises(ValueError, match="refuse_share"):
        Hazards(refuse_share=1.5)
    with pytest.raises(ValueError, match="add up"):
        Hazards(undelivered_share=0.6, expired_share=0.6)
