"""Conversations of an account: one for each pair of one of our numbers and a phone that wrote to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, case, func, select, update

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.phone import parse_number
from smstui.domain.states import CampaignKind
from smstui.services.exchanges import Exchanged, Pair, exchanged, of_pair
from smstui.services.inbox import seen_by, with_campaign
from smstui.services.replying import ReplyPlan, UnknownConversation, plan_reply, send_reply
from smstui.storage.database import Database
from smstui.storage.lists import listed_ids
from smstui.storage.tables import campaign, contact, inbound_message

SHOWN: Final = 1000
"""Conversations of a list, at most."""
MOST_UNREAD: Final = 100
"""Unread conversations are counted no further."""
RECOUNT: Final = timedelta(seconds=15)
"""After which what was read elsewhere is noticed, when nothing has come meanwhile."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation, as a list shows it."""

    pair: Pair
    name: str
    """Of the phone's contact; "" when the book has none. Foreign text."""
    campaign: str
    """The name of the campaign that was answered last; "" when none was."""
    text: str
    """The newest message from the phone; foreign text."""
    at: datetime
    """When that one came."""
    unread: int
    """Messages from the phone."""


@dataclass(frozen=True, slots=True)
class State:
    """What tells that something has come or was read; cheap to ask for."""

    newest_id: int
    unread: int
    """Conversations with something unread, MOST_UNREAD at most."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """What was counted for an account, and until when that is taken for true unless something comes."""

    state: State
    until: datetime


class Conversations:
    """The accounts' conversations. `queued` is called when there is something new to send."""

    def __init__(self, database: Database, clock: Clock, queued: Callable[[], None]) -> None:
        self._database = database
        self._clock = clock
        self._queued = queued
        self._counted: dict[int, _Counted] = {}

    async def list(self, actor: Actor, campaign_id: int | None = None) -> tuple[Conversation, ...]:
        """The conversations, those with something unread first, then the newest; SHOWN at most.

        `campaign_id`: only those in which that campaign was answered. An administrator also sees those that answer
        nothing that was sent.
        """
        return await self._database.read(lambda tx: _conversations(tx, actor, campaign_id))

    async def campaigns(self, actor: Actor) -> tuple[tuple[int, str], ...]:
        """Id and name of the campaigns that were answered, the newest first."""
        answered = select(inbound_message.c.campaign_id).where(inbound_message.c.account_id == actor.account_id)
        mine = and_(campaign.c.account_id == actor.account_id, campaign.c.kind == CampaignKind.CAMPAIGN)
        own = (
            select(campaign.c.id, campaign.c.name)
            .where(mine, campaign.c.id.in_(answered))
            .order_by(campaign.c.id.desc())
            .limit(SHOWN)
        )
        rows = await self._database.read(lambda tx: tx.execute(own).all())
        return tuple((row.id, row.name) for row in rows)

    async def with_number(self, actor: Actor, number_text: str) -> Pair:
        """The newest conversation with a number. Raises InvalidNumber, UnknownConversation."""
        number, inbound = parse_number(number_text), inbound_message.c
        newest = select(inbound.destination).where(seen_by(actor), inbound.source == number).order_by(inbound.id.desc())
        ours = await self._database.read(lambda tx: tx.execute(newest.limit(1)).scalar())
        if ours is None:
            raise UnknownConversation(number)
        return Pair(ours, number)

    async def exchange(self, actor: Actor, pair: Pair) -> tuple[Exchanged, ...]:
        """Its newest messages, both ways, the oldest first."""
        return await self._database.read(lambda tx: exchanged(tx, actor, pair))

    async def state(self, actor: Actor) -> State:
        """Changes whenever something comes or is read; what another session reads is noticed within RECOUNT."""
        now, known = self._clock.now(), self._counted.get(actor.account_id)

        def work(tx: Connection) -> State:
            newest = _newest(tx, actor)
            if known is not None and newest == known.state.newest_id and now < known.until:
                return known.state
            return State(newest, _unread(tx, actor))

        state = await self._database.read(work)
        if known is None or state is not known.state:
            self._counted[actor.account_id] = _Counted(state, now + RECOUNT)
        return state

    async def mark_read(self, actor: Actor, pair: Pair) -> bool:
        """Whatever came in the conversation is read; whether something was not."""
        unread = select(inbound_message.c.id).where(of_pair(actor, pair), inbound_message.c.read_at.is_(None))
        return await self._mark(actor, unread, self._clock.now())

    async def mark_unread(self, actor: Actor, pair: Pair) -> bool:
        """The newest message from the phone is unread again; whether there is one."""
        newest = select(inbound_message.c.id).where(of_pair(actor, pair)).order_by(inbound_message.c.id.desc())
        return await self._mark(actor, newest.limit(1), None)

    async def plan(self, actor: Actor, pair: Pair, text: str) -> ReplyPlan:
        """What answering `text` would be now. Raises UnknownConversation."""
        return await self._database.read(lambda tx: plan_reply(tx, actor, pair, text))

    async def reply(self, actor: Actor, pair: Pair, text: str) -> ReplyPlan:
        """Answer `text`, paid for. Raises UnknownConversation, and the problem of its plan."""
        now = self._clock.now()
        sent = await self._database.write(lambda tx: send_reply(tx, actor, pair, text, now))
        self._queued()
        return sent

    async def _mark(self, actor: Actor, which: Any, read_at: datetime | None) -> bool:
        """Found by a reader, for that may take longer than the writer should be kept."""
        ids = await self._database.read(lambda tx: tx.execute(which).scalars().all())
        if not ids:
            return False
        marked = update(inbound_message).where(seen_by(actor), inbound_message.c.id.in_(ids)).values(read_at=read_at)
        await self._database.write(lambda tx: tx.execute(marked))
        self._counted.pop(actor.account_id, None)
        return True


def _newest(tx: Connection, actor: Actor) -> int:
    """The id of the newest message to the account; 0 when there is none."""
    inbound = inbound_message.c
    newest = select(inbound.id).order_by(inbound.received_at.desc(), inbound.id.desc()).limit(1)
    found = [tx.execute(newest.where(inbound.account_id == actor.account_id)).scalar()]
    if actor.is_admin:  # two searches of the index instead of a sort
        found.append(tx.execute(newest.where(inbound.account_id.is_(None))).scalar())
    return max(each or 0 for each in found)


def _unread(tx: Connection, actor: Actor) -> int:
    pairs = select(inbound_message.c.destination, inbound_message.c.source).where(
        seen_by(actor), inbound_message.c.read_at.is_(None)
    )
    return int(
        tx.execute(select(func.count()).select_from(pairs.distinct().limit(MOST_UNREAD).subquery())).scalar_one()
    )


def _conversations(tx: Connection, actor: Actor, campaign_id: int | None) -> tuple[Conversation, ...]:
    inbound = inbound_message.c
    unread = func.sum(case((inbound.read_at.is_(None), 1), else_=0))
    newest = func.max(inbound.id)
    pairs = (
        select(
            newest.label("newest"),
            unread.label("unread"),
            func.max(case((campaign.c.id.is_not(None), inbound.id))).label("answer"),
        )
        .select_from(with_campaign())
        .where(seen_by(actor))
        .group_by(inbound.destination, inbound.source)
        .order_by(case((unread > 0, 0), else_=1), newest.desc())
        .limit(SHOWN)
    )
    if campaign_id is not None:
        pairs = pairs.having(func.max(case((inbound.campaign_id == campaign_id, 1), else_=0)) == 1)
    return _with_details(tx, actor, tx.execute(pairs).all())


def _with_details(tx: Connection, actor: Actor, pairs: Sequence[Row[Any, Any, Any]]) -> tuple[Conversation, ...]:
    """The conversations whose newest messages, and newest answers to a campaign, these are."""
    inbound = inbound_message.c
    who = and_(contact.c.account_id == actor.account_id, contact.c.mobile == inbound.source)
    newest = (
        select(inbound_message, contact.c.first_name, contact.c.last_name)
        .outerjoin(contact, who)
        .where(inbound.id.in_(listed_ids(tx, [row.newest for row in pairs])))
    )
    answers = (
        select(inbound.id, campaign.c.name)
        .join(campaign, campaign.c.id == inbound.campaign_id)
        .where(inbound.id.in_(listed_ids(tx, [row.answer for row in pairs if row.answer is not None])))
    )
    messages = {row.id: row for row in tx.execute(newest)}
    names = {row.id: row.name for row in tx.execute(answers)}
    return tuple(_conversation(messages[row.newest], names.get(row.answer, ""), row.unread) for row in pairs)


def _conversation(newest: Row[Any], answered: str, unread: int) -> Conversation:
    return Conversation(
        pair=Pair(newest.destination, newest.source),
        name=f"{newest.first_name or ''} {newest.last_name or ''}".strip(),
        campaign=answered,
        text=newest.text,
        at=newest.received_at,
        unread=unread,
    )
