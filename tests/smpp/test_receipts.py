"""Receipts in the ways SMSCs write them."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smstui.domain.states import MessageState
from smstui.smpp.deliver import MalformedPdu, read_delivered
from smstui.smpp.inbound import read_delivery
from smstui.smpp.receipts import read_receipt, read_usual_receipt
from smstui.smpp.values import Alphabet, Inbound, Receipt
from smstui.smpp.wire import Command
from tests.smpp.smsc import deliver_sm_body, tlv

PHONE = "33601020304"


def read(text: bytes = b"", **fields: object) -> Receipt | Inbound:
    body = deliver_sm_body(text, **{"esm_class": 4, **fields})  # type: ignore[arg-type]
    return read_delivery(Command.DELIVER_SM, body, Alphabet.GSM7)


@pytest.mark.parametrize(
    ("text", "receipt"),
    [
        (b"id:7 stat:DELIVRD", Receipt("7", MessageState.DELIVERED, "DELIVRD")),
        (b"ID:00aF SUB:001 STAT:undeliv ERR:0x1B", Receipt("00aF", MessageState.UNDELIVERED, "undeliv", "0x1B")),
        (b"id:7 done date:261122120159 stat:EXPIRED err:", Receipt("7", MessageState.EXPIRED, "EXPIRED")),
        (b"id:7 submit date: done date:20261122T12 stat:REJECTD err:69",
         Receipt("7", MessageState.REJECTED_BY_NETWORK, "REJECTD", "69")),
        (b"id:7 stat:LISTENED err:000", Receipt("7", MessageState.LISTENED, "LISTENED", "000")),
        (b"id:7 stat:listend", Receipt("7", MessageState.LISTENED, "listend")),
        (b"id:7 stat:ECOUTE", Receipt("7", MessageState.LISTENED, "ECOUTE")),
        (b"id:7 stat:ANSWERED", Receipt("7", MessageState.DELIVERED, "ANSWERED")),
        (b"id:7 stat:DELETED", Receipt("7", MessageState.UNDELIVERED, "DELETED")),
        (b"id:7 stat:ENROUTE", Receipt("7", None, "ENROUTE")),
        (b"id:7 stat:ACCEPTD", Receipt("7", None, "ACCEPTD")),
        (b"id:7 stat:UNKNOWN", Receipt("7", None, "UNKNOWN")),
        (b"id:7 stat:BUFFRED", Receipt("7", None, "BUFFRED")),
        (b"id: stat:DELIVRD err:000", Receipt("", MessageState.DELIVERED, "DELIVRD", "000")),
        (b"stat:DELIVRD\r\nid:7", Receipt("7", MessageState.DELIVERED, "DELIVRD")),
        (b"id:7 stat:DELIVRD text:id:8 stat:UNDELIV err:9", Receipt("7", MessageState.DELIVERED, "DELIVRD")),
        (b"id:7 stat:DELIVRD err:000 text:\xe9\xff\x80", Receipt("7", MessageState.DELIVERED, "DELIVRD", "000")),
        (b"id:3f2a-bc+/= stat:DELIVERED", Receipt("3f2a-bc+/=", MessageState.DELIVERED, "DELIVERED")),
        (b"whatever", Receipt("", None, "")),
        (b"", Receipt("", None, "")),
    ],
)  # fmt: skip
def test_texts(text: bytes, receipt: Receipt) -> None:
    assert read(text) == receipt._replace(number=PHONE)


def test_tlvs_go_before_the_text() -> None:
    tlvs = tlv(0x1E, b"B2\0") + tlv(0x427, b"\2")
    assert read(b"id:A1 stat:UNDELIV err:5", tlvs=tlvs) == Receipt(
        "B2", MessageState.DELIVERED, "message_state 2", "5", PHONE
    )
    assert read(b"id:A1 stat:DELIVRD", tlvs=tlvs) == Receipt("B2", MessageState.DELIVERED, "DELIVRD", number=PHONE)


@pytest.mark.parametrize("number", [b"\2", b"\7", b"\x80"])
def test_no_number_says_that_a_voice_message_was_listened_to_but_the_word(number: bytes) -> None:
    receipt = Receipt("7", MessageState.LISTENED, "LISTENED", number=PHONE)
    assert read(b"id:7 stat:LISTENED", tlvs=tlv(0x1E, b"7\0") + tlv(0x427, number)) == receipt


@pytest.mark.parametrize(
    "tlvs", [tlv(0x1E, b"") + tlv(0x427, b""), tlv(0x427, b"\x63"), b"\x04\x27\xff\xff", b"\x04", b""]
)
def test_useless_tlvs_leave_the_text(tlvs: bytes) -> None:
    assert read(b"id:7 stat:DELIVRD", tlvs=tlvs) == Receipt("7", MessageState.DELIVERED, "DELIVRD", number=PHONE)


def test_integer_tlvs_of_any_length() -> None:
    assert read(tlvs=tlv(0x1E, b"7") + tlv(0x427, b"\0\2")) == Receipt(
        "7", MessageState.DELIVERED, "message_state 2", number=PHONE
    )


@pytest.mark.parametrize(
    ("number", "state"),
    [
        (1, None),
        (2, MessageState.DELIVERED),
        (3, MessageState.EXPIRED),
        (4, MessageState.UNDELIVERED),
        (5, MessageState.UNDELIVERED),
        (6, None),
        (7, None),
        (8, MessageState.REJECTED_BY_NETWORK),
        (9, None),
    ],
)
def test_message_states(number: int, state: MessageState | None) -> None:
    receipt = read(tlvs=tlv(0x1E, b"7\0") + tlv(0x427, bytes((number,))))
    assert receipt == Receipt("7", state, f"message_state {number}", number=PHONE)


def test_unicode_receipts() -> None:
    assert read("id:7 stat:DELIVRD".encode("utf-16-be"), data_coding=8) == Receipt(
        "7", MessageState.DELIVERED, "DELIVRD", number=PHONE
    )


def test_an_intermediate_notification_is_not_final() -> None:
    assert read(b"id:7 stat:UNDELIV err:27", esm_class=0x20) == Receipt("7", None, "UNDELIV", "27", PHONE)


@pytest.mark.parametrize("esm_class", [0, 8, 3])
def test_receipts_are_known_by_their_shape(esm_class: int) -> None:
    assert isinstance(read(b"id:7 sub:001 stat:DELIVRD", esm_class=esm_class), Receipt)
    assert isinstance(read(tlvs=tlv(0x1E, b"7\0") + tlv(0x427, b"\2"), esm_class=esm_class), Receipt)


@pytest.mark.parametrize("text", [b"STOP", b"my id:7", b"id:7", b"stat:DELIVRD", b"", b"idstat"])
def test_messages_of_phones_are_not_receipts(text: bytes) -> None:
    assert isinstance(read(text, esm_class=0), Inbound)
    assert isinstance(read(b"id:7 stat:DELIVRD", esm_class=0x10), Inbound)


FIELDS = st.lists(
    st.sampled_from([b"id:", b"stat:", b"err:", b"text:", b" ", b"DELIVRD", b"0x1B", b"submit date:", b"\0", b"\xff"])
    | st.binary(max_size=6)
).map(b"".join)


@given(FIELDS.filter(lambda text: len(text) < 255), st.integers(0, 255), st.integers(0, 255), st.binary(max_size=40))
def test_any_text_can_be_read(text: bytes, esm_class: int, data_coding: int, tlvs: bytes) -> None:
    read(text, esm_class=esm_class, data_coding=data_coding, tlvs=tlvs)


@given(st.binary(max_size=300), st.sampled_from([Command.DELIVER_SM, Command.DATA_SM]), st.sampled_from(Alphabet))
def test_any_body_is_read_or_malformed(body: bytes, command: Command, alphabet: Alphabet) -> None:
    with suppress(MalformedPdu):
        read_delivery(command, body, alphabet)


TLVS = st.sampled_from([
    b"", tlv(0x1E, b"B2\0"), tlv(0x1E, b"B2"), tlv(0x1E, b"\0"), tlv(0x1E, b" B2 \0"), tlv(0x1E, b"a\0b\0"),
    tlv(0x427, b"\2"), tlv(0x427, b"\5"), tlv(0x427, b"\x09"), tlv(0x427, b"\0\2"), tlv(0x427, b""),
    tlv(0x423, b"\3\0\x1b"), tlv(0x424, b"id:9 stat:DELIVRD err:1"), b"\0\x1e\0\xffB2\0",
    b"\0\x1e\0\1B2\0", b"\4\x27\0\1",
])  # fmt: skip
VALUES = st.sampled_from(
    [
        "7",
        "00A1",
        "id",
        "err",
        "text",
        "x=1",
        "a-text",
        "",
        "é",
        "\0",
        "7 ",
        "DELIVRD",
        "UNDELIV",
        "ENROUTE",
        "FAILED",
        "001",
    ]
)


@st.composite
def usual_bodies(draw: st.DrawFn) -> bytes:
    """A receipt as most are written, or nearly so, perhaps with some octets changed and its end cut off."""
    names = ["sub", "dlvrd", "submit date", "done date"]
    middle = "".join(f" {name}:{draw(VALUES)}" for name in names if draw(st.booleans()))
    text = f"id:{draw(VALUES)}{middle} stat:{draw(VALUES)} err:{draw(VALUES)}" + draw(
        st.sampled_from(["", " text:id:8 stat:X", " Text:", " TEXT:é\0\n", " text", "\n"])
    )
    body = bytearray(
        deliver_sm_body(
            text.encode("latin-1") if draw(st.booleans()) else b"",
            source=draw(st.sampled_from([b"33601020304", b"", b"\xe9"])),
            esm_class=draw(st.sampled_from([4, 4, 4, 4, 0, 8, 0x20, 0x44])),
            data_coding=draw(st.sampled_from([0, 0, 1, 3, 4, 8, 0xF5])),
            service_type=draw(st.sampled_from([b"", b"CMT"])),
            tlvs=b"".join(draw(st.lists(TLVS, max_size=3))),
        )
    )
    for place, octet in draw(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=2)):
        body[place % len(body)] = octet
    return bytes(body[: draw(st.integers(0, len(body)))] if draw(st.booleans()) else body)


@settings(max_examples=1000)
@given(usual_bodies() | st.binary(max_size=120))
def test_the_quick_way_reads_what_the_careful_way_reads(body: bytes) -> None:
    quick = read_usual_receipt(body)
    if quick is not None:
        assert quick == read_receipt(read_delivered(Command.DELIVER_SM, body))
        assert isinstance(quick, Receipt)


@pytest.mark.parametrize("tlvs", [b"", tlv(0x1E, b"7\0"), tlv(0x427, b"\2"), tlv(0x1E, b"7\0") + tlv(0x427, b"\2")])
@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"id:7 stat:DELIVRD err:0",
        b"id:7 sub:001 dlvrd:001 submit date:2611221200 done "
        b"date:261122120159 stat:DELIVRD err:000 text:id:8 \xe9\0 stat:X",
    ],
)
def test_what_most_smscs_write_is_read_the_quick_way(text: bytes, tlvs: bytes) -> None:
    assert read_usual_receipt(deliver_sm_body(text, esm_class=4, tlvs=tlvs)) is not None
