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
    LISTENED = "listened"
    """Delivered, and heard to its end: of SMS Voix."""
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
        MessageState.LISTENED,
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
"""The states in which nothing more is awaited. A late receipt may still resolve an unknown; what was delivered may be
listened to."""

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


class HoldReason(StrEnum):
    """Why a campaign waits for a person before its recipients were resolved."""

    MISSED = "missed"
    """Nothing was running when it was due."""
    CREDITS = "credits"
    RECIPIENTS = "recipients"
    """There was nobody to send to, or too many."""
    MESSAGE = "message"
    """Its connection, its sender or its text can't be used any more."""


class CampaignKind(StrEnum):
    """What asked for the sending: a person, who pays, or the platform itself. Only campaigns are listed."""

    CAMPAIGN = "campaign"
    WITHDRAWN = "withdrawn"
    """A campaign that another one took the place of before it began: the ledger knows it, nobody sees it any more."""
    REPLY = "reply"
    """A person's answer to one phone."""
    TEST = "test"
    """What a person sends to their own phone, to see it there."""
    CERTIFICATION = "certification"
    CONFIRMATION = "confirmation"
    """The confirmation of an inbound STOP."""


OPT_OUTS_OBEYED = frozenset({CampaignKind.CAMPAIGN, CampaignKind.REPLY})
"""The kinds that reach nobody who wants nothing more; what somebody has asked for goes to anybody."""


class MessageType(StrEnum):
    """The four types of the guide, as named on the command line."""

    PRO = "pro"
    UNICODE = "unicode"
    REPONSE = "reponse"
    VOIX = "voix"
