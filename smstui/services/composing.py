"""What a draft becomes: one reckoning of its message, for the plan that is shown and for the sending itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import ClassVar

from sqlalchemy import Connection, select

from smstui.domain.actor import Actor
from smstui.domain.campaign_rules import StopRequired, check_name, check_text, complete_text, wire_encoding
from smstui.domain.contact import ContactDetails
from smstui.domain.errors import Refusal
from smstui.domain.hours import HoursConsent
from smstui.domain.merge import MergeText
from smstui.domain.states import CampaignKind, MessageType
from smstui.domain.storable import storable
from smstui.domain.text import Measure
from smstui.i18n import N_
from smstui.services.audience import Audience
from smstui.services.blocking import refuse_blocked
from smstui.services.connection_rows import ConnectionRow
from smstui.services.connection_settings import DEFAULT_STOP_CODE, InvalidValidity, valid_period
from smstui.services.free_fields import free_field_names
from smstui.services.outgoing import NoConnection, connection_for
from smstui.services.senders import UnknownSender
from smstui.services.when import NOW, When
from smstui.smpp.submit import SubmitTemplate
from smstui.smpp.values import Alphabet, LongMessages
from smstui.storage.tables import account, campaign, sender

DEFAULT_LANGUAGE = "fr-FR"
"""Of SMS Voix."""
_FIELD = "\x00"
"""In no text: it can't be stored."""


@dataclass(eq=False)
class CampaignNameTaken(Refusal):
    """The account already has a campaign of this name."""

    name: str
    sentence: ClassVar[str] = N_("A campaign is already named “{name}”; choose another name.")


@dataclass(eq=False)
class VoiceNotCarried(Refusal):
    """No connection carries SMS Voix."""

    sentence: ClassVar[str] = N_(
        "No connection carries SMS Voix: SMPP has no standard for it, so an SMSC must offer a bind of its own."
    )


@dataclass(eq=False)
class SenderNotAllowed(Refusal):
    """An SMS Réponse from something else than the reply number."""

    number: str
    sentence: ClassVar[str] = N_("SMS Réponse leaves from {number}, so that answers come back; choose no other sender.")


@dataclass(eq=False)
class NoReplyNumber(Refusal):
    """The connection can't receive answers."""

    connection: str
    sentence: ClassVar[str] = N_(
        "The connection “{connection}” has no reply number, which SMS Réponse needs; add it there."
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """A campaign as a person has written it."""

    name: str
    text: str
    """Without its STOP mention, with its merge fields."""
    numbers_text: str = ""
    """As typed or pasted, or the lines of a file."""
    numbers: tuple[str, ...] = ()
    """In E.164, as `read_recipients` gives them."""
    type: MessageType = MessageType.PRO
    sender: str | None = None
    """None is the account's default, else the connection's reply number, else the short code of its STOP mention."""
    stop: bool = True
    validity: int | None = None
    """Seconds that the SMSC tries; None is the connection's."""
    group_ids: tuple[int, ...] = ()
    contact_ids: tuple[int, ...] = ()
    template_id: int | None = None
    """The template from which the text was begun."""
    title: str = ""
    """Of SMS Voix: spoken first."""
    language: str = DEFAULT_LANGUAGE
    """Of SMS Voix: one of `campaign_rules.VOICE_LANGUAGES`."""
    when: When = NOW
    consent: HoursConsent = HoursConsent.NONE
    """To send outside the sending hours."""
    replaces_id: int | None = None
    """The scheduled campaign that this one takes the place of."""

    def audience(self, numbers: tuple[str, ...]) -> Audience:
        """Whom it is for; `numbers` are those given and those read in its text."""
        return Audience(self.group_ids, self.contact_ids, numbers)


@dataclass(frozen=True, slots=True)
class Composition:
    """The message of a draft, completed and checked. What a problem keeps from being known is None."""

    name: str
    type: MessageType
    merge: MergeText | None
    stop_code: str | None
    """Of its STOP mention; None without one."""
    title: str
    text: str | None
    """As sent to a phone of which nothing is known, with its STOP mention."""
    measure: Measure | None
    """Of `text`."""
    sender: str | None
    """As on the wire."""
    carrier: ConnectionRow | None
    problems: tuple[Refusal, ...]

    def text_for(self, details: ContactDetails | None) -> str:
        """The complete text for a contact, or for a number of which nothing is known."""
        assert self.merge is not None
        return complete_text(self.merge.render(details), self.stop_code, self.title)

    def around_fields(self) -> tuple[str, ...]:
        """The parts of the complete text before, between and after its merge fields."""
        assert self.merge is not None
        return tuple(complete_text(_FIELD.join(self.merge.literals), self.stop_code, self.title).split(_FIELD))


@dataclass(slots=True)
class Problems:
    """The refusals met on the way."""

    found: list[Refusal] = field(default_factory=list)

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note the refusal that the block raises, and go on after it."""
        try:
            yield
        except Refusal as refusal:
            self.found.append(refusal)


def compose(tx: Connection, actor: Actor, draft: Draft) -> Composition:
    """What the message of `draft` becomes now, with everything that stands in its way."""
    problems = Problems()
    name, carrier, merge, wire_sender = draft.name.strip(), None, None, None
    with problems.noted():
        refuse_blocked(tx, actor)
    with problems.noted():
        name = _free_name(tx, actor, draft)
    with problems.noted():
        carrier = _carrier(tx, draft.type)
    with problems.noted():
        _check_stop(tx, actor, draft)
    if not valid_period(draft.validity):
        problems.found.append(InvalidValidity())
    with problems.noted():
        merge = MergeText.parse(storable(draft.text), free_field_names(tx, actor))
    with problems.noted():
        wire_sender = _sender(tx, actor, draft, carrier) if carrier else None
    composed = Composition(
        name=name,
        type=draft.type,
        merge=merge,
        stop_code=_stop_code(carrier) if draft.stop else None,
        title=draft.title if draft.type is MessageType.VOIX else "",
        text=None,
        measure=None,
        sender=wire_sender,
        carrier=carrier,
        problems=(),
    )
    if merge is not None:
        with problems.noted():
            text = composed.text_for(None)
            composed = replace(composed, text=text, measure=check_text(draft.type, text))
            if carrier is not None and wire_sender is not None:
                check_writable(carrier, draft.type, wire_sender, text)
    return replace(composed, problems=tuple(problems.found))


def check_writable(carrier: ConnectionRow, message_type: MessageType, wire_sender: str, text: str) -> None:
    """Raise UnusableSender or TextNotInAlphabet when the connection can't carry this."""
    SubmitTemplate.build(
        wire_sender,
        text,
        wire_encoding(message_type, text),
        alphabet=Alphabet(carrier.alphabet),
        long_messages=LongMessages(carrier.long_messages),
        reference=0,
        validity=None,
    )


def _free_name(tx: Connection, actor: Actor, draft: Draft) -> str:
    name = check_name(draft.name)
    taken = select(campaign.c.id).where(
        campaign.c.account_id == actor.account_id, campaign.c.name == name, campaign.c.kind == CampaignKind.CAMPAIGN
    )
    if tx.execute(taken).scalar() not in {None, draft.replaces_id}:
        raise CampaignNameTaken(name)
    return name


def _carrier(tx: Connection, message_type: MessageType) -> ConnectionRow:
    try:
        return connection_for(tx, message_type)
    except NoConnection:
        if message_type is MessageType.VOIX:
            raise VoiceNotCarried from None
        raise


def _stop_code(carrier: ConnectionRow | None) -> str:
    return str(carrier.stop_code) if carrier else DEFAULT_STOP_CODE


def _check_stop(tx: Connection, actor: Actor, draft: Draft) -> None:
    may_omit = select(account.c.may_omit_stop).where(account.c.id == actor.account_id)
    if not draft.stop and not tx.execute(may_omit).scalar_one():
        raise StopRequired


def _sender(tx: Connection, actor: Actor, draft: Draft, carrier: ConnectionRow) -> str:
    """The source address of the draft."""
    reply_number: str | None = carrier.reply_number
    if draft.type is MessageType.REPONSE:
        if not reply_number:
            raise NoReplyNumber(carrier.name)
        if draft.sender not in {None, reply_number}:
            raise SenderNotAllowed(reply_number)
        return reply_number
    own = select(sender.c.name).where(sender.c.account_id == actor.account_id)
    if draft.sender is not None:
        if tx.execute(own.where(sender.c.name == draft.sender)).first() is None:
            raise UnknownSender(draft.sender)
        return draft.sender
    default: str | None = tx.execute(own.where(sender.c.is_default)).scalar()
    return default or reply_number or str(carrier.stop_code)
