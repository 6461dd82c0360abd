"""SMPP 3.4 on the wire, as the simulated SMSC reads and writes it.

Written apart from `smstui.smpp.connection`'s coding on purpose: an error in one of them doesn't hide in the other.
"""

from collections.abc import Iterator
from struct import Struct, pack
from typing import NamedTuple, TypeAlias

GENERIC_NACK = 0x80000000
BIND_RECEIVER = 0x00000001
BIND_TRANSMITTER = 0x00000002
SUBMIT_SM = 0x00000004
DELIVER_SM = 0x00000005
UNBIND = 0x00000006
BIND_TRANSCEIVER = 0x00000009
ENQUIRE_LINK = 0x00000015
DATA_SM = 0x00000103
RESPONSE = 0x80000000
"""The bit that a response's command_id has."""

ESME_ROK = 0x00
ESME_RINVMSGLEN = 0x01
ESME_RINVCMDLEN = 0x02
ESME_RINVCMDID = 0x03
ESME_RINVBNDSTS = 0x04
ESME_RALYBND = 0x05
ESME_RINVDSTADR = 0x0B
ESME_RINVPASWD = 0x0E
ESME_RINVSYSID = 0x0F
ESME_RTHROTTLED = 0x58
ESME_RINVEXPIRY = 0x62

TLV_RECEIPTED_MESSAGE_ID = 0x001E
TLV_SC_INTERFACE_VERSION = 0x0210
TLV_SAR_MSG_REF_NUM = 0x020C
TLV_SAR_TOTAL_SEGMENTS = 0x020E
TLV_SAR_SEGMENT_SEQNUM = 0x020F
TLV_MESSAGE_PAYLOAD = 0x0424
TLV_MESSAGE_STATE = 0x0427

ESM_RECEIPT = 0x04
ESM_UDHI = 0x40
DCS_DEFAULT = 0
DCS_LATIN1 = 3
DCS_UCS2 = 8

INTERNATIONAL = 1
ALPHANUMERIC = 5
ISDN = 1

HEADER = Struct(">IIII")
TLV_HEADER = Struct(">HH")
MAX_COMMAND_LENGTH = 0x10000 + 0x400
"""The longest message_payload (64 KiB) and the rest of its PDU."""
MAX_SEQUENCE = 0x7FFFFFFF


class WireError(ValueError):
    """A body that ends before its fields do."""

    status = ESME_RINVMSGLEN


class ExpiryError(WireError):
    """A validity_period that is no time (SMPP 3.4, section 7.1.1)."""

    status = ESME_RINVEXPIRY


Frame: TypeAlias = tuple[int, int, int, int, int]
"""One PDU in a buffer: command_id, command_status, sequence_number, and the bounds of its body. A bare tuple: the
fastest there is."""


class Framer:
    """Cuts a byte stream into PDUs, whatever the sizes of the reads."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._needed = HEADER.size
        self.broken: int | None = None
        """The sequence number of the PDU whose command_length can't be; nothing after it can be read."""

    def feed(self, data: bytes) -> tuple[bytes, list[Frame]]:
        """The whole PDUs that `data` completes, and the buffer in which they lie."""
        rest = self._rest
        if rest:
            rest += data
            if len(rest) < self._needed:
                return b"", []
            data = bytes(rest)
            rest.clear()
        frames: list[Frame] = []
        append, unpack, size = frames.append, HEADER.unpack_from, HEADER.size
        total, start = len(data), 0
        self._needed = size
        while total - start >= size:
            length, command, status, sequence = unpack(data, start)
            if not size <= length <= MAX_COMMAND_LENGTH:
                self.broken = sequence
                return data, frames
            end = start + length
            if end > total:
                self._needed = length
                break
            append((command, status, sequence, start + size, end))
            start = end
        rest += memoryview(data)[start:]
        return data, frames


def pdu(command: int, sequence: int, body: bytes = b"", status: int = ESME_ROK) -> bytes:
    """One whole PDU."""
    return HEADER.pack(HEADER.size + len(body), command, status, sequence) + body


def tlv(tag: int, value: bytes) -> bytes:
    """One optional parameter (SMPP 3.4, section 5.3)."""
    return TLV_HEADER.pack(tag, len(value)) + value


def c_string(text: str) -> bytes:
    """A C-octet string; what is not Latin-1 becomes "?"."""
    return text.encode("latin-1", "replace") + b"\0"


def c_strings(data: bytes, start: int, end: int, count: int) -> tuple[list[bytes], int]:
    """`count` C-octet strings from `start`, and where they end. Raises WireError when one has no end."""
    found = []
    for _ in range(count):
        stop = data.find(b"\0", start, end)
        if stop < 0:
            raise WireError("a C-octet string without its end")
        found.append(data[start:stop])
        start = stop + 1
    return found, start


def tlvs(data: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The optional parameters from `start` on; a last one that is cut is left out."""
    while start + TLV_HEADER.size <= len(data):
        tag, length = TLV_HEADER.unpack_from(data, start)
        start += TLV_HEADER.size
        if start + length > len(data):
            return
        yield tag, data[start : start + length]
        start += length


class Address(NamedTuple):
    """A party of a message, with its type of number and numbering plan (SMPP 3.4, sections 5.2.5 and 5.2.6)."""

    ton: int
    npi: int
    digits: bytes

    @classmethod
    def of(cls, text: str) -> "Address":
        """The address that people write as `text`: "+33601020304", a short code, or a name."""
        if text.startswith("+"):
            return cls(INTERNATIONAL, ISDN, text[1:].encode("latin-1", "replace"))
        if text.isascii() and text.isdigit():
            return cls(0, ISDN, text.encode())
        return cls(ALPHANUMERIC, 0, text.encode("latin-1", "replace"))

    @property
    def shown(self) -> str:
        """As people write it: international numbers with their "+"."""
        text = self.digits.decode("latin-1")
        return f"+{text}" if self.ton == INTERNATIONAL and not text.startswith("+") else text

    def encode(self) -> bytes:
        """The three fields on the wire."""
        return b"%c%c%b\0" % (self.ton, self.npi, self.digits)


def message_flags(esm_class: int, data_coding: int) -> bytes:
    """What lies between the addresses of a deliver_sm and its sm_length (SMPP 3.4, section 4.6.1)."""
    return pack(">B6xBx", esm_class, data_coding)


def short_message(text: bytes) -> bytes:
    """sm_length and short_message."""
    return bytes([len(text)]) + text
