"""Reading submit_sm, fast: the messages of a campaign share all but destination and sequence number."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from smstui.smpp.simulator import wire
from smstui.smpp.simulator.wire import Address, ExpiryError, WireError

RELATIVE_TIME = re.compile(rb"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)000R")
ABSOLUTE_TIME = re.compile(rb"\d{15}[+-]")
"""The forms of SMPP 3.4, sections 7.1.1.1 and 7.1.1.2."""
UNITS = (365 * 86400, 30 * 86400, 86400, 3600, 60, 1)
KEPT_CONTENTS = 4096
LONGEST_KEPT = 512
FIXED_END = 5
VENDOR_TAGS = 0x1400
"""From this one on, tags are the vendors' (SMPP 3.4, section 5.3.2)."""
SERVICE_TYPES = frozenset({b"", b"CMT", b"CPT", b"VMN", b"VMA", b"WAP", b"USSD"})
"""Those of SMPP 3.4, section 5.2.11."""


class Part(NamedTuple):
    """Which part of a long message a PDU carries (3GPP TS 23.040, section 9.2.3.24; or the SAR TLVs)."""

    reference: int
    total: int
    number: int


WHOLE = Part(0, 1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """What precedes the digits of the destination: the same object for messages that share it."""

    source: Address
    ton: int
    npi: int
    service_type: bytes = b""


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """What follows the destination: the same object for messages that share it."""

    payload: bytes
    """The text as sent, without its user data header."""
    data_coding: int
    registered: bool
    """Whether a final receipt is asked for (registered_delivery 1 or 2, SMPP 3.4, section 5.2.17)."""
    part: Part = WHOLE
    validity: float = 0.0
    """Seconds for which the SMSC tries; 0 is as long as it likes."""
    vendor_tlvs: tuple[tuple[int, bytes], ...] = ()
    """Tag and value."""


class Submit(NamedTuple):
    """An accepted submit_sm."""

    route: Route
    digits: bytes
    """Of the destination."""
    content: Content
    number: int
    """The SMSC's own count, from which its ids are written."""
    stat: str
    """What becomes of it, as its receipt says it (SMPP 3.4, appendix B)."""
    at: float
    """When it was accepted, in seconds since the epoch."""

    @property
    def expires_late(self) -> bool:
        """Whether it expires, and only when its validity period ends."""
        return self.stat == "EXPIRED" and self.content.validity > 0

    @property
    def is_voice(self) -> bool:
        """Whether it is to be read aloud: a service_type, or a TLV, that is no standard one says so."""
        return self.route.service_type not in SERVICE_TYPES or bool(self.content.vendor_tlvs)

    @property
    def source(self) -> Address:
        """Who sent it."""
        return self.route.source

    @property
    def destination(self) -> Address:
        """The phone."""
        return Address(self.route.ton, self.route.npi, self.digits)


class SubmitReader:
    """Reads submit_sm bodies, keeping what successive messages have in common."""

    def __init__(self) -> None:
        self._head = b"\xff"
        """service_type, source address, TON and NPI of the destination, of the last message."""
        self._route = Route(Address(0, 0, b""), 0, 0)
        self._contents: dict[bytes, Content] = {}

    def read(self, data: bytes, start: int, end: int) -> tuple[Route, bytes, Content]:
        """Route, digits and content of the body `data[start:end]`. Raises WireError when mandatory fields are cut."""
        head = self._head
        if not data.startswith(head, start, end):
            head = self._read_head(data, start, end)
        begin = start + len(head)
        stop = data.find(b"\0", begin, end)
        if stop < 0:
            raise WireError("a destination without its end")
        tail = data[stop + 1 : end]
        return self._route, data[begin:stop], self._contents.get(tail) or self._read_tail(tail)

    def _read_head(self, data: bytes, start: int, end: int) -> bytes:
        (service_type,), at = wire.c_strings(data, start, end, 1)
        (digits,), after = wire.c_strings(data, at + 2, end, 1)
        if after + 2 > end:
            raise WireError("no destination")
        self._route = Route(Address(data[at], data[at + 1], digits), data[after], data[after + 1], service_type)
        self._head = data[start : after + 2]
        return self._head

    def _read_tail(self, tail: bytes) -> Content:
        content = read_content(tail)
        if len(tail) <= LONGEST_KEPT:
            if len(self._contents) >= KEPT_CONTENTS:
                self._contents.clear()
            self._contents[tail] = content
        return content


def read_content(tail: bytes) -> Content:
    """The content of a submit_sm from esm_class on (SMPP 3.4, section 4.4.1). Raises WireError when it is cut."""
    (_, validity), at = wire.c_strings(tail, 3, len(tail), 2)
    if at + FIXED_END > len(tail):
        raise WireError("a message without its length")
    esm_class, registered, data_coding, length = tail[0], tail[at], tail[at + 2], tail[at + 4]
    payload = tail[at + FIXED_END : at + FIXED_END + length]
    if len(payload) < length:
        raise WireError("a message shorter than its length")
    optional = dict(wire.tlvs(tail, at + FIXED_END + length))
    payload = payload or optional.get(wire.TLV_MESSAGE_PAYLOAD, b"")
    part = _sar_part(optional)
    if esm_class & wire.ESM_UDHI and payload:
        part = header_part(payload) or part
        payload = payload[1 + payload[0] :]
    vendors = tuple((tag, value) for tag, value in optional.items() if tag >= VENDOR_TAGS)
    return Content(payload, data_coding, registered & 3 in (1, 2), part or WHOLE, read_validity(validity), vendors)


def read_validity(period: bytes) -> float:
    """The seconds of a relative validity_period; 0 for none, and for an absolute one. Raises ExpiryError."""
    relative = RELATIVE_TIME.fullmatch(period)
    if relative is not None:
        return float(sum(int(number) * unit for number, unit in zip(relative.groups(), UNITS, strict=True)))
    if period and ABSOLUTE_TIME.fullmatch(period) is None:
        raise ExpiryError("not a time")
    return 0.0


def _sar_part(optional: dict[int, bytes]) -> Part | None:
    """The part that the SAR TLVs tell (SMPP 3.4, sections 5.3.2.22 to 24)."""
    tags = (wire.TLV_SAR_MSG_REF_NUM, wire.TLV_SAR_TOTAL_SEGMENTS, wire.TLV_SAR_SEGMENT_SEQNUM)
    if not all(tag in optional for tag in tags):
        return None
    return Part(*(int.from_bytes(optional[tag], "big") for tag in tags))


def header_part(payload: bytes) -> Part | None:
    """The part that a user data header tells: information element 0 (8-bit reference) or 8 (16-bit)."""
    at, end = 1, min(1 + payload[0], len(payload))
    while at + 2 <= end:
        element, length = payload[at], payload[at + 1]
        value = payload[at + 2 : min(at + 2 + length, end)]
        if (element, len(value)) in ((0, 3), (8, 4)):
            return Part(int.from_bytes(value[:-2], "big"), value[-2], value[-1])
        at += 2 + length
    return None
