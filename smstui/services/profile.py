"""My account: what an account says about itself, and changes by itself."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Connection, select, update

from smstui.domain.actor import Actor, Role
from smstui.domain.clock import Clock
from smstui.domain.company import Billing
from smstui.domain.errors import Refusal
from smstui.domain.identity import check_email
from smstui.domain.preferences import THEMES, check_language, check_theme, check_time_zone
from smstui.i18n import N_
from smstui.services import login_attempts
from smstui.services.accounts import (
    EmailTaken,
    Known,
    WrongLogin,
    email_key_of,
    fold,
    hash_of_new,
    is_password_still,
    verified,
)
from smstui.services.audit import AuditAction, record
from smstui.services.company import billing
from smstui.services.sessions import end_sessions
from smstui.storage.database import Database
from smstui.storage.tables import account


class WrongPassword(Refusal):
    """It is not the account's password, or not any more."""

    sentence: ClassVar[str] = N_("This is not the password of your account.")


class SamePassword(Refusal):
    """A new password that is the old one."""

    sentence: ClassVar[str] = N_("This is the password that you have: choose another one.")


@dataclass(eq=False)
class EmailOfAnother(EmailTaken):
    """Another account has the address that this one would like."""

    sentence: ClassVar[str] = N_("Another account has the e-mail address {email}: give another one.")


@dataclass(frozen=True, slots=True)
class AccountProfile:
    """All that an account says about itself."""

    login: str
    email: str
    role: Role
    created_at: datetime
    certified_number: str | None
    language: str
    time_zone: str
    """Its name in the IANA database."""
    theme: str | None
    """The colours of the screens, one of THEMES; None until it has chosen."""
    billing: Billing | None
    """Whom its invoices are for; None until it has said."""


class Profiles:
    """What accounts change about themselves, each time written in their audit trail.

    Where a password is None, whoever may open the database acts: the command line.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def read(self, actor: Actor) -> AccountProfile:
        """What the account says about itself."""
        return await self._database.read(lambda tx: _read(tx, actor))

    async def set_email(self, actor: Actor, email: str, password: str | None) -> str:
        """Give the account another e-mail address; as it is kept.

        Raises InvalidEmail, EmailOfAnother, WrongPassword, TooManyAttempts, PasswordTooLong.
        """
        checked = check_email(email.strip())
        key, now = email_key_of(checked), self._clock.now()
        known = await self._verified(actor, password, now)

        def work(tx: Connection) -> None:
            _accept(tx, known)
            others = account.c.email_key == key, account.c.id != actor.account_id
            if tx.execute(select(account.c.id).where(*others)).first() is not None:
                raise EmailOfAnother(checked)
            before = _read(tx, actor).email
            if checked != before:
                mine = update(account).where(account.c.id == actor.account_id)
                tx.execute(mine.values(email=checked, email_key=key))
                record(tx, actor, now, AuditAction.EMAIL_CHANGED, f"{before} → {checked}")

        await self._database.write(work)
        return checked

    async def set_password(self, actor: Actor, old: str | None, new: str) -> int:
        """Give the account another password; all other sessions end: how many went on.

        Raises WeakPassword, SamePassword, WrongPassword, TooManyAttempts, PasswordTooLong.
        """
        if old == new:
            raise SamePassword
        new_hash, now = await hash_of_new(new), self._clock.now()
        known = await self._verified(actor, old, now)

        def work(tx: Connection) -> int:
            _accept(tx, known)
            tx.execute(update(account).where(account.c.id == actor.account_id).values(password_hash=new_hash))
            login_attempts.succeeded(tx, fold(actor.login))
            ended = end_sessions(tx, actor, now)
            record(tx, actor, now, AuditAction.PASSWORD_CHANGED, actor.login)
            return ended

        return await self._database.write(work)

    async def set_preferences(
        self, actor: Actor, *, language: str | None = None, time_zone: str | None = None, theme: str | None = None
    ) -> None:
        """Change those that are not None. Raises UnknownLanguage, UnknownTimeZone, UnknownTheme."""
        wanted: dict[str, str] = {}
        if language is not None:
            wanted["language"] = check_language(language)
        if time_zone is not None:
            wanted["time_zone"] = await asyncio.to_thread(check_time_zone, time_zone)
        if theme is not None:
            wanted["theme"] = check_theme(theme)
        now = self._clock.now()

        def work(tx: Connection) -> None:
            before = _read(tx, actor)
            changed = {name: value for name, value in wanted.items() if getattr(before, name) != value}
            if changed:
                tx.execute(update(account).where(account.c.id == actor.account_id).values(changed))
                told = ", ".join(f"{name}: {getattr(before, name) or '–'} → {value}" for name, value in changed.items())
                record(tx, actor, now, AuditAction.PREFERENCES_CHANGED, told)

        await self._database.write(work)

    async def _verified(self, actor: Actor, password: str | None, now: datetime) -> Known | None:
        if password is None:
            return None
        try:
            return await verified(self._database, actor.login, password, now)
        except WrongLogin:
            raise WrongPassword from None


def _accept(tx: Connection, known: Known | None) -> None:
    """That the password which was verified is still the account's; its attempt was none of a guesser."""
    if known is None:
        return
    if not is_password_still(tx, known):
        raise WrongPassword
    login_attempts.succeeded(tx, fold(known.login))


def _read(tx: Connection, actor: Actor) -> AccountProfile:
    row = tx.execute(select(account).where(account.c.id == actor.account_id)).one()
    return AccountProfile(
        login=row.login,
        email=row.email,
        role=Role(row.role),
        created_at=row.created_at,
        certified_number=row.certified_number,
        language=row.language,
        time_zone=row.time_zone,
        theme=row.theme if row.theme in THEMES else None,
        billing=billing(tx, actor.account_id),
    )
