"""The accounts of the platform as administrators see them: searched and sorted by the database, read as seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, or_, select

from smstui.domain.actor import Role
from smstui.domain.credits import Credits
from smstui.domain.storable import storable
from smstui.services.accounts import fold
from smstui.storage.lists import listed_ids
from smstui.storage.tables import account, ledger_entry

_FRANCE: Final = "+33"


class AccountFilter(StrEnum):
    """Which accounts are listed."""

    ALL = "all"
    ADMINISTRATORS = "administrators"
    BLOCKED = "blocked"


class AccountSort(StrEnum):
    """By what they are sorted."""

    LOGIN = "login"
    EMAIL = "email"
    CREATED = "created"
    BALANCE = "balance"


@dataclass(frozen=True, slots=True)
class AccountQuery:
    """A part of the accounts."""

    search: str = ""
    """Pieces of login, e-mail address or number, each of which must be found; numbers may be written from their 0."""
    only: AccountFilter = AccountFilter.ALL
    sort: AccountSort = AccountSort.LOGIN
    descending: bool = False


@dataclass(frozen=True, slots=True)
class AccountRow:
    """What is shown of an account. Login, address and reason are foreign text."""

    id: int
    login: str
    email: str
    certified_number: str | None
    role: Role
    may_omit_stop: bool
    created_at: datetime
    blocked_at: datetime | None
    blocked_reason: str
    """"" unless it is blocked."""
    balance: Credits
    """What it may spend."""


_BALANCE: Final = (
    select(func.coalesce(func.sum(ledger_entry.c.amount), 0))
    .where(ledger_entry.c.account_id == account.c.id)
    .scalar_subquery()
)
_ORDER: Final[dict[AccountSort, ColumnElement[object]]] = {
    AccountSort.LOGIN: account.c.login_key,
    AccountSort.EMAIL: account.c.email_key,
    AccountSort.CREATED: account.c.created_at,
    AccountSort.BALANCE: _BALANCE,
}


def account_ids(tx: Connection, query: AccountQuery, limit: int | None = None) -> Sequence[int]:
    """The accounts that `query` lets through, in its order."""
    found = select(account.c.id)
    if query.only is AccountFilter.BLOCKED:
        found = found.where(account.c.blocked_at.is_not(None))
    elif query.only is AccountFilter.ADMINISTRATORS:
        found = found.where(account.c.role == Role.ADMIN)
    for word in storable(query.search).split():
        found = found.where(_contains(word))
    order = _ORDER[query.sort]
    ends = (order.desc(), account.c.id.desc()) if query.descending else (order, account.c.id)
    return tx.execute(found.order_by(*ends).limit(limit)).scalars().all()


def account_rows(tx: Connection, ids: Sequence[int]) -> tuple[AccountRow, ...]:
    """These accounts (a page of them), in that order."""
    columns = [account.c[name] for name in AccountRow.__slots__ if name != "balance"]
    these = select(*columns, _BALANCE.label("balance")).where(account.c.id.in_(listed_ids(tx, ids)))
    rows = {
        row.id: AccountRow(
            id=row.id,
            login=row.login,
            email=row.email,
            certified_number=row.certified_number,
            role=Role(row.role),
            may_omit_stop=row.may_omit_stop,
            created_at=row.created_at,
            blocked_at=row.blocked_at,
            blocked_reason=row.blocked_reason or "",
            balance=Credits(int(row.balance)),
        )
        for row in tx.execute(these)
    }
    return tuple(rows[account_id] for account_id in ids if account_id in rows)


def _contains(word: str) -> ColumnElement[bool]:
    key = fold(word)
    found = [column.contains(key, autoescape=True) for column in (account.c.login_key, account.c.email_key)]
    found.append(account.c.certified_number.contains(key, autoescape=True))
    if key.startswith("0"):
        found.append(account.c.certified_number.startswith(_FRANCE + key[1:], autoescape=True))
    return or_(*found)
