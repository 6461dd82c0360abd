"""Receipts about messages in doubt, whose response and thus whose id never came.

Such a receipt is told by the phone that it is about: when a single message in doubt may be meant, and no other message
to that number could be. It is never guessed.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from smstui.domain.states import MessageState
from smstui.services.message_counts import Moved, count_moves
from smstui.services.parked_receipts import Arrived
from smstui.services.receipt_ids import ReceiptIdForm
from smstui.services.receipt_writing import Awaiting, write_receipts
from smstui.smpp.ids import ID_LENGTH, id_key
from smstui.storage.statements import Statement

RESOLVED_WITHIN = timedelta(days=3)
"""How long after its sending a message in doubt may be resolved by the number of its phone alone."""
_IN_DOUBT = Statement(
    """
    SELECT DISTINCT destination FROM message
    WHERE connection_id = ? AND destination IN (SELECT value FROM json_each(?)) AND state = 'unknown'
    """,
    """
    SELECT DISTINCT destination FROM message
    WHERE connection_id = ? AND destination = ANY(ARRAY(SELECT jsonb_array_elements_text(CAST(? AS jsonb))))
        AND state = 'unknown'
    """,
)
_SENT_TO = Statement(
    """
    SELECT message.id, COALESCE(part.part, 0) AS part, COALESCE(part.state, message.state) AS state,
        COALESCE(part.smsc_id_key, message.smsc_id_key) AS smsc_id_key, message.sent_at,
        COALESCE(message.segments, campaign.segments) AS segments, campaign.id AS campaign_id
    FROM message JOIN campaign ON campaign.id = message.campaign_id
    LEFT JOIN message_part AS part ON part.message_id = message.id
    WHERE message.destination = ? AND campaign.connection_id = ?
    """
)
_MAY_LEAVE = frozenset({MessageState.QUEUED, MessageState.IN_FLIGHT})
_RESOLVE = Statement(
    """
    UPDATE message SET state = ?, error = ?, final_at = ?, smsc_id = ?, smsc_id_key = ?
    WHERE id = ? AND COALESCE(state, '') = 'unknown'
    """
)
_NAME_PART = Statement(
    "UPDATE message_part SET smsc_id = ?, smsc_id_key = ? WHERE message_id = ? AND part = ? AND state = 'unknown'"
)


class _Sent(NamedTuple):
    """A message to a number, or a part of one."""

    message_id: int
    part: int
    """0 for a message without rows for its parts."""
    state: MessageState
    key: str | None
    sent_at: int | None
    segments: int
    campaign_id: int

    @property
    def can_be_told(self) -> bool:
        """Whether a single receipt can tell what became of it: it is one submit_sm, as far as is known."""
        return self.part > 0 or self.segments == 1


def resolve_doubts(
    tx: Connection, connection_id: int, receipts: Sequence[Arrived], *, is_learnt: bool
) -> list[Arrived]:
    """Apply those of `receipts` that can only be about one message in doubt each, and return them.

    `is_learnt`: it is known how receipts write their ids, so that none of them is about an accepted message.
    """
    about = sorted({receipt.number for receipt in receipts if receipt.number})
    if not about:
        return []
    doubtful = {number for (number,) in _IN_DOUBT.rows(tx, connection_id, json.dumps(about))}
    by_number: defaultdict[str, list[Arrived]] = defaultdict(list)
    for receipt in receipts:
        if receipt.number in doubtful:
            by_number[receipt.number].append(receipt)
    resolved = []
    for number, arrived in by_number.items():
        for receipt in arrived:
            sent = [_Sent(*row) for row in _SENT_TO.rows(tx, number, connection_id)]
            meant = _meant(receipt, [one._replace(state=MessageState(one.state)) for one in sent], is_learnt)
            if meant is not None:
                _resolve(tx, receipt, meant)
                resolved.append(receipt)
    return resolved


def _meant(receipt: Arrived, sent: Iterable[_Sent], is_learnt: bool) -> _Sent | None:
    """The one message in doubt that the receipt must be about; None when that can't be told."""
    keys = {form.response_key(receipt.smsc_id) for form in ReceiptIdForm}
    earliest = receipt.at - RESOLVED_WITHIN // timedelta(milliseconds=1)
    candidates = []
    for one in sent:
        if one.state in _MAY_LEAVE or (one.key in keys and one.key is not None):
            return None
        if one.state is MessageState.ACCEPTED and not is_learnt:
            return None
        unknown_since = one.sent_at if one.state is MessageState.UNKNOWN else None
        if unknown_since is not None and earliest <= unknown_since and receipt.may_follow(unknown_since):
            candidates.append(one)
    return candidates[0] if len(candidates) == 1 and candidates[0].can_be_told else None


def _resolve(tx: Connection, receipt: Arrived, meant: _Sent) -> None:
    """The message, or its part, is what the receipt says; and the receipt's id is its own from now on."""
    key = id_key(receipt.smsc_id)[:ID_LENGTH]
    if meant.part:
        _NAME_PART.run(tx, receipt.smsc_id, key, meant.message_id, meant.part)
        awaiting = Awaiting(
            meant.message_id, meant.part, receipt.smsc_id, receipt.at, receipt.number, meant.campaign_id
        )
        write_receipts(tx, [(receipt, awaiting)])
    else:
        values = (receipt.state.value, receipt.error, receipt.at, receipt.smsc_id, key)
        resolved = _RESOLVE.run(tx, *values, meant.message_id)
        count_moves(tx, [Moved(meant.campaign_id, MessageState.UNKNOWN, receipt.state, resolved)])
