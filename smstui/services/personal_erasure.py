"""Erasing a phone number from what an account holds, in one transaction.

Counts and credits stay right: messages stay where they are, without their number and without the text that was theirs
alone. A campaign that is still to come is no reason to refuse: the number is taken out of it. What connections hold for
all accounts (parts of messages, receipts that match nothing) is kept for a day at most; of it, only what surely is this
account's goes at once. The STOP list keeps the number: without it, nobody would know that nothing may be sent to it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from sqlalchemy import ColumnElement, Connection, delete, exists, func, or_, select, tuple_, update

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.domain.states import CampaignKind, CampaignState, MessageState
from smstui.i18n import N_
from smstui.services.certification import LIMIT_PERIOD
from smstui.services.inbox import seen_by
from smstui.services.personal_drafts import forget_in_drafts
from smstui.services.personal_rejects import forget_in_rejects
from smstui.storage.columns import to_milliseconds
from smstui.storage.lanes import enter
from smstui.storage.tables import (
    ERASED,
    account,
    campaign,
    certification_code,
    contact,
    deleted_contact,
    deleted_member,
    group_member,
    inbound_message,
    inbound_part,
    message,
    opt_out,
    parked_receipt,
)

AWAITED_FOR: Final = timedelta(days=7)
"""How long what became of a message is waited for; no network tries for longer."""
_AWAITED: Final = (MessageState.ACCEPTED, MessageState.UNKNOWN)
_UNDER_WAY: Final = (MessageState.QUEUED, MessageState.IN_FLIGHT)


@dataclass(eq=False)
class MessagesUnderWay(Refusal):
    """Messages of the account to the number that have not come to their end."""

    number: str
    messages: int
    sentence: ClassVar[str] = N_(
        "Messages to {number} are still under way ({messages}): wait until it is known what became of them, "
        "or cancel their campaign, then try again."
    )


@dataclass(eq=False)
class CodeJustSent(Refusal):
    """A certification code was sent to the number: how many may be is counted for an hour."""

    number: str
    at: datetime
    """From when on it can be erased."""
    sentence: ClassVar[str] = N_("A certification code was just sent to {number}: it can be erased at {at}.")


@dataclass(eq=False)
class CampaignBeingPrepared(Refusal):
    """A campaign of the account whose recipients are being resolved: nobody knows yet whether the number is one."""

    name: str
    sentence: ClassVar[str] = N_(
        "The campaign “{name}” is being prepared, perhaps for this number: wait until it is sent, or cancel it, then "
        "try again."
    )


@dataclass(frozen=True, slots=True)
class ErasureReport:
    """What was erased about a number."""

    number: str
    """Masked."""
    contacts: int
    """In the book, and deleted ones that could have come back."""
    memberships: int
    """In groups."""
    messages: int
    """That lost their number; they stay in the counts of their campaigns."""
    inbound: int
    import_lines: int
    """Of the lines that imports left out."""
    drafts: int
    """That had it among the numbers given by hand: of campaigns sent, still to come, or being written."""
    opted_out: bool
    """Whether the STOP list keeps the number, so that nothing is sent to it."""
    own_number: bool
    """Whether the account itself is certified with it, which stays."""


def masked(number: str) -> str:
    """Enough of a number for who knows it: "+336•••••78"."""
    return f"{number[:4]}•••••{number[-2:]}"


def own_messages(actor: Actor, number: str) -> ColumnElement[bool]:
    """In a query on `message`: the account's messages to `number`, whatever asked for them."""
    own = select(campaign.c.id).where(campaign.c.account_id == actor.account_id)
    return (message.c.destination == number) & message.c.campaign_id.in_(own)


def own_inbound(actor: Actor, number: str) -> ColumnElement[bool]:
    """In a query on `inbound_message`: those from `number` that the account sees; see `Inbox.list`."""
    return (inbound_message.c.source == number) & seen_by(actor)


def erase_number(
    tx: Connection,
    actor: Actor,
    number: str,
    import_ids: Collection[int],
    draft_ids: Collection[int],
    now: datetime,
) -> ErasureReport:
    """Erase `number` (E.164), also from the rejects of these imports and from these drafts.

    Raises MessagesUnderWay, CampaignBeingPrepared, CodeJustSent.
    """
    enter(tx, *_connections(tx, actor, number))
    _refuse_unfinished(tx, actor, number, now)
    own_number = select(account.c.id).where(account.c.id == actor.account_id, account.c.certified_number == number)
    listed = select(opt_out.c.number).where(opt_out.c.account_id == actor.account_id, opt_out.c.number == number)
    memberships, contacts = _erase_contact(tx, actor, number)
    _erase_codes(tx, actor, number)
    _erase_parts(tx, actor, number)
    _erase_parked(tx, actor, number)
    _erase_answers(tx, actor, number)
    erased = update(message).where(own_messages(actor, number)).values(destination=ERASED, text=None)
    return ErasureReport(
        number=masked(number),
        contacts=contacts,
        memberships=memberships,
        messages=tx.execute(erased).rowcount,
        inbound=tx.execute(delete(inbound_message).where(own_inbound(actor, number))).rowcount,
        import_lines=forget_in_rejects(tx, actor, number, import_ids),
        drafts=forget_in_drafts(tx, actor, number, draft_ids),
        opted_out=tx.execute(listed).first() is not None,
        own_number=tx.execute(own_number).first() is not None,
    )


def _connections(tx: Connection, actor: Actor, number: str) -> Sequence[int]:
    used = select(campaign.c.connection_id).join(message, message.c.campaign_id == campaign.c.id)
    return tx.execute(used.where(own_messages(actor, number)).distinct()).scalars().all()


def _refuse_unfinished(tx: Connection, actor: Actor, number: str, now: datetime) -> None:
    since = to_milliseconds(now - AWAITED_FOR)
    awaited = message.c.state.in_(_AWAITED) & (func.coalesce(message.c.sent_at, since) >= since)
    unfinished = select(func.count()).where(own_messages(actor, number), or_(message.c.state.in_(_UNDER_WAY), awaited))
    messages = tx.execute(unfinished).scalar_one()
    if messages:
        raise MessagesUnderWay(number, messages)
    prepared = select(campaign.c.name).where(
        campaign.c.account_id == actor.account_id, campaign.c.state == CampaignState.PREPARING
    )
    if (name := tx.execute(prepared.limit(1)).scalar()) is not None:
        raise CampaignBeingPrepared(name)
    newest = select(func.max(certification_code.c.sent_at)).where(*_own_codes(actor, number))
    sent_at = tx.execute(newest).scalar()
    if sent_at is not None and now < sent_at + LIMIT_PERIOD:
        raise CodeJustSent(number, sent_at + LIMIT_PERIOD)


def _erase_contact(tx: Connection, actor: Actor, number: str) -> tuple[int, int]:
    """The contact, its memberships, and what was kept of it when it was deleted; how many memberships and contacts."""
    own = (contact.c.account_id == actor.account_id, contact.c.mobile == number)
    members = group_member.c.contact_id.in_(select(contact.c.id).where(*own))
    memberships = tx.execute(delete(group_member).where(members)).rowcount
    contacts = tx.execute(delete(contact).where(*own)).rowcount
    kept = (deleted_contact.c.account_id == actor.account_id, deleted_contact.c.mobile == number)
    of_kept = tuple_(deleted_member.c.removal, deleted_member.c.contact_id).in_(
        select(deleted_contact.c.removal, deleted_contact.c.id).where(*kept)
    )
    memberships += tx.execute(delete(deleted_member).where(of_kept)).rowcount
    contacts += tx.execute(delete(deleted_contact).where(*kept)).rowcount
    return memberships, contacts


def _erase_answers(tx: Connection, actor: Actor, number: str) -> None:
    """The texts of what a person wrote to this phone alone."""
    to_it = campaign.c.id.in_(select(message.c.campaign_id).where(own_messages(actor, number)))
    alone = campaign.c.kind.in_((CampaignKind.REPLY, CampaignKind.TEST))
    tx.execute(update(campaign).where(campaign.c.account_id == actor.account_id, alone, to_it).values(text=""))


def _own_codes(actor: Actor, number: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return certification_code.c.account_id == actor.account_id, certification_code.c.number == number


def _erase_codes(tx: Connection, actor: Actor, number: str) -> None:
    """The certification codes that were sent to it, unless the account is certified with it."""
    certified = exists().where(account.c.id == actor.account_id, account.c.certified_number == number)
    tx.execute(delete(certification_code).where(*_own_codes(actor, number), ~certified))


def _erase_parts(tx: Connection, actor: Actor, number: str) -> None:
    """The parts of those messages from it that are whole and the account's: the last part came when the message did.

    Others may be the beginning of a STOP.
    """
    place, received = inbound_message.c.connection_id, inbound_message.c.received_at
    own = select(place, inbound_message.c.destination, received).where(own_inbound(actor, number))
    messages = {tuple(row) for row in tx.execute(own)}
    key = [inbound_part.c[name] for name in ("connection_id", "source", "destination", "reference", "total")]
    last = func.max(inbound_part.c.received_at).label("last")
    whole = select(*key, last).where(inbound_part.c.source.in_(_forms(number))).group_by(*key)
    for row in tx.execute(whole.having(func.count() == inbound_part.c.total)).all():
        if (row.connection_id, row.destination, row.last) in messages:
            same = [column == value for column, value in zip(key, row[: len(key)], strict=True)]
            tx.execute(delete(inbound_part).where(*same))


def _erase_parked(tx: Connection, actor: Actor, number: str) -> None:
    """The receipts about it that match nothing, unless they may be about another account's message."""
    awaited = select(message.c.id).where(
        message.c.destination == number,
        message.c.state.in_((*_UNDER_WAY, *_AWAITED)),
        ~own_messages(actor, number),
    )
    if tx.execute(awaited.limit(1)).first() is None:
        tx.execute(delete(parked_receipt).where(parked_receipt.c.number.in_(_forms(number))))


def _forms(number: str) -> tuple[str, ...]:
    """How SMSCs write a number; see `addresses.e164`."""
    digits = number.removeprefix("+")
    national = (f"0{digits[2:]}",) if digits.startswith("33") else ()
    return (number, digits, f"00{digits}", *national)
