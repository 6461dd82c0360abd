"""What crosses the border between the SMPP connection and its owner: settings in, outcomes and deliveries out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

from smstui.domain.states import MessageState


class BindMode(StrEnum):
    """The three binds of SMPP 3.4, section 4.1, and the two that replace a transceiver."""

    TRANSCEIVER = "transceiver"
    TRANSMITTER = "transmitter"
    RECEIVER = "receiver"
    PAIR = "pair"
    """A transmitter and a receiver, bound side by side: two connections, neither of which is told this mode."""


class Alphabet(StrEnum):
    """What data_coding 0 (the "SMSC default alphabet" of SMPP 3.4, section 5.2.19) means at this SMSC."""

    GSM7 = "gsm7"
    """One septet an octet, unpacked."""
    LATIN1 = "latin1"
    UTF8 = "utf8"


class LongMessages(StrEnum):
    """How a text of several parts goes on the wire."""

    UDH = "udh"
    SAR = "sar"
    PAYLOAD = "payload"
    """One submit_sm with message_payload (TLV 0x0424); the SMSC cuts it."""


@dataclass(frozen=True, slots=True)
class BindSettings:
    """One bind to an SMSC. Intervals and time-outs in seconds."""

    host: str
    port: int
    system_id: str
    password: str = field(repr=False)
    tls: bool = False
    system_type: str = ""
    mode: BindMode = BindMode.TRANSCEIVER
    window: int = 10
    rate: float | None = None
    """submit_sm a second by contract; None is no limit."""
    alphabet: Alphabet = Alphabet.GSM7
    long_messages: LongMessages = LongMessages.UDH
    enquire_link_interval: float = 30.0
    response_timeout: float = 30.0
    connect_timeout: float = 10.0


class BindState(StrEnum):
    """The life of a bind, as the header shows it."""

    CLOSED = "closed"
    CONNECTING = "connecting"
    BOUND = "bound"
    WAITING = "waiting"
    """Lost or refused: the next try comes after a back-off."""
    DRAINING = "draining"


@dataclass(frozen=True, slots=True)
class BindStatus:
    """The state of a bind, with the reason of the last refusal or loss in the SMSC's words ("" when there is none)."""

    state: BindState
    reason: str = ""


class OutcomeKind(StrEnum):
    """What became of one submit_sm."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    """Written, and no response came: it may have gone out."""
    NOT_SENT = "not_sent"
    """Certainly not accepted: never written, or throttled and not tried again before the drain or the loss."""


class Outcome(NamedTuple):
    """What became of part `part` (from 1) of the message that its owner knows as `key`."""

    key: int
    part: int
    kind: OutcomeKind
    smsc_id: str = ""
    """Raw, as in the submit_sm_resp, when accepted."""
    status: int = 0
    """command_status, vendor codes included, when rejected."""


class Receipt(NamedTuple):
    """A delivery receipt, from TLVs or text (SMPP 3.4, sections 5.3.2.12, 5.3.2.35 and appendix B)."""

    smsc_id: str
    """As the receipt writes it; "" when it says none."""
    state: MessageState | None
    """The final state it gives; None for an intermediate or unknown one."""
    word: str
    """The SMSC's own word ("DELIVRD", "message_state 2")."""
    error: str = ""
    """The SMSC's own error code, "" when none."""
    number: str = ""
    """The phone that it is about, as its source address came."""


class Concatenation(NamedTuple):
    """Which part of a long inbound message this is (3GPP TS 23.040, 9.2.3.24.1; or the SAR TLVs)."""

    reference: int
    total: int
    part: int


class Inbound(NamedTuple):
    """A message, or a part of one, that a phone sent to us. Decode with `smstui.smpp.alphabet.decode`."""

    source: str
    destination: str
    payload: bytes
    """Without its user data header: a cut may fall inside a character, so parts are joined before they are decoded."""
    encoding: str
    fingerprint: bytes
    """Digest of the PDU body: the same for a redelivery."""
    concatenation: Concatenation | None = None


Delivery = Receipt | Inbound


class Listener(Protocol):
    """The owner of a connection. Every call comes from the event loop."""

    def outcomes(self, outcomes: Sequence[Outcome]) -> None:
        """These were decided; must not block. Their order is that of the responses."""

    async def deliveries(self, deliveries: Sequence[Delivery]) -> None:
        """Commit these; they are acknowledged to the SMSC when this returns, and left unacknowledged if it raises."""

    def status(self, status: BindStatus) -> None:
        """The state of the bind has changed; must not block."""
