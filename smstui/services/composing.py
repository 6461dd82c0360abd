"""What a draft would become if it were sent: one reckoning, for the plan that is shown and for the sending itself."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import ClassVar

from sqlalchemy import Connection, select

from smstui.domain.actor import Actor
from smstui.domain.campaign_rules import (
    RECIPIENT_LIMIT,
    NoRecipients,
    NotMetropolitan,
    StopRequired,
    TooManyRecipients,
    check_name,
    check_text,
    complete_text,
    is_metropolitan,
    wire_encoding,
)
from smstui.domain.credits import ONE_CREDIT, Credits
from smstui.domain.errors import Refusal
from smstui.domain.recipients import Recipients, RefusedLine
from smstui.domain.states import CampaignKind, MessageType
from smstui.domain.text import Measure
from smstui.i18n import N_
from smstui.services.connection_rows import ConnectionRow
from smstui.services.connection_settings import DEFAULT_STOP_CODE, InvalidValidity, valid_period
from smstui.services.credits import InsufficientCredits, available
from smstui.services.opt_outs import opted_out
from smstui.services.outgoing import NoConnection, connection_for
from smstui.services.senders import UnknownSender
from smstui.smpp.submit import SubmitTemplate
from smstui.smpp.values import Alphabet, LongMessages
from smstui.storage.tables import account, campaign, sender


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
    """Without its STOP mention."""
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


@dataclass(frozen=True, slots=True)
class Composition:
    """A draft, completed and checked. What a problem keeps from being known is None."""

    name: str
    type: MessageType
    numbers: tuple[str, ...]
    refused: tuple[RefusedLine, ...]
    duplicates: int
    opted_out: int
    text: str | None
    """As sent, with its STOP mention."""
    measure: Measure | None
    sender: str | None
    """As on the wire."""
    carrier: ConnectionRow | None
    balance: Credits
    problems: tuple[Refusal, ...]

    @property
    def price(self) -> Credits:
        """Of one message."""
        return ONE_CREDIT * (self.measure.segments if self.measure else 0)

    @property
    def cost(self) -> Credits:
        """Of all messages."""
        return self.price * len(self.numbers)


@dataclass(slots=True)
class _Problems:
    """The refusals met on the way."""

    found: list[Refusal] = field(default_factory=list)

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note the refusal that the block raises, and go on after it."""
        try:
            yield
        except Refusal as refusal:
            self.found.append(refusal)


def compose(tx: Connection, actor: Actor, draft: Draft, read: Recipients) -> Composition:
    """What `draft` to the recipients `read` becomes now, with everything that stands in its way."""
    problems = _Problems()
    name, carrier, text, measured, wire_sender = draft.name.strip(), None, None, None, None
    with problems.noted():
        name = _free_name(tx, actor, draft.name)
    with problems.noted():
        carrier = _carrier(tx, draft.type)
    with problems.noted():
        _check_stop(tx, actor, draft)
    if not valid_period(draft.validity):
        problems.found.append(InvalidValidity())
    with problems.noted():
        text = complete_text(draft.text, _stop_code(carrier) if draft.stop else None)
        measured = check_text(draft.type, text)
    with problems.noted():
        wire_sender = _sender(tx, actor, draft, carrier) if carrier else None
    if carrier and text and measured and wire_sender:
        with problems.noted():
            _check_writable(carrier, draft.type, wire_sender, text)
    reachable, refused = _reachable(draft.type, read)
    unwanted = opted_out(tx, actor.account_id)
    numbers = tuple(number for number in reachable if number not in unwanted)
    with problems.noted():
        _check_count(numbers)
    composed = Composition(
        name=name,
        type=draft.type,
        numbers=numbers,
        refused=refused,
        duplicates=read.duplicates,
        opted_out=len(reachable) - len(numbers),
        text=text,
        measure=measured,
        sender=wire_sender,
        carrier=carrier,
        balance=available(tx, actor.account_id),
        problems=(),
    )
    if composed.balance < composed.cost:
        problems.found.append(InsufficientCredits(composed.cost, composed.balance))
    return replace(composed, problems=tuple(problems.found))


def _free_name(tx: Connection, actor: Actor, name: str) -> str:
    name = check_name(name)
    taken = select(campaign.c.id).where(
        campaign.c.account_id == actor.account_id, campaign.c.name == name, campaign.c.kind == CampaignKind.CAMPAIGN
    )
    if tx.execute(taken).first() is not None:
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


def _check_writable(carrier: ConnectionRow, message_type: MessageType, wire_sender: str, text: str) -> None:
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


def _reachable(message_type: MessageType, read: Recipients) -> tuple[Sequence[str], tuple[RefusedLine, ...]]:
    """The numbers that this type of message reaches, and all that were refused."""
    if message_type is not MessageType.REPONSE:
        return read.numbers, read.refused
    abroad = [
        RefusedLine(position, number, NotMetropolitan(number))
        for position, number in enumerate(read.numbers, start=1)
        if not is_metropolitan(number)
    ]
    return [number for number in read.numbers if is_metropolitan(number)], (*read.refused, *abroad)


def _check_count(numbers: Sequence[str]) -> None:
    if not numbers:
        raise NoRecipients
    if len(numbers) > RECIPIENT_LIMIT:
        raise TooManyRecipients(len(numbers), RECIPIENT_LIMIT)
