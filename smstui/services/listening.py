"""Receipts that say that a voice message, delivered before, was listened to.

It no longer awaits a receipt, and is not found by its id alone: among the messages to the phone that the receipt names.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from smstui.domain.states import MessageState
from smstui.services.message_counts import Moved, count_moves
from smstui.services.parked_receipts import Arrived
from smstui.services.receipt_ids import ReceiptIdForm
from smstui.services.receipt_writing import fold_parts
from smstui.storage.statements import Statement

_DELIVERED_TO = Statement(
    """
    SELECT message.id, COALESCE(part.part, 0), message.campaign_id, COALESCE(part.smsc_id_key, message.smsc_id_key),
        message.sent_at
    FROM message LEFT JOIN message_part AS part ON part.message_id = message.id
    WHERE message.destination = ? AND message.connection_id = ?
        AND COALESCE(part.state, message.state) = 'delivered'
    """
)
_LISTENED = Statement(
    "UPDATE message SET state = 'listened', final_at = ? WHERE id = ? AND COALESCE(state, '') = 'delivered'"
)
_LISTENED_PART = Statement(
    "UPDATE message_part SET state = 'listened' WHERE message_id = ? AND part = ? AND COALESCE(state, '') = 'delivered'"
)


def resolve_listened(
    tx: Connection, connection_id: int, receipts: Sequence[Arrived], forms: Sequence[ReceiptIdForm]
) -> list[Arrived]:
    """Apply those of `receipts` that say so of one delivered message each, and return them.

    Their numbers are E.164; `forms` are those in which receipts may write the id.
    """
    resolved = []
    for receipt in receipts:
        if receipt.state is not MessageState.LISTENED:
            continue
        keys = {form.response_key(receipt.smsc_id) for form in forms}
        found = [
            (message_id, part, campaign_id)
            for message_id, part, campaign_id, key, sent_at in _DELIVERED_TO.rows(tx, receipt.number, connection_id)
            if key in keys and receipt.may_follow(sent_at)
        ]
        if len(found) == 1:
            _write(tx, receipt, *found[0])
            resolved.append(receipt)
    return resolved


def _write(tx: Connection, receipt: Arrived, message_id: int, part: int, campaign_id: int) -> None:
    """The message, or its part, was listened to."""
    if part:
        _LISTENED_PART.run(tx, message_id, part)
        fold_parts(tx, {message_id: receipt.at})
    else:
        listened = _LISTENED.run(tx, receipt.at, message_id)
        count_moves(tx, [Moved(campaign_id, MessageState.DELIVERED, MessageState.LISTENED, listened)])
