"""Numbers of SMPP 3.4 that both sides of the wire use: commands, statuses, TLV tags, the header."""

import struct
from enum import IntEnum

HEADER = struct.Struct(">IIII")
"""command_length, command_id, command_status, sequence_number (SMPP 3.4, section 3.2)."""
HEADER_LENGTH = 16
MAX_COMMAND_LENGTH = 64 * 1024
"""No PDU is longer: message_payload holds 64 KiB at most, and nobody sends that."""
MAX_SEQUENCE = 0x7FFFFFFF
"""Sequence numbers go from 1 to this (section 5.1.4)."""
RESPONSE = 0x80000000
"""Added to a command to name its response."""


class Command(IntEnum):
    """command_id (section 5.1.2.1)."""

    GENERIC_NACK = 0x80000000
    BIND_RECEIVER = 0x01
    BIND_TRANSMITTER = 0x02
    SUBMIT_SM = 0x04
    SUBMIT_SM_RESP = 0x80000004
    DELIVER_SM = 0x05
    DELIVER_SM_RESP = 0x80000005
    UNBIND = 0x06
    UNBIND_RESP = 0x80000006
    BIND_TRANSCEIVER = 0x09
    OUTBIND = 0x0B
    ENQUIRE_LINK = 0x15
    ENQUIRE_LINK_RESP = 0x80000015
    ALERT_NOTIFICATION = 0x102
    DATA_SM = 0x103
    DATA_SM_RESP = 0x80000103


class Status(IntEnum):
    """The command_status values that this program acts on or answers (section 5.1.3); `status` has all in words."""

    OK = 0x00
    INVALID_COMMAND_LENGTH = 0x02
    INVALID_COMMAND_ID = 0x03
    ALREADY_BOUND = 0x05
    QUEUE_FULL = 0x14
    THROTTLED = 0x58
    TEMPORARY_RECEIVER_ERROR = 0x64
    PERMANENT_RECEIVER_ERROR = 0x65


class Tag(IntEnum):
    """Optional parameters (section 5.3.2)."""

    RECEIPTED_MESSAGE_ID = 0x001E
    SAR_MSG_REF_NUM = 0x020C
    SAR_TOTAL_SEGMENTS = 0x020E
    SAR_SEGMENT_SEQNUM = 0x020F
    NETWORK_ERROR_CODE = 0x0423
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


UDHI = 0x40
"""esm_class bit: the short message begins with a user data header (section 5.2.12)."""


def pdu(command: int, sequence: int, body: bytes = b"", status: int = 0) -> bytes:
    """A whole PDU."""
    return HEADER.pack(HEADER_LENGTH + len(body), command, status, sequence) + body
