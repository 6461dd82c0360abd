"""States as people read them: a sign and a word, coloured but never by colour alone."""

from dataclasses import dataclass

from textual.content import Content

from smstui.domain.state_words import CAMPAIGN_WORDS, MESSAGE_WORDS
from smstui.domain.states import CampaignState, MessageState
from smstui.i18n import N_, _


@dataclass(frozen=True, slots=True)
class Sign:
    """How a state looks."""

    sign: str
    word: str
    """A message id."""
    colour: str
    """A style of the theme."""

    def content(self) -> Content:
        """The sign and its word, in the current language."""
        return Content.assemble((self.sign, self.colour), " ", _(self.word))

    def alone(self) -> Content:
        """The sign without its word."""
        return Content.styled(self.sign, self.colour)


_WAITING, _GOING, _GOOD, _BAD, _UNSURE, _OFF = (
    "$text-muted",
    "$text-primary",
    "$text-success",
    "$text-error",
    "$text-warning",
    "$text-muted",
)

_MESSAGE_SIGNS = {
    state: Sign(sign, MESSAGE_WORDS[state], colour)
    for state, (sign, colour) in {
        MessageState.QUEUED: ("○", _WAITING),
        MessageState.IN_FLIGHT: ("◐", _GOING),
        MessageState.ACCEPTED: ("◐", _GOING),
        MessageState.DELIVERED: ("●", _GOOD),
        MessageState.LISTENED: ("●", _GOOD),
        MessageState.UNDELIVERED: ("✕", _BAD),
        MessageState.EXPIRED: ("✕", _BAD),
        MessageState.REJECTED_BY_NETWORK: ("✕", _BAD),
        MessageState.REJECTED: ("✕", _BAD),
        MessageState.UNKNOWN: ("?", _UNSURE),
        MessageState.SUPPRESSED: ("–", _OFF),
        MessageState.CANCELLED: ("–", _OFF),
    }.items()
}

_CAMPAIGN_SIGNS = {
    state: Sign(sign, CAMPAIGN_WORDS[state], colour)
    for state, (sign, colour) in {
        CampaignState.DRAFT: ("✎", _WAITING),
        CampaignState.SCHEDULED: ("○", _WAITING),
        CampaignState.PREPARING: ("○", _WAITING),
        CampaignState.SENDING: ("◐", _GOING),
        CampaignState.PAUSED: ("○", _UNSURE),
        CampaignState.DONE: ("●", _GOOD),
        CampaignState.CANCELLED: ("✕", _BAD),
    }.items()
}

HELD = Sign("!", N_("to decide"), _UNSURE)
"""A campaign that waits for a person before its recipients are resolved."""
RECURRING = Sign("↻", N_("recurring"), _GOING)
"""A campaign that is sent again and again, and will be."""
WAITING = Sign("○", N_("queued"), _WAITING)
"""Messages that wait for their turn."""
GOING = Sign("◐", N_("in progress"), _GOING)
"""Messages on their way: sent, or accepted and without a final receipt."""
DELIVERED = Sign("●", N_("delivered"), _GOOD)
"""Messages received by their phone."""
FAILED = Sign("✕", N_("failed"), _BAD)
"""Messages that did not arrive, whoever says so."""
UNSURE = Sign("?", N_("unknown"), _UNSURE)
"""Messages that may or may not have gone out."""


def message_sign(state: MessageState) -> Sign:
    """How a message's state looks."""
    return _MESSAGE_SIGNS[state]


def campaign_sign(state: CampaignState) -> Sign:
    """How a campaign's state looks."""
    return _CAMPAIGN_SIGNS[state]
