"""The lives of a message and of a campaign: their states, and which of them are the last."""

from enum import StrEnum


class MessageState(StrEnum):
    """A message's life, from queued to its last state."""

    QUEUED = "queued"
    SUPPRESSED = "suppressed"
    """Never sent: opted out in the meantime."""
    CANCELLED = "cancelled"
    IN_FLIGHT = "in_flight"
    ACCEPTED = "accepted"
    """Every part was accepted by the SMSC; its receipts are awaited."""
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    EXPIRED = "expired"
    REJECTED_BY_NETWORK = "rejected_by_network"
    """The SMSC accepted it, and a receipt says that the network rejected it."""
    REJECTED = "rejected"
    """The SMSC refused the submit_sm itself."""
    UNKNOWN = "unknown"
    """No response, or a crash before it: may or may not have gone out; never sent again by itself."""


RECEIPTED_STATES = frozenset(
    {
        MessageState.DELIVERED,
        MessageState.UNDELIVERED,
        MessageState.EXPIRED,
        MessageState.REJECTED_BY_NETWORK,
    }
)
"""The states that a final receipt gives."""

FINAL_STATES = RECEIPTED_STATES | {
    MessageState.SUPPRESSED,
    MessageState.CANCELLED,
    MessageState.REJECTED,
    MessageState.UNKNOWN,
}
"""The states in which nothing more is awaited. A late receipt may still resolve an unknown."""

REFUNDED_STATES = frozenset({MessageState.SUPPRESSED, MessageState.CANCELLED, MessageState.REJECTED})
"""The states in which the SMSC never accepted the message: its reservation is given back."""


class CampaignState(StrEnum):
    """A campaign's life. Recipients are resolved in PREPARING; DONE: nothing is queued or in flight."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PREPARING = "preparing"
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class CampaignKind(StrEnum):
    """What asked for the sending: a person's campaign, or the platform itself (never charged, never listed)."""

    CAMPAIGN = "campaign"
    CERTIFICATION = "certification"
    CONFIRMATION = "confirmation"
    """The confirmation of an inbound STOP."""


class MessageType(StrEnum):
    """The four types of the guide, as named on the command line."""

    PRO = "pro"
    UNICODE = "unicode"
    REPONSE = "reponse"
    VOIX = "voix"
