"""The alert of an account whose credits run low: shown wherever the balance is, and told once by e-mail.

The e-mail is claimed by `told`; it is due again only once the balance was seen above the alert in between, or the alert
was put out and on again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import Connection, Row, Select, func, select, update

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.credits import NO_CREDITS, Credits
from smstui.domain.errors import Refusal
from smstui.i18n import N_, translated
from smstui.services.mail import Mail
from smstui.services.mail_round import DueMail
from smstui.storage.columns import EPOCH
from smstui.storage.database import Database
from smstui.storage.tables import account, ledger_entry

MOST: Final = Credits.of(1_000_000_000)
_SUBJECT: Final = N_("SMS credits: {available} left")
_TEXT: Final = N_(
    "Hello {login},\n\nyour account has {available} SMS credits left, less than your alert of {threshold}."
    "\n\nBuy more under Credits › Buy credits, or change the alert under Credits › Balance.\n"
)


@dataclass(eq=False)
class InvalidAlert(Refusal):
    """An alert below which no balance is, or no account's will ever be above."""

    most: Credits
    sentence: ClassVar[str] = N_("The alert must be more than 0 and at most {most} credits.")


@dataclass(frozen=True, slots=True)
class CreditAlert:
    """What an account has, and below which balance it is warned."""

    available: Credits
    threshold: Credits | None
    """None is no alert."""
    told_at: datetime | None
    """When the e-mail left; None since the balance was high enough, without a mail server, or while nobody knows."""

    @property
    def is_low(self) -> bool:
        """Whether the balance is below the alert."""
        return self.threshold is not None and self.available < self.threshold


class LowCredit:
    """The alerts of accounts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def get(self, actor: Actor) -> CreditAlert:
        """The account's alert, and its balance."""
        return await self._database.read(lambda tx: _alert(tx.execute(_accounts(actor.account_id)).one()))

    async def set(self, actor: Actor, threshold: Credits | None) -> CreditAlert:
        """Warn the account below `threshold`, or no longer when that is None. Raises InvalidAlert."""
        if threshold is not None and not NO_CREDITS < threshold <= MOST:
            raise InvalidAlert(MOST)

        def work(tx: Connection) -> CreditAlert:
            mine = update(account).where(account.c.id == actor.account_id)
            tx.execute(mine.values(low_credit_alert=None if threshold is None else threshold.milli))
            _forget_high(tx, actor.account_id)
            return _alert(tx.execute(_accounts(actor.account_id)).one())

        return await self._database.write(work)

    async def due(self) -> tuple[DueMail, ...]:
        """The accounts to warn by e-mail; those whose balance is high again will be anew. Part of every `MailRound`."""
        if await self._database.read(lambda tx: _high_again(tx, None)):
            await self._database.write(lambda tx: _forget_high(tx, None))
        watched = _accounts(None).where(account.c.low_credit_alert.is_not(None), account.c.low_credit_told_at.is_(None))
        rows = await self._database.read(lambda tx: tx.execute(watched).all())
        return tuple(_Due(self._database, self._clock, row.id) for row in rows if _alert(row).is_low)


def told(tx: Connection, account_id: int, at: datetime) -> bool:
    """Keep `at` as when the account is warned; False when it was before, or its balance is not below the alert."""
    row = tx.execute(_accounts(account_id)).first()
    if row is None or row.low_credit_told_at is not None or not _alert(row).is_low:
        return False
    untold = update(account).where(account.c.id == account_id, account.c.low_credit_told_at.is_(None))
    return tx.execute(untold.values(low_credit_told_at=at)).rowcount == 1


@dataclass(slots=True)
class _Due:
    """A warning that goes out by itself."""

    database: Database
    clock: Clock
    account_id: int
    claimed_at: datetime | None = None

    @property
    def key(self) -> str:
        """See `DueMail`."""
        return f"alert {self.account_id}"

    async def claim(self) -> Mail | None:
        """See `DueMail`."""
        self.claimed_at = _claim(self.clock.now())
        return await self.database.write(self._claimed)

    async def sent(self) -> None:
        """See `DueMail`."""
        await self._set(self.clock.now())

    async def release(self) -> None:
        """See `DueMail`."""
        await self._set(None)

    async def _set(self, told_at: datetime | None) -> None:
        mine = account.c.id == self.account_id, account.c.low_credit_told_at == self.claimed_at
        claimed = update(account).where(*mine).values(low_credit_told_at=told_at)
        await self.database.write(lambda tx: tx.execute(claimed))

    def _claimed(self, tx: Connection) -> Mail | None:
        assert self.claimed_at is not None
        if not told(tx, self.account_id, self.claimed_at):
            return None
        return _mail(tx.execute(_accounts(self.account_id)).one())


def _accounts(account_id: int | None) -> Select[Any]:
    """Rows for `_alert` and `_mail`: of one account, or of all."""
    mine = ledger_entry.c.account_id == account.c.id
    balance = select(func.coalesce(func.sum(ledger_entry.c.amount), 0)).where(mine).scalar_subquery()
    columns = account.c.id, account.c.login, account.c.email, account.c.language
    rows = select(*columns, account.c.low_credit_alert, account.c.low_credit_told_at, balance.label("balance"))
    return rows if account_id is None else rows.where(account.c.id == account_id)


def _high_again(tx: Connection, account_id: int | None) -> list[int]:
    """The accounts that were warned, and have no reason for it any more; among all, or of one."""
    warned = tx.execute(_accounts(account_id).where(account.c.low_credit_told_at.is_not(None)))
    return [row.id for row in warned if not _alert(row).is_low]


def _forget_high(tx: Connection, account_id: int | None) -> None:
    high = account.c.id.in_(_high_again(tx, account_id))
    tx.execute(update(account).where(high).values(low_credit_told_at=None))


def _alert(row: Row[Any]) -> CreditAlert:
    threshold = None if row.low_credit_alert is None else Credits(row.low_credit_alert)
    told_at = row.low_credit_told_at
    return CreditAlert(Credits(int(row.balance)), threshold, None if told_at is None or told_at < EPOCH else told_at)


def _claim(at: datetime) -> datetime:
    """As far before 1970 as `at` is after: somebody began to send then, and has not said since that it has left."""
    return EPOCH - (at - EPOCH)


def _mail(row: Row[Any]) -> Mail:
    from babel.numbers import format_decimal

    language: str = row.language
    words = {
        "login": row.login,
        "available": format_decimal(Credits(int(row.balance)).decimal, locale=language),
        "threshold": format_decimal(Credits(row.low_credit_alert).decimal, locale=language),
    }
    subject, text = (translated(each, language).format(**words) for each in (_SUBJECT, _TEXT))
    return Mail(row.email, subject, text)
