"""What becomes of a message from a phone, in the transaction that is committed before it is acknowledged.

Parts are kept until the message is whole; a redelivery is applied once; the message is tied to the campaign that it
answers; a STOP opts its sender out at once, and is confirmed.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import TypeGuard

from sqlalchemy import Connection, delete, insert, select

from smstui.domain.addresses import e164, is_alphanumeric
from smstui.domain.opt_out import is_opt_out
from smstui.domain.states import CampaignKind, MessageState
from smstui.i18n import N_, translated
from smstui.services.connection_rows import ConnectionRow
from smstui.services.opt_out_query import OptOutSource
from smstui.services.opt_outs import record_opt_out
from smstui.services.outgoing import enqueue_system, may_have_left
from smstui.smpp.alphabet import decode
from smstui.smpp.values import Concatenation, Inbound
from smstui.storage.columns import to_milliseconds
from smstui.storage.tables import account, campaign, inbound_message, inbound_part, message
from smstui.storage.tables import connection as connection_table

REDELIVERED_WITHIN = timedelta(minutes=5)
"""The same message again within this time is the SMSC repeating itself."""
PARTS_KEPT_FOR = timedelta(days=1)
_ADDRESS_LENGTH = 21
_CANDIDATES = 50
UNREAD = timedelta(minutes=1)
"""A message that left so shortly before a STOP came may not have been read: the STOP means the one before it too."""
"""Campaigns to one number that are looked at, the newest first."""
_CONFIRMATION = N_("You are unsubscribed and will receive no more messages from us.")
_NEVER_SENT = (MessageState.SUPPRESSED, MessageState.CANCELLED, MessageState.REJECTED)


@dataclass(frozen=True, slots=True)
class Sent:
    """A campaign that may have reached a number."""

    campaign_id: int
    account_id: int
    sender: str
    sent_at: int | None
    """Milliseconds since 1970; None while it is in flight."""


def record_inbound(tx: Connection, connection_id: int, inbound: Inbound, at: datetime) -> None:
    """Keep a message, or a part of one, from a phone, and do what it asks."""
    inbound = inbound._replace(
        source=inbound.source[:_ADDRESS_LENGTH], destination=inbound.destination[:_ADDRESS_LENGTH]
    )
    if _is_part(inbound.concatenation):
        whole = _assemble(tx, connection_id, inbound, inbound.concatenation, at)
        if whole is None:
            return
        inbound = whole
    elif _is_redelivery(tx, connection_id, inbound, at):
        return
    _receive(tx, connection_id, inbound, at)


def forget_parts(tx: Connection, connection_id: int, now: datetime) -> None:
    """Drop the parts older than PARTS_KEPT_FOR."""
    old = inbound_part.c.received_at < now - PARTS_KEPT_FOR
    tx.execute(delete(inbound_part).where(inbound_part.c.connection_id == connection_id, old))


def _is_part(concatenation: Concatenation | None) -> TypeGuard[Concatenation]:
    return concatenation is not None and 1 <= concatenation.part <= concatenation.total and concatenation.total > 1


def _is_redelivery(tx: Connection, connection_id: int, inbound: Inbound, at: datetime) -> bool:
    known = select(inbound_message.c.id).where(
        inbound_message.c.connection_id == connection_id,
        inbound_message.c.fingerprint == inbound.fingerprint,
        inbound_message.c.received_at > at - REDELIVERED_WITHIN,
    )
    return tx.execute(known.limit(1)).first() is not None


def _assemble(
    tx: Connection, connection_id: int, inbound: Inbound, place: Concatenation, at: datetime
) -> Inbound | None:
    """Keep a part; the whole message when it was the last one to come.

    Parts stay when the message is whole, so that a redelivered one is known. A part that comes again with another
    payload, or late, begins a new message: phones use their references again.
    """
    same_message = (
        (inbound_part.c.connection_id == connection_id)
        & (inbound_part.c.source == inbound.source)
        & (inbound_part.c.destination == inbound.destination)
        & (inbound_part.c.reference == place.reference)
        & (inbound_part.c.total == place.total)
    )
    known = {row.part: row for row in tx.execute(select(inbound_part).where(same_message))}
    again = known.get(place.part)
    if again is not None:
        is_whole = len(known) == place.total
        if again.payload == inbound.payload and not (is_whole and again.received_at <= at - REDELIVERED_WITHIN):
            return None
        tx.execute(delete(inbound_part).where(same_message))
        known = {}
    tx.execute(
        insert(inbound_part).values(
            connection_id=connection_id,
            source=inbound.source,
            destination=inbound.destination,
            reference=place.reference,
            total=place.total,
            part=place.part,
            payload=inbound.payload,
            encoding=inbound.encoding,
            received_at=at,
        )
    )
    if len(known) + 1 < place.total:
        return None
    parts = {number: (row.encoding, row.payload) for number, row in known.items()} | {
        place.part: (inbound.encoding, inbound.payload)
    }
    in_order = [parts[number] for number in sorted(parts)]
    text = "".join(
        decode(b"".join(payload for _, payload in run), encoding) for encoding, run in groupby(in_order, itemgetter(0))
    )
    payload = text.encode()
    return inbound._replace(
        payload=payload, encoding="utf-8", fingerprint=hashlib.sha256(payload).digest(), concatenation=None
    )


def _receive(tx: Connection, connection_id: int, inbound: Inbound, at: datetime) -> None:
    """Put a whole message in the inbox that it belongs to; a STOP also opts its sender out."""
    carrier = tx.execute(select(connection_table).where(connection_table.c.id == connection_id)).one()
    number, text = e164(inbound.source)[:_ADDRESS_LENGTH], decode(inbound.payload, inbound.encoding).replace("\0", "")
    stop = is_opt_out(text)
    answers = _answered(_sent_to(tx, connection_id, number), carrier, e164(inbound.destination), stop)
    answered = next(iter(answers), None)
    tx.execute(
        insert(inbound_message).values(
            account_id=answered and answered.account_id,
            campaign_id=answered and answered.campaign_id,
            connection_id=connection_id,
            source=number,
            destination=inbound.destination,
            text=text,
            fingerprint=inbound.fingerprint,
            received_at=at,
        )
    )
    if stop:
        _opt_out(tx, carrier, _meant(answers, at), number, inbound.destination, at)


def _sent_to(tx: Connection, connection_id: int, number: str) -> Sequence[Sent]:
    """The campaigns that may have reached `number` over the connection, the newest first."""
    sent = (
        select(campaign.c.id, campaign.c.account_id, campaign.c.sender, message.c.sent_at)
        .join_from(message, campaign, campaign.c.id == message.c.campaign_id)
        .where(
            message.c.destination == number,
            message.c.state.not_in(_NEVER_SENT),
            (message.c.state != MessageState.QUEUED) | may_have_left(),
            campaign.c.kind.in_((CampaignKind.CAMPAIGN, CampaignKind.REPLY)),
            campaign.c.connection_id == connection_id,
        )
        .order_by(message.c.id.desc())
        .limit(_CANDIDATES)
    )
    return [Sent(row.id, row.account_id, row.sender, row.sent_at) for row in tx.execute(sent)]


def _answered(sent: Sequence[Sent], carrier: ConnectionRow, ours: str, stop: bool) -> Sequence[Sent]:
    """The campaigns that a message to our number `ours` may answer; the first is the one.

    The newest that came from `ours`; else, for the short code of the STOP mention, which all campaigns name, the newest
    of all, and so for a STOP in any case; else the newest whose sender is a name, since nobody can reply to that.
    """
    to_short_code = ours == e164(carrier.stop_code)
    from_ours = [] if stop and to_short_code else [one for one in sent if e164(one.sender) == ours]
    others = [one for one in sent if to_short_code or is_alphanumeric(one.sender)]
    return from_ours or others


def _meant(answers: Iterable[Sent], at: datetime) -> Sequence[Sent]:
    """Of the campaigns that a STOP may answer, one an account, up to the first that its phone has surely read."""
    meant: dict[int, Sent] = {}
    for one in answers:
        meant.setdefault(one.account_id, one)
        if one.sent_at is not None and one.sent_at < to_milliseconds(at - UNREAD):
            break
    return tuple(meant.values())


def _opt_out(
    tx: Connection, carrier: ConnectionRow, meant: Iterable[Sent], number: str, ours: str, at: datetime
) -> None:
    """Opt `number` out for the accounts of these campaigns, and confirm it once if it was not for one of them."""
    new = [one for one in meant if record_opt_out(tx, one.account_id, number, OptOutSource.SMS, at, lane=carrier.id)]
    if not new:
        return
    answered = new[0]
    language = select(account.c.language).where(account.c.id == answered.account_id)
    enqueue_system(
        tx,
        account_id=answered.account_id,
        kind=CampaignKind.CONFIRMATION,
        destination=number,
        text=translated(_CONFIRMATION, tx.execute(language).scalar_one()),
        at=at,
        carrier=carrier,
        sender=ours,
    )
