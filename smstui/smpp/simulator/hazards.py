"""What the simulated SMSC does wrong, on demand: one field a fault, all off by default.

Each field is also an option of `smstui simulator`, whose help text is the annotation.
Statuses are those of SMPP 3.4, section 5.1.3, and of vendors (0x400 and above).
"""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Annotated

from smstui.smpp.simulator import wire


class IdStyle(StrEnum):
    """How message ids are written in submit_sm_resp and in receipts."""

    DECIMAL = "decimal"
    HEX = "hex"
    HEX_THEN_DECIMAL = "hex-then-decimal"
    """Hexadecimal in the response, decimal in the receipt: the servers of jsmpp."""
    DECIMAL_THEN_HEX = "decimal-then-hex"
    LEADING_ZEROS = "leading-zeros"
    """Padded with zeros in the response, bare in the receipt."""
    ZEROS_IN_RECEIPT = "zeros-in-receipt"
    UPPERCASE_HEX = "uppercase-hex"
    """Lower case in the response, upper case in the receipt."""
    UUID = "uuid"
    LONG = "long"
    """64 characters, the most that SMPP 3.4 allows in section 5.2.23."""


class ReceiptForm(StrEnum):
    """Where a receipt carries what it says."""

    TEXT_AND_TLV = "text-and-tlv"
    TEXT = "text"
    TLV = "tlv"
    """receipted_message_id and message_state only: no text."""
    PAYLOAD = "payload"
    """The text in message_payload (0x0424), short_message empty."""


class ReceiptField(StrEnum):
    """The fields of a receipt's text (SMPP 3.4, appendix B)."""

    ID = "id"
    SUB = "sub"
    DLVRD = "dlvrd"
    SUBMIT_DATE = "submit-date"
    DONE_DATE = "done-date"
    STAT = "stat"
    ERR = "err"
    TEXT = "text"


class DateForm(StrEnum):
    """How a receipt writes its dates."""

    MINUTES = "minutes"
    """YYMMDDhhmm, as in appendix B."""
    SECONDS = "seconds"
    """YYMMDDhhmmss"""
    CENTURY = "century"
    """YYYYMMDDhhmmss"""
    ISO = "iso"
    EMPTY = "empty"
    WORDS = "words"
    """Not a date at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazards:
    """The faults to play. Shares are between 0 and 1, times in seconds; 0, "" and False are "never".

    Raises ValueError for a share outside 0..1, or when shares that exclude each other add up to more than 1.
    """

    id_style: Annotated[IdStyle, "How message ids are written, in responses and in receipts."] = IdStyle.DECIMAL

    response_tlvs: Annotated[bool, "Put TLVs after the message id in submit_sm_resp."] = False
    response_delay: Annotated[float, "Answer each submit_sm after this many seconds."] = 0.0
    response_lost_share: Annotated[float, "Accept this share of submit_sm, and never answer."] = 0.0
    response_twice: Annotated[bool, "Send every submit_sm_resp twice."] = False
    response_shuffle: Annotated[int, "Answer in groups of this many, out of order."] = 0
    max_window: Annotated[int, "Throttle what comes above this many unanswered submit_sm."] = 0

    refuse_share: Annotated[float, "Refuse this share of submit_sm."] = 0.0
    refuse_status: Annotated[int, "command_status of the refusals, for example 0x45 or 0x401."] = wire.ESME_RINVDSTADR
    throttle_every: Annotated[int, "Throttle every N-th submit_sm."] = 0
    throttle_share: Annotated[float, "Throttle this share of submit_sm."] = 0.0
    throttle_seconds: Annotated[float, "Throttle everything for this long after the first submit_sm."] = 0.0
    throttle_rate: Annotated[float, "Throttle what comes faster than this many submit_sm a second."] = 0.0
    throttle_status: Annotated[int, "command_status of throttling: 0x58, or 0x14 (queue full)."] = wire.ESME_RTHROTTLED

    receipt_form: Annotated[ReceiptForm, "Where receipts carry what they say."] = ReceiptForm.TEXT_AND_TLV
    receipt_without: Annotated[frozenset[ReceiptField], "Leave this field out of receipts (repeatable)."] = frozenset()
    receipt_dates: Annotated[DateForm, "How receipts write their dates."] = DateForm.MINUTES
    receipt_stat: Annotated[str, "Write this word as stat in every receipt, whatever happened."] = ""
    receipt_error: Annotated[str, "Write this as err in every receipt, for example 0x1B."] = ""
    receipt_esm_class: Annotated[int, "esm_class of receipts; 0 makes them look like messages."] = wire.ESM_RECEIPT
    receipt_first: Annotated[bool, "Send receipts before the submit_sm_resp."] = False
    undelivered_share: Annotated[float, "Share of messages that end undelivered."] = 0.0
    expired_share: Annotated[
        float, "Share of messages that expire, when their validity period ends if they have one."
    ] = 0.0
    rejected_share: Annotated[float, "Share of messages that the network rejects after the SMSC accepted them."] = 0.0
    listened_share: Annotated[float, "Share of delivered voice messages of which a second receipt says LISTENED."] = 0.0

    service_type: Annotated[str, "service_type of every deliver_sm; smscsim writes 7 characters."] = ""
    deliver_twice: Annotated[bool, "Deliver every receipt and inbound message twice."] = False
    deliver_backwards: Annotated[bool, "Deliver the parts of long inbound messages last part first."] = False

    drop_after: Annotated[int, "Drop the connection at its N-th PDU after the bind, before that one is answered."] = 0
    drop_in_pdu: Annotated[bool, "With --drop-after: write half of the last answer before the drop."] = False
    drop_times: Annotated[int, "With --drop-after: only the first N connections are dropped."] = 0
    one_byte_writes: Annotated[bool, "Write one byte at a time."] = False
    garbage_after: Annotated[int, "Write bytes that are no SMPP after N PDUs."] = 0
    huge_length_after: Annotated[int, "Claim a command_length of 1 GiB after N PDUs."] = 0
    unknown_command_after: Annotated[int, "Send a PDU with an unknown command_id after N PDUs."] = 0
    unbind_after: Annotated[int, "Unbind from the SMSC's side after N PDUs."] = 0
    ignore_enquire_link: Annotated[bool, "Never answer enquire_link."] = False
    enquire_link_every: Annotated[float, "Send enquire_link this often, in seconds."] = 0.0
    exclusive_bind: Annotated[bool, "Refuse a second bind of the same system_id (0x05)."] = False
    bind_refusal: Annotated[int, "Refuse binds with this command_status."] = 0
    bind_refusal_without_body: Annotated[bool, "Leave the body out of the bind refusals."] = False
    bind_refusal_times: Annotated[int, "With --bind-refusal: only the first N binds are refused."] = 0

    def __post_init__(self) -> None:
        for one in fields(self):
            if one.name.endswith("_share") and not 0 <= getattr(self, one.name) <= 1:
                raise ValueError(f"{one.name} is a share between 0 and 1")
        if self.undelivered_share + self.expired_share + self.rejected_share > 1:
            raise ValueError("undelivered_share, expired_share and rejected_share add up to more than 1")
