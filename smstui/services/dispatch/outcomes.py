"""Writing what became of messages: many in one statement, with the receipts that came before them."""

import json
from collections import defaultdict
from collections.abc import Sequence
from operator import attrgetter

from sqlalchemy import Connection

from smstui.domain.states import FINAL_STATES, MessageState
from smstui.services.dispatch.flight import Part, Settled
from smstui.services.message_counts import Moved, count_moves
from smstui.services.parked_receipts import any_parked
from smstui.services.receipt_ids import LearntForm
from smstui.services.receipts import match_parked, resolve_parked
from smstui.smpp.ids import ID_LENGTH, id_key
from smstui.storage.statements import Statement

_UPDATE_MESSAGES = Statement(
    """
    UPDATE message SET state = ?, connection_id = ?, accepted_parts = ?, status = ?, sent_at = ?, answered_at = ?,
        final_at = ?, smsc_id = one.value ->> 1, smsc_id_key = one.value ->> 2
    FROM json_each(?) AS one
    WHERE message.id = one.value ->> 0 AND message.state = 'queued'
    """,
    """
    UPDATE message SET state = ?, connection_id = ?, accepted_parts = ?, status = ?, sent_at = ?, answered_at = ?,
        final_at = ?, smsc_id = one.value ->> 1, smsc_id_key = one.value ->> 2
    FROM jsonb_array_elements(CAST(? AS jsonb)) AS one(value)
    WHERE message.id = CAST(one.value ->> 0 AS bigint) AND COALESCE(message.state, '') = 'queued'
    """,
)
"""One statement for a group: row by row, a busy event loop would be in its way at every row.

Here and below, COALESCE keeps PostgreSQL from scanning a partial index instead of looking rows up by their id.
"""
_INSERT_PART = Statement(
    """
    INSERT INTO message_part (message_id, part, state, connection_id, smsc_id, smsc_id_key, status)
    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
    """,
    arrays="""
    INSERT INTO message_part (message_id, part, state, connection_id, smsc_id, smsc_id_key, status)
    SELECT * FROM unnest(?::bigint[], ?::int[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::bigint[])
    ON CONFLICT DO NOTHING
    """,
)


def write_outcomes(
    tx: Connection, connection_id: int, settled: Sequence[Settled], learnt: LearntForm, now: int
) -> LearntForm:
    """Write the outcomes of messages that were sent, then apply the parked receipts that they explain.

    `now` is in milliseconds since 1970. Returns what is known of the form of ids in receipts. Doing it twice does it
    once.
    """
    sent = [one for one in settled if one.state is not MessageState.QUEUED]
    if not sent:
        return learnt
    _write_messages(tx, connection_id, sent, now)
    parts = [(one, part) for one in sent if one.parts for part in one.parts]
    _INSERT_PART.run_each(tx, [_part_row(connection_id, one, part) for one, part in parts])
    if any_parked(tx, connection_id):
        smsc_ids = {one.smsc_id for one in sent} | {part.smsc_id for _, part in parts}
        learnt = match_parked(tx, connection_id, smsc_ids - {""}, learnt)
    if any(one.state is MessageState.UNKNOWN for one in sent):
        return resolve_parked(tx, connection_id, learnt)
    return learnt


def _write_messages(tx: Connection, connection_id: int, sent: Sequence[Settled], now: int) -> None:
    """One statement for all messages that became the same."""
    alike: defaultdict[tuple[int, MessageState, int, int, int], list[Settled]] = defaultdict(list)
    for one in sent:
        alike[_likeness(one)].append(one)
    moves = []
    for (campaign_id, state, accepted_parts, status, sent_at), group in alike.items():
        rows = [
            (key, smsc_id[:ID_LENGTH] or None, id_key(smsc_id)[:ID_LENGTH] or None) for key, _, smsc_id, *_ in group
        ]
        final_at = now if state in FINAL_STATES else None
        refused = status if state is MessageState.REJECTED else None
        values = (state.value, connection_id, accepted_parts, refused, sent_at, now, final_at)
        written = _UPDATE_MESSAGES.run(tx, *values, json.dumps(rows))
        moves.append(Moved(campaign_id, MessageState.QUEUED, state, written))
    count_moves(tx, moves)


_likeness = attrgetter("campaign_id", "state", "accepted_parts", "status", "sent_at")


def _id_row(one: Settled) -> tuple[int, str | None, str | None]:
    smsc_id = one.smsc_id[:ID_LENGTH] or None
    return one.message_id, smsc_id, smsc_id and id_key(smsc_id)[:ID_LENGTH]


def _part_row(connection_id: int, one: Settled, part: Part) -> tuple[str | int | None, ...]:
    smsc_id = part.smsc_id[:ID_LENGTH] or None
    return (
        one.message_id,
        part.number,
        part.state.value,
        connection_id,
        smsc_id,
        id_key(smsc_id)[:ID_LENGTH] if smsc_id else None,
        part.status if part.state is MessageState.REJECTED else None,
    )
