"""What administrators do to accounts: find them, block them, give and take credits, change what they may do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any, ClassVar, Final

from sqlalchemy import Connection, Row, func, select, update

from smstui.domain.actor import Actor, Role
from smstui.domain.clock import Clock
from smstui.domain.company import Billing
from smstui.domain.credits import NO_CREDITS, Credits
from smstui.domain.errors import Refusal
from smstui.domain.storable import storable
from smstui.i18n import N_
from smstui.services.account_query import AccountQuery, AccountRow, account_ids, account_rows
from smstui.services.accounts import UnknownAccount, fold
from smstui.services.audit import AuditAction, record_for
from smstui.services.blocking import offer_held
from smstui.services.company import billing
from smstui.services.credits import Cause, InsufficientCredits, available, post
from smstui.services.opt_outs import check_reason
from smstui.services.order_rows import Order, all_orders, order_of
from smstui.services.platform_settings import require_administrator
from smstui.storage.database import Database
from smstui.storage.tables import account, payment_order

MOST_CREDITS: Final = Credits.of(10_000_000)
"""Given or taken back at once."""
ORDERS_SHOWN: Final = 200
"""Of one account."""


class OwnAccount(Refusal):
    """An administrator who would shut themselves out."""

    sentence: ClassVar[str] = N_("You can't block your own account, nor change its role: ask another administrator.")


@dataclass(eq=False)
class LastAdministrator(Refusal):
    """Nobody would be left to change anything."""

    login: str
    sentence: ClassVar[str] = N_("“{login}” is the only administrator: make another account one first.")


@dataclass(eq=False)
class NotBlocked(Refusal):
    """An account that may do everything already."""

    login: str
    sentence: ClassVar[str] = N_("The account “{login}” is not blocked.")


@dataclass(eq=False)
class InvalidAdjustment(Refusal):
    """No credits, or more than anybody gives at once."""

    most: Credits
    sentence: ClassVar[str] = N_("Give or take back between 0.001 and {most} credits.")


@dataclass(eq=False)
class BalanceTooSmall(InsufficientCredits):
    """More credits to take back than the account has."""

    sentence: ClassVar[str] = N_(
        "Of {needed} credits, the account has only {available}: take back no more than that. Campaigns under way are "
        "paid already."
    )


@dataclass(frozen=True, slots=True)
class AccountDetails:
    """All about one account."""

    row: AccountRow
    billing: Billing | None
    """Whom its invoices are for; None while it hasn't said."""
    orders: tuple[Order, ...]


class Administration:
    """What administrators do to accounts, each time written in the audit trail of both.

    Where an actor is None, whoever may open the database acts. All methods raise AdministratorsOnly, also for an
    account that was an administrator's when its session began.
    """

    def __init__(self, database: Database, clock: Clock, queued: Callable[[], None] = lambda: None) -> None:
        """`queued` is called when there may be something new to send."""
        self._database = database
        self._clock = clock
        self._queued = queued

    async def ids(self, actor: Actor | None, query: AccountQuery, limit: int | None = None) -> Sequence[int]:
        """The accounts that `query` lets through, in its order."""

        def work(tx: Connection) -> Sequence[int]:
            require_administrator(tx, actor)
            return account_ids(tx, query, limit)

        return await self._database.read(work)

    async def count(self, actor: Actor | None) -> int:
        """How many accounts there are."""

        def work(tx: Connection) -> int:
            require_administrator(tx, actor)
            return int(tx.execute(select(func.count()).select_from(account)).scalar_one())

        return await self._database.read(work)

    async def rows(self, actor: Actor | None, ids: Sequence[int]) -> tuple[AccountRow, ...]:
        """What is shown of these accounts (a page of them), in that order."""

        def work(tx: Connection) -> tuple[AccountRow, ...]:
            require_administrator(tx, actor)
            return account_rows(tx, ids)

        return await self._database.read(work)

    async def find(self, actor: Actor | None, login: str) -> AccountRow:
        """One account. Raises UnknownAccount."""

        def work(tx: Connection) -> AccountRow:
            require_administrator(tx, actor)
            return account_rows(tx, [_account(tx, login).id])[0]

        return await self._database.read(work)

    async def about(self, actor: Actor | None, login: str) -> AccountDetails:
        """All about one account, with its newest orders, the newest first. Raises UnknownAccount."""

        def work(tx: Connection) -> AccountDetails:
            require_administrator(tx, actor)
            found = _account(tx, login).id
            mine = all_orders().where(payment_order.c.account_id == found)
            orders = tx.execute(mine.order_by(payment_order.c.id.desc()).limit(ORDERS_SHOWN))
            return AccountDetails(account_rows(tx, [found])[0], billing(tx, found), tuple(map(order_of, orders)))

        return await self._database.read(work)

    async def block(self, actor: Actor | None, login: str, reason: str) -> AccountRow:
        """Let an account neither log in nor send: `reason`, which it is shown, is kept.

        The dispatcher stops at its next window, scheduled campaigns wait. Raises UnknownAccount, ReasonMissing,
        OwnAccount, LastAdministrator.
        """
        why = check_reason(reason)

        def work(tx: Connection, row: Row[Any], at: datetime) -> str:
            _refuse_own(actor, row)
            _keep_an_administrator(tx, row)
            values = {"blocked_at": row.blocked_at or at, "blocked_reason": why}
            tx.execute(update(account).where(account.c.id == row.id).values(values))
            return why

        return await self._act(actor, login, AuditAction.ACCOUNT_BLOCKED, work)

    async def unblock(self, actor: Actor | None, login: str) -> AccountRow:
        """Let an account do what it did before; what was queued goes on. Raises UnknownAccount, NotBlocked."""

        def work(tx: Connection, row: Row[Any], _at: datetime) -> str:
            if row.blocked_at is None:
                raise NotBlocked(row.login)
            offer_held(tx, row.id)
            values = {"blocked_at": None, "blocked_reason": None}
            tx.execute(update(account).where(account.c.id == row.id).values(values))
            return str(row.blocked_reason)

        found = await self._act(actor, login, AuditAction.ACCOUNT_UNBLOCKED, work)
        self._queued()
        return found

    async def set_rights(
        self, actor: Actor | None, login: str, *, may_omit_stop: bool | None = None, role: Role | None = None
    ) -> AccountRow:
        """Change what an account may do; None leaves it. Raises UnknownAccount, OwnAccount, LastAdministrator."""

        def work(tx: Connection, row: Row[Any], _at: datetime) -> str:
            changes: dict[str, object] = {}
            if role is not None and role != row.role:
                _refuse_own(actor, row)
                _keep_an_administrator(tx, row)
                changes["role"] = role
            if may_omit_stop is not None and may_omit_stop != row.may_omit_stop:
                changes["may_omit_stop"] = may_omit_stop
            if changes:
                tx.execute(update(account).where(account.c.id == row.id).values(changes))
            return ", ".join(f"{name}: {value}" for name, value in changes.items())

        return await self._act(actor, login, AuditAction.RIGHTS_CHANGED, work)

    async def adjust_credits(self, actor: Actor | None, login: str, amount: Credits, reason: str) -> AccountRow:
        """Give credits to an account, or take them back when `amount` is negative.

        Raises UnknownAccount, ReasonMissing, InvalidAdjustment, BalanceTooSmall.
        """
        at = self._clock.now()

        def work(tx: Connection) -> AccountRow:
            require_administrator(tx, actor)
            row = _account(tx, login)
            adjust_credits(tx, actor, row.id, amount, reason, at)
            return account_rows(tx, [row.id])[0]

        return await self._database.write(work)

    async def _act(
        self,
        actor: Actor | None,
        login: str,
        action: AuditAction,
        work: Callable[[Connection, Row[Any], datetime], str],
    ) -> AccountRow:
        """Do `work` to the account, which says what the audit trails keep; nothing when it changed nothing."""
        at = self._clock.now()

        def acted(tx: Connection) -> AccountRow:
            require_administrator(tx, actor)
            row = _account(tx, login)
            if told := work(tx, row, at):
                _record(tx, actor, row, at, action, told)
            return account_rows(tx, [row.id])[0]

        return await self._database.write(acted)


def adjust_credits(
    tx: Connection, actor: Actor | None, account_id: int, amount: Credits, reason: str, at: datetime
) -> None:
    """Give credits, or take them back when `amount` is negative; see `Administration.adjust_credits`."""
    why = check_reason(reason)
    if not amount or not -MOST_CREDITS <= amount <= MOST_CREDITS:
        raise InvalidAdjustment(MOST_CREDITS)
    try:
        post(tx, account_id, amount, Cause.ADMIN, token_hex(16), at)
    except InsufficientCredits as refused:
        raise BalanceTooSmall(refused.needed, refused.available) from None
    row = tx.execute(select(account).where(account.c.id == account_id)).one()
    sign = "+" if amount > NO_CREDITS else ""
    told = f"{sign}{amount.decimal.normalize():f} ({available(tx, account_id).decimal.normalize():f}): {why}"
    _record(tx, actor, row, at, AuditAction.CREDITS_ADJUSTED, told)


def _account(tx: Connection, login: str) -> Row[Any]:
    """The row of the account that has this login. Raises UnknownAccount."""
    row = tx.execute(select(account).where(account.c.login_key == fold(login))).first()
    if row is None:
        raise UnknownAccount(login)
    return row


def _refuse_own(actor: Actor | None, row: Row[Any]) -> None:
    if actor is not None and actor.account_id == row.id:
        raise OwnAccount


def _keep_an_administrator(tx: Connection, row: Row[Any]) -> None:
    """That another administrator is left when this account is none any more. Raises LastAdministrator."""
    others = (account.c.role == Role.ADMIN, account.c.blocked_at.is_(None), account.c.id != row.id)
    is_one = row.role == Role.ADMIN and row.blocked_at is None
    if is_one and not tx.execute(select(func.count()).select_from(account).where(*others)).scalar_one():
        raise LastAdministrator(row.login)


def _record(tx: Connection, actor: Actor | None, row: Row[Any], at: datetime, action: AuditAction, told: str) -> None:
    """Keep it with the account, and with the administrator."""
    by = f" (← {actor.login})" if actor is not None else ""
    record_for(tx, row.id, at, action, storable(f"{row.login}: {told}{by}"))
    if actor is not None and actor.account_id != row.id:
        record_for(tx, actor.account_id, at, action, storable(f"{row.login}: {told}"))
