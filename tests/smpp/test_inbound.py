"""Messages from phones: alphabets, user data headers, SAR; nothing that a phone sends makes reading fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smstui.smpp.alphabet import decode, encoding_of
from smstui.smpp.inbound import read_delivery, split_user_data
from smstui.smpp.values import Alphabet, Concatenation, Inbound
from smstui.smpp.wire import Command
from tests.smpp.smsc import deliver_sm_body, tlv


def read(text: bytes = b"", alphabet: Alphabet = Alphabet.GSM7, **fields: object) -> Inbound:
    message = read_delivery(Command.DELIVER_SM, deliver_sm_body(text, **fields), alphabet)  # type: ignore[arg-type]
    assert isinstance(message, Inbound)
    return message


@pytest.mark.parametrize(
    ("data_coding", "payload", "text"),
    [
        (0x00, b"\x00caf\x05 10\x1b\x65", "@café 10€"),
        (0x00, b"caf\xe9", "café"),
        (0x00, "café €".encode(), "café €"),
        (0x01, b"plain", "plain"),
        (0x01, b"caf\xe9", "café"),
        (0x01, b"Bonjour \x7f tous", "Bonjour à tous"),
        (0x03, b"caf\xe9", "café"),
        (0x04, b"\x00\xff", "00 FF"),
        (0x04, b"readable", "readable"),
        (0x06, b"\xbf", "П"),
        (0x08, "café 😀".encode("utf-16-be"), "café 😀"),
        (0x08, b"\0a\0", "a�"),
        (0x08, b"\xd8\x3d", "�"),
        (0x08, b"\xff\xfea\0", "a"),
        (0x0F, b"a\x05", "aé"),
        (0x10, b"flash \x05", "flash é"),
        (0x11, b"\x05", "é"),
        (0x18, "é".encode("utf-16-be"), "é"),
        (0xC8, b"\x05", "é"),
        (0xE0, "é".encode("utf-16-be"), "é"),
        (0xF0, b"\x05", "é"),
        (0xF5, b"\x01\x02", "01 02"),
    ],
)
def test_data_codings(data_coding: int, payload: bytes, text: str) -> None:
    message = read(payload, data_coding=data_coding)
    assert decode(message.payload, message.encoding) == text


@given(st.binary(max_size=200), st.integers(0, 255), st.sampled_from(Alphabet))
def test_decoding_never_fails(payload: bytes, data_coding: int, alphabet: Alphabet) -> None:
    decode(payload, encoding_of(data_coding, alphabet))


@pytest.mark.parametrize("encoding", ["", "no-such", "hex", "rot13", "idna", "a\0b"])
def test_an_encoding_that_is_none_is_read_as_latin1(encoding: str) -> None:
    assert decode(b"caf\xe9", encoding) == "café"


@pytest.mark.parametrize(
    ("data", "payload", "concatenation"),
    [
        (b"\x05\x00\x03\x2a\x02\x01text", b"text", Concatenation(0x2A, 2, 1)),
        (b"\x06\x08\x04\x12\x34\x03\x03text", b"text", Concatenation(0x1234, 3, 3)),
        (b"\x0b\x05\x04\x0b\x84\x23\xf0\x00\x03\x01\x02\x02x", b"x", Concatenation(1, 2, 2)),
        (b"\x05\x00\x03\x2a\x02\x01", b"", Concatenation(0x2A, 2, 1)),
        (b"\x05\x00\x03\x2a\x02\x03text", b"text", None),
        (b"\x05\x00\x03\x2a\x02\x00text", b"text", None),
        (b"\x05\x00\x03\x2a\x01\x01text", b"text", None),
        (b"\x05\x00\xff\x2a\x02\x01text", b"text", None),
        (b"\x00text", b"text", None),
        (b"\xffshort", b"\xffshort", None),
        (b"", b"", None),
    ],
)
def test_user_data_headers(data: bytes, payload: bytes, concatenation: Concatenation | None) -> None:
    message = read(data, esm_class=0x40)
    assert (message.payload, message.concatenation) == (payload, concatenation)


@given(st.binary(max_size=160))
def test_any_user_data_can_be_split(data: bytes) -> None:
    payload, concatenation = split_user_data(data)
    assert data.endswith(payload)
    assert concatenation is None or 1 <= concatenation.part <= concatenation.total


def test_parts_by_sar() -> None:
    tlvs = tlv(0x20C, b"\x12\x34") + tlv(0x20E, b"\x02") + tlv(0x20F, b"\x01")
    assert read(b"x", tlvs=tlvs).concatenation == Concatenation(0x1234, 2, 1)
    assert read(b"x", tlvs=tlvs[:-1]).concatenation is None
    assert read(b"x", tlvs=tlvs[6:]).concatenation is None


def test_a_text_in_message_payload() -> None:
    assert read(tlvs=tlv(0x424, b"y" * 1000)).payload == b"y" * 1000


def test_without_a_header_flag_nothing_is_cut() -> None:
    assert read(b"\x05\x00\x03\x2a\x02\x01").payload == b"\x05\x00\x03\x2a\x02\x01"
