"""All that an account holds about one phone number, to hand out (GDPR, article 15) and to erase (article 17)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, case, func, select

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.contact import ContactDetails
from smstui.domain.phone import parse_number
from smstui.domain.states import CampaignKind, MessageState
from smstui.services.audit import AuditAction, record
from smstui.services.contact_rows import Contact, to_details
from smstui.services.contacts import contact_with_mobile
from smstui.services.inbox import InboundMessage, with_campaign
from smstui.services.opt_out_query import OptOut, OptOutSource
from smstui.services.opt_outs import OptOuts
from smstui.services.outgoing import may_have_left
from smstui.services.personal_drafts import NamedIn, drafts_that_mention, named_in
from smstui.services.personal_erasure import ErasureReport, erase_number, masked, own_inbound, own_messages
from smstui.services.personal_rejects import imports_that_mention
from smstui.storage.columns import from_milliseconds
from smstui.storage.database import Database
from smstui.storage.tables import campaign, deleted_contact, inbound_message, message, opt_out


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message to the number."""

    kind: CampaignKind
    campaign: str
    """The name of the campaign, when it is a person's."""
    sender: str
    text: str
    state: MessageState
    error: str | None
    """The SMSC's own words for a failure; foreign text."""
    queued_at: datetime
    sent_at: datetime | None
    final_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeletedContact:
    """A contact that was deleted, and is kept for as long as that can be undone."""

    details: ContactDetails
    deleted_at: datetime


@dataclass(frozen=True, slots=True)
class PersonalData:
    """All that the account holds about a number, but for the lines that imports left out."""

    number: str
    """E.164."""
    collected_at: datetime
    contact: Contact | None
    deleted: tuple[DeletedContact, ...]
    opt_out: OptOut | None
    sent: tuple[SentMessage, ...]
    """The oldest first."""
    received: tuple[InboundMessage, ...]
    """From the number, the oldest first."""
    named_in: tuple[NamedIn, ...]
    """What it was given to by hand: campaigns sent, still to come, or being written; the oldest first."""


class PersonalRecords:
    """What persons may ask the accounts for."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._opt_outs = OptOuts(database, clock)

    async def collect(self, actor: Actor, number_text: str) -> PersonalData:
        """All about a number, also of one that the book doesn't have; the audit trail keeps that it was handed out.

        Raises InvalidNumber.
        """
        number, now = parse_number(number_text), self._clock.now()
        named = await self._database.read(lambda tx: named_in(tx, actor, number))

        def work(tx: Connection) -> PersonalData:
            record(tx, actor, now, AuditAction.PERSON_EXPORTED, masked(number))
            return _collected(tx, actor, number, now, named)

        return await self._database.write(work)

    async def erase(self, actor: Actor, number_text: str, *, stop: bool = False) -> ErasureReport:
        """Erase a number from all that the account holds, except from the STOP list; `stop` puts it there first.

        Whoever answers STOP after the erasure to a message from before it is not recognized any more: `stop` makes that
        up, and stays done when the erasure is refused. Campaigns that are to come go to the others.
        Raises InvalidNumber, MessagesUnderWay, CampaignBeingPrepared, CodeJustSent.
        """
        number, now = parse_number(number_text), self._clock.now()
        if stop:
            await self._opt_outs.add(actor, number)
        imports = await self._database.read(lambda tx: list(imports_that_mention(tx, actor, number)))
        drafts = await self._database.read(lambda tx: drafts_that_mention(tx, actor, number))

        def work(tx: Connection) -> ErasureReport:
            report = erase_number(tx, actor, number, imports, drafts, now)
            record(tx, actor, now, AuditAction.PERSON_ERASED, report.number)
            return report

        return await self._database.write(work)


def _collected(tx: Connection, actor: Actor, number: str, now: datetime, named: tuple[NamedIn, ...]) -> PersonalData:
    listed = select(opt_out).where(opt_out.c.account_id == actor.account_id, opt_out.c.number == number)
    stopped = tx.execute(listed).first()
    return PersonalData(
        number=number,
        collected_at=now,
        contact=contact_with_mobile(tx, actor, number),
        deleted=_deleted(tx, actor, number),
        opt_out=None if stopped is None else OptOut(stopped.number, OptOutSource(stopped.source), stopped.at),
        sent=_sent(tx, actor, number),
        received=_received(tx, actor, number),
        named_in=named,
    )


def _deleted(tx: Connection, actor: Actor, number: str) -> tuple[DeletedContact, ...]:
    own = (deleted_contact.c.account_id == actor.account_id, deleted_contact.c.mobile == number)
    kept = select(deleted_contact).where(*own).order_by(deleted_contact.c.removed_at)
    return tuple(DeletedContact(to_details(row), row.removed_at) for row in tx.execute(kept))


def _sent(tx: Connection, actor: Actor, number: str) -> tuple[SentMessage, ...]:
    in_flight = and_(message.c.state == MessageState.QUEUED, may_have_left())
    rows = (
        select(
            campaign.c.kind,
            campaign.c.name,
            campaign.c.sender,
            func.coalesce(message.c.text, campaign.c.text).label("text"),
            case((in_flight, MessageState.IN_FLIGHT.value), else_=message.c.state).label("shown"),
            message.c.error,
            campaign.c.created_at,
            message.c.sent_at,
            message.c.final_at,
        )
        .join_from(message, campaign, campaign.c.id == message.c.campaign_id)
        .where(own_messages(actor, number))
        .order_by(message.c.id)
    )
    return tuple(
        SentMessage(
            CampaignKind(row.kind),
            row.name if row.kind == CampaignKind.CAMPAIGN else "",
            row.sender,
            row.text,
            MessageState(row.shown),
            row.error,
            row.created_at,
            _instant(row.sent_at),
            _instant(row.final_at),
        )
        for row in tx.execute(rows)
    )


def _received(tx: Connection, actor: Actor, number: str) -> tuple[InboundMessage, ...]:
    inbound = inbound_message.c
    rows = (
        select(inbound.id, inbound.source, inbound.destination, inbound.text, inbound.received_at, campaign.c.name)
        .select_from(with_campaign())
        .where(own_inbound(actor, number))
        .order_by(inbound.id)
    )
    return tuple(
        InboundMessage(row.id, row.source, row.destination, row.text, row.received_at, row.name)
        for row in tx.execute(rows)
    )


def _instant(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_milliseconds(milliseconds)
