"""What real SMSCs do beside the standard, and what hostile peers try: the session lives, or ends with its reason."""

import asyncio
import struct
import tracemalloc

import pytest

from smstui.domain.states import MessageState
from smstui.smpp.alphabet import decode
from smstui.smpp.values import Alphabet, Concatenation, Inbound, OutcomeKind, Receipt
from tests.smpp.conftest import StartClient
from tests.smpp.smsc import (
    DATA_SM,
    DELIVER_SM,
    DELIVER_SM_RESP,
    ENQUIRE_LINK,
    ENQUIRE_LINK_RESP,
    GENERIC_NACK,
    SUBMIT_SM_RESP,
    Client,
    Smsc,
    deliver_sm_body,
    pdu,
    recipients,
    template,
    tlv,
    until,
)

PHONE = "33601020304"
RECEIPT_TEXT = b"id:A1 sub:001 dlvrd:001 submit date:2611221200 done date:2611221201 stat:DELIVRD err:000 text:Hello"


async def delivered(smsc: Smsc, receiver: Client, body: bytes, command: int = DELIVER_SM) -> Receipt | Inbound:
    """What the client makes of one deliver_sm, which it must acknowledge with status 0."""
    peer = await smsc.bound()
    peer.send(pdu(command, 99, body))
    response = await peer.expect(command | 0x80000000)
    assert (response.status, response.sequence, response.body) == (0, 99, b"\0")
    (delivery,) = receiver.owner.delivered
    return delivery


async def test_a_receipt_as_the_standard_writes_it(smsc: Smsc, client: StartClient) -> None:
    receipt = await delivered(smsc, client(), deliver_sm_body(RECEIPT_TEXT, esm_class=4))
    assert receipt == Receipt("A1", MessageState.DELIVERED, "DELIVRD", "000", PHONE)


async def test_a_receipt_by_tlvs_only(smsc: Smsc, client: StartClient) -> None:
    body = deliver_sm_body(esm_class=4, tlvs=tlv(0x1E, b"0A1\0") + tlv(0x427, b"\5") + tlv(0x423, b"\3\0\x1b"))
    assert await delivered(smsc, client(), body) == Receipt(
        "0A1", MessageState.UNDELIVERED, "message_state 5", "27", PHONE
    )


async def test_a_receipt_in_message_payload(smsc: Smsc, client: StartClient) -> None:
    receipt = await delivered(smsc, client(), deliver_sm_body(esm_class=4, tlvs=tlv(0x424, RECEIPT_TEXT)))
    assert receipt == Receipt("A1", MessageState.DELIVERED, "DELIVRD", "000", PHONE)


async def test_a_receipt_by_data_sm(smsc: Smsc, client: StartClient) -> None:
    body = b"\0\1\x0133601020304\0\0\x0136034\0" + bytes((4, 0, 0)) + tlv(0x424, RECEIPT_TEXT)
    assert (await delivered(smsc, client(), body, DATA_SM)) == Receipt(
        "A1", MessageState.DELIVERED, "DELIVRD", "000", PHONE
    )


async def test_a_service_type_of_seven_characters(smsc: Smsc, client: StartClient) -> None:
    body = deliver_sm_body(b"hello", service_type=b"smscsim")
    message = await delivered(smsc, client(), body)
    assert isinstance(message, Inbound)
    assert (message.source, message.destination, message.payload) == ("33601020304", "36034", b"hello")


@pytest.mark.parametrize(
    ("alphabet", "payload", "text"),
    [(Alphabet.GSM7, b"\x05\x1b\x65", "é€"), (Alphabet.LATIN1, b"\xe9", "é"), (Alphabet.UTF8, b"\xc3\xa9", "é")],
)
async def test_data_coding_0_is_what_the_connection_says(
    smsc: Smsc, client: StartClient, alphabet: Alphabet, payload: bytes, text: str
) -> None:
    message = await delivered(smsc, client(alphabet=alphabet), deliver_sm_body(payload))
    assert isinstance(message, Inbound)
    assert decode(message.payload, message.encoding) == text


async def test_a_redelivery_has_the_same_fingerprint(smsc: Smsc, client: StartClient) -> None:
    receiver = client()
    peer = await smsc.bound()
    for sequence, text in enumerate((b"one", b"one", b"two")):
        peer.send(pdu(DELIVER_SM, sequence + 1, deliver_sm_body(text)))
        await peer.expect(DELIVER_SM_RESP)
    one, again, two = (message for message in receiver.owner.delivered if isinstance(message, Inbound))
    assert one.fingerprint == again.fingerprint != two.fingerprint


async def test_parts_of_a_long_message_keep_their_place(smsc: Smsc, client: StartClient) -> None:
    body = deliver_sm_body(esm_class=0x40, data_coding=8, tlvs=tlv(0x424, bytes.fromhex("06080412340201") + b"\0a"))
    message = await delivered(smsc, client(), body)
    assert isinstance(message, Inbound)
    assert message.concatenation == Concatenation(0x1234, 2, 1)
    assert decode(message.payload, message.encoding) == "a"


async def test_deliveries_are_acknowledged_after_their_commit(smsc: Smsc, client: StartClient) -> None:
    receiver = client()
    peer = await smsc.bound()
    receiver.owner.may_commit.clear()
    peer.send(*(pdu(DELIVER_SM, sequence, deliver_sm_body(b"x")) for sequence in range(1, 4)))
    await until(receiver.owner.committing.is_set)
    peer.send(pdu(ENQUIRE_LINK, 50))
    assert (await peer.read()).command == ENQUIRE_LINK_RESP
    receiver.owner.may_commit.set()
    assert [(await peer.expect(DELIVER_SM_RESP)).sequence for _ in range(3)] == [1, 2, 3]


async def test_a_failed_commit_asks_the_smsc_to_come_again(smsc: Smsc, client: StartClient) -> None:
    receiver = client()
    peer = await smsc.bound()
    receiver.owner.refusal = OSError("disk full")
    peer.send(pdu(DELIVER_SM, 1, deliver_sm_body(b"x")))
    assert (await peer.expect(DELIVER_SM_RESP)).status == 0x64
    receiver.owner.refusal = None
    peer.send(pdu(DELIVER_SM, 2, deliver_sm_body(b"x")))
    assert (await peer.expect(DELIVER_SM_RESP)).status == 0
    assert len(receiver.owner.delivered) == 1


async def test_with_too_many_waiting_the_smsc_is_asked_to_come_again(smsc: Smsc, client: StartClient) -> None:
    receiver = client()
    peer = await smsc.bound()
    receiver.owner.may_commit.clear()
    body = deliver_sm_body(RECEIPT_TEXT, esm_class=4)
    peer.send(*(pdu(DELIVER_SM, sequence, body) for sequence in range(1, 12_001)))
    refused = await peer.expect(DELIVER_SM_RESP)
    assert refused.status == 0x64
    receiver.owner.may_commit.set()
    others = [await peer.expect(DELIVER_SM_RESP) for _ in range(11_999)]
    kept = [one.sequence for one in others if one.status == 0]
    assert {one.status for one in others} == {0, 0x64}
    assert len(receiver.owner.delivered) == len(kept) == len(set(kept))
    assert refused.sequence not in kept


@pytest.mark.parametrize("body", [b"", b"\0", b"\0\1\x0133601", deliver_sm_body(b"x")[:18]])
async def test_a_deliver_sm_without_addresses_is_refused_for_good(smsc: Smsc, client: StartClient, body: bytes) -> None:
    client()
    peer = await smsc.bound()
    peer.send(pdu(DELIVER_SM, 1, body), pdu(ENQUIRE_LINK, 2))
    responses = {(await peer.read())[:3] for _ in range(2)}
    assert responses == {(DELIVER_SM_RESP, 0x65, 1), (ENQUIRE_LINK_RESP, 0, 2)}


async def test_a_deliver_sm_whose_lengths_lie_is_read_as_far_as_it_goes(smsc: Smsc, client: StartClient) -> None:
    body = bytearray(deliver_sm_body(b"hello"))
    body[-6] = 200
    message = await delivered(smsc, client(), bytes(body) + b"\x04\x24\xff\xff")
    assert isinstance(message, Inbound)
    assert message.payload.startswith(b"hello")


async def test_unknown_commands_get_a_generic_nack_and_notifications_nothing(smsc: Smsc, client: StartClient) -> None:
    client()
    peer = await smsc.bound()
    peer.send(pdu(0x102, 1, b"\1\1123\0\1\1456\0"), pdu(0x80000777, 2), pdu(0x0B, 3), pdu(0x777, 4), pdu(0x3, 5))
    assert (await peer.read())[:3] == (GENERIC_NACK, 3, 4)
    assert (await peer.read())[:3] == (GENERIC_NACK, 3, 5)


@pytest.mark.parametrize("length", [0, 15, 64 * 1024 + 1, 1 << 30, 0xFFFFFFFF])
async def test_an_impossible_command_length_ends_the_session(smsc: Smsc, client: StartClient, length: int) -> None:
    sender = client()
    peer = await smsc.bound()
    await sender.bound()
    peer.send(struct.pack(">IIII", length, DELIVER_SM, 0, 7))
    assert (await peer.read())[:3] == (GENERIC_NACK, 2, 7)
    await peer.ended()
    await smsc.bound()
    assert any(str(length) in status.reason for status in sender.owner.statuses)


async def test_a_flood_behind_a_huge_command_length_is_not_buffered(smsc: Smsc, client: StartClient) -> None:
    client()
    peer = await smsc.bound()
    tracemalloc.start()
    try:
        peer.send(struct.pack(">IIII", 1 << 30, DELIVER_SM, 0, 7))
        for _ in range(64):
            peer.writer.write(bytes(256 * 1024))
            try:
                await peer.writer.drain()
            except ConnectionError:
                break
        await smsc.bound()
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


async def test_garbage_ends_the_session(smsc: Smsc, client: StartClient) -> None:
    sender = client()
    peer = await smsc.bound()
    await sender.send(template(), recipients(1))
    await peer.submits(1)
    peer.send(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
    await sender.outcomes(1)
    assert sender.owner.kinds == {(0, 1): OutcomeKind.UNKNOWN}
    await smsc.bound()


async def test_octets_one_at_a_time(smsc: Smsc, client: StartClient) -> None:
    sender = client()
    peer = await smsc.peer()
    request = await peer.read()

    async def trickle(octets: bytes) -> None:
        for octet in octets:
            peer.send(bytes((octet,)))
            await asyncio.sleep(0)

    await trickle(pdu(request.command | 0x80000000, request.sequence, b"smsc\0"))
    await sender.send(template(), recipients(1))
    (submit,) = await peer.submits(1)
    await trickle(pdu(SUBMIT_SM_RESP, submit.sequence, b"id\0") + pdu(DELIVER_SM, 3, deliver_sm_body(RECEIPT_TEXT)))
    await peer.expect(DELIVER_SM_RESP)
    assert sender.owner.settled[0].smsc_id == "id"
    assert len(sender.owner.delivered) == 1


async def test_many_pdus_in_one_read_behind_the_bind_response(smsc: Smsc, client: StartClient) -> None:
    receiver = client()
    peer = await smsc.peer()
    request = await peer.read()
    peer.send(
        pdu(request.command | 0x80000000, request.sequence, b"smsc\0"),
        *(pdu(DELIVER_SM, sequence, deliver_sm_body(RECEIPT_TEXT, esm_class=4)) for sequence in range(1, 51)),
        pdu(ENQUIRE_LINK, 60),
    )
    answers = [await peer.read() for _ in range(51)]
    assert {answer.sequence for answer in answers} == {*range(1, 51), 60}
    assert len(receiver.owner.delivered) == 50


async def test_a_receipt_before_its_response_is_handed_on(smsc: Smsc, client: StartClient) -> None:
    sender = client()
    peer = await smsc.bound()
    await sender.send(template(), recipients(1))
    (submit,) = await peer.submits(1)
    peer.send(pdu(DELIVER_SM, 1, deliver_sm_body(RECEIPT_TEXT, esm_class=4)))
    await peer.expect(DELIVER_SM_RESP)
    peer.accept(submit, b"A1")
    (outcome,) = await sender.outcomes(1)
    assert (outcome.smsc_id, sender.owner.delivered) == (
        "A1", [Receipt("A1", MessageState.DELIVERED, "DELIVRD", "000", PHONE)]
    )  # fmt: skip


async def test_an_smsc_that_does_not_read_is_left(smsc: Smsc, client: StartClient) -> None:
    sender = client(window=100_000, response_timeout=0.5)
    peer = await smsc.bound()
    peer.reader._transport.pause_reading()  # type: ignore[attr-defined]
    await sender.send(template("x" * 150), recipients(60_000))
    await sender.outcomes(60_000)
    assert len(sender.owner.kinds) == 60_000
    await until(lambda: any(status.reason == "the SMSC does not read" for status in sender.owner.statuses))
