"""Custom senders of an account: what the phone shows instead of a number."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy import Connection, delete, func, select, update

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.errors import Refusal
from smstui.domain.sender import FORBIDDEN_SENDERS, check_sender
from smstui.i18n import N_
from smstui.services.audit import AuditAction, record
from smstui.services.platform_settings import put_setting, require_administrator, setting
from smstui.services.sender_uses import SenderUse, replace_sender, sender_uses
from smstui.storage.database import Database
from smstui.storage.tables import sender
from smstui.storage.upsert import insert

FORBIDDEN: Final = "forbidden_senders"
"""The setting that holds what administrators forbid beside FORBIDDEN_SENDERS: one name a line, in lower case."""
_NAMED: Final = 3
"""What needs a sender, as far as a refusal names it."""


@dataclass(eq=False)
class SenderTaken(Refusal):
    """The account already has this sender."""

    name: str
    sentence: ClassVar[str] = N_("The sender “{name}” exists already.")


@dataclass(eq=False)
class UnknownSender(Refusal):
    """The account has no such sender."""

    name: str
    sentence: ClassVar[str] = N_("There is no sender “{name}”: add it first.")


@dataclass(eq=False)
class SenderInUse(Refusal):
    """Templates, drafts or campaigns to come need it."""

    names: tuple[str, ...]
    users: tuple[str, ...]
    """The first of them."""
    count: int
    sentence: ClassVar[str] = N_(
        "{names} can't be deleted: still needed {count} times ({users}). Say which sender takes that place, or keep it."
    )


@dataclass(eq=False)
class AlwaysForbidden(Refusal):
    """A name of FORBIDDEN_SENDERS."""

    name: str
    sentence: ClassVar[str] = N_("“{name}” is the name of a public service: it stays forbidden.")


@dataclass(eq=False)
class NotForbidden(Refusal):
    """A name that anybody may use already."""

    name: str
    sentence: ClassVar[str] = N_("“{name}” is not among the forbidden names.")


@dataclass(frozen=True, slots=True)
class Sender:
    """A sender of an account; exactly one of them is the default."""

    name: str
    is_default: bool
    created_at: datetime


class Senders:
    """The senders of accounts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def list(self, actor: Actor) -> tuple[Sender, ...]:
        """The account's senders, by name."""
        statement = (
            select(sender.c.name, sender.c.is_default, sender.c.created_at)
            .where(sender.c.account_id == actor.account_id)
            .order_by(func.lower(sender.c.name), sender.c.name)
        )
        rows = await self._database.read(lambda tx: tx.execute(statement).all())
        return tuple(Sender(row.name, row.is_default, row.created_at) for row in rows)

    async def add(self, actor: Actor, name: str, default: bool = False) -> Sender:
        """Add a sender; the first is the default whatever `default` says. Raises SenderTaken, InvalidSender."""
        now = self._clock.now()

        def work(tx: Connection) -> Sender:
            checked = check_sender(name, forbidden_names(tx))
            is_default = default or not _has_default(tx, actor.account_id)
            if is_default:
                _clear_default(tx, actor.account_id)
            new = insert(tx, sender).values(
                account_id=actor.account_id, name=checked, is_default=is_default, created_at=now
            )
            if tx.execute(new.on_conflict_do_nothing().returning(sender.c.id)).first() is None:
                raise SenderTaken(checked)
            return Sender(checked, is_default, now)

        return await self._database.write(work)

    async def set_default(self, actor: Actor, name: str) -> None:
        """Make `name` the default. Raises UnknownSender."""

        def work(tx: Connection) -> None:
            _clear_default(tx, actor.account_id)
            if not _make_default(tx, actor.account_id, name):
                raise UnknownSender(name)

        await self._database.write(work)

    async def uses(self, actor: Actor, names: Collection[str]) -> tuple[SenderUse, ...]:
        """What needs one of the account's senders `names`, and so keeps them from being removed."""
        return await self._database.read(lambda tx: tuple(sender_uses(tx, actor, _own(tx, actor, names))))

    async def remove(self, actor: Actor, names: Collection[str], replaced_by: str | None = None) -> int:
        """Remove those of `names` that exist, and return how many.

        Templates, drafts and campaigns to come that need them take `replaced_by`. When the default goes, that one is
        the default, else the oldest that stays. Raises SenderInUse, UnknownSender.
        """

        def work(tx: Connection) -> int:
            removed = _own(tx, actor, names)
            if replaced_by is not None:
                if replaced_by in removed or not _own(tx, actor, [replaced_by]):
                    raise UnknownSender(replaced_by)
                replace_sender(tx, actor, removed, replaced_by)
            else:
                _refuse_needed(tx, actor, removed)
            mine = sender.c.account_id == actor.account_id
            tx.execute(delete(sender).where(mine, sender.c.name.in_(removed)))
            if not _has_default(tx, actor.account_id):
                oldest = tx.execute(select(sender.c.name).where(mine).order_by(sender.c.id).limit(1)).scalar()
                if heir := replaced_by or oldest:
                    _make_default(tx, actor.account_id, heir)
            return len(removed)

        return await self._database.write(work)

    async def forbidden(self) -> frozenset[str]:
        """The names that no account can add, in lower case."""
        return await self._database.read(forbidden_names)

    async def forbid(self, actor: Actor | None, names: Collection[str], allowed: Collection[str] = ()) -> None:
        """Forbid `names` to all accounts from now on, and `allowed` no longer; senders that exist stay.

        Without an actor, whoever may open the database acts. Raises AdministratorsOnly, InvalidSender, AlwaysForbidden,
        NotForbidden.
        """
        added, at = {check_sender(name, ()).lower() for name in names}, self._clock.now()

        def work(tx: Connection) -> None:
            require_administrator(tx, actor)
            known = _forbidden_here(tx)
            for name in allowed:
                if name.lower() in FORBIDDEN_SENDERS:
                    raise AlwaysForbidden(name)
                if name.lower() not in known:
                    raise NotForbidden(name)
            left = (known | added - FORBIDDEN_SENDERS) - {name.lower() for name in allowed}
            put_setting(tx, FORBIDDEN, "\n".join(sorted(left)))
            if actor is not None and left != known:
                told = [*(f"+{name}" for name in sorted(left - known)), *(f"-{name}" for name in sorted(known - left))]
                record(tx, actor, at, AuditAction.SETTINGS_CHANGED, f"{FORBIDDEN}: {', '.join(told)}")

        await self._database.write(work)


def forbidden_names(tx: Connection) -> frozenset[str]:
    """The names that no account can add, in lower case."""
    return FORBIDDEN_SENDERS | _forbidden_here(tx)


def own_sender(tx: Connection, actor: Actor, name: str | None) -> str | None:
    """`name`, when it is a sender of the account, or None for its default. Raises UnknownSender."""
    if name is not None and not _own(tx, actor, [name]):
        raise UnknownSender(name)
    return name


def _forbidden_here(tx: Connection) -> frozenset[str]:
    return frozenset((setting(tx, FORBIDDEN) or "").split())


def _own(tx: Connection, actor: Actor, names: Collection[str]) -> tuple[str, ...]:
    """Those of `names` that are senders of the account."""
    mine = select(sender.c.name).where(sender.c.account_id == actor.account_id, sender.c.name.in_(names))
    return tuple(tx.execute(mine.order_by(sender.c.name)).scalars())


def _refuse_needed(tx: Connection, actor: Actor, names: Collection[str]) -> None:
    if uses := tuple(sender_uses(tx, actor, names)):
        needed = tuple(dict.fromkeys(use.sender for use in uses))
        raise SenderInUse(needed, tuple(use.name for use in uses if use.name)[:_NAMED], len(uses))


def _has_default(tx: Connection, account_id: int) -> bool:
    found = select(sender.c.id).where(sender.c.account_id == account_id, sender.c.is_default)
    return tx.execute(found).first() is not None


def _clear_default(tx: Connection, account_id: int) -> None:
    tx.execute(update(sender).where(sender.c.account_id == account_id, sender.c.is_default).values(is_default=False))


def _make_default(tx: Connection, account_id: int, name: str) -> bool:
    made = update(sender).where(sender.c.account_id == account_id, sender.c.name == name).values(is_default=True)
    return tx.execute(made).rowcount == 1
