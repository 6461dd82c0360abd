"""Receipts that say that a delivered voice message was listened to."""

import pytest
from sqlalchemy import Connection, insert, select

from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.domain.states import CampaignKind, MessageState, MessageType
from smstui.services.backend import Backend
from smstui.services.connection_settings import ConnectionSettings
from smstui.services.message_counts import message_counts
from smstui.services.outgoing import NewCampaign, enqueue
from smstui.services.receipt_ids import LearntForm, ReceiptIdForm
from smstui.services.receipts import match_parked, record
from smstui.smpp.ids import id_key
from smstui.smpp.values import BindSettings, Receipt
from smstui.storage.columns import to_milliseconds
from smstui.storage.tables import message, message_part, parked_receipt
from tests.support import START

D, L, U = MessageState.DELIVERED, MessageState.LISTENED, MessageState.UNDELIVERED
ANN, BOB = "+33601020304", "+33601020305"
LEARNT = LearntForm(ReceiptIdForm.SAME)
CONNECTION = 1


@pytest.fixture(autouse=True)
async def connected(backend: Backend) -> None:
    types = frozenset({MessageType.VOIX})
    await backend.connections.add(None, ConnectionSettings("main", BindSettings("127.0.0.1", 1, "x", "x"), types))


def _queue(tx: Connection, actor: Actor, *numbers: str) -> list[int]:
    """A voice campaign; the ids of its messages."""
    name = f"{numbers}"
    new = NewCampaign(
        actor.account_id, CampaignKind.CAMPAIGN, name, MessageType.VOIX, CONNECTION, "x", "x", 1, Credits(0), 0, START
    )
    campaign_id = enqueue(tx, new, numbers)
    mine = select(message.c.id).where(message.c.campaign_id == campaign_id).order_by(message.c.id)
    return list(tx.execute(mine).scalars())


def _accept(tx: Connection, message_id: int, smsc_id: str, *part_ids: str) -> None:
    """The SMSC has taken it, in one submit_sm or in several."""
    named = {"smsc_id": smsc_id or None, "smsc_id_key": id_key(smsc_id) or None}
    values = {"state": "accepted", "connection_id": CONNECTION, "sent_at": to_milliseconds(START), **named}
    tx.execute(message.update().where(message.c.id == message_id).values(values))
    for number, part_id in enumerate(part_ids, start=1):
        part = {"message_id": message_id, "part": number, "state": "accepted", "connection_id": CONNECTION}
        tx.execute(insert(message_part).values(**part, smsc_id=part_id, smsc_id_key=id_key(part_id)))


def _tell(tx: Connection, *receipts: tuple[str, MessageState, str]) -> None:
    """These come together: (id, state, phone)."""
    told = [Receipt(smsc_id, state, "WORD", "", phone.removeprefix("+")) for smsc_id, state, phone in receipts]
    record(tx, CONNECTION, told, LEARNT, START)


def _states(tx: Connection) -> list[MessageState]:
    """Of all messages, in order."""
    return [MessageState(state) for state in tx.execute(select(message.c.state).order_by(message.c.id)).scalars()]


@pytest.mark.each_database
@pytest.mark.parametrize("together", [True, False])
async def test_a_delivered_message_is_listened_to(backend: Backend, actor: Actor, together: bool) -> None:
    def work(tx: Connection) -> None:
        ann, bob = _queue(tx, actor, ANN, BOB)
        _accept(tx, ann, "a1")
        _accept(tx, bob, "b2")
        told = [("A1", D, ANN), ("00a1", L, ANN), ("b2", D, BOB)]
        for group in [told] if together else [[one] for one in told]:
            _tell(tx, *group)
        assert _states(tx) == [L, D]
        _tell(tx, ("a1", L, ANN), ("a1", U, ANN), ("a1", D, ANN))
        assert _states(tx) == [L, D], "the last word was said"
        moved = message_counts(tx, tx.execute(select(message.c.campaign_id).limit(1)).scalar_one())
        assert (moved[L], moved[D]) == (1, 1)
        final_at = tx.execute(select(message.c.final_at, message.c.error).where(message.c.id == ann)).one()
        assert final_at == (to_milliseconds(START), None)

    await backend.database.write(work)


@pytest.mark.each_database
async def test_it_may_be_said_before_or_without_the_delivery(backend: Backend, actor: Actor) -> None:
    def work(tx: Connection) -> None:
        ann, bob = _queue(tx, actor, ANN, BOB)
        _tell(tx, ("a1", D, ANN), ("a1", L, ANN))
        _accept(tx, ann, "a1")
        match_parked(tx, CONNECTION, {"a1"}, LEARNT)
        assert tx.execute(select(parked_receipt)).all() == []
        _accept(tx, bob, "b2")
        _tell(tx, ("b2", L, BOB))
        assert _states(tx) == [L, L]

    await backend.database.write(work)


@pytest.mark.each_database
async def test_a_message_of_parts_is_listened_to_when_all_of_them_are(backend: Backend, actor: Actor) -> None:
    def work(tx: Connection) -> None:
        (ann,) = _queue(tx, actor, ANN)
        _accept(tx, ann, "", "p1", "p2")
        state = select(message.c.state).where(message.c.id == ann)
        for told, found in (
            (("p1", D, ANN), "accepted"),
            (("p1", L, ANN), "accepted"),
            (("p2", D, ANN), "delivered"),
            (("p2", L, ANN), "listened"),
        ):
            _tell(tx, told)
            assert tx.execute(state).scalar_one() == found

    await backend.database.write(work)


async def test_nobody_elses_message_is_meant(backend: Backend, actor: Actor) -> None:
    def work(tx: Connection) -> None:
        ann, bob = _queue(tx, actor, ANN, BOB)
        for message_id, number in ((ann, ANN), (bob, BOB)):
            _accept(tx, message_id, f"id-{number[-1]}")
            _tell(tx, (f"id-{number[-1]}", D, number))
        _tell(tx, ("id-4", L, BOB), ("other", L, ANN), ("id-4", L, "+33609999999"))
        assert _states(tx) == [D, D]

    await backend.database.write(work)
