"""Receipts in any mixture of the ways SMSCs write them: what was written is read, whatever stands around it."""

import string
from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from smstui.domain.states import MessageState
from smstui.smpp.deliver import MalformedPdu, read_delivered
from smstui.smpp.inbound import read_delivery
from smstui.smpp.receipts import read_receipt, read_usual_receipt
from smstui.smpp.values import Alphabet, Delivery, Inbound, Receipt
from smstui.smpp.wire import Command, Tag
from tests.smpp.smsc import tlv

S = MessageState
WORDS: list[tuple[str, MessageState | None, list[int]]] = [
    ("DELIVRD", S.DELIVERED, [2]),
    ("delivered", S.DELIVERED, [2]),
    ("EXPIRED", S.EXPIRED, [3]),
    ("Deleted", S.UNDELIVERED, [4, 5]),
    ("UNDELIV", S.UNDELIVERED, [4, 5]),
    ("UNDELIVERABLE", S.UNDELIVERED, [5]),
    ("FAILED", S.UNDELIVERED, [5]),
    ("rejectd", S.REJECTED_BY_NETWORK, [8]),
    ("REJECTED", S.REJECTED_BY_NETWORK, [8]),
    ("ENROUTE", None, [1]),
    ("ACCEPTD", None, [6, 200]),
    ("UNKNOWN", None, [7]),
    ("BLOCKED_BY-FILTER", None, [0, 9, 255]),
]
"""What SMSCs say in `stat`, what it means, and the message_state that they give with it."""
DATES = ["2611221415", "261122141559", "20261122141559", "2026-11-22T14:15:59Z", "", "just now", "0", "26112214"]
DATA_CODINGS = [0, 1, 3, 4, 5, 6, 8, 0x0A, 0x0E, 0x10, 0x18, 0xC8, 0xE0, 0xF0, 0xF5, 0xFF]
CODECS = ["latin-1", "utf-16-be"]
"""Whatever data_coding says: many SMSCs repeat there that of the message."""

IDS = st.one_of(
    st.integers(0, 2**64).map(str),
    st.integers(0, 2**128).map("{:X}".format),
    st.integers(0, 2**32).map("{:020d}".format),
    st.uuids().map(str),
    st.text(string.ascii_letters + string.digits + "-_.+/@#", min_size=1, max_size=65),
)
KNOWN_TAGS = {int(tag) for tag in Tag}
STRANGE_TLVS = st.lists(
    st.builds(tlv, st.integers(0, 0xFFFF).filter(lambda tag: tag not in KNOWN_TAGS), st.binary(max_size=9)), max_size=4
).map(b"".join)
PHONES = st.from_regex(r"\A[0-9]{6,15}\Z|\A\+33[0-9]{9}\Z")


@dataclass(frozen=True)
class Written:
    """A receipt as an SMSC writes it; `before` is its body up to short_message, which `text` fills."""

    command: Command
    before: bytes
    text: bytes
    tlvs: bytes
    alphabet: Alphabet
    says: Receipt

    @property
    def body(self) -> bytes:
        short = b"" if self.command is Command.DATA_SM else bytes((len(self.text),)) + self.text
        return self.before + short + self.tlvs

    def read(self, more_tlvs: bytes = b"") -> Delivery:
        return read_delivery(self.command, self.body + more_tlvs, self.alphabet)


def opening(command: Command, phone: str, esm_class: int, data_coding: int, service_type: bytes = b"") -> bytes:
    """Up to short_message, excluded."""
    route = service_type + b"\0\1\1" + phone.encode() + b"\0\0\1" + b"36034\0" + bytes((esm_class,))
    return route + (bytes((0, data_coding)) if command is Command.DATA_SM else bytes(6) + bytes((data_coding, 0)))


@st.composite
def fields(draw: st.DrawFn, smsc_id: str, word: str, error: str) -> str:
    """The text of a receipt: some fields, in some order, in some hand."""
    end = draw(st.sampled_from([" ", "  ", ",", ", ", "; ", "\r\n"]))
    gap = draw(st.sampled_from(["", " "]))
    hand = draw(st.sampled_from([str.lower, str.upper, str.capitalize]))
    others = {
        "sub": draw(st.sampled_from(["001", "1", ""])),
        "dlvrd": draw(st.sampled_from(["001", "000", ""])),
        "submit date": draw(st.sampled_from(DATES)),
        "done date": draw(st.sampled_from(DATES)),
    }
    wanted = {name: value for name, value in others.items() if draw(st.booleans())}
    wanted |= {name: value for name, value in (("id", smsc_id), ("stat", word), ("err", error)) if value}
    if not error and draw(st.booleans()):
        wanted["err"] = ""
    names = draw(st.permutations(sorted(wanted)))
    return end.join(f"{hand(name)}:{gap}{wanted[name]}" for name in names)


@st.composite
def receipts(draw: st.DrawFn) -> Written:
    smsc_id = draw(IDS | st.just(""))
    word, state, numbers = draw(st.sampled_from([*WORDS, ("", None, [1, 7])]))
    error = draw(st.sampled_from(["", "000", "27", "0x1B", "E-404"]))
    by_tlv, by_text = draw(st.sampled_from([(True, False), (False, True), (True, True)]))
    tlvs = b""
    if by_tlv and smsc_id:
        tlvs += tlv(Tag.RECEIPTED_MESSAGE_ID, smsc_id.encode() + draw(st.sampled_from([b"\0", b""])))
    if by_tlv and word:
        number = draw(st.sampled_from(numbers))
        tlvs += tlv(Tag.MESSAGE_STATE, bytes((number,)))
        word = word if by_text else f"message_state {number}"
    if by_tlv and not by_text:
        error = draw(st.sampled_from(["", "27"]))
        tlvs += tlv(Tag.NETWORK_ERROR_CODE, b"\x03" + int(error).to_bytes(2, "big")) if error else b""
    octets = b""
    if by_text:
        text = draw(fields(smsc_id, word, error)) + draw(st.sampled_from(["", " text:", " Text:id:8 stat:X err:9 _{é"]))
        octets = text.encode(draw(st.sampled_from(CODECS)))
    command = draw(st.sampled_from([Command.DELIVER_SM, Command.DATA_SM]))
    if octets and (command is Command.DATA_SM or len(octets) > 255 or draw(st.booleans())):
        tlvs, octets = tlvs + tlv(Tag.MESSAGE_PAYLOAD, octets), b""
    phone = draw(PHONES)
    esm_class = 0x04 | draw(st.sampled_from([0, 1, 2, 3, 0x80]))
    data_coding = draw(st.sampled_from(DATA_CODINGS))
    before = opening(command, phone, esm_class, data_coding, draw(st.sampled_from([b"", b"CMT", b"smscsim"])))
    says = Receipt(smsc_id, state, word, error, phone)
    return Written(command, before, octets, tlvs, draw(st.sampled_from(Alphabet)), says)


@given(receipts())
def test_what_the_smsc_wrote_is_what_is_read(written: Written) -> None:
    assert written.read() == written.says


@pytest.mark.parametrize("data_coding", DATA_CODINGS)
@pytest.mark.parametrize("codec", CODECS)
def test_an_id_keeps_the_signs_that_gsm7_has_elsewhere(data_coding: int, codec: str) -> None:
    octets = "id:ab_1@[2] stat:DELIVRD err:000 text:Été".encode(codec)
    body = opening(Command.DELIVER_SM, "33601020304", 4, data_coding) + bytes((len(octets),)) + octets
    says = Receipt("ab_1@[2]", S.DELIVERED, "DELIVRD", "000", "33601020304")
    assert read_delivery(Command.DELIVER_SM, body, Alphabet.GSM7) == says


@given(receipts(), STRANGE_TLVS, st.binary(max_size=3))
def test_strange_parameters_and_trailing_octets_change_nothing(written: Written, more: bytes, trailing: bytes) -> None:
    assert written.read(more + trailing) == written.says


@given(receipts(), st.data())
def test_a_receipt_cut_off_is_read_as_far_as_it_goes(written: Written, data: st.DataObject) -> None:
    body = written.body
    cut = data.draw(st.integers(0, len(body)))
    addresses_end = body.index(b"36034\0") + 6
    try:
        delivery = read_delivery(written.command, body[:cut], written.alphabet)
    except MalformedPdu:
        assert cut < addresses_end
    else:
        assert cut >= addresses_end
        if isinstance(delivery, Receipt):
            assert delivery.number == written.says.number
            assert delivery.smsc_id in written.says.smsc_id, "a piece of the id, never another one"


@given(receipts(), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=8))
def test_no_corruption_breaks_the_reading(written: Written, corruptions: list[tuple[int, int]]) -> None:
    body = bytearray(written.body)
    for place, octet in corruptions:
        body[place % len(body)] = octet
    with suppress(MalformedPdu):
        read_delivery(written.command, bytes(body), written.alphabet)
    quick = read_usual_receipt(bytes(body))
    assert quick is None or quick == read_receipt(read_delivered(Command.DELIVER_SM, bytes(body)))


TALK = st.lists(
    st.sampled_from(["id:", "stat:", "stat:DELIVRD", "7", " ", "STOP", "err:", "text:", "my", "\n"]), max_size=12
).map("".join)


@given(TALK, PHONES, st.sampled_from([0, 0x10, 0x18, 0x14]), st.sampled_from([0, 1, 2, 3, 0x80]))
@example("my id:7 stat:DELIVRD", "33601020304", 0, 0)
@example("id:7 stat:DELIVRD", "33601020304", 0x10, 0)
def test_a_phone_that_talks_like_a_receipt_is_a_phone(text: str, phone: str, message_type: int, mode: int) -> None:
    """Unless the SMSC sets no type at all and the text begins with the very fields of a receipt."""
    begins_like_one = text.lstrip().startswith("id:") and "stat:" in text
    assume(message_type or not begins_like_one)
    before = opening(Command.DELIVER_SM, phone, message_type | mode, 0)
    octets = text.encode()
    delivery = read_delivery(Command.DELIVER_SM, before + bytes((len(octets),)) + octets, Alphabet.LATIN1)
    assert isinstance(delivery, Inbound)
    assert (delivery.source, delivery.payload) == (phone, octets)
