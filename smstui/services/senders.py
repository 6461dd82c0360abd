"""Custom senders of an account: what the phone shows instead of a number."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Connection, delete, func, select, update

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.errors import Refusal
from smstui.domain.sender import check_sender
from smstui.i18n import N_
from smstui.storage.database import Database
from smstui.storage.tables import sender
from smstui.storage.upsert import insert


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
        checked, now = check_sender(name), self._clock.now()

        def work(tx: Connection) -> Sender:
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

    async def remove(self, actor: Actor, names: Collection[str]) -> int:
        """Remove those of `names` that exist, and return how many; the oldest that stays takes over as the default."""
        mine = sender.c.account_id == actor.account_id

        def work(tx: Connection) -> int:
            removed = tx.execute(delete(sender).where(mine, sender.c.name.in_(names))).rowcount
            if not _has_default(tx, actor.account_id):
                oldest = tx.execute(select(sender.c.name).where(mine).order_by(sender.c.id).limit(1)).scalar()
                if oldest is not None:
                    _make_default(tx, actor.account_id, oldest)
            return removed

        return await self._database.write(work)


def _has_default(tx: Connection, account_id: int) -> bool:
    found = select(sender.c.id).where(sender.c.account_id == account_id, sender.c.is_default)
    return tx.execute(found).first() is not None


def _clear_default(tx: Connection, account_id: int) -> None:
    tx.execute(update(sender).where(sender.c.account_id == account_id, sender.c.is_default).values(is_default=False))


def _make_default(tx: Connection, account_id: int, name: str) -> bool:
    made = update(sender).where(sender.c.account_id == account_id, sender.c.name == name).values(is_default=True)
    return tx.execute(made).rowcount == 1
