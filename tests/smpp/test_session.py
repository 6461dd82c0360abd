"""The life of a session: bind, submit, keep alive, loss, reconnection."""

import asyncio
import struct

import pytest

from smstui.domain.text import Encoding
from smstui.smpp.errors import ReceiverCannotSend
from smstui.smpp.payloads import SubmitOptions
from smstui.smpp.submit import SubmitFrame
from smstui.smpp.values import Alphabet, BindMode, BindState, LongMessages, OutcomeKind
from tests.smpp.conftest import StartClient
from tests.smpp.smsc import (
    ENQUIRE_LINK,
    ENQUIRE_LINK_RESP,
    GENERIC_NACK,
    SUBMIT_SM,
    SUBMIT_SM_RESP,
    UNBIND,
    UNBIND_RESP,
    Smsc,
    pdu,
    recipients,
    template,
)


async def test_messages_are_accepted_under_the_ids_of_the_smsc(smsc: Smsc, client: StartClient) -> None:
    sender = client(window=5)
    peer = await smsc.bound()
    assert await sender.connection.room(1) == 5
    await sender.send(template(), recipients(3))
    for submit in reversed(await peer.submits(3)):
        peer.accept(submit, b"id-%d" % submit.sequence)
    outcomes = await sender.outcomes(3)
    assert [outcome.key for outcome in outcomes] == [2, 1, 0]
    assert len({outcome.smsc_id for outcome in outcomes}) == 3
    assert sender.connection.in_flight == 0


async def test_the_bind_says_who_we_are(smsc: Smsc, client: StartClient) -> None:
    client(system_type="VMS", mode=BindMode.TRANSMITTER)
    request = await (await smsc.peer()).read()
    assert request.command == 0x2
    assert request.body == b"smstui\0secret\0VMS\0\x34\0\0\0"


async def test_a_longer_password_than_the_standard_allows_goes_out(smsc: Smsc, client: StartClient) -> None:
    client(password="longer-than-8", system_id="longer-than-fifteen")
    request = await (await smsc.peer()).read()
    assert request.body.startswith(b"longer-than-fifteen\0longer-than-8\0")


async def test_the_window_holds_in_pdus(smsc: Smsc, client: StartClient) -> None:
    sender = client(window=2)
    peer = await smsc.bound()
    sending = asyncio.create_task(sender.send(template(), recipients(5)))
    sent = 0
    while sent < 5:
        submit = await peer.expect(SUBMIT_SM)
        sent += 1
        assert sender.connection.in_flight <= 2
        peer.accept(submit)
    await sending
    assert len(await sender.outcomes(5)) == 5


async def test_a_long_message_passes_a_window_of_one(smsc: Smsc, client: StartClient) -> None:
    sender = client(window=1)
    peer = await smsc.bound()
    assert await sender.connection.room(3) == 1
    sending = asyncio.create_task(sender.send(template("x" * 400), recipients(1)))
    for part in (1, 2, 3):
        submit = await peer.expect(SUBMIT_SM)
        assert bytes((5, 0, 3, 7, 3, part)) in submit.body
        peer.accept(submit, b"part-%d" % part)
    await sending
    assert [(o.part, o.smsc_id) for o in await sender.outcomes(3)] == [(1, "part-1"), (2, "part-2"), (3, "part-3")]


async def test_texts_of_their_own_leave_in_order_each_with_its_parts(smsc: Smsc, client: StartClient) -> None:
    options = SubmitOptions(alphabet=Alphabet.GSM7, long_messages=LongMessages.UDH, reference=7, validity=None)
    frame = SubmitFrame.build("SMSTUI", options)
    texts = {1: ["Hello Ann"], 2: ["a" * 153, "a" * 47], 3: ["Hello Bob"]}
    sender = client(window=3)
    peer = await smsc.bound()
    written = [(key, f"+3360102030{key}", frame.write("".join(parts), Encoding.GSM7)) for key, parts in texts.items()]
    sending = asyncio.create_task(sender.send_each(written))
    for key, parts in texts.items():
        for number, part in enumerate(parts, 1):
            submit = await peer.expect(SUBMIT_SM)
            assert b"3360102030%d\0" % key in submit.body
            assert submit.body.endswith(part.encode())
            peer.accept(submit, b"%d-%d" % (key, number))
    await sending
    outcomes = [(one.key, one.part, one.smsc_id) for one in await sender.outcomes(4)]
    assert outcomes == [(1, 1, "1-1"), (2, 1, "2-1"), (2, 2, "2-2"), (3, 1, "3-1")]


async def test_the_contracted_rate_is_kept_from_end_to_end(smsc: Smsc, client: StartClient) -> None:
    sender = client(rate=400.0, window=50)
    peer = await smsc.bound()

    async def accept() -> None:
        for _ in range(200):
            peer.accept(await peer.expect(SUBMIT_SM))

    accepting = asyncio.create_task(accept())
    began = asyncio.get_running_loop().time()
    sent = 0
    async with asyncio.timeout(15):
        while sent < 200:
            count = min(await sender.connection.room(1), 200 - sent)
            await sender.connection.send(template(), recipients(200)[sent : sent + count])
            sent += count
    await accepting
    await sender.outcomes(200)
    # What is late is made up for, so that only the last one is certainly not early.
    assert asyncio.get_running_loop().time() - began >= 199 / 400 * 0.99


async def test_a_rejection_keeps_the_status_of_the_vendor(smsc: Smsc, client: StartClient) -> None:
    sender = client()
    peer = await smsc.bound()
    await sender.send(template(), recipients(2))
    first, second = await peer.submits(2)
    peer.send(pdu(SUBMIT_SM_RESP, first.sequence, status=0x450), pdu(GENERIC_NACK, second.sequence, status=0x3))
    outcomes = await sender.outcomes(2)
    assert [(o.kind, o.status) for o in outcomes] == [(OutcomeKind.REJECTED, 0x450), (OutcomeKind.REJECTED, 0x3)]


async def test_throttled_messages_are_tried_again_until_accepted(smsc: Smsc, client: StartClient) -> None:
    sender = client()
    peer = await smsc.bound()
    await sender.send(template(), recipients(2))
    first, second = await peer.submits(2)
    peer.send(pdu(SUBMIT_SM_RESP, first.sequence, status=0x58), pdu(SUBMIT_SM_RESP, second.sequence, status=0x14))
    again = await peer.submits(2)
    assert {submit.body for submit in again} == {first.body, second.body}
    assert not {submit.sequence for submit in again} & {first.sequence, second.sequence}
    for submit in again:
        peer.accept(submit)
    assert set((await sender.outcomes(2), sender.owner.kinds)[1].values()) == {OutcomeKind.ACCEPTED}
    assert sender.connection.stats.throttled == 2


async def test_at_a_loss_what_was_written_is_unknown_and_the_rest_not_sent(smsc: Smsc, client: StartClient) -> None:
    sender = client(window=3)
    peer = await smsc.bound()
    sending = asyncio.create_task(sender.send(template(), recipients(5)))
    await peer.submits(3)
    peer.close()
    await sending
    await sender.outcomes(5)
    kinds = sender.owner.kinds
    assert [kinds[key, 1] for key in range(5)] == [OutcomeKind.UNKNOWN] * 3 + [OutcomeKind.NOT_SENT] * 2
    await smsc.bound()
    await sender.bound()
    assert "closed" in next(s.reason for s in sender.owner.statuses if s.state is BindState.WAITING)


async def test_a_throttled_message_that_waits_at_a_loss_is_not_sent(smsc: Smsc, client: StartClient) -> None:
    sender = client()
    peer = await smsc.bound()
    await sender.send(template(), recipients(1))
    (submit,) = await peer.submits(1)
    peer.send(pdu(SUBMIT_SM_RESP, submit.sequence, status=0x58))
    peer.close()
    await sender.outcomes(1)
    assert sender.owner.kinds == {(0, 1): OutcomeKind.NOT_SENT}


async def test_without_a_bind_nothing_is_sent(smsc: Smsc, client: StartClient) -> None:
    sender = client()
    await sender.connection.send(template("x" * 200), recipients(1))
    assert set(sender.owner.kinds.values()) == {OutcomeKind.NOT_SENT}
    assert set(sender.owner.kinds) == {(0, 1), (0, 2)}


async def test_no_response_in_time_is_unknown_and_frees_the_window(smsc: Smsc, client: StartClient) -> None:
    sender = client(window=1, response_timeout=0.2)
    peer = await smsc.bound()
    sending = asyncio.create_task(sender.send(template(), recipients(2)))
    late, second = await peer.submits(2)
    peer.accept(late)
    peer.accept(second)
    await sending
    await sender.outcomes(2)
    assert sender.owner.kinds == {(0, 1): OutcomeKind.UNKNOWN, (1, 1): OutcomeKind.ACCEPTED}
    assert sender.connection.stats.unmatched == 1


async def test_duplicate_and_stray_responses_are_ignored(smsc: Smsc, client: StartClient) -> None:
    sender = client()
    peer = await smsc.bound()
    await sender.send(template(), recipients(1))
    (submit,) = await peer.submits(1)
    peer.accept(submit, b"first")
    peer.accept(submit, b"second")
    peer.send(pdu(SUBMIT_SM_RESP, 4711, b"stray\0"), pdu(GENERIC_NACK, 4712), pdu(ENQUIRE_LINK, 9))
    await peer.expect(ENQUIRE_LINK_RESP)
    assert [outcome.smsc_id for outcome in sender.owner.settled] == ["first"]


@pytest.mark.parametrize(
    ("body", "smsc_id"),
    [
        (b"00A1b\0", "00A1b"),
        (b"abc\0\x14\x00\x00\x01\x07", "abc"),
        (b"\0", ""),
        (b"", ""),
        (b"no-nul", "no-nul"),
        (b"\xe9\0", "é"),
        (b"x" * 100 + b"\0", "x" * 100),
    ],
)
async def test_ids_are_read_raw(smsc: Smsc, client: StartClient, body: bytes, smsc_id: str) -> None:
    sender = client()
    peer = await smsc.bound()
    await sender.send(template(), recipients(1))
    (submit,) = await peer.submits(1)
    peer.send(pdu(SUBMIT_SM_RESP, submit.sequence, body))
    (outcome,) = await sender.outcomes(1)
    assert (outcome.kind, outcome.smsc_id) == (OutcomeKind.ACCEPTED, smsc_id)


async def test_enquire_link_is_answered_and_sent(smsc: Smsc, client: StartClient) -> None:
    sender = client(enquire_link_interval=0.1)
    peer = await smsc.bound()
    peer.send(pdu(ENQUIRE_LINK, 77))
    assert (await peer.expect(ENQUIRE_LINK_RESP)).sequence == 77
    for _ in range(2):
        enquiry = await peer.expect(ENQUIRE_LINK)
        peer.send(pdu(ENQUIRE_LINK_RESP, enquiry.sequence))
    assert sender.connection.status.state is BindState.BOUND


async def test_a_silent_smsc_is_left(smsc: Smsc, client: StartClient) -> None:
    sender = client(enquire_link_interval=0.1, response_timeout=0.1)
    peer = await smsc.bound()
    await peer.expect(ENQUIRE_LINK)
    await smsc.bound()
    await sender.bound()
    assert any(status.reason == "no answer to enquire_link" for status in sender.owner.statuses)


async def test_an_unbind_of_the_smsc_is_answered_before_binding_again(smsc: Smsc, client: StartClient) -> None:
    sender = client()
    peer = await smsc.bound()
    peer.send(pdu(UNBIND, 5))
    assert (await peer.expect(UNBIND_RESP)).sequence == 5
    await peer.ended()
    await smsc.bound()
    await sender.bound()


async def test_bind_then_drop_is_not_a_busy_loop(smsc: Smsc, client: StartClient) -> None:
    sender = client()
    for _ in range(3):
        (await smsc.bound()).close()
    waits = [status for status in sender.owner.statuses if status.state is BindState.WAITING]
    assert len(waits) >= 2


async def test_a_receiver_does_not_send(smsc: Smsc, client: StartClient) -> None:
    receiver = client(mode=BindMode.RECEIVER)
    assert (await (await smsc.peer()).bind()).command == 0x1
    with pytest.raises(ReceiverCannotSend):
        await receiver.connection.room(1)
    with pytest.raises(ReceiverCannotSend):
        await receiver.connection.send(template(), recipients(1))


async def test_sequence_numbers_wrap_and_skip_those_in_flight(smsc: Smsc, client: StartClient) -> None:
    sender = client(window=4)
    peer = await smsc.bound()
    await sender.send(template(), recipients(1))
    (stuck,) = await peer.submits(1)
    sender.connection._traffic.sequence.last = 0x7FFFFFFE
    await sender.send(template(), recipients(4)[1:])
    submits = await peer.submits(3)
    assert stuck.sequence == 1
    assert [submit.sequence for submit in submits] == [0x7FFFFFFF, 2, 3]


async def test_many_messages_share_a_write(smsc: Smsc, client: StartClient) -> None:
    sender = client(window=200)
    peer = await smsc.bound()
    await sender.bound()
    await sender.send(template(), recipients(200))
    async with asyncio.timeout(5):
        chunk = await peer.reader.read(1 << 20)
    assert len(chunk) > 100 * struct.calcsize(">IIII")


async def test_nothing_leaves_while_the_owner_may_not_send(smsc: Smsc, client: StartClient) -> None:
    sender = client(window=3)
    peer = await smsc.bound()
    await sender.send(template(), recipients(1))
    (before,) = await peer.submits(1)
    sender.may_send = False
    sending = asyncio.create_task(sender.connection.send(template(), recipients(3)[1:]))
    peer.accept(before)
    await sender.outcomes(1)
    peer.send(pdu(ENQUIRE_LINK, 9))
    await peer.expect(ENQUIRE_LINK_RESP)
    assert sender.connection.in_flight == 0
    sender.may_send = True
    for submit in await peer.submits(2):
        peer.accept(submit)
    await sending
    await sender.outcomes(3)


async def test_what_the_owner_did_not_let_go_is_not_sent(smsc: Smsc, client: StartClient) -> None:
    sender = client()
    peer = await smsc.bound()
    await sender.bound()
    sender.may_send = False
    sending = asyncio.create_task(sender.connection.send(template(), recipients(2)))
    peer.send(pdu(ENQUIRE_LINK, 9))
    await peer.expect(ENQUIRE_LINK_RESP)
    peer.close()
    await sending
    assert sender.owner.kinds == {(0, 1): OutcomeKind.NOT_SENT, (1, 1): OutcomeKind.NOT_SENT}


async def test_what_the_health_page_shows(smsc: Smsc, client: StartClient) -> None:
    sender = client()
    peer = await smsc.bound()
    await sender.send(template(), recipients(3))
    assert sender.connection.throttled_rate is None
    first, second, third = await peer.submits(3)
    await asyncio.sleep(0.05)
    peer.accept(first)
    peer.send(pdu(SUBMIT_SM_RESP, second.sequence, status=0xB), pdu(SUBMIT_SM_RESP, third.sequence, status=0x58))
    peer.accept(await peer.expect(SUBMIT_SM))
    await sender.outcomes(3)
    stats = sender.connection.stats
    assert (stats.written, stats.accepted, stats.rejected, stats.throttled, stats.responses) == (4, 2, 1, 1, 4)
    assert 3 * 0.05 <= stats.response_seconds < 15
    assert sender.connection.throttled_rate is not None
