"""Which messages leave next, and which may have left.

A `batch` row is a range of message ids of one campaign. A free one has not been sent; taking a window moves the front
of the best free one into a row of its own, whose `sent_upto` is its end, and commits that before any byte leaves. So a
queued message is in flight exactly when a row covers it with its `sent_upto`; after a crash those are in doubt, and all
others are simply still free. A row goes when all its messages have their outcome: a campaign without rows is done.
The rows of a paused campaign, and of a blocked account, are held, those of a cancelled one void, those of a country
whose sending hours are closed wait: none of them is taken.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from sqlalchemy import Connection

from smstui.domain.states import OPT_OUTS_OBEYED, CampaignKind, CampaignState, MessageState
from smstui.services.blocking import HELD_KINDS, hold_queued
from smstui.services.dispatch import hours
from smstui.services.dispatch.facts import CampaignFacts, facts_of, start
from smstui.services.dispatch.finishing import finish
from smstui.services.dispatch.lease import Lease
from smstui.services.message_counts import Moved, count_moves
from smstui.services.outgoing import BatchState
from smstui.storage.statements import Statement, Values

WINDOW_LIMIT: Final = 500
"""Messages of one window, at most: between two windows a message of higher priority gets its turn."""
UNSENT_STATES: Final = {CampaignState.PAUSED: BatchState.HELD, CampaignState.CANCELLED: BatchState.VOID}
"""What becomes of messages that come back unsent, by the state of their campaign; free in all others."""

_BEST_RANGE = Statement(
    """
    SELECT id, campaign_id, priority, first_id, last_id, country FROM batch
    WHERE connection_id = ? AND state = 'free' ORDER BY priority DESC, id LIMIT 1
    """
)
_SHORTEN_RANGE = Statement("UPDATE batch SET first_id = ?, sent_upto = ? WHERE id = ?")
_DELETE_RANGE = Statement("DELETE FROM batch WHERE id = ?")
_INSERT_RANGE = Statement(
    """
    INSERT INTO batch (campaign_id, connection_id, priority, first_id, last_id, country, sent_upto, state, bind,
        lease_token, sent_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
    """
)
_SENT_RANGES = Statement(
    """
    SELECT id, campaign_id, priority, first_id, last_id, country, sent_at, lease_token FROM batch
    WHERE connection_id = ? AND bind = ? AND state = 'sent'
    """
)
_DOUBT = Statement(
    """
    UPDATE message SET state = 'unknown', connection_id = ?, sent_at = ?, final_at = ?
    WHERE campaign_id + 0 = ? AND id BETWEEN ? AND ? AND COALESCE(state, '') = 'queued'
    """
)
_QUEUED = Statement(
    """
    SELECT message.id, message.destination, opt_out.number AS opted_out, message.text, message.segments
    FROM message LEFT JOIN opt_out ON opt_out.number = message.destination AND opt_out.account_id = CAST(? AS BIGINT)
    WHERE message.campaign_id + 0 = ? AND COALESCE(message.state, '') = 'queued' AND message.id BETWEEN ? AND ?
    ORDER BY message.id LIMIT ?
    """
)
"""Both databases are kept to the range of ids: by campaign and state, all that is queued would be looked at."""
_SUPPRESS = Statement("UPDATE message SET state = 'suppressed', final_at = ? WHERE id = ?")
_STATE = Statement("SELECT state FROM campaign WHERE id = ?")


class OwnText(NamedTuple):
    """The text of one message, where each has its own."""

    text: str
    segments: int


class _Range(NamedTuple):
    """A batch row."""

    id: int
    campaign_id: int
    priority: int
    first_id: int
    last_id: int
    country: str | None
    """Whose sending hours it keeps."""


@dataclass(frozen=True, slots=True)
class Window:
    """Messages that may leave now: it is committed that they may have."""

    batch_id: int
    campaign: CampaignFacts
    priority: int
    recipients: tuple[tuple[int, str], ...]
    """(message id, E.164)."""
    texts: tuple[OwnText, ...]
    """Of each recipient; none where all get the campaign's."""
    country: str | None
    """Whose sending hours it keeps."""
    taken_at: int
    """Milliseconds since 1970."""


def is_waiting(tx: Connection, connection_id: int) -> bool:
    """Whether anything is free to be sent over the connection."""
    return _BEST_RANGE.first(tx, connection_id) is not None


def take(tx: Connection, lease: Lease, room: int, now: int) -> Window | None:
    """The next window, of as many messages as `room` submit_sm carry (one at least); None when nothing waits.

    On the way, numbers that have opted out by now are suppressed, and what may not be sent at this hour waits. `now` is
    in milliseconds since 1970.
    """
    while (row := _BEST_RANGE.first(tx, lease.connection_id)) is not None:
        free = _Range(*row)
        facts = facts_of(tx, free.campaign_id)
        if _must_wait(tx, facts, free.country, now):
            continue
        if not facts.is_started:
            start(tx, facts.id, now)
        claimed = _claim(tx, facts, free, room, now)
        if claimed:
            batch_id = _insert_sent(tx, lease, free._replace(first_id=claimed[0][0], last_id=claimed[-1][0]), now)
            recipients = tuple([(row[0], row[1]) for row in claimed])
            return Window(batch_id, facts, free.priority, recipients, _texts(facts, claimed), free.country, now)
        finish(tx, {facts.id}, now)
    return None


def close(tx: Connection, lease: Lease, windows: Iterable[tuple[Window, Sequence[int]]], now: int) -> None:
    """Every message of these windows has its outcome; those given beside a window were not sent, and wait again.

    Doing it twice does it once.
    """
    campaigns = set()
    for window, unsent in windows:
        campaigns.add(window.campaign.id)
        if _DELETE_RANGE.run(tx, window.batch_id):
            for first, last in _runs(unsent):
                unsent_range = _Range(0, window.campaign.id, window.priority, first, last, window.country)
                put_back(tx, lease.connection_id, unsent_range)
    finish(tx, campaigns, now)


def recover(tx: Connection, connection_id: int, bind: int, now: int) -> int:
    """What a former owner left in flight becomes unknown, never to be sent again by itself; return how many."""
    left = _sent(tx, connection_id, bind)
    doubtful = 0
    for one, sent_at, _token in left:
        doubted = _DOUBT.run(tx, connection_id, sent_at, now, one.campaign_id, one.first_id, one.last_id)
        count_moves(tx, [Moved(one.campaign_id, MessageState.QUEUED, MessageState.UNKNOWN, doubted)])
        doubtful += doubted
        _DELETE_RANGE.run(tx, one.id)
    finish(tx, {one.campaign_id for one, _, _ in left}, now)
    return doubtful


def take_back(tx: Connection, lease: Lease, in_flight: Collection[int]) -> None:
    """Windows of this lease beyond the batches `in_flight` were committed and never heard of: they wait again."""
    for one, _sent_at, token in _sent(tx, lease.connection_id, lease.bind):
        if token == lease.token and one.id not in in_flight:
            _DELETE_RANGE.run(tx, one.id)
            put_back(tx, lease.connection_id, one)


def _sent(tx: Connection, connection_id: int, bind: int) -> list[tuple[_Range, int, int]]:
    """The rows of a bind that are in flight, with when they were sent and under which token."""
    rows = _SENT_RANGES.rows(tx, connection_id, bind)
    return [(_Range(*row), sent_at, token) for *row, sent_at, token in rows]


def put_back(tx: Connection, connection_id: int, unsent: _Range) -> None:
    """These messages certainly did not leave: they are to be sent again, as the state of their campaign says."""
    campaign_state = CampaignState(_STATE.value(tx, unsent.campaign_id))
    state = UNSENT_STATES.get(campaign_state, BatchState.FREE)
    _, campaign_id, priority, first, last, country = unsent
    values = (campaign_id, connection_id, priority, first, last, country, first - 1, state.value, None, None, None)
    _INSERT_RANGE.value(tx, *values)


def _must_wait(tx: Connection, facts: CampaignFacts, country: str | None, now: int) -> bool:
    """Whether the account is blocked: then all of the campaign is held; or the sending hours of `country` are closed:
    then all of it that goes there waits.

    Only a campaign keeps the hours: what answers a person, or what a person has asked for, comes at once.
    """
    if facts.is_blocked and facts.kind in HELD_KINDS:
        hold_queued(tx, facts.id)
        return True
    if country is None or facts.kind is not CampaignKind.CAMPAIGN:
        return False
    until = hours.opens_at(tx, country, facts.type, facts.consent, now)
    if until is not None:
        hours.wait(tx, facts.id, country, until)
    return until is not None


def _claim(tx: Connection, facts: CampaignFacts, free: _Range, room: int, now: int) -> Sequence[Values]:
    """Take the first queued messages off a free range, without those whose number has opted out.

    They are as many as `room` submit_sm carry, one at least; rows of `_QUEUED`.
    """
    obeyed = facts.account_id if facts.kind in OPT_OUTS_OBEYED else None
    limit = max(1, min(room if facts.personal else room // facts.segments, WINDOW_LIMIT))
    found = _QUEUED.rows(tx, obeyed, facts.id, free.first_id, free.last_id, limit)
    taken = _fitting(found, room, facts.segments) if facts.personal else found
    upto = taken[-1][0] if len(found) == limit or len(taken) < len(found) else free.last_id
    if upto >= free.last_id:
        _DELETE_RANGE.run(tx, free.id)
    else:
        _SHORTEN_RANGE.run(tx, upto + 1, upto, free.id)
    unwanted = [(now, row[0]) for row in taken if row[2] is not None]
    if not unwanted:
        return taken
    _SUPPRESS.run_each(tx, unwanted)
    count_moves(tx, [Moved(facts.id, MessageState.QUEUED, MessageState.SUPPRESSED, len(unwanted))])
    return [row for row in taken if row[2] is None]


def _fitting(found: Sequence[Values], room: int, usual: int) -> Sequence[Values]:
    """The first of `found` that `room` submit_sm carry, one at least; `usual` is how many a null stands for."""
    left = room
    for index, (*_, segments) in enumerate(found):
        left -= segments or usual
        if left < 0 and index:
            return found[:index]
    return found


def _texts(facts: CampaignFacts, claimed: Sequence[Values]) -> tuple[OwnText, ...]:
    """The own text of each of `claimed`, where there are any; a null stands for the campaign's."""
    if not facts.personal:
        return ()
    usual = OwnText(facts.text, facts.segments)
    return tuple([usual if text is None else OwnText(text, segments) for *_, text, segments in claimed])


def _insert_sent(tx: Connection, lease: Lease, window: _Range, now: int) -> int:
    """The row of messages that may have left; its id."""
    _, campaign_id, priority, first, last, country = window
    owner = (BatchState.SENT.value, lease.bind, lease.token, now)
    return int(_INSERT_RANGE.value(tx, campaign_id, lease.connection_id, priority, first, last, country, last, *owner))


def _runs(ids: Sequence[int]) -> list[tuple[int, int]]:
    """The ranges of consecutive numbers that `ids` are made of."""
    ordered = sorted(ids)
    gaps = [(before, after) for before, after in pairwise(ordered) if after != before + 1]
    edges = [*ordered[:1], *(edge for gap in gaps for edge in gap), *ordered[-1:]]
    return list(zip(edges[::2], edges[1::2], strict=True))
