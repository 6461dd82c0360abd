"""What stands in the way of a campaign: found at once where no database is asked, and where the composer shows it."""

from enum import StrEnum

from smstui.domain.campaign_rules import (
    CampaignNameMissing,
    CampaignNameTooLong,
    EmptyText,
    NoRecipients,
    StopRequired,
    TextNotGsm7,
    TextNotTransliterable,
    TextTooLong,
    TooManyRecipients,
    UnknownVoiceLanguage,
    VoiceTextTooLong,
    check_name,
    check_text,
)
from smstui.domain.errors import Refusal
from smstui.domain.merge import MergeText, UnknownMergeField
from smstui.domain.schedule import InvalidCron
from smstui.domain.text import printable
from smstui.formats import credits_text, explain
from smstui.i18n import _
from smstui.screens.messaging.means import Means
from smstui.screens.messaging.rendering import completed
from smstui.screens.messaging.writing import Writing
from smstui.services.composing import CampaignNameTaken, NoReplyNumber, Problems, SenderNotAllowed, VoiceNotCarried
from smstui.services.contact_query import UnknownGroup
from smstui.services.credits import InsufficientCredits
from smstui.services.outgoing import NoConnection
from smstui.services.scheduling import CampaignBegun, InvalidRuns, NeverRuns, PastDate
from smstui.services.senders import UnknownSender
from smstui.smpp.errors import UnusableSender


class Place(StrEnum):
    """The steps of the composer."""

    TEXT = "text-step"
    RECIPIENTS = "recipients-step"
    DATE = "date-step"
    CONFIRM = "confirm-step"


_FIELDS: dict[str, tuple[type[Refusal], ...]] = {
    "type": (NoConnection, VoiceNotCarried, NoReplyNumber),
    "sender": (UnknownSender, SenderNotAllowed, UnusableSender),
    "name": (CampaignNameMissing, CampaignNameTooLong, CampaignNameTaken),
    "language": (UnknownVoiceLanguage,),
    "stop": (StopRequired,),
    "recipients": (NoRecipients, TooManyRecipients, InsufficientCredits, UnknownGroup),
    "date": (PastDate, NeverRuns, InvalidRuns, InvalidCron),
}
TEXT_FIELDS = ("type", "sender", "name", "language", "text", "stop")
_LOCAL = (
    CampaignNameMissing,
    CampaignNameTooLong,
    EmptyText,
    StopRequired,
    TextNotGsm7,
    TextNotTransliterable,
    TextTooLong,
    UnknownMergeField,
    VoiceTextTooLong,
)
"""What `found_at_once` finds: what a plan said of it may be out of date."""


def found_at_once(writing: Writing, means: Means | None) -> tuple[Refusal, ...]:
    """What is wrong with the form as it stands."""
    problems = Problems()
    with problems.noted():
        check_name(writing.name)
    with problems.noted():
        if not writing.text.strip():
            raise EmptyText
        merge = MergeText.parse(writing.text, means.free_fields if means else ())
        check_text(writing.type, completed(writing, means, merge.render(None)))
    if means and not means.may_omit_stop and not writing.stop:
        problems.found.append(StopRequired())
    return tuple(problems.found)


def found_elsewhere(problems: tuple[Refusal, ...]) -> tuple[Refusal, ...]:
    """Of the problems of a plan, those that only the database could find."""
    return tuple(each for each in problems if not isinstance(each, _LOCAL))


def field_of(problem: Refusal) -> str:
    """The field of the composer that `problem` concerns; the text, when no other does."""
    return next((field for field, types in _FIELDS.items() if isinstance(problem, types)), "text")


def place_of(problem: Refusal) -> Place:
    """The step where `problem` is solved."""
    field = field_of(problem)
    if isinstance(problem, CampaignBegun):
        return Place.CONFIRM
    return Place.TEXT if field in TEXT_FIELDS else Place.RECIPIENTS if field == "recipients" else Place.DATE


def beside(problem: Refusal) -> str:
    """The sentence shown beside its field: it names the keys at hand, which the general sentence can't know."""
    if isinstance(problem, TextNotGsm7):
        sentence = _("SMS Pro can't carry {characters}: F6 replaces, or choose Unicode.")
        return sentence.format(characters=printable(problem.characters))
    if isinstance(problem, InsufficientCredits):
        missing = credits_text(problem.needed - problem.available)
        return _("{missing} missing: F3 buys credits, or send to fewer numbers.").format(missing=missing)
    return explain(problem)
