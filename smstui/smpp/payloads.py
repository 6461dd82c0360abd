"""What the submit_sm of a text carry: its octets, cut into parts, and what ties the parts together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from struct import Struct
from typing import NamedTuple

from smstui.domain.text import Encoding, cut_octets, encode_ucs2, measure
from smstui.smpp.alphabet import encode_default
from smstui.smpp.values import Alphabet, LongMessages
from smstui.smpp.wire import UDHI, Tag

_MAX_SHORT_MESSAGE = 254
_TLV = Struct(">HH")
"""Tag and length."""
_SAR = Struct(">HHHHHBHHB")
"""The three TLVs of SMPP 3.4, sections 5.3.2.22 to 24."""


@dataclass(frozen=True, slots=True)
class VendorTlv:
    """An optional parameter of an SMSC's own (SMPP 3.4, section 5.3.1)."""

    tag: int
    value: str
    """ASCII."""

    def octets(self) -> bytes:
        """As it goes on the wire."""
        return _TLV.pack(self.tag, len(self.value)) + self.value.encode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitOptions:
    """What the submit_sm of a campaign have in common, but for who sends them."""

    alphabet: Alphabet
    long_messages: LongMessages
    reference: int
    """Ties the parts of a long text together (its low 8 bits in a UDH, 16 in SAR TLVs): texts that go to one
    destination within a short time should differ in it."""
    validity: timedelta | None
    """Kept within 1 second and 63 weeks; None leaves it to the SMSC."""
    priority: int = 0
    service_type: str = ""
    vendor_tlv: VendorTlv | None = None


class Sar(NamedTuple):
    """Which part of a long text this is, when the TLVs say so."""

    reference: int
    total: int
    number: int
    """From 1."""


class Payload(NamedTuple):
    """What one submit_sm carries: octets of the short message, or a whole text for message_payload."""

    octets: bytes
    esm_class: int = 0
    sar: Sar | None = None
    in_message_payload: bool = False

    def short_message(self) -> bytes:
        """sm_length and short_message."""
        return b"\0" if self.in_message_payload else b"%c%b" % (len(self.octets), self.octets)

    def tlvs(self) -> bytes:
        """What it carries beyond that."""
        if self.in_message_payload:
            return _TLV.pack(Tag.MESSAGE_PAYLOAD, len(self.octets)) + self.octets
        if self.sar is None:
            return b""
        reference, total, number = self.sar
        tags = (Tag.SAR_MSG_REF_NUM, 2, reference, Tag.SAR_TOTAL_SEGMENTS, 1, total, Tag.SAR_SEGMENT_SEQNUM, 1, number)
        return _SAR.pack(*tags)


def payloads(text: str, encoding: Encoding, options: SubmitOptions) -> Iterator[Payload]:
    """What the submit_sm of `text` carry; message_payload where the octets of a part don't fit."""
    parts = _octets_of_parts(text, encoding, options.alphabet)
    total = len(parts)
    header = 6 if total > 1 and options.long_messages is LongMessages.UDH else 0
    too_long = header + max(map(len, parts)) > _MAX_SHORT_MESSAGE
    if too_long or (total > 1 and options.long_messages is LongMessages.PAYLOAD):
        yield Payload(b"".join(parts), in_message_payload=True)
        return
    for number, octets in enumerate(parts, start=1):
        if total == 1:
            yield Payload(octets)
        elif options.long_messages is LongMessages.SAR:
            yield Payload(octets, sar=Sar(options.reference & 0xFFFF, total, number))
        else:
            yield Payload(bytes((5, 0, 3, options.reference & 0xFF, total, number)) + octets, esm_class=UDHI)


def _octets(text: str, encoding: Encoding, alphabet: Alphabet) -> bytes:
    if encoding is Encoding.UCS2:
        return encode_ucs2(text)
    return encode_default(text, alphabet)


def _octets_of_parts(text: str, encoding: Encoding, alphabet: Alphabet) -> Sequence[bytes]:
    """The octets of each part that `text` is cut into."""
    if encoding is Encoding.UCS2 or alphabet is Alphabet.GSM7:
        return cut_octets(_octets(text, encoding, alphabet), encoding)
    return [_octets(part, encoding, alphabet) for part in measure(text, encoding).parts]
