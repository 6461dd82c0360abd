"""A trial of a campaign: its message, sent to the account's own phone; and a contact to show it with."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Connection, select

from smstui.domain.actor import Actor
from smstui.domain.contact import ContactDetails
from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from smstui.domain.states import CampaignKind
from smstui.i18n import N_
from smstui.services.audience import Audience, chosen_contacts
from smstui.services.composing import Draft, compose
from smstui.services.contact_rows import to_details
from smstui.services.credits import Cause, post
from smstui.services.exclusions import Exclusion
from smstui.services.outgoing import PERSON_PRIORITY, NewCampaign, enqueue
from smstui.services.personal_texts import written_text
from smstui.services.tariffs import current_tariff
from smstui.storage.tables import account, contact


class NotCertified(Refusal):
    """The account has no number of its own."""

    sentence: ClassVar[str] = N_("A test goes to your own number: certify it first, from the dashboard.")


class OwnNumberUnreachable(Refusal):
    """Nothing of this type can be sent to the account's number."""

    sentence: ClassVar[str] = N_("This message can't be sent to your certified number.")


def samples(tx: Connection, actor: Actor, audience: Audience, count: int) -> tuple[ContactDetails, ...]:
    """The first `count` contacts of an audience; those of the whole book when it names none."""
    own = select(contact).where(contact.c.account_id == actor.account_id)
    chosen = own.where(contact.c.id.in_(chosen_contacts(tx, actor, audience)))
    found = tx.execute(chosen.order_by(contact.c.search).limit(count)).all()
    if not found and not audience.group_ids and not audience.contact_ids:
        found = tx.execute(own.order_by(contact.c.search).limit(count)).all()
    return tuple(map(to_details, found))


def send_trial(tx: Connection, actor: Actor, draft: Draft, now: datetime) -> str:
    """Queue the message of `draft`, as its first contact would get it, to the account's number, which is returned.

    Raises NotCertified, OwnNumberUnreachable, InsufficientCredits, and the first problem of the message.
    """
    number = tx.execute(select(account.c.certified_number).where(account.c.id == actor.account_id)).scalar()
    if number is None:
        raise NotCertified
    composed = compose(tx, actor, draft)
    if composed.problems:
        raise composed.problems[0]
    assert composed.carrier is not None
    assert composed.sender is not None
    details = next(iter(samples(tx, actor, draft.audience(()), 1)), None)
    written = written_text(composed, current_tariff(tx), number, details)
    if isinstance(written, Exclusion):
        raise OwnNumberUnreachable
    new = NewCampaign(
        account_id=actor.account_id,
        kind=CampaignKind.TEST,
        name=str(CampaignKind.TEST),
        type=draft.type,
        connection_id=composed.carrier.id,
        sender=composed.sender,
        text=written.text,
        segments=written.segments,
        price=Credits(written.price),
        priority=PERSON_PRIORITY,
        at=now,
        validity=draft.validity,
        language=draft.language,
    )
    campaign_id = enqueue(tx, new, [number])
    post(tx, actor.account_id, -new.price, Cause.CAMPAIGN, str(campaign_id), now)
    return str(number)
