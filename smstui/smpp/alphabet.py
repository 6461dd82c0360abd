"""What the octets of a message mean: names of encodings, decoding that never fails, encoding in the default alphabet.

data_coding is that of SMPP 3.4, section 5.2.19, and, for its values from 0x10 on, of 3GPP TS 23.038, section 4.
"""

import codecs

from smstui.domain.text import decode_gsm7, encode_gsm7
from smstui.smpp.errors import TextNotInAlphabet
from smstui.smpp.values import Alphabet

UCS2 = "ucs2"
BINARY = "binary"
_SMPP_ENCODINGS = {
    0x01: "ascii",
    0x02: BINARY,
    0x03: "latin1",
    0x04: BINARY,
    0x05: "shift_jis",
    0x06: "iso8859_5",
    0x07: "iso8859_8",
    0x08: UCS2,
    0x0A: "iso2022_jp",
    0x0D: "iso2022_jp_1",
    0x0E: "euc_kr",
}


def encoding_of(data_coding: int, default: Alphabet) -> str:
    """The name, for `decode`, of the encoding that `data_coding` means; `default` is that of the connection."""
    if data_coding < 0x10:
        return _SMPP_ENCODINGS.get(data_coding, default.value)
    if data_coding < 0xC0:
        return (default.value, BINARY, UCS2, default.value)[data_coding >> 2 & 3]
    if data_coding < 0xF0:
        return UCS2 if data_coding >= 0xE0 else default.value
    return BINARY if data_coding & 4 else default.value


def decode(payload: bytes, encoding: str) -> str:
    """The text of `payload`; never fails: what can't be read becomes U+FFFD, and binary data that is no text hex."""
    match encoding:
        case Alphabet.GSM7.value:
            return decode_gsm7(payload) if payload.isascii() else _decode_octets(payload)
        case "ucs2":
            return _decode_ucs2(payload)
        case "binary":
            return _decode_binary(payload)
        case "ascii":
            return _decode_ascii(payload)
    try:
        return payload.decode(encoding, errors="replace")
    except (LookupError, ValueError):
        return payload.decode("latin-1")


def _decode_ascii(payload: bytes) -> str:
    """IA5, unless an octet is none of its printable ones: many servers send GSM 03.38 under that name."""
    is_gsm7 = any((octet < 0x20 and octet not in b"\t\n\r") or octet == 0x7F for octet in payload)
    if is_gsm7 and payload.isascii():
        return decode_gsm7(payload)
    return _decode_octets(payload)


def _decode_octets(payload: bytes) -> str:
    """Octets beyond every seven-bit alphabet, whatever their label: UTF-8 when they are, else Latin-1."""
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        return payload.decode("latin-1")


def _decode_ucs2(payload: bytes) -> str:
    if payload.startswith(codecs.BOM_UTF16_LE):
        return payload[2:].decode("utf-16-le", errors="replace")
    return payload.removeprefix(codecs.BOM_UTF16_BE).decode("utf-16-be", errors="replace")


def _decode_binary(payload: bytes) -> str:
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        return payload.hex(" ").upper()
    return text if "".join(text.split()).isprintable() else payload.hex(" ").upper()


def encode_default(text: str, alphabet: Alphabet) -> bytes:
    """`text` in the default alphabet of a connection. Raises `TextNotInAlphabet` for a character that it lacks."""
    match alphabet:
        case Alphabet.GSM7:
            return encode_gsm7(text)
        case Alphabet.UTF8:
            return text.encode()
        case Alphabet.LATIN1:
            lacking = dict.fromkeys(character for character in text if ord(character) > 0xFF)
            if lacking:
                raise TextNotInAlphabet(" ".join(lacking))
            return text.encode("latin-1")
