"""Sending hours: what goes to a country whose hours are closed waits until they open, and is judged again then."""

from typing import Final

from sqlalchemy import Connection

from smstui.domain.hours import HoursConsent, SendingHours, verdict
from smstui.domain.states import MessageType
from smstui.services.platform_settings import SENDING_HOURS, sending_hours
from smstui.storage.columns import from_milliseconds, to_milliseconds
from smstui.storage.statements import Statement

NOT_READ: Final = ""
"""No stored setting."""
_SETTING = Statement("SELECT value FROM platform_setting WHERE name = ?")
_WAIT = Statement(
    "UPDATE batch SET state = 'waiting', not_before = ? WHERE campaign_id = ? AND country = ? AND state = 'free'"
)
_REOPEN = Statement(
    """
    UPDATE batch SET state = 'free', not_before = NULL
    WHERE connection_id = ? AND state = 'waiting' AND not_before <= ?
    """
)
_REOPEN_ALL = Statement(
    "UPDATE batch SET state = 'free', not_before = NULL WHERE connection_id = ? AND state = 'waiting'"
)
_WAITING = Statement(
    """
    SELECT country, SUM((
        SELECT COUNT(*) FROM message
        WHERE campaign_id + 0 = batch.campaign_id AND id BETWEEN first_id AND last_id AND COALESCE(state, '') = 'queued'
    )), MIN(not_before)
    FROM batch WHERE campaign_id = ? AND state = 'waiting'
    GROUP BY country ORDER BY MIN(not_before), country
    """
)
"""Batch by batch, so that nothing is sorted: 200,000 messages take 30 ms."""
_hours_of: dict[str | None, SendingHours] = {}
"""What stored settings mean: they are read for every window, and hardly ever change."""


def opens_at(tx: Connection, country: str, kind: MessageType, consent: HoursConsent, now: int) -> int | None:
    """When messages of that type may go to `country`; None when they may now. Milliseconds since 1970."""
    found = verdict(from_milliseconds(now), country, kind, _hours(tx), consent)
    return None if found.is_open else to_milliseconds(found.until)


def wait(tx: Connection, campaign_id: int, country: str, until: int) -> None:
    """All that is free of the campaign and goes to `country` waits until then (milliseconds since 1970)."""
    _WAIT.run(tx, until, campaign_id, country)


def reopen(tx: Connection, connection_id: int, now: int, known: str | None) -> str | None:
    """What waits over the connection is free again: that whose time has come, or all of it, since the hours may be
    others now, when their stored setting is not `known`; the setting.
    """
    setting = _stored(tx)
    if setting == known:
        _REOPEN.run(tx, connection_id, now)
    else:
        _REOPEN_ALL.run(tx, connection_id)
    return setting


def waiting(tx: Connection, campaign_id: int) -> tuple[tuple[str, int, int], ...]:
    """What waits of a campaign: of each country how many messages, until when (milliseconds since 1970)."""
    found = _WAITING.rows(tx, campaign_id)
    return tuple((country, int(messages), until) for country, messages, until in found if messages)


def _stored(tx: Connection) -> str | None:
    setting: str | None = _SETTING.value(tx, SENDING_HOURS)
    return setting


def _hours(tx: Connection) -> SendingHours:
    setting = _stored(tx)
    hours = _hours_of.get(setting)
    if hours is None:
        _hours_of.clear()
        hours = _hours_of[setting] = sending_hours(tx)
    return hours
