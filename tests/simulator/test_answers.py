import pytest

from smstui.smpp.simulator import Hazards, IdStyle
from tests.simulator.raw import SUBMIT_SM, SUBMIT_SM_RESP, Pdu, bound, submit_body, until
from tests.support import FakeClock


def statuses(pdus: list[Pdu]) -> list[int]:
    return [pdu.status for pdu in pdus]


@pytest.mark.parametrize(
    ("style", "in_response", "in_receipt"),
    [
        (IdStyle.DECIMAL, "{}", "{}"),
        (IdStyle.HEX, "{:x}", "{:x}"),
        (IdStyle.HEX_THEN_DECIMAL, "{:x}", "{}"),
        (IdStyle.DECIMAL_THEN_HEX, "{}", "{:x}"),
        (IdStyle.LEADING_ZEROS, "{:020}", "{}"),
        (IdStyle.ZEROS_IN_RECEIPT, "{}", "{:020}"),
        (IdStyle.UPPERCASE_HEX, "{:x}", "{:X}"),
        (IdStyle.LONG, "smsc-{:059}", "smsc-{:059}"),
    ],
)
async def test_ids_are_written_in_each_style(style: IdStyle, in_response: str, in_receipt: str) -> None:
    async with bound() as (_, esme):
        number = int((await esme.ask(SUBMIT_SM, submit_body())).message_id)
    async with bound(Hazards(id_style=style)) as (_, esme):
        assert (await esme.ask(SUBMIT_SM, submit_body(registered=1))).message_id == in_response.format(number)
        receipt = await esme.deliver()
        assert receipt.field("id") == in_receipt.format(number)
        assert receipt.tlvs[0x001E] == in_receipt.format(number).encode() + b"\0"


async def test_uuids_differ_and_are_the_same_in_receipts() -> None:
    async with bound(Hazards(id_style=IdStyle.UUID)) as (_, esme):
        esme.submit(2, registered=1)
        ids = [pdu.message_id for pdu in await esme.read_many(2)]
        assert [(await esme.deliver()).field("id") for _ in ids] == ids
        assert len(set(ids)) == 2
        assert all(len(one) == 36 for one in ids)


async def test_tlvs_follow_the_id_of_a_response() -> None:
    async with bound(Hazards(response_tlvs=True)) as (_, esme):
        message_id, _, tlvs = (await esme.ask(SUBMIT_SM, submit_body())).body.partition(b"\0")
    assert message_id.isdigit()
    assert tlvs == b"\x14\x03\0\x08accepted\x03\x81\0\x01\0"


async def test_late_answers_let_other_answers_pass() -> None:
    async with bound(Hazards(response_delay=0.1)) as (_, esme):
        esme.submit(3)
        assert await esme.silent()
        assert statuses(await esme.read_many(3)) == [0, 0, 0]


async def test_lost_answers_are_accepted_and_never_come() -> None:
    async with bound(Hazards(response_lost_share=1)) as (simulator, esme):
        esme.submit(5)
        assert await esme.silent()
        assert len(simulator.handsets.messages()) == 5


async def test_answers_come_twice() -> None:
    async with bound(Hazards(response_twice=True)) as (_, esme):
        esme.submit(2)
        first, again, second, _ = await esme.read_many(4)
        assert first == again != second


async def test_answers_come_out_of_order_and_an_incomplete_group_too() -> None:
    async with bound(Hazards(response_shuffle=4)) as (_, esme):
        esme.submit(10)
        order = [pdu.sequence for pdu in await esme.read_many(10)]
    assert sorted(order) == list(range(2, 12))
    for group in (order[:4], order[4:8], order[8:]):
        assert group != sorted(group)


async def test_more_than_the_window_is_throttled() -> None:
    async with bound(Hazards(max_window=3, response_delay=0.02)) as (simulator, esme):
        esme.submit(5)
        assert statuses(await esme.read_many(5)) == [0, 0, 0, 0x58, 0x58]
        esme.submit(3)
        assert statuses(await esme.read_many(3)) == [0, 0, 0]
        assert simulator.stats.widest_window == 5


@pytest.mark.parametrize("status", [0x45, 0x401])
async def test_a_share_is_refused_with_any_status(status: int) -> None:
    async with bound(Hazards(refuse_share=0.5, refuse_status=status)) as (simulator, esme):
        esme.submit(200)
        answers = await esme.read_many(200)
        refused = [pdu for pdu in answers if pdu.status]
        assert 60 < len(refused) < 140
        assert {(pdu.command, pdu.status, pdu.body) for pdu in refused} == {(SUBMIT_SM_RESP, status, b"")}
        assert len(simulator.handsets.messages()) == 200 - len(refused) == simulator.stats.accepted


async def test_every_nth_is_throttled() -> None:
    async with bound(Hazards(throttle_every=3, throttle_status=0x14)) as (simulator, esme):
        esme.submit(6)
        assert statuses(await esme.read_many(6)) == [0, 0, 0x14, 0, 0, 0x14]
        assert simulator.stats.throttled == 2


async def test_a_share_is_throttled() -> None:
    async with bound(Hazards(throttle_share=1)) as (_, esme):
        esme.submit(2)
        assert statuses(await esme.read_many(2)) == [0x58, 0x58]


@pytest.mark.parametrize(
    ("hazards", "expected"),
    [
        (Hazards(throttle_seconds=10), [[0x58, 0x58, 0x58], [0, 0, 0]]),
        (Hazards(throttle_rate=2), [[0, 0, 0x58], [0, 0, 0x58]]),
    ],
)
async def test_throttling_follows_the_clock(hazards: Hazards, expected: list[list[int]]) -> None:
    clock = FakeClock()
    async with bound(hazards, clock=clock) as (_, esme):
        for wanted in expected:
            esme.submit(3)
            assert statuses(await esme.read_many(3)) == wanted
            clock.advance(11)


async def test_hazards_change_while_a_session_lasts() -> None:
    async with bound(Hazards(response_delay=60)) as (simulator, esme):
        esme.submit(1)
        await until(lambda: simulator.stats.accepted == 1)
        simulator.use(Hazards(refuse_share=1))
        assert (await esme.read()).status == 0
        assert (await esme.ask(SUBMIT_SM, submit_body())).status == 0x0B


async def test_answers_keep_the_order_of_what_was_asked() -> None:
    async with bound() as (_, esme):
        sent = [esme.send(command, submit_body() if command == SUBMIT_SM else b"") for command in (4, 0x15, 4, 0x15)]
        assert [pdu.sequence for pdu in await esme.read_many(4)] == sent
