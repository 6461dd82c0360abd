"""Writing what receipts make of messages, and of the parts of longer ones."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, select, update

from smstui.domain.message_fold import fold, may_become
from smstui.domain.states import MessageState
from smstui.services.message_counts import Moved, count_moves
from smstui.services.parked_receipts import Arrived, chunks
from smstui.storage.statements import Statement
from smstui.storage.tables import message, message_part

_UPDATE_MESSAGES = Statement(
    """
    UPDATE message SET state = ?, error = ?, final_at = ?
    WHERE id IN (SELECT value FROM json_each(?)) AND state = 'accepted'
    """,
    """
    UPDATE message SET state = ?, error = ?, final_at = ?
    WHERE id = ANY(ARRAY(SELECT CAST(value AS bigint) FROM jsonb_array_elements_text(CAST(? AS jsonb))))
        AND COALESCE(state, '') = 'accepted'
    """,
)
_UPDATE_PART = Statement(
    """
    UPDATE message_part SET state = ?, error = ?
    WHERE message_id = ? AND part = ? AND COALESCE(state, '') IN ('accepted', 'unknown')
    """,
    arrays="""
    UPDATE message_part SET state = new.state, error = new.error
    FROM unnest(?::text[], ?::text[], ?::bigint[], ?::int[]) AS new (state, error, message_id, part)
    WHERE message_part.message_id = new.message_id AND message_part.part = new.part
        AND COALESCE(message_part.state, '') IN ('accepted', 'unknown')
    """,
)


class Awaiting(NamedTuple):
    """A message of one part, or a part of a longer one, that the SMSC accepted and whose receipt has not come."""

    message_id: int
    part: int
    """From 1; 0 for a message of one part."""
    smsc_id: str
    sent_at: int
    destination: str
    """E.164."""
    campaign_id: int


def write_receipts(tx: Connection, matched: Iterable[tuple[Arrived, Awaiting]]) -> None:
    """Each receipt with what it is about: messages, and parts that are folded into theirs."""
    alike: defaultdict[tuple[int, MessageState, str | None, int], list[int]] = defaultdict(list)
    parts, touched = [], {}
    for receipt, one in matched:
        if one.part:
            parts.append((receipt.state.value, receipt.error, one.message_id, one.part))
            touched[one.message_id] = receipt.at
        else:
            alike[one.campaign_id, receipt.state, receipt.error, receipt.at].append(one.message_id)
    moves = []
    for (campaign_id, state, error, at), ids in alike.items():
        written = _UPDATE_MESSAGES.run(tx, state.value, error, at, json.dumps(ids))
        moves.append(Moved(campaign_id, MessageState.ACCEPTED, state, written))
    count_moves(tx, moves)
    if parts:
        _UPDATE_PART.run_each(tx, parts)
        fold_parts(tx, touched)


def fold_parts(tx: Connection, touched: Mapping[int, int]) -> None:
    """Bring the messages of which a part was receipted, each with its instant, up to date."""
    parts: defaultdict[int, list[tuple[MessageState, str | None]]] = defaultdict(list)
    rows = select(message_part.c.message_id, message_part.c.state, message_part.c.error)
    whole = select(message.c.campaign_id, message.c.state)
    for piece in chunks(sorted(touched)):
        for row in tx.execute(rows.where(message_part.c.message_id.in_(piece)).order_by(message_part.c.part)):
            parts[row.message_id].append((MessageState(row.state), row.error))
    for message_id, found in parts.items():
        state = fold([part for part, _ in found])
        campaign_id, stored = tx.execute(whole.where(message.c.id == message_id)).one()
        if may_become(MessageState(stored), state):
            error = next((error for part, error in found if part is state and error), None)
            values = {"state": state, "error": error, "final_at": touched[message_id]}
            tx.execute(update(message).where(message.c.id == message_id).values(values))
            count_moves(tx, [Moved(campaign_id, MessageState(stored), state, 1)])
