"""Receipts against messages in the database: unique hits only, each applied once, at any time."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select

from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.domain.states import CampaignKind, MessageState, MessageType
from smstui.services.backend import Backend
from smstui.services.connection_settings import ConnectionSettings
from smstui.services.outgoing import NewCampaign, enqueue
from smstui.services.receipt_ids import LearntForm, ReceiptIdForm
from smstui.services.receipts import learnt_form, match_parked, record
from smstui.smpp.ids import id_key
from smstui.smpp.values import BindSettings, Receipt
from smstui.storage.columns import to_milliseconds
from smstui.storage.tables import message, message_part, parked_receipt
from tests.dispatch.conftest import numbers
from tests.support import START

D, U = MessageState.DELIVERED, MessageState.UNDELIVERED


@pytest.fixture
async def connection_id(backend: Backend) -> int:
    bind = BindSettings("127.0.0.1", 2775, "test", "secret")
    settings = ConnectionSettings("main", bind, frozenset({MessageType.PRO}), None, "36034", True)
    await backend.connections.add(None, settings)
    return 1


def _accept(tx: Connection, account_id: int, *smsc_ids: str) -> list[int]:
    """A message accepted under each of `smsc_ids`; their ids."""
    new = NewCampaign(
        account_id, CampaignKind.CAMPAIGN, repr(smsc_ids), MessageType.PRO, 1, "x", "x", 1, Credits(0), 0, START
    )
    campaign_id = enqueue(tx, new, numbers(len(smsc_ids)))
    ids = list(tx.execute(select(message.c.id).where(message.c.campaign_id == campaign_id)).scalars())
    for message_id, smsc_id in zip(ids, smsc_ids, strict=True):
        values = {"state": "accepted", "connection_id": 1, "smsc_id": smsc_id, "smsc_id_key": id_key(smsc_id)}
        tx.execute(message.update().where(message.c.id == message_id).values(**values, sent_at=to_milliseconds(START)))
    return ids


def _states(tx: Connection, ids: list[int]) -> list[str]:
    rows = tx.execute(select(message.c.id, message.c.state).where(message.c.id.in_(ids)))
    states = {row.id: row.state for row in rows}
    return [states[one] for one in ids]


def _receipts(*smsc_ids: str, state: MessageState | None = D) -> list[Receipt]:
    return [Receipt(smsc_id, state, "WORD", "001") for smsc_id in smsc_ids]


@pytest.mark.each_database
async def test_only_a_unique_hit_counts(backend: Backend, actor: Actor, connection_id: int) -> None:
    def work(tx: Connection) -> None:
        ids = _accept(tx, actor.account_id, "a", "10", "b")
        learnt = record(tx, connection_id, _receipts("10"), LearntForm(), START)
        assert learnt == LearntForm()
        assert _states(tx, ids) == ["accepted"] * 3, "10 is either of the first two"
        learnt = record(tx, connection_id, _receipts("11"), learnt, START)
        assert learnt.form is ReceiptIdForm.DECIMAL
        assert _states(tx, ids) == ["delivered", "accepted", "delivered"], "and the first one can be told now"
        assert learnt_form(tx, connection_id) == learnt

    await backend.database.write(work)


async def test_the_exact_id_goes_before_the_one_that_differs_in_case(
    backend: Backend, actor: Actor, connection_id: int
) -> None:
    def work(tx: Connection) -> None:
        ids = _accept(tx, actor.account_id, "xAb", "xaB", "00xab")
        record(tx, connection_id, _receipts("xaB"), LearntForm(), START)
        assert _states(tx, ids) == ["accepted", "delivered", "accepted"]

    await backend.database.write(work)


@pytest.mark.each_database
async def test_receipts_are_applied_once_and_the_first_final_one_stands(
    backend: Backend, actor: Actor, connection_id: int
) -> None:
    def work(tx: Connection) -> None:
        learnt = LearntForm(ReceiptIdForm.DECIMAL)
        ids = _accept(tx, actor.account_id, "a", "10")
        learnt = record(tx, connection_id, _receipts("10"), learnt, START)
        for state in (D, U, D):
            learnt = record(tx, connection_id, _receipts("10", state=state), learnt, START)
        assert _states(tx, ids) == ["delivered", "accepted"], "a repeated receipt is not another message's"

    await backend.database.write(work)


async def test_intermediate_and_nameless_receipts_change_nothing(
    backend: Backend, actor: Actor, connection_id: int
) -> None:
    def work(tx: Connection) -> None:
        ids = _accept(tx, actor.account_id, "7")
        record(tx, connection_id, _receipts("7", state=None) + _receipts(""), LearntForm(), START)
        assert _states(tx, ids) == ["accepted"]
        assert tx.execute(select(parked_receipt)).all() == []

    await backend.database.write(work)


@pytest.mark.each_database
async def test_a_parked_receipt_waits_for_its_message_even_if_a_clock_is_set_back_but_not_for_an_older_name(
    backend: Backend, actor: Actor, connection_id: int
) -> None:
    def work(tx: Connection) -> None:
        record(tx, connection_id, _receipts("77"), LearntForm(), START - timedelta(hours=1))
        record(tx, connection_id, _receipts("78"), LearntForm(), START - timedelta(seconds=2))
        ids = _accept(tx, actor.account_id, "77", "78")
        match_parked(tx, connection_id, {"77", "78"}, LearntForm())
        assert _states(tx, ids) == ["accepted", "delivered"]

    await backend.database.write(work)


@pytest.mark.each_database
async def test_a_message_of_parts_follows_them(backend: Backend, actor: Actor, connection_id: int) -> None:
    def work(tx: Connection) -> None:
        ids = _accept(tx, actor.account_id, "whole", "half")
        tx.execute(message.update().where(message.c.id.in_(ids)).values(smsc_id=None, smsc_id_key=None))
        for message_id, smsc_ids in zip(ids, (("p1", "p2"), ("q1", "q2")), strict=True):
            for part, smsc_id in enumerate(smsc_ids, start=1):
                values = {"message_id": message_id, "part": part, "state": "accepted", "connection_id": 1}
                tx.execute(insert(message_part).values(**values, smsc_id=smsc_id, smsc_id_key=id_key(smsc_id)))
        record(tx, connection_id, _receipts("p1", "q1"), LearntForm(), START)
        assert _states(tx, ids) == ["accepted", "accepted"]
        record(tx, connection_id, [*_receipts("p2"), *_receipts("q2", state=U)], LearntForm(), START)
        assert _states(tx, ids) == ["delivered", "undelivered"]

    await backend.database.write(work)
