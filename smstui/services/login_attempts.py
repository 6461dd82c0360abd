"""Guessing a password takes ever longer: failures are counted in the database, so that a restart forgets nothing.

An attempt counts as a failure before the password is verified, and is forgotten if it was right; many attempts at once
therefore gain nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import Connection, delete, select

from smstui.domain.errors import Refusal
from smstui.i18n import N_
from smstui.storage.tables import login_failure
from smstui.storage.upsert import insert

FREE_FAILURES = 2
FIRST_DELAY = timedelta(seconds=1)
LONGEST_DELAY = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)
_KEY_LENGTH = 64


@dataclass(eq=False)
class TooManyAttempts(Refusal):
    """The account, if there is one, takes no attempt before this instant."""

    retry_at: datetime
    sentence: ClassVar[str] = N_("Too many failed attempts: try again at {retry_at}.")


def delay_after(failures: int) -> timedelta:
    """How long the next attempt waits after `failures` in a row: 1, 2, 4… seconds from the third on."""
    if failures <= FREE_FAILURES:
        return timedelta()
    doublings = min(failures - FREE_FAILURES - 1, 30)
    return min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)


def begin(tx: Connection, login_key: str, now: datetime) -> None:
    """Count an attempt as a failure until `succeeded`. Raises TooManyAttempts, which counts nothing."""
    tx.execute(delete(login_failure).where(login_failure.c.retry_at < now - FORGOTTEN_AFTER))
    key = login_key[:_KEY_LENGTH]
    row = tx.execute(select(login_failure).where(login_failure.c.login_key == key).with_for_update()).first()
    if row is not None and row.retry_at > now:
        raise TooManyAttempts(row.retry_at)
    failures = 1 + (row.failures if row is not None else 0)
    counted = {"failures": failures, "retry_at": now + delay_after(failures)}
    statement = insert(tx, login_failure).values(login_key=key, **counted)
    tx.execute(statement.on_conflict_do_update(index_elements=["login_key"], set_=counted))


def succeeded(tx: Connection, login_key: str) -> None:
    """Forget the failures."""
    tx.execute(delete(login_failure).where(login_failure.c.login_key == login_key[:_KEY_LENGTH]))
