import asyncio

import pytest

from smstui.smpp.simulator import DateForm, Hazards, ReceiptField, ReceiptForm, Simulator
from tests.simulator.raw import (
    ENQUIRE_LINK_RESP,
    RECEIVER,
    SUBMIT_SM,
    TRANSMITTER,
    Deliver,
    Esme,
    bound,
    running,
    submit_body,
    until,
)
from tests.support import FakeClock


async def receipt_of(hazards: Hazards, **fields: object) -> Deliver:
    """The receipt of one message, sent at 14:15:00 on 22 November 2026."""
    async with bound(hazards, clock=FakeClock()) as (_, esme):
        esme.submit(1, registered=1, **fields)
        return await esme.deliver()


async def test_a_receipt_goes_from_the_phone_to_the_sender_with_text_and_tlvs() -> None:
    receipt = await receipt_of(Hazards(), destination="33601020304")
    assert receipt.source == (1, 1, "33601020304")
    assert receipt.destination == (5, 0, "SHOP")
    assert (receipt.esm_class, receipt.service_type) == (4, "")
    smsc_id = receipt.field("id")
    assert receipt.text.decode() == (
        f"id:{smsc_id} sub:001 dlvrd:001 submit date:2611221415 done date:2611221415 stat:DELIVRD err:000 text:hello"
    )
    assert receipt.tlvs == {0x001E: f"{smsc_id}\0".encode(), 0x0427: b"\x02"}


async def test_without_being_asked_no_receipt_comes() -> None:
    async with bound(receipt_delay=0) as (simulator, esme):
        assert (await esme.ask(SUBMIT_SM, submit_body(registered=0))).status == 0
        assert await esme.silent()
        assert simulator.stats.receipts == 0


async def test_receipts_by_tlv_only_and_by_text_only() -> None:
    by_tlv = await receipt_of(Hazards(receipt_form=ReceiptForm.TLV))
    assert (by_tlv.text, set(by_tlv.tlvs)) == (b"", {0x001E, 0x0427})
    by_text = await receipt_of(Hazards(receipt_form=ReceiptForm.TEXT))
    assert (by_text.field("stat"), by_text.tlvs) == ("DELIVRD", {})


async def test_a_receipt_in_message_payload() -> None:
    receipt = await receipt_of(Hazards(receipt_form=ReceiptForm.PAYLOAD))
    assert (receipt.text, set(receipt.tlvs)) == (b"", {0x0424})
    assert receipt.field("stat") == "DELIVRD"


@pytest.mark.parametrize("missing", list(ReceiptField))
async def test_any_field_may_be_missing(missing: ReceiptField) -> None:
    receipt = await receipt_of(Hazards(receipt_without=frozenset({missing})))
    found = {name for name in ReceiptField if receipt.field(name.replace("-", " ")) is not None}
    assert found == set(ReceiptField) - {missing}


@pytest.mark.parametrize(
    ("form", "written"),
    [
        (DateForm.SECONDS, "261122141500"),
        (DateForm.CENTURY, "20261122141500"),
        (DateForm.ISO, "2026-11-22T14:15:00Z"),
        (DateForm.EMPTY, ""),
        (DateForm.WORDS, "just now"),
    ],
)
async def test_dates_in_other_forms(form: DateForm, written: str) -> None:
    receipt = await receipt_of(Hazards(receipt_dates=form))
    assert (receipt.field("submit date"), receipt.field("done date")) == (written, written)


async def test_unknown_words_and_codes() -> None:
    receipt = await receipt_of(Hazards(receipt_stat="PENDING2", receipt_error="0x1B"))
    assert (receipt.field("stat"), receipt.field("err"), receipt.tlvs[0x0427]) == ("PENDING2", "0x1B", b"\x07")


async def test_receipts_that_look_like_messages_with_a_long_service_type() -> None:
    receipt = await receipt_of(Hazards(receipt_esm_class=0, service_type="SMSCSIM"))
    assert (receipt.esm_class, receipt.service_type) == (0, "SMSCSIM")


@pytest.mark.parametrize(
    ("hazards", "stat", "state"),
    [
        (Hazards(undelivered_share=1), "UNDELIV", 5),
        (Hazards(expired_share=1), "EXPIRED", 3),
        (Hazards(rejected_share=1), "REJECTD", 8),
    ],
)
async def test_messages_that_never_reach_their_phone(hazards: Hazards, stat: str, state: int) -> None:
    async with bound(hazards) as (simulator, esme):
        esme.submit(1, registered=1)
        receipt = await esme.deliver()
        assert (receipt.field("stat"), receipt.field("dlvrd"), receipt.tlvs[0x0427]) == (stat, "000", bytes([state]))
        assert simulator.handsets.messages() == ()


async def test_a_receipt_before_its_response() -> None:
    async with bound(Hazards(receipt_first=True)) as (_, esme):
        esme.submit(1, registered=1)
        receipt, response = await esme.read_many(2)
        assert (receipt.command, response.command) == (5, 0x80000004)


async def test_receipts_come_twice() -> None:
    async with bound(Hazards(deliver_twice=True)) as (simulator, esme):
        esme.submit(1, registered=1)
        assert await esme.deliver() == await esme.deliver()
        await until(lambda: simulator.acknowledged == 2)


async def lost_session(simulator: Simulator, first: Esme) -> None:
    """Take a receipt without acknowledging it, and go away."""
    first.submit(1, registered=1)
    await first.deliver(status=None)
    await first.close()
    await until(lambda: not simulator.has_receiver)


async def test_what_was_not_acknowledged_goes_to_the_next_receiver() -> None:
    async with running() as (simulator, connect):
        first = await connect()
        await first.bind()
        await lost_session(simulator, first)
        second = await connect()
        await second.bind(RECEIVER)
        assert (await second.deliver()).field("stat") == "DELIVRD"
        await until(lambda: simulator.acknowledged == 1)
        assert await second.silent()


async def test_what_has_no_answer_for_too_long_comes_again() -> None:
    async with bound(redeliver_after=0.05) as (simulator, esme):
        esme.submit(1, registered=1)
        assert await esme.deliver(status=None) == await esme.deliver()
        await until(lambda: simulator.acknowledged == 1)


async def test_what_was_refused_comes_again() -> None:
    async with bound() as (simulator, esme):
        esme.submit(1, registered=1)
        assert await esme.deliver(status=0x14) == await esme.deliver()
        await until(lambda: simulator.acknowledged == 1)


async def test_receipts_of_a_transmitter_wait_for_a_receiver_and_for_its_window() -> None:
    async with bound(mode=TRANSMITTER, deliver_window=3) as (simulator, esme):
        esme.submit(5, registered=1)
        assert {pdu.status for pdu in await esme.read_many(5)} == {0}
        await until(lambda: simulator.stats.receipts == 5)
        receiver = await Esme.connect(simulator.port)
        await receiver.bind(RECEIVER)
        written = [await receiver.read() for _ in range(3)]
        assert (await receiver.ask(0x15)).command == ENQUIRE_LINK_RESP
        receiver.send(0x80000005, b"\0")
        for pdu in written:
            receiver.writer.write(b"\0\0\0\x11\x80\0\0\x05\0\0\0\0" + pdu.sequence.to_bytes(4, "big") + b"\0")
        assert len([await receiver.deliver() for _ in range(2)]) == 2
        await until(lambda: simulator.acknowledged == 5)
        await receiver.close()


async def test_fates_follow_their_shares() -> None:
    async with bound(Hazards(undelivered_share=0.3, expired_share=0.3, rejected_share=0.3)) as (_, esme):
        esme.submit(400, registered=1)
        words = [(await esme.deliver()).field("stat") for _ in range(400)]
    assert all(80 < words.count(word) < 160 for word in ("UNDELIV", "EXPIRED", "REJECTD"))
    assert 15 < words.count("DELIVRD") < 80


async def test_receipts_of_one_text_say_their_own_times() -> None:
    clock = FakeClock()
    async with bound(clock=clock) as (_, esme):
        dates = []
        for _ in range(2):
            esme.submit(1, registered=1)
            dates.append((await esme.deliver()).field("submit date"))
            clock.advance(3600)
    assert dates == ["2611221415", "2611221515"]


async def test_a_message_to_a_phone_that_is_off_expires_when_its_validity_ends() -> None:
    async with bound(Hazards(expired_share=1), receipt_delay=0) as (_, esme):
        esme.submit(1, registered=1, validity=b"000000000001000R")
        esme.submit(1, registered=1)
        began = asyncio.get_running_loop().time()
        first, second = [await esme.deliver() for _ in range(2)]
        assert asyncio.get_running_loop().time() - began >= 1
    assert [one.source[2] for one in (first, second)] == ["33600000003", "33600000002"]
    assert {one.field("stat") for one in (first, second)} == {"EXPIRED"}


@pytest.mark.parametrize(
    ("period", "status"), [(b"", 0), (b"261122141500000+", 0), (b"000000000001000R", 0), (b"1 hour", 0x62)]
)
async def test_a_validity_that_is_no_time_is_refused(period: bytes, status: int) -> None:
    async with bound() as (_, esme):
        assert (await esme.ask(SUBMIT_SM, submit_body(validity=period))).status == status


async def test_a_voice_message_is_delivered_and_then_listened_to() -> None:
    async with bound(Hazards(listened_share=1.0), receipt_delay=0.01) as (simulator, esme):
        esme.submit(1, registered=1)
        esme.submit(1, registered=1, service_type=b"VOIX")
        receipts = [await esme.deliver() for _ in range(3)]
        assert await esme.silent()
        assert simulator.stats.receipts == 3
    assert [one.field("stat") for one in receipts] == ["DELIVRD", "DELIVRD", "LISTENED"]
    assert receipts[1].field("id") == receipts[2].field("id")
    assert receipts[2].source == receipts[1].source


async def test_what_did_not_arrive_is_not_listened_to() -> None:
    hazards = Hazards(listened_share=1.0, undelivered_share=1.0)
    async with bound(hazards, receipt_delay=0.01) as (_, esme):
        esme.submit(1, registered=1, service_type=b"VOIX")
        assert (await esme.deliver()).field("stat") == "UNDELIV"
        assert await esme.silent()
