"""submit_sm templates: built once by aiosmpplib; then only the destination and the sequence number change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from struct import Struct
from typing import NamedTuple

from aiosmpplib import NPI, TON, PhoneNumber, SubmitSm  # type: ignore[import-untyped]
from aiosmpplib.state import (  # type: ignore[import-untyped]
    SAR_MSG_REF_NUM,
    SAR_SEGMENT_SEQNUM,
    SAR_TOTAL_SEGMENTS,
    OptionalParam,
)

from smstui.domain.text import Encoding, encode_ucs2, measure
from smstui.smpp.alphabet import UCS2, encode_default
from smstui.smpp.errors import UnusableSender
from smstui.smpp.values import Alphabet, LongMessages
from smstui.smpp.wire import HEADER, HEADER_LENGTH, UDHI, Command

_SUBMIT_SM = int(Command.SUBMIT_SM)
_MAX_SHORT_MESSAGE = 254
_MAX_SENDER = 20
_LONG_NUMBER = 9
_SHORTEST_VALIDITY = timedelta(seconds=1)
_LONGEST_VALIDITY = timedelta(weeks=63)
_PLACEHOLDER = "0"


class _Part(NamedTuple):
    """The body of one submit_sm, around its destination."""

    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class _Payload:
    """What one submit_sm carries: octets of the short message, or a whole text for message_payload."""

    octets: bytes
    esm_class: int = 0
    sar: tuple[OptionalParam, ...] = ()
    in_message_payload: bool = False


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
    ) -> "SubmitTemplate":
        """Templates for `text`, which is not empty, from `source`, asking for receipts.

        `reference` ties the parts of a long text together (its low 8 bits in a UDH, 16 in SAR TLVs); texts that go to
        one destination within a short time should differ in it. `validity` is kept within 1 second and 63 weeks.
        Raises `UnusableSender`, `TextNotInAlphabet`, and the refusals of `measure`.
        """
        sender = source_address(source)
        period = None if validity is None else min(max(validity, _SHORTEST_VALIDITY), _LONGEST_VALIDITY)
        parts = []
        for payload in _payloads(text, encoding, alphabet, long_messages, reference):
            message = _submit_sm(payload, text, encoding, sender)
            message.service_type = service_type
            message.priority_flag = priority
            message.validity_period = period
            parts.append(_split_at_destination(message))
        return cls(tuple(parts))

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


def _octets(text: str, encoding: Encoding, alphabet: Alphabet) -> bytes:
    if encoding is Encoding.UCS2:
        return encode_ucs2(text)
    return encode_default(text, alphabet)


def _payloads(
    text: str, encoding: Encoding, alphabet: Alphabet, long_messages: LongMessages, reference: int
) -> Iterator[_Payload]:
    """What the submit_sm of `text` carry; message_payload where the octets of a part don't fit."""
    parts = [_octets(part, encoding, alphabet) for part in measure(text, encoding).parts]
    total = len(parts)
    header = 6 if total > 1 and long_messages is LongMessages.UDH else 0
    too_long = header + max(map(len, parts)) > _MAX_SHORT_MESSAGE
    if too_long or (total > 1 and long_messages is LongMessages.PAYLOAD):
        yield _Payload(b"".join(parts), in_message_payload=True)
        return
    for number, octets in enumerate(parts, start=1):
        if total == 1:
            yield _Payload(octets)
        elif long_messages is LongMessages.SAR:
            yield _Payload(octets, sar=_sar(reference, total, number))
        else:
            yield _Payload(bytes((5, 0, 3, reference & 0xFF, total, number)) + octets, esm_class=UDHI)


def _sar(reference: int, total: int, number: int) -> tuple[OptionalParam, ...]:
    return (
        OptionalParam(SAR_MSG_REF_NUM, reference & 0xFFFF),
        OptionalParam(SAR_TOTAL_SEGMENTS, total),
        OptionalParam(SAR_SEGMENT_SEQNUM, number),
    )


def _submit_sm(payload: _Payload, text: str, encoding: Encoding, sender: PhoneNumber) -> SubmitSm:
    """The library's own PDU object for `payload`, to a placeholder."""
    message = SubmitSm(
        short_message="" if payload.in_message_payload else text,
        # Octets travel through the library as Latin-1, so that its own GSM codec is never used.
        message_payload=payload.octets.decode("latin-1") if payload.in_message_payload else "",
        source=sender,
        destination=PhoneNumber(_PLACEHOLDER, TON.INTERNATIONAL, NPI.ISDN),
        esm_class=payload.esm_class,
        registered_delivery=1,
        optional_params=list(payload.sar),
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


def _split_at_destination(message: SubmitSm) -> _Part:
    """The PDU body of `message`, cut around its destination_addr (SMPP 3.4, table 4-10)."""
    body = message.pdu()[HEADER_LENGTH:]
    at = len(message.service_type) + 1 + 2 + len(message.source.number) + 1 + 2
    return _Part(body[:at], body[at + len(_PLACEHOLDER) :])
