"""submit_sm, built once by aiosmpplib.

Of one text to many phones, only the destination and the sequence number change then (`SubmitTemplate`). Of many texts
that have all else in common, the text does too (`SubmitFrame`).
"""

from datetime import timedelta
from struct import Struct
from typing import NamedTuple, Protocol, Self

from aiosmpplib import NPI, TON, PhoneNumber, SubmitSm  # type: ignore[import-untyped]
from aiosmpplib.state import (  # type: ignore[import-untyped]
    SAR_MSG_REF_NUM,
    SAR_SEGMENT_SEQNUM,
    SAR_TOTAL_SEGMENTS,
    OptionalParam,
)

from smstui.domain.text import Encoding
from smstui.smpp.alphabet import UCS2
from smstui.smpp.errors import UnusableSender
from smstui.smpp.payloads import Payload, SubmitOptions, VendorTlv, payloads
from smstui.smpp.values import Alphabet, LongMessages
from smstui.smpp.wire import HEADER, HEADER_LENGTH, Command

_SUBMIT_SM = int(Command.SUBMIT_SM)
_UCS2_CODING = 8
"""data_coding of UCS-2 (SMPP 3.4, section 5.2.19)."""
_MAX_SENDER = 20
_LONG_NUMBER = 9
_SHORTEST_VALIDITY = timedelta(seconds=1)
_LONGEST_VALIDITY = timedelta(weeks=63)
_PLACEHOLDER = "0"


class _Part(NamedTuple):
    """The body of one submit_sm, around its destination."""

    before: bytes
    after: bytes


class Submit(Protocol):
    """The submit_sm PDUs of one text."""

    parts: int
    """How many there are."""

    def pdu(self, part: int, destination: bytes, sequence: int) -> bytes:
        """The submit_sm of part `part` (from 1) to `destination`, an international number without "+"."""


class SubmitTemplate:
    """The submit_sm PDUs of one text, for any number of destinations. Make it with `build`."""

    __slots__ = ("_layouts", "_parts", "parts")

    def __init__(self, parts: tuple[_Part, ...]) -> None:
        self._parts = parts
        self._layouts: dict[tuple[int, int], Struct] = {}
        self.parts = len(parts)

    @classmethod
    def build(
        cls,
        source: str,
        text: str,
        encoding: Encoding,
        *,
        alphabet: Alphabet,
        long_messages: LongMessages,
        reference: int,
        validity: timedelta | None,
        priority: int = 0,
        service_type: str = "",
        vendor_tlv: VendorTlv | None = None,
    ) -> Self:
        """See `of` and `SubmitOptions`."""
        options = SubmitOptions(
            alphabet=alphabet,
            long_messages=long_messages,
            reference=reference,
            validity=validity,
            priority=priority,
            service_type=service_type,
            vendor_tlv=vendor_tlv,
        )
        return cls.of(source, text, encoding, options)

    @classmethod
    def of(cls, source: str, text: str, encoding: Encoding, options: SubmitOptions) -> Self:
        """Templates for `text`, which is not empty, from `source`, asking for receipts.

        Raises `UnusableSender`, `TextNotInAlphabet`, and the refusals of `measure`.
        """
        sender = source_address(source)
        messages = [_submit_sm(one, text, encoding, sender, options) for one in payloads(text, encoding, options)]
        return cls(tuple(map(_split_at_destination, messages)))

    def pdu(self, part: int, destination: bytes, sequence: int) -> bytes:
        """The submit_sm of part `part` (from 1) to `destination`, an international number without "+"."""
        before, after = self._parts[part - 1]
        layout = self._layouts.get((part, len(destination))) or self._new_layout(part, len(destination))
        return layout.pack(layout.size, _SUBMIT_SM, 0, sequence, before, destination, after)

    def _new_layout(self, part: int, digits: int) -> Struct:
        """What a whole PDU to a number of so many digits looks like: packing it is one call."""
        before, after = self._parts[part - 1]
        layout = self._layouts[part, digits] = Struct(f"{HEADER.format}{len(before)}s{digits}s{len(after)}s")
        return layout


class SubmitFrame:
    """The submit_sm of any text to one phone each, all else being the same. Make it with `build`."""

    __slots__ = ("_before", "_middle", "_opening", "_options", "_tail")

    def __init__(self, options: SubmitOptions, before: bytes, opening: bytes, middle: bytes, tail: bytes) -> None:
        self._options = options
        self._before = before
        """Up to the destination."""
        self._opening = opening
        """The end of the destination, before esm_class."""
        self._middle = middle
        """Between esm_class and data_coding."""
        self._tail = tail
        """The vendor's TLV."""

    @classmethod
    def build(cls, source: str, options: SubmitOptions) -> Self:
        """The frame of texts from `source`, asking for receipts. Raises `UnusableSender`."""
        placeholder = Payload(_PLACEHOLDER.encode("ascii"))
        message = _submit_sm(placeholder, _PLACEHOLDER, Encoding.GSM7, source_address(source), options)
        before, after = _split_at_destination(message)
        tail = options.vendor_tlv.octets() if options.vendor_tlv else b""
        coding = len(after) - len(tail) - len(_PLACEHOLDER) - 3
        return cls(options, before, after[:1], after[2:coding], tail)

    def write(self, text: str, encoding: Encoding) -> "OwnSubmit":
        """What `SubmitTemplate.build` makes of `text`, which is not empty, byte by byte, in a tenth of the time.

        Raises `TextNotInAlphabet`, and the refusals of `measure`.
        """
        coding = _UCS2_CODING if encoding is Encoding.UCS2 else 0
        opening, middle, tail = self._opening, self._middle, self._tail
        return OwnSubmit(
            self._before,
            [
                b"%b%c%b%c\0%b%b%b" % (opening, one.esm_class, middle, coding, one.short_message(), one.tlvs(), tail)
                for one in payloads(text, encoding, self._options)
            ],
        )


class OwnSubmit:
    """The submit_sm PDUs of a text that is one phone's own."""

    __slots__ = ("_afters", "_before", "parts")

    def __init__(self, before: bytes, afters: list[bytes]) -> None:
        self._before = before
        self._afters = afters
        self.parts = len(afters)

    def pdu(self, part: int, destination: bytes, sequence: int) -> bytes:
        """See `Submit`."""
        before, after = self._before, self._afters[part - 1]
        length = HEADER_LENGTH + len(before) + len(destination) + len(after)
        return b"%b%b%b%b" % (HEADER.pack(length, _SUBMIT_SM, 0, sequence), before, destination, after)


def source_address(source: str) -> PhoneNumber:
    """`source` with its type: alphanumeric, international number, or short code. Raises `UnusableSender`."""
    number = source.removeprefix("+")
    if not source.isascii() or "\0" in source or not 0 < len(number) <= len(source) <= _MAX_SENDER:
        raise UnusableSender(source)
    if not number.isdigit():
        return PhoneNumber(source, TON.ALPHANUMERIC, NPI.UNKNOWN)
    if number != source or len(number) >= _LONG_NUMBER:
        return PhoneNumber(number, TON.INTERNATIONAL, NPI.ISDN)
    return PhoneNumber(number, TON.NETWORK_SPECIFIC, NPI.UNKNOWN)


def destination_octets(number: str) -> bytes:
    """The E.164 `number` as `SubmitTemplate.pdu` wants it."""
    return number.removeprefix("+").encode("ascii")


def _submit_sm(
    payload: Payload, text: str, encoding: Encoding, sender: PhoneNumber, options: SubmitOptions
) -> SubmitSm:
    """The library's own PDU object for `payload`, to a placeholder."""
    period = options.validity
    message = SubmitSm(
        short_message="" if payload.in_message_payload else text,
        # Octets travel through the library as Latin-1, so that its own GSM codec is never used.
        message_payload=payload.octets.decode("latin-1") if payload.in_message_payload else "",
        source=sender,
        destination=PhoneNumber(_PLACEHOLDER, TON.INTERNATIONAL, NPI.ISDN),
        service_type=options.service_type,
        esm_class=payload.esm_class,
        priority_flag=options.priority,
        validity_period=None if period is None else min(max(period, _SHORTEST_VALIDITY), _LONGEST_VALIDITY),
        registered_delivery=1,
        optional_params=_optional_params(payload, options),
    )
    if not payload.in_message_payload:
        message.set_encoded_message(payload.octets)
        message.encoding = UCS2 if encoding is Encoding.UCS2 else None
    elif encoding is Encoding.UCS2:
        message.encoding = UCS2
        message.message_payload = text
    else:
        message.set_encoding_info("latin_1", None)
    return message


def _optional_params(payload: Payload, options: SubmitOptions) -> list[OptionalParam]:
    """The TLVs but for message_payload, which the library writes itself."""
    sar = zip((SAR_MSG_REF_NUM, SAR_TOTAL_SEGMENTS, SAR_SEGMENT_SEQNUM), payload.sar or (), strict=False)
    vendor = options.vendor_tlv
    params = [*sar, *([(vendor.tag, vendor.value)] if vendor else [])]
    return [OptionalParam(tag, value) for tag, value in params]


def _split_at_destination(message: SubmitSm) -> _Part:
    """The PDU body of `message`, cut around its destination_addr (SMPP 3.4, table 4-10)."""
    body = message.pdu()[HEADER_LENGTH:]
    at = len(message.service_type) + 1 + 2 + len(message.source.number) + 1 + 2
    return _Part(body[:at], body[at + len(_PLACEHOLDER) :])
