"""Messages from phones: user data headers, SAR TLVs, and what is left as text."""

import hashlib

from smstui.smpp.alphabet import encoding_of
from smstui.smpp.deliver import Delivered, read_delivered
from smstui.smpp.receipts import read_receipt, read_usual_receipt
from smstui.smpp.values import Alphabet, Concatenation, Delivery, Inbound
from smstui.smpp.wire import UDHI, Command, Tag

_DELIVER_SM = int(Command.DELIVER_SM)
_CONCATENATION_8_BIT = 0x00
_CONCATENATION_16_BIT = 0x08


def read_delivery(command: int, body: bytes, alphabet: Alphabet) -> Delivery:
    """The receipt or the message in a deliver_sm or data_sm. Raises `MalformedPdu` when its addresses are cut off."""
    if command == _DELIVER_SM and (usual := read_usual_receipt(body)):
        return usual
    delivered = read_delivered(command, body)
    return read_receipt(delivered) or _inbound(delivered, body, alphabet)


def _inbound(delivered: Delivered, body: bytes, alphabet: Alphabet) -> Inbound:
    payload, concatenation = delivered.text, _sar(delivered)
    if delivered.esm_class & UDHI:
        payload, in_header = split_user_data(delivered.text)
        concatenation = in_header or concatenation
    return Inbound(
        source=delivered.source,
        destination=delivered.destination,
        payload=payload,
        encoding=encoding_of(delivered.data_coding, alphabet),
        fingerprint=hashlib.blake2b(body, digest_size=16).digest(),
        concatenation=concatenation,
    )


def split_user_data(data: bytes) -> tuple[bytes, Concatenation | None]:
    """The text of `data` without its user data header, and its concatenation (3GPP TS 23.040, section 9.2.3.24).

    A header that claims to be longer than the data is taken for text.
    """
    if not data or 1 + data[0] > len(data):
        return data, None
    header, payload = data[1 : 1 + data[0]], data[1 + data[0] :]
    concatenation = None
    while len(header) >= 2:
        kind, length = header[0], header[1]
        element, header = header[2 : 2 + length], header[2 + length :]
        if kind == _CONCATENATION_8_BIT and length == len(element) == 3:
            concatenation = _concatenation(element[0], element[1], element[2])
        elif kind == _CONCATENATION_16_BIT and length == len(element) == 4:
            concatenation = _concatenation(int.from_bytes(element[:2], "big"), element[2], element[3])
    return payload, concatenation


def _sar(delivered: Delivered) -> Concatenation | None:
    reference = delivered.integer(Tag.SAR_MSG_REF_NUM)
    total = delivered.integer(Tag.SAR_TOTAL_SEGMENTS)
    part = delivered.integer(Tag.SAR_SEGMENT_SEQNUM)
    if reference is None or total is None or part is None:
        return None
    return _concatenation(reference, total, part)


def _concatenation(reference: int, total: int, part: int) -> Concatenation | None:
    """None when the numbers make no sense, or there is nothing to join."""
    return Concatenation(reference, total, part) if 1 <= part <= total and 1 < total <= 255 else None
