"""Texts of phones: what they show of a payload, and how the answers they type are cut and coded."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from smstui.domain.text import Encoding, decode_gsm7, encode_gsm7, measure
from smstui.smpp.simulator import wire
from smstui.smpp.values import Alphabet

DCS_BINARY = (2, 4)
UCS2_UNITS = (70, 67)
"""UTF-16 units of a single message, and of a part (3GPP TS 23.040, section 9.2.3.24.1)."""
OCTET_UNITS = (160, 153)


class CodedText(NamedTuple):
    """A text as it goes on the wire, one payload a part."""

    data_coding: int
    parts: tuple[bytes, ...]


@lru_cache(maxsize=4096)
def decode_payload(payload: bytes, data_coding: int, alphabet: Alphabet) -> str:
    """The text of `payload` (SMPP 3.4, section 5.2.19). Never fails: what can't be read is shown as such."""
    if data_coding == wire.DCS_UCS2:
        return payload.decode("utf-16-be", "replace")
    if data_coding == wire.DCS_LATIN1:
        return payload.decode("latin-1")
    if data_coding in DCS_BINARY:
        return payload.hex(" ")
    if alphabet is Alphabet.LATIN1:
        return payload.decode("latin-1")
    if alphabet is Alphabet.UTF8:
        return payload.decode("utf-8", "replace")
    return decode_gsm7(payload)


def code_text(text: str, alphabet: Alphabet) -> CodedText:
    """`text` under data_coding 0 when the alphabet has all of it, else in UCS-2; cut where a phone would cut it."""
    if alphabet is Alphabet.GSM7:
        if measure(text).encoding is Encoding.GSM7:
            return CodedText(wire.DCS_DEFAULT, tuple(_cut([encode_gsm7(one) for one in text], *OCTET_UNITS)))
    else:
        codec = "latin-1" if alphabet is Alphabet.LATIN1 else "utf-8"
        coded = [one.encode(codec, "ignore") for one in text]
        if all(coded):
            return CodedText(wire.DCS_DEFAULT, tuple(_cut(coded, *OCTET_UNITS)))
    coded = [one.encode("utf-16-be", "replace") for one in text]
    return CodedText(wire.DCS_UCS2, tuple(_cut(coded, *(2 * units for units in UCS2_UNITS))))


def _cut(characters: list[bytes], whole: int, part: int) -> Iterator[bytes]:
    """The coded characters as one payload of at most `whole` octets, else as parts that cut no character."""
    if sum(map(len, characters)) <= whole:
        yield b"".join(characters)
        return
    piece = bytearray()
    for one in characters:
        if len(piece) + len(one) > part:
            yield bytes(piece)
            piece.clear()
        piece += one
    yield bytes(piece)
