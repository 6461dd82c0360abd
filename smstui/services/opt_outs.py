"""Numbers that no longer want an account's messages."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import Connection, delete, select, update

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.errors import Refusal
from smstui.domain.phone import parse_number
from smstui.domain.states import CampaignKind, MessageState
from smstui.i18n import N_
from smstui.services.message_counts import Moved, count_moves
from smstui.services.outgoing import may_have_left
from smstui.storage.columns import to_milliseconds
from smstui.storage.database import Database
from smstui.storage.lanes import enter
from smstui.storage.tables import campaign, message, opt_out
from smstui.storage.upsert import insert


class OptOutSource(StrEnum):
    """How a number came to the list."""

    SMS = "sms"
    """An inbound STOP."""
    MANUAL = "manual"


@dataclass(eq=False)
class NotOptedOut(Refusal):
    """A number to take from the list that isn't on it."""

    number: str
    sentence: ClassVar[str] = N_("{number} is not on the opt-out list.")


@dataclass(frozen=True, slots=True)
class OptOut:
    """A number on an account's list."""

    number: str
    """E.164."""
    source: OptOutSource
    at: datetime


def record_opt_out(
    tx: Connection, account_id: int, number: str, source: OptOutSource, at: datetime, lane: int | None = None
) -> bool:
    """Put `number` on the account's list, and suppress what it still has queued for it; whether it is new there.

    In the lane of a connection only what that one would send is suppressed; what others would is when its turn comes.
    """
    own = select(campaign.c.id).where(
        campaign.c.account_id == account_id,
        campaign.c.kind == CampaignKind.CAMPAIGN,
        campaign.c.finished_at.is_(None),
    )
    if lane is None:
        enter(tx, *tx.execute(own.with_only_columns(campaign.c.connection_id).distinct()).scalars())
    else:
        own = own.where(campaign.c.connection_id == lane)
    row = insert(tx, opt_out).values(account_id=account_id, number=number, source=source, at=at)
    new = tx.execute(row.on_conflict_do_nothing().returning(opt_out.c.number)).first() is not None
    suppressed = tx.execute(
        update(message)
        .where(
            message.c.destination == number,
            message.c.state == MessageState.QUEUED,
            message.c.campaign_id.in_(own),
            ~may_have_left(),
        )
        .values(state=MessageState.SUPPRESSED, final_at=to_milliseconds(at))
        .returning(message.c.campaign_id)
    )
    before, after = MessageState.QUEUED, MessageState.SUPPRESSED
    count_moves(tx, [Moved(campaign_id, before, after, 1) for campaign_id in suppressed.scalars()])
    return new


def opted_out(tx: Connection, account_id: int) -> frozenset[str]:
    """All numbers on the account's list."""
    rows = tx.execute(select(opt_out.c.number).where(opt_out.c.account_id == account_id))
    return frozenset(rows.scalars())


class OptOuts:
    """The accounts' lists."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def list(self, actor: Actor) -> tuple[OptOut, ...]:
        """The account's list, the newest first."""
        statement = (
            select(opt_out.c.number, opt_out.c.source, opt_out.c.at)
            .where(opt_out.c.account_id == actor.account_id)
            .order_by(opt_out.c.at.desc(), opt_out.c.number)
        )
        rows = await self._database.read(lambda tx: tx.execute(statement).all())
        return tuple(OptOut(row.number, OptOutSource(row.source), row.at) for row in rows)

    async def find(self, actor: Actor, number: str) -> OptOut | None:
        """How and when a number (E.164) came to the list; None when it is not on it."""
        this = select(opt_out).where(opt_out.c.account_id == actor.account_id, opt_out.c.number == number)
        row = await self._database.read(lambda tx: tx.execute(this).first())
        return None if row is None else OptOut(row.number, OptOutSource(row.source), row.at)

    async def add(self, actor: Actor, number_text: str) -> OptOut:
        """Put a number on the list; one that is there already stays as it is. Raises InvalidNumber."""
        number, now = parse_number(number_text), self._clock.now()

        def work(tx: Connection) -> OptOut:
            record_opt_out(tx, actor.account_id, number, OptOutSource.MANUAL, now)
            this = select(opt_out).where(opt_out.c.account_id == actor.account_id, opt_out.c.number == number)
            row = tx.execute(this).one()
            return OptOut(row.number, OptOutSource(row.source), row.at)

        return await self._database.write(work)

    async def remove(self, actor: Actor, number_texts: Collection[str]) -> None:
        """Take numbers from the list, all or none. Raises InvalidNumber, NotOptedOut."""
        numbers = [parse_number(text) for text in number_texts]

        def work(tx: Connection) -> None:
            for number in numbers:
                this = opt_out.c.number == number
                if not tx.execute(delete(opt_out).where(opt_out.c.account_id == actor.account_id, this)).rowcount:
                    raise NotOptedOut(number)

        await self._database.write(work)
