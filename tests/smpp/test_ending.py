"""The end of a connection: drained, cancelled, or left by its sender; every message gets its outcome."""

import asyncio

import pytest

from smstui.smpp.errors import ConnectionDraining
from smstui.smpp.values import BindState, OutcomeKind
from tests.smpp.conftest import StartClient
from tests.smpp.smsc import (
    DELIVER_SM,
    DELIVER_SM_RESP,
    SUBMIT_SM_RESP,
    UNBIND,
    UNBIND_RESP,
    Smsc,
    deliver_sm_body,
    pdu,
    recipients,
    template,
    until,
)


async def test_drain_waits_for_responses_then_unbinds(smsc: Smsc, client: StartClient) -> None:
    sender = client(window=3)
    peer = await smsc.bound()
    sending = asyncio.create_task(sender.send(template(), recipients(5)))
    submits = await peer.submits(3)
    draining = asyncio.create_task(sender.connection.drain(10))
    with pytest.raises(ConnectionDraining):
        await sending
    with pytest.raises(ConnectionDraining):
        await sender.connection.room(1)
    for submit in submits:
        peer.accept(submit)
    unbind = await peer.expect(UNBIND)
    assert sorted(kind for kind in sender.owner.kinds.values()) == ["accepted"] * 3 + ["not_sent"] * 2
    assert sender.connection.status.state is BindState.DRAINING
    peer.send(pdu(UNBIND_RESP, unbind.sequence))
    await draining
    await sender.running
    await peer.ended()
    assert sender.connection.status.state is BindState.CLOSED


async def test_drain_gives_up_on_responses_at_its_deadline(smsc: Smsc, client: StartClient) -> None:
    sender = client()
    peer = await smsc.bound()
    await sender.send(template(), recipients(2))
    first, _ = await peer.submits(2)
    peer.send(pdu(SUBMIT_SM_RESP, first.sequence, status=0x58))
    draining = asyncio.create_task(sender.connection.drain(0.2))
    await peer.expect(UNBIND)
    assert sender.owner.kinds == {(0, 1): OutcomeKind.NOT_SENT, (1, 1): OutcomeKind.UNKNOWN}
    peer.close()
    await draining
    await sender.running


async def test_drain_acknowledges_what_came_before_it_unbinds(smsc: Smsc, client: StartClient) -> None:
    sender = client()
    peer = await smsc.bound()
    sender.owner.may_commit.clear()
    peer.send(pdu(DELIVER_SM, 31, deliver_sm_body(b"hello")))
    await until(sender.owner.committing.is_set)
    draining = asyncio.create_task(sender.connection.drain(5))
    await until(lambda: sender.connection.status.state is BindState.DRAINING)
    sender.owner.may_commit.set()
    assert (await peer.expect(DELIVER_SM_RESP)).sequence == 31
    unbind = await peer.expect(UNBIND)
    peer.send(pdu(UNBIND_RESP, unbind.sequence))
    await draining


async def test_drain_ends_a_connection_that_is_not_bound(client: StartClient, unused_tcp_port: int) -> None:
    sender = client(port=unused_tcp_port)
    waiting = asyncio.create_task(sender.connection.room(1))
    await until(lambda: sender.connection.status.state is BindState.WAITING)
    await sender.connection.drain(5)
    await sender.running
    with pytest.raises(ConnectionDraining):
        await waiting


async def test_drain_before_any_answer_to_the_bind(smsc: Smsc, client: StartClient) -> None:
    sender = client()
    await (await smsc.peer()).read()
    await sender.connection.drain(5)
    await sender.running
    assert sender.connection.status.state is BindState.CLOSED


async def test_cancelling_settles_everything(smsc: Smsc, client: StartClient) -> None:
    sender = client(window=1)
    peer = await smsc.bound()
    sending = asyncio.create_task(sender.send(template(), recipients(2)))
    await peer.submits(1)
    await sender.close()
    await sending
    with pytest.raises(ConnectionDraining):
        await sender.connection.room(1)
    assert sender.owner.kinds == {(0, 1): OutcomeKind.UNKNOWN, (1, 1): OutcomeKind.NOT_SENT}
    assert sender.running.cancelled()


async def test_a_sender_who_goes_away_withdraws_what_was_not_written(smsc: Smsc, client: StartClient) -> None:
    sender = client(window=1)
    peer = await smsc.bound()
    sending = asyncio.create_task(sender.send(template(), recipients(3)))
    (submit,) = await peer.submits(1)
    sending.cancel()
    await asyncio.wait({sending})
    peer.accept(submit)
    await sender.outcomes(3)
    assert [sender.owner.kinds[key, 1] for key in range(3)] == ["accepted", "not_sent", "not_sent"]


async def test_what_is_sent_over_a_link_that_is_gone_is_not_sent(smsc: Smsc, client: StartClient) -> None:
    sender = client()
    await smsc.bound()
    await sender.bound()
    session = sender.connection._life.session
    assert session
    session.link.writer.transport.abort()
    await sender.connection.send(template(), recipients(2))
    assert sender.owner.kinds == {(0, 1): OutcomeKind.NOT_SENT, (1, 1): OutcomeKind.NOT_SENT}
