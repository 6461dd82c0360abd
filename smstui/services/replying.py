"""An answer to one phone: what it would cost, what stands in its way, and the sending."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Connection, select

from smstui.domain.actor import Actor
from smstui.domain.addresses import e164
from smstui.domain.campaign_rules import EmptyText, NotMetropolitan, check_text
from smstui.domain.country import country_of
from smstui.domain.credits import NO_CREDITS, Credits
from smstui.domain.errors import Refusal
from smstui.domain.phone import parse_number
from smstui.domain.states import MessageType
from smstui.domain.storable import storable
from smstui.domain.text import Measure
from smstui.i18n import N_
from smstui.services.blocking import refuse_blocked
from smstui.services.composing import NoReplyNumber, check_writable
from smstui.services.connection_rows import ConnectionRow
from smstui.services.credits import Cause, InsufficientCredits, available, post
from smstui.services.exchanges import Pair, of_pair
from smstui.services.outgoing import NoConnection, enqueue_reply
from smstui.services.tariffs import current_tariff
from smstui.smpp.values import BindMode
from smstui.storage.tables import connection, inbound_message, opt_out


@dataclass(eq=False)
class UnknownConversation(Refusal):
    """Nothing came from there to the account."""

    number: str
    sentence: ClassVar[str] = N_("{number} has sent you nothing: there is nothing to answer.")


@dataclass(eq=False)
class AnswerUnwanted(Refusal):
    """The phone has opted out."""

    number: str
    sentence: ClassVar[str] = N_("{number} is on the STOP list: nothing more may be sent to it.")


@dataclass(frozen=True, slots=True)
class ReplyPlan:
    """What sending an answer would be. What a problem keeps from being known is None, or nothing."""

    text: str
    measure: Measure | None
    cost: Credits
    balance: Credits
    carrier: ConnectionRow | None
    sender: str
    """The reply number."""
    problem: Refusal | None
    """Nothing can be sent before this is solved."""


def plan_reply(tx: Connection, actor: Actor, pair: Pair, text: str) -> ReplyPlan:
    """What sending `text` in the account's conversation would be now. Raises UnknownConversation."""
    text, balance = storable(text).strip(), available(tx, actor.account_id)
    carrier, measured, cost, sender = None, None, NO_CREDITS, ""
    problem: Refusal | None = None
    usual = _usual_connection(tx, actor, pair)
    try:
        refuse_blocked(tx, actor)
        number = parse_number(pair.theirs)
        _refuse_unwanted(tx, actor, number)
        carrier = _carrier(tx, usual, pair.ours)
        sender = str(carrier.reply_number)
        price = current_tariff(tx).price(country_of(number), MessageType.REPONSE)
        if price is None:
            raise NotMetropolitan(number)
        if not text:
            raise EmptyText
        measured = check_text(MessageType.REPONSE, text)
        cost = price * measured.segments
        check_writable(carrier, MessageType.REPONSE, sender, text)
        if balance < cost:
            raise InsufficientCredits(cost, balance)
    except Refusal as refusal:
        problem = refusal
    return ReplyPlan(text, measured, cost, balance, carrier, sender, problem)


def send_reply(tx: Connection, actor: Actor, pair: Pair, text: str, now: datetime) -> ReplyPlan:
    """Queue an answer, paid for. Raises UnknownConversation, and the problem of its plan."""
    plan = plan_reply(tx, actor, pair, text)
    if plan.problem is not None:
        raise plan.problem
    assert plan.carrier is not None
    assert plan.measure is not None
    campaign_id = enqueue_reply(
        tx,
        account_id=actor.account_id,
        carrier=plan.carrier,
        destination=parse_number(pair.theirs),
        sender=plan.sender,
        text=plan.text,
        segments=plan.measure.segments,
        price=plan.cost,
        at=now,
    )
    post(tx, actor.account_id, -plan.cost, Cause.CAMPAIGN, str(campaign_id), now)
    return plan


def _usual_connection(tx: Connection, actor: Actor, pair: Pair) -> ConnectionRow:
    """The connection over which the conversation came last. Raises UnknownConversation."""
    inbound = inbound_message.c
    last = select(inbound.connection_id).where(of_pair(actor, pair)).order_by(inbound.id.desc()).limit(1)
    connection_id = tx.execute(last).scalar()
    if connection_id is None:
        raise UnknownConversation(pair.theirs)
    return tx.execute(select(connection).where(connection.c.id == connection_id)).one()


def _refuse_unwanted(tx: Connection, actor: Actor, number: str) -> None:
    listed = select(opt_out.c.number).where(opt_out.c.account_id == actor.account_id, opt_out.c.number == number)
    if tx.execute(listed).first() is not None:
        raise AnswerUnwanted(number)


def _carrier(tx: Connection, usual: ConnectionRow, ours: str) -> ConnectionRow:
    """`usual`, else the oldest connection in use whose reply number is `ours`. Raises NoConnection, NoReplyNumber."""
    sending = select(connection).where(connection.c.enabled, connection.c.bind_mode != BindMode.RECEIVER)
    in_use = tx.execute(sending.order_by(connection.c.id)).all()
    if any(row.id == usual.id for row in in_use):
        if not usual.reply_number:
            raise NoReplyNumber(str(usual.name))
        return usual
    for row in in_use:
        if row.reply_number and e164(row.reply_number) == e164(ours):
            return row
    raise NoConnection
