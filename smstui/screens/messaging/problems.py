"""Where the composer shows each problem of a plan, and in which words."""

from smstui.domain.campaign_rules import (
    CampaignNameMissing,
    CampaignNameTooLong,
    NoRecipients,
    StopRequired,
    TextNotGsm7,
    TooManyRecipients,
)
from smstui.domain.errors import Refusal
from smstui.domain.text import printable
from smstui.formats import explain
from smstui.i18n import _
from smstui.services.composing import CampaignNameTaken, SenderNotAllowed, VoiceNotCarried
from smstui.services.credits import InsufficientCredits
from smstui.services.outgoing import NoConnection
from smstui.services.senders import UnknownSender
from smstui.smpp.errors import UnusableSender

_FIELDS: dict[str, tuple[type[Refusal], ...]] = {
    "type": (NoConnection, VoiceNotCarried),
    "sender": (UnknownSender, SenderNotAllowed, UnusableSender),
    "name": (CampaignNameMissing, CampaignNameTooLong, CampaignNameTaken),
    "stop": (StopRequired,),
    "recipients": (NoRecipients, TooManyRecipients, InsufficientCredits),
}


def field_of(problem: Refusal) -> str:
    """The field of the composer that `problem` concerns; the text, when no other does."""
    return next((field for field, types in _FIELDS.items() if isinstance(problem, types)), "text")


def beside(problem: Refusal) -> str:
    """The sentence shown beside its field: it names the keys at hand, which the general sentence can't know."""
    if isinstance(problem, TextNotGsm7):
        sentence = _("SMS Pro can't carry {characters}: F6 replaces, or choose Unicode.")
        return sentence.format(characters=printable(problem.characters))
    return explain(problem)
