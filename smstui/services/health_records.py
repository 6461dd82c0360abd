"""What a dispatcher writes about the health of its binds, in transactions that it commits anyway.

Little of it is kept: ten minutes of samples, a count for each command_status, and the last receipts. No numbers of
phones and no texts are among them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from smstui.domain.clock import Clock
from smstui.smpp.traffic import Stats
from smstui.smpp.values import Receipt
from smstui.storage.columns import to_milliseconds
from smstui.storage.statements import Statement

SAMPLES_KEPT: Final = timedelta(minutes=10)
RECEIPTS_KEPT: Final = 50
"""Of each connection."""
RECEIPTS_NOTED: Final = 5
"""Of each group: more than this can't be read as they come."""
_LEAST_INTERVAL: Final = 0.9
"""Seconds between two samples of a bind."""
_ID_LENGTH: Final = 65
_WORD_LENGTH: Final = 64

_INSERT_SAMPLE = Statement("""
    INSERT INTO bind_sample
        (connection_id, bind, at, in_flight, accepted, rejected, throttled, unknown, response_ms, allowed_rate)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
""")
_FORGET_SAMPLES = Statement("DELETE FROM bind_sample WHERE connection_id = ? AND bind = ? AND at NOT BETWEEN ? AND ?")
_COUNT_REFUSAL = Statement("""
    INSERT INTO smsc_refusal AS known (connection_id, status, count, last_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (connection_id, status) DO UPDATE
    SET count = known.count + excluded.count, last_at = excluded.last_at
""")
_INSERT_RECEIPT = Statement(
    "INSERT INTO recent_receipt (connection_id, smsc_id, state, word, received_at) VALUES (?, ?, ?, ?, ?)"
)
_FORGET_RECEIPTS = Statement("""
    DELETE FROM recent_receipt WHERE connection_id = ? AND id <= (
        SELECT id FROM recent_receipt WHERE connection_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?)
""")


@dataclass(frozen=True, slots=True)
class BindSample:
    """What a bind did since the sample before, in submit_sm, and how it stands at that instant."""

    in_flight: int
    accepted: int
    rejected: int
    throttled: int
    unknown: int
    response_ms: int | None
    """The mean time from a submit_sm to its response; None without responses."""
    allowed_rate: int | None
    """submit_sm a second that throttling has taught; None as long as it never throttled."""


class SampleMeter:
    """Turns the counts of one SMPP connection, which only grow, into samples: one a second."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._taken_at = clock.monotonic()
        self._before = Stats()

    def take(self, stats: Stats, in_flight: int, throttled_rate: float | None) -> BindSample | None:
        """The sample of now; None when the last one is less than a second old."""
        now = self._clock.monotonic()
        if now - self._taken_at < _LEAST_INTERVAL:
            return None
        before, self._before, self._taken_at = self._before, replace(stats), now
        responses = stats.responses - before.responses
        seconds = stats.response_seconds - before.response_seconds
        return BindSample(
            in_flight=in_flight,
            accepted=stats.accepted - before.accepted,
            rejected=stats.rejected - before.rejected,
            throttled=stats.throttled - before.throttled,
            unknown=stats.unknown - before.unknown,
            response_ms=round(1000 * seconds / responses) if responses else None,
            allowed_rate=None if throttled_rate is None else round(throttled_rate),
        )


def record_sample(tx: Connection, connection_id: int, bind: int, sample: BindSample, at: datetime) -> None:
    """Keep `sample` of a bind, and forget those older than SAMPLES_KEPT, or of a future that a clock put back."""
    now = to_milliseconds(at)
    _FORGET_SAMPLES.run(tx, connection_id, bind, to_milliseconds(at - SAMPLES_KEPT), now)
    _INSERT_SAMPLE.run(
        tx,
        connection_id,
        bind,
        now,
        sample.in_flight,
        sample.accepted,
        sample.rejected,
        sample.throttled,
        sample.unknown,
        sample.response_ms,
        sample.allowed_rate,
    )


def count_refusals(tx: Connection, connection_id: int, statuses: Iterable[int], at: datetime) -> None:
    """Count the command_status of each submit_sm_resp that refused."""
    now = to_milliseconds(at)
    rows = [(connection_id, status, count, now) for status, count in Counter(statuses).items()]
    _COUNT_REFUSAL.run_each(tx, rows)


def note_receipts(tx: Connection, connection_id: int, receipts: Sequence[Receipt], at: datetime) -> None:
    """Keep the last receipts: RECEIPTS_NOTED of this group, RECEIPTS_KEPT of the connection."""
    now = to_milliseconds(at)
    _INSERT_RECEIPT.run_each(tx, [_receipt_row(connection_id, one, now) for one in receipts[-RECEIPTS_NOTED:]])
    if receipts:
        _FORGET_RECEIPTS.run(tx, connection_id, connection_id, RECEIPTS_KEPT)


def _receipt_row(connection_id: int, receipt: Receipt, now: int) -> tuple[int | str | None, ...]:
    # PostgreSQL keeps no NUL in a text.
    smsc_id, words = (text.replace("\0", "") for text in (receipt.smsc_id, f"{receipt.word} {receipt.error}".strip()))
    state = None if receipt.state is None else receipt.state.value
    return connection_id, smsc_id[:_ID_LENGTH], state, words[:_WORD_LENGTH], now
