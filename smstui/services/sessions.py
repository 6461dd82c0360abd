"""Sessions: each full-screen program that somebody has logged in to has one, which others of the account can end.

A program says from time to time that its session is seen; one that was not for a while is gone, whatever became of its
program, and is shown nowhere. `smstui.services.attendance` does so for the program that it runs in.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.errors import Refusal
from smstui.domain.storable import storable
from smstui.domain.visible import printable
from smstui.i18n import N_, _
from smstui.services.audit import AuditAction, record
from smstui.services.blocking import refuse_blocked
from smstui.storage.database import Database
from smstui.storage.tables import account, audit_entry, login_session

SEEN_EVERY: Final = timedelta(minutes=1)
"""How often a program says that its session is seen."""
GONE_AFTER: Final = timedelta(minutes=5)
"""A session that was not seen for so long is over: its program was killed, or its machine sleeps."""
KEPT: Final = timedelta(days=90)
"""After which what is known of a session is deleted."""
_LONGEST_NAME: Final = 64


class Way(StrEnum):
    """How somebody reaches the program."""

    SSH = "ssh"
    BROWSER = "browser"
    TERMINAL = "terminal"
    MACHINE = "machine"
    """At the machine that it runs on; no more is known."""


_WAY_WORDS: Final = {
    Way.SSH: N_("SSH from {name}"),
    Way.BROWSER: N_("Browser"),
    Way.TERMINAL: N_("Terminal {name}"),
    Way.MACHINE: N_("This machine"),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a session comes from, as its program could see it."""

    way: Way
    name: str = ""
    """An address, or what a terminal calls itself; foreign text."""

    def __str__(self) -> str:
        """As it is stored, and written in the audit trail."""
        return f"{self.way} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class LoginSession:
    """A session that goes on."""

    id: int
    origin: Origin
    started_at: datetime
    seen_at: datetime
    is_own: bool
    """Whether it is that of who asks."""


class SessionEnded(Refusal):
    """Somebody has ended this session."""

    sentence: ClassVar[str] = N_("This session was ended from another one: log in again to go on.")


class PasswordChanged(SessionEnded):
    """A change of the password has ended this session."""

    sentence: ClassVar[str] = N_("The password of this account was changed: log in again with the new one.")


class RightsChanged(SessionEnded):
    """What the account may do has changed since this session began."""

    sentence: ClassVar[str] = N_("An administrator has changed the rights of this account: log in again to go on.")


class UnknownSession(Refusal):
    """No session of the account that goes on."""

    sentence: ClassVar[str] = N_("This session is over already, or belongs to nobody here: look at the list again.")


def origin_here(environment: Mapping[str, str] = os.environ) -> Origin:
    """Where the person at this program comes from."""
    if environment.get("TEXTUAL_DRIVER"):
        return Origin(Way.BROWSER)
    connection = environment.get("SSH_CONNECTION", "").split()
    if connection:
        return Origin(Way.SSH, _name(connection[0]))
    terminal = _name(environment.get("TERM_PROGRAM") or environment.get("TERM") or "")
    return Origin(Way.TERMINAL, terminal) if terminal else Origin(Way.MACHINE)


def origin_words(origin: Origin) -> str:
    """An origin as a person reads it, in the current language."""
    return _(_WAY_WORDS[origin.way]).format(name=printable(origin.name)).strip()


def open_session(tx: Connection, actor: Actor, origin: Origin, now: datetime) -> Actor:
    """`actor`, logged in by a new session; what is known of sessions long over is deleted."""
    tx.execute(delete(login_session).where(login_session.c.seen_at < now - KEPT))
    new = insert(login_session).values(
        account_id=actor.account_id, origin=str(origin), started_at=now, seen_at=now, ended_at=None
    )
    return replace(actor, session=tx.execute(new.returning(login_session.c.id)).scalar_one())


def end_sessions(tx: Connection, actor: Actor, now: datetime) -> int:
    """End all sessions of the account but that of `actor`; how many of them went on."""
    ended = tx.execute(
        update(login_session)
        .where(*_open(actor), login_session.c.id.is_distinct_from(actor.session))
        .values(ended_at=now)
        .returning(login_session.c.seen_at)
    )
    return sum(seen_at > now - GONE_AFTER for seen_at in ended.scalars())


class Sessions:
    """The sessions of accounts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def list(self, actor: Actor) -> tuple[LoginSession, ...]:
        """The account's sessions that go on, the newest first."""
        seen = login_session.c.seen_at > self._clock.now() - GONE_AFTER
        mine = select(login_session).where(*_open(actor), seen).order_by(login_session.c.id.desc())
        rows = await self._database.read(lambda tx: tx.execute(mine).all())
        return tuple(_session(row, actor) for row in rows)

    async def end(self, actor: Actor, session_id: int) -> None:
        """End one of the account's sessions: its program goes back to the login. Raises UnknownSession."""
        now = self._clock.now()
        this = update(login_session).where(*_open(actor), login_session.c.id == session_id).values(ended_at=now)

        def work(tx: Connection) -> None:
            origin = tx.execute(this.returning(login_session.c.origin)).scalar()
            if origin is None:
                raise UnknownSession
            record(tx, actor, now, AuditAction.SESSION_ENDED, origin)

        await self._database.write(work)

    async def end_others(self, actor: Actor) -> int:
        """End all of the account's sessions but that of `actor`; how many."""
        now = self._clock.now()

        def work(tx: Connection) -> int:
            ended = end_sessions(tx, actor, now)
            if ended:
                record(tx, actor, now, AuditAction.SESSION_ENDED, str(ended))
            return ended

        return await self._database.write(work)

    async def attend(self, actor: Actor) -> None:
        """Look whether the session of `actor` may go on, and say once in a while that it is seen.

        Raises SessionEnded, PasswordChanged, RightsChanged, AccountBlocked, and refusals of the database, which mean
        nothing to it.
        """
        now = self._clock.now()
        seen_at = await self._database.read(lambda tx: _check(tx, actor))
        if now - seen_at >= SEEN_EVERY:
            this = update(login_session).where(*_open(actor), login_session.c.id == actor.session)
            await self._database.write(lambda tx: tx.execute(this.values(seen_at=now)))

    async def close(self, actor: Actor) -> None:
        """The person has logged out, or quit."""
        this = update(login_session).where(*_open(actor), login_session.c.id == actor.session)
        now = self._clock.now()
        await self._database.write(lambda tx: tx.execute(this.values(ended_at=now)))


def _open(actor: Actor) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return login_session.c.account_id == actor.account_id, login_session.c.ended_at.is_(None)


def _check(tx: Connection, actor: Actor) -> datetime:
    """When the session of `actor` was last said to be seen. Raises what `Sessions.attend` does."""
    this = select(login_session.c.seen_at, login_session.c.ended_at, account.c.role).join(account)
    row = tx.execute(this.where(login_session.c.id == actor.session)).first()
    if row is None:
        raise SessionEnded
    if row.ended_at is not None:
        raise PasswordChanged if _password_changed(tx, actor, row.ended_at) else SessionEnded
    refuse_blocked(tx, actor)
    if row.role != actor.role:
        raise RightsChanged
    seen_at: datetime = row.seen_at
    return seen_at


def _password_changed(tx: Connection, actor: Actor, at: datetime) -> bool:
    """Whether that is what happened at this instant."""
    entry = select(audit_entry.c.id).where(
        audit_entry.c.account_id == actor.account_id,
        audit_entry.c.action == AuditAction.PASSWORD_CHANGED,
        audit_entry.c.at == at,
    )
    return tx.execute(entry.limit(1)).first() is not None


def _session(row: Row[Any], actor: Actor) -> LoginSession:
    return LoginSession(row.id, _origin(row.origin), row.started_at, row.seen_at, row.id == actor.session)


def _origin(stored: str) -> Origin:
    way, _space, name = stored.partition(" ")
    return Origin(Way(way), name) if way in set(Way) else Origin(Way.TERMINAL, stored)


def _name(text: str) -> str:
    return storable(text.strip())[:_LONGEST_NAME]
