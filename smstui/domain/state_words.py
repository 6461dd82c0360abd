"""The states of messages and campaigns in words, as screens, files and documents say them."""

from collections.abc import Mapping
from typing import Final

from smstui.domain.states import CampaignState, MessageState
from smstui.i18n import N_

MESSAGE_WORDS: Final[Mapping[MessageState, str]] = {
    MessageState.QUEUED: N_("queued"),
    MessageState.IN_FLIGHT: N_("in progress"),
    MessageState.ACCEPTED: N_("accepted by the operator"),
    MessageState.DELIVERED: N_("delivered"),
    MessageState.LISTENED: N_("listened to"),
    MessageState.UNDELIVERED: N_("not received"),
    MessageState.EXPIRED: N_("expired"),
    MessageState.REJECTED_BY_NETWORK: N_("rejected by the network"),
    MessageState.REJECTED: N_("refused by the SMSC"),
    MessageState.UNKNOWN: N_("unknown"),
    MessageState.SUPPRESSED: N_("STOP, not sent"),
    MessageState.CANCELLED: N_("cancelled, not sent"),
}
"""Message ids."""

CAMPAIGN_WORDS: Final[Mapping[CampaignState, str]] = {
    CampaignState.DRAFT: N_("draft"),
    CampaignState.SCHEDULED: N_("scheduled"),
    CampaignState.PREPARING: N_("preparing"),
    CampaignState.SENDING: N_("in progress"),
    CampaignState.PAUSED: N_("paused"),
    CampaignState.DONE: N_("done"),
    CampaignState.CANCELLED: N_("cancelled"),
}
"""Message ids."""
