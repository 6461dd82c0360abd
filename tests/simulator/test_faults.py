import struct

import pytest

from smstui.smpp.simulator import Hazards
from tests.simulator.raw import (
    ENQUIRE_LINK,
    ENQUIRE_LINK_RESP,
    SUBMIT_SM,
    UNBIND,
    UNBIND_RESP,
    Esme,
    bound,
    encode,
    running,
    submit_body,
    until,
)


async def test_the_connection_drops_before_the_nth_answer() -> None:
    async with bound(Hazards(drop_after=3)) as (simulator, esme):
        esme.submit(10)
        assert len(await esme.read_many(2)) == 2
        assert await esme.rest() == b""
        assert (simulator.stats.accepted, simulator.stats.drops) == (3, 1)


async def test_the_connection_drops_in_the_middle_of_an_answer() -> None:
    async with bound(Hazards(drop_after=2, drop_in_pdu=True)) as (_, esme):
        esme.submit(2)
        whole = await esme.read()
        assert len(await esme.rest()) == (16 + len(whole.body)) // 2


async def test_only_the_first_connections_drop() -> None:
    async with running(Hazards(drop_after=1, drop_times=1)) as (_, connect):
        first = await connect()
        await first.bind()
        first.submit(1)
        assert await first.rest() == b""
        second = await connect()
        await second.bind()
        assert (await second.ask(SUBMIT_SM, submit_body())).status == 0


async def test_bytes_come_one_by_one_up_to_the_end() -> None:
    async with running(Hazards(one_byte_writes=True)) as (_, connect):
        esme = await connect()
        esme.writer.write(encode(9, 1, b"me\0secret\0\0\x34\0\0\0"))
        assert await esme.reader.read(1) == b"\0"
        assert len(await esme.reader.readexactly(27)) == 27
        esme.submit(5, registered=1)
        assert len([await esme.read() for _ in range(5)]) == 5
        assert (await esme.deliver()).field("stat") == "DELIVRD"


async def test_the_last_answer_comes_whole_byte_by_byte() -> None:
    async with bound(Hazards(one_byte_writes=True)) as (_, esme):
        assert (await esme.ask(UNBIND)).command == UNBIND_RESP
        assert await esme.rest() == b""


async def test_garbage_comes_after_n_pdus() -> None:
    async with bound(Hazards(garbage_after=2)) as (_, esme):
        esme.submit(2)
        await esme.read_many(2)
        assert await esme.reader.readexactly(8) == b"HTTP/1.1"


async def test_a_huge_length_is_claimed_after_n_pdus() -> None:
    async with bound(Hazards(huge_length_after=1)) as (_, esme):
        esme.submit(1)
        await esme.read()
        assert struct.unpack(">IIII", await esme.reader.readexactly(16))[:2] == (1 << 30, 5)


async def test_an_unknown_command_comes_and_its_nack_is_counted() -> None:
    async with bound(Hazards(unknown_command_after=1)) as (simulator, esme):
        esme.submit(1)
        await esme.read()
        unknown = await esme.read()
        assert unknown.command == 0x00010203
        esme.writer.write(encode(0x80000000, unknown.sequence, status=3))
        await until(lambda: simulator.stats.nacks == 1)


async def test_the_smsc_unbinds() -> None:
    async with bound(Hazards(unbind_after=1)) as (_, esme):
        esme.submit(1)
        await esme.read()
        unbind = await esme.read()
        assert unbind.command == UNBIND
        esme.writer.write(encode(UNBIND_RESP, unbind.sequence))
        assert await esme.rest() == b""


async def test_enquire_link_is_ignored() -> None:
    async with bound(Hazards(ignore_enquire_link=True)) as (_, esme):
        esme.send(ENQUIRE_LINK)
        assert (await esme.ask(SUBMIT_SM, submit_body())).command == 0x80000004


async def test_the_smsc_enquires() -> None:
    async with bound(Hazards(enquire_link_every=0.02)) as (simulator, esme):
        for _ in range(2):
            enquiry = await esme.read()
            assert enquiry.command == ENQUIRE_LINK
            esme.writer.write(encode(ENQUIRE_LINK_RESP, enquiry.sequence))
        await until(lambda: simulator.stats.enquiries_answered == 2)


async def test_hanging_up_drops_everyone_and_goes_on_listening() -> None:
    async with running() as (simulator, connect):
        esmes: list[Esme] = [await connect() for _ in range(2)]
        for esme in esmes:
            await esme.bind()
        await simulator.hang_up()
        assert [await esme.rest() for esme in esmes] == [b"", b""]
        assert (await (await connect()).bind()).status == 0


@pytest.mark.parametrize("fault", ["drop_after", "garbage_after", "unbind_after"])
async def test_faults_count_from_the_bind_of_each_session(fault: str) -> None:
    async with running(Hazards(**{fault: 2})) as (_, connect):
        for _ in range(2):
            esme = await connect()
            await esme.bind()
            assert (await esme.ask(SUBMIT_SM, submit_body())).status == 0
            assert (await esme.ask(ENQUIRE_LINK)).command == ENQUIRE_LINK_RESP
