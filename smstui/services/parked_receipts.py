"""Receipts that match nothing yet: the submit_sm_resp may not have come, or the form of its id not have been learnt."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, delete, select

from smstui.domain.states import MessageState
from smstui.smpp.ids import ID_LENGTH, id_key
from smstui.storage.columns import from_milliseconds, to_milliseconds
from smstui.storage.statements import Statement
from smstui.storage.tables import parked_receipt
from smstui.storage.upsert import insert

PARKED_FOR = timedelta(days=1)
"""How long a receipt may come before the response that explains it."""
_CLOCK_SLACK = timedelta(minutes=5) // timedelta(milliseconds=1)
_KEYS_AT_ONCE = 900
_NUMBER_LENGTH = 21
_T = TypeVar("_T")
_ANY_PARKED = Statement("SELECT id FROM parked_receipt WHERE connection_id = ? LIMIT 1")


class Arrived(NamedTuple):
    """A receipt with a final state, just come or parked before."""

    smsc_id: str
    state: MessageState
    error: str | None
    at: int
    """Milliseconds since 1970."""
    number: str
    """The phone that it is about, as the SMSC writes it; "" when it does not say."""
    parked_id: int | None = None

    def may_follow(self, sent_at: int) -> bool:
        """Whether it may be about a message sent at `sent_at`: SMSCs use their ids again, and clocks are set back."""
        return self.at >= sent_at - _CLOCK_SLACK


def any_parked(tx: Connection, connection_id: int) -> bool:
    """Whether the connection has parked receipts at all."""
    return _ANY_PARKED.first(tx, connection_id) is not None


def parked(tx: Connection, connection_id: int, keys: Collection[str] | None = None) -> list[Arrived]:
    """The parked receipts, those under `keys` if given, in the order of their arrival."""
    row = parked_receipt.c
    rows = select(row.smsc_id, row.state, row.error, row.received_at, row.number, row.id).where(
        row.connection_id == connection_id
    )
    pieces = [None] if keys is None else list(chunks(sorted(keys)))
    return [
        Arrived(
            found.smsc_id,
            MessageState(found.state),
            found.error,
            to_milliseconds(found.received_at),
            found.number or "",
            found.id,
        )
        for piece in pieces
        for found in tx.execute((rows if piece is None else rows.where(row.smsc_id_key.in_(piece))).order_by(row.id))
    ]


def park(tx: Connection, connection_id: int, receipts: Iterable[Arrived]) -> None:
    """Keep `receipts` until their message is known; the same one twice is kept once."""
    rows = [
        {
            "connection_id": connection_id,
            "smsc_id": receipt.smsc_id,
            "smsc_id_key": id_key(receipt.smsc_id)[:ID_LENGTH],
            "state": receipt.state,
            "error": receipt.error,
            "number": receipt.number[:_NUMBER_LENGTH] or None,
            "received_at": from_milliseconds(receipt.at),
        }
        for receipt in receipts
    ]
    if rows:
        tx.execute(insert(tx, parked_receipt).on_conflict_do_nothing(), rows)


def unpark(tx: Connection, ids: Sequence[int]) -> None:
    """These have found their message."""
    for piece in chunks(ids):
        tx.execute(delete(parked_receipt).where(parked_receipt.c.id.in_(piece)))


def forget_parked(tx: Connection, connection_id: int, now: datetime) -> None:
    """Drop the parked receipts that have waited longer than PARKED_FOR."""
    old = parked_receipt.c.received_at < now - PARKED_FOR
    tx.execute(delete(parked_receipt).where(parked_receipt.c.connection_id == connection_id, old))


def chunks(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """`values` in pieces that fit into one statement."""
    for start in range(0, len(values), _KEYS_AT_ONCE):
        yield values[start : start + _KEYS_AT_ONCE]
