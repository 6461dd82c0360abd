"""How many messages of a campaign are in each state: counted as they change, so that nobody counts 200,000 rows.

Whatever changes the state of messages says so here, in the same transaction.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection

from smstui.domain.states import MessageState
from smstui.storage.statements import Statement

_ADD = Statement(
    """
    INSERT INTO message_count AS known (campaign_id, state, messages) VALUES (?, ?, ?)
    ON CONFLICT (campaign_id, state) DO UPDATE SET messages = known.messages + excluded.messages
    """,
    arrays="""
    INSERT INTO message_count AS known (campaign_id, state, messages)
    SELECT * FROM unnest(?::bigint[], ?::text[], ?::bigint[])
    ON CONFLICT (campaign_id, state) DO UPDATE SET messages = known.messages + excluded.messages
    """,
)
_COUNTS = Statement("SELECT state, messages FROM message_count WHERE campaign_id = ?")


class Moved(NamedTuple):
    """Messages of a campaign that went from one state to another."""

    campaign_id: int
    before: MessageState | None
    """None: they are new."""
    after: MessageState
    messages: int


def count_moves(tx: Connection, moves: Iterable[Moved]) -> None:
    """Bring the counts of the campaigns up to date."""
    changes: Counter[tuple[int, str]] = Counter()
    for campaign_id, before, after, messages in moves:
        changes[campaign_id, after.value] += messages
        if before is not None:
            changes[campaign_id, before.value] -= messages
    _ADD.run_each(tx, [(*place, change) for place, change in sorted(changes.items()) if change])


def message_counts(tx: Connection, campaign_id: int) -> dict[MessageState, int]:
    """The stored states of a campaign's messages, each with its count."""
    return {MessageState(state): messages for state, messages in _COUNTS.rows(tx, campaign_id)}
