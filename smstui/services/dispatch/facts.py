"""What sending needs to know of a campaign."""

from dataclasses import dataclass

from sqlalchemy import Connection

from smstui.domain.hours import HoursConsent
from smstui.domain.states import CampaignKind, MessageType
from smstui.storage.statements import Statement

_FACTS = Statement(
    """
    SELECT account_id, kind, type, sender, text, segments, validity, personal, language, hours_consent, started_at, (
        SELECT blocked_at FROM account WHERE account.id = campaign.account_id
    )
    FROM campaign WHERE id = ?
    """
)
_START = Statement("UPDATE campaign SET started_at = ? WHERE id = ? AND started_at IS NULL")


@dataclass(frozen=True, slots=True)
class CampaignFacts:
    """A campaign, without its messages."""

    id: int
    account_id: int
    kind: CampaignKind
    type: MessageType
    sender: str
    text: str
    segments: int
    """Of one message that has no text of its own."""
    validity: int | None
    """Seconds that the SMSC tries; None is the connection's."""
    personal: bool
    """Its messages have texts of their own."""
    language: str | None
    """Of SMS Voix."""
    consent: HoursConsent
    is_started: bool
    is_blocked: bool
    """Its account is."""


def facts_of(tx: Connection, campaign_id: int) -> CampaignFacts:
    """What there is to know of a campaign."""
    (row,) = _FACTS.rows(tx, campaign_id)
    account_id, kind, message_type, sender, text, segments, validity, personal, language, *rest = row
    consent, started_at, blocked_at = rest
    return CampaignFacts(
        id=campaign_id,
        account_id=account_id,
        kind=CampaignKind(kind),
        type=MessageType(message_type),
        sender=sender,
        text=text,
        segments=segments,
        validity=validity,
        personal=bool(personal),
        language=language,
        consent=HoursConsent(consent),
        is_started=started_at is not None,
        is_blocked=blocked_at is not None,
    )


def start(tx: Connection, campaign_id: int, now: int) -> None:
    """The first of its messages are about to leave. `now` is in milliseconds since 1970."""
    _START.run(tx, now, campaign_id)
