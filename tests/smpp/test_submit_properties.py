"""Any text, as the phones will put it together again from the submit_sm PDUs; read with the decoders of others."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import smpp34
from aiosmpplib import GSM7BitCodec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from smstui.domain.errors import Refusal
from smstui.domain.gsm7 import GSM7_CHARACTERS
from smstui.domain.text import Encoding, measure
from smstui.smpp.alphabet import decode
from smstui.smpp.inbound import read_delivery
from smstui.smpp.payloads import SubmitOptions, VendorTlv
from smstui.smpp.submit import Submit, SubmitFrame, SubmitTemplate, destination_octets
from smstui.smpp.values import Alphabet, Inbound, LongMessages
from smstui.smpp.wire import HEADER_LENGTH, Command

UDHI = 0x40
PLAIN: dict[str, Any] = {
    "alphabet": Alphabet.GSM7,
    "long_messages": LongMessages.UDH,
    "reference": 7,
    "validity": None,
}
MESSAGE_PAYLOAD, SAR_REFERENCE, SAR_TOTAL, SAR_PART = 0x424, 0x20C, 0x20E, 0x20F
SEPTETS, OCTETS = 160, 140
HEADER_SEPTETS, HEADER_OCTETS = 7, 6
"""What a user data header of 8-bit references takes of them."""


def long_texts(characters: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Mostly of several parts, whose cuts fall anywhere in what is repeated."""
    pieces = st.text(characters, min_size=1, max_size=30)
    return st.builds(lambda start, piece, times: start + piece * times, pieces, pieces, st.integers(1, 100))


GSM7_TEXTS = long_texts(st.sampled_from(sorted(GSM7_CHARACTERS)) | st.sampled_from("€[]{}^"))
ANY_TEXTS = long_texts(st.characters(exclude_categories=["Cs"]) | st.sampled_from("aé€😀𠮷\u0301\ufeff"))
ONLY_LATIN1 = long_texts(st.sampled_from([one for one in sorted(GSM7_CHARACTERS) if ord(one) <= 0xFF]))
TEXTS = st.tuples(GSM7_TEXTS, st.sampled_from(Encoding)) | st.tuples(ANY_TEXTS, st.just(Encoding.UCS2))
REFERENCES = st.integers(0, 2**40)


class Part(NamedTuple):
    """What one submit_sm carries."""

    octets: bytes
    data_coding: int
    reference: int = 0
    total: int = 1
    number: int = 1


def build(text: str, encoding: Encoding, long_messages: LongMessages, reference: int, **changes: Any) -> SubmitTemplate:
    values: dict[str, Any] = {"alphabet": Alphabet.GSM7, "validity": None, **changes}
    return SubmitTemplate.build("SMSTUI", text, encoding, long_messages=long_messages, reference=reference, **values)


def read(octets: bytes) -> Part:
    submit = smpp34.decode(octets)
    tlvs = {one.tag: bytes(one.value) for one in submit.tlvs}
    octets, numbers = bytes(submit.short_message), (0, 1, 1)
    if submit.esm_class & UDHI:
        assert octets[:3] == b"\5\0\3"
        numbers, octets = (octets[3], octets[4], octets[5]), octets[6:]
    elif SAR_TOTAL in tlvs:
        reference, total, number = (int.from_bytes(tlvs[tag]) for tag in (SAR_REFERENCE, SAR_TOTAL, SAR_PART))
        numbers = (reference, total, number)
    if MESSAGE_PAYLOAD in tlvs:
        assert not octets
        octets = tlvs[MESSAGE_PAYLOAD]
    return Part(octets, submit.data_coding, *numbers)


def parts_of(template: SubmitTemplate) -> list[Part]:
    return [read(template.pdu(number, b"33601020304", number)) for number in range(1, template.parts + 1)]


def shown(part: Part) -> str:
    """What a phone that knows nothing of the other parts shows; fails where a character was cut in two."""
    if part.data_coding == 8:
        return part.octets.decode("utf-16-be")
    return str(GSM7BitCodec().decode(part.octets)[0])


@settings(max_examples=1000)
@given(TEXTS, st.sampled_from(LongMessages), REFERENCES)
@example(("a" * 152 + "€" + "a" * 160, Encoding.GSM7), LongMessages.UDH, 0x1FF)
@example(("a" * 66 + "😀" * 70, Encoding.UCS2), LongMessages.SAR, 0x1FFFF)
@example(("\ufeffa", Encoding.UCS2), LongMessages.PAYLOAD, 0)
@example(("a" * 1530 + "€", Encoding.GSM7), LongMessages.PAYLOAD, 0)
def test_phones_show_the_text(written: tuple[str, Encoding], long_messages: LongMessages, reference: int) -> None:
    text, encoding = written
    parts = parts_of(build(text, encoding, long_messages, reference))
    assert "".join(map(shown, parts)) == text
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    assert {part.total for part in parts} == {len(parts)}
    if long_messages is LongMessages.PAYLOAD:
        assert len(parts) == 1
        return
    assert len(parts) == measure(text, encoding).segments, "what is paid is what goes out"
    bits = {LongMessages.UDH: 0xFF, LongMessages.SAR: 0xFFFF}[long_messages]
    assert {part.reference for part in parts} == {reference & bits if len(parts) > 1 else 0}
    several = len(parts) > 1
    limit = OCTETS - HEADER_OCTETS * several if encoding is Encoding.UCS2 else SEPTETS - HEADER_SEPTETS * several
    assert all(0 < len(part.octets) <= limit for part in parts)


@given(
    ONLY_LATIN1,
    st.sampled_from([Alphabet.LATIN1, Alphabet.UTF8]),
    st.sampled_from(LongMessages),
)
def test_other_default_alphabets_carry_the_same_text(
    text: str, alphabet: Alphabet, long_messages: LongMessages
) -> None:
    parts = parts_of(build(text, Encoding.GSM7, long_messages, 7, alphabet=alphabet))
    codec = {Alphabet.LATIN1: "latin-1", Alphabet.UTF8: "utf-8"}[alphabet]
    assert "".join(part.octets.decode(codec) for part in parts) == text
    assert all(part.data_coding == 0 for part in parts)


OPTIONS = st.builds(
    SubmitOptions,
    alphabet=st.sampled_from(Alphabet),
    long_messages=st.sampled_from(LongMessages),
    reference=REFERENCES,
    validity=st.none() | st.timedeltas(timedelta(0), timedelta(days=500)),
    priority=st.integers(0, 3),
    service_type=st.sampled_from(["", "CMT", "VOIX"]),
    vendor_tlv=st.none() | st.builds(VendorTlv, st.integers(0x1400, 0xFFFF), st.sampled_from(["fr-FR", "en", ""])),
)


def pdus_of(build: Callable[[], Submit]) -> list[bytes] | str:
    """All PDUs; or why there are none."""
    try:
        submit = build()
    except Refusal as refusal:
        return repr(refusal)
    return [submit.pdu(part, b"33601020304", part) for part in range(1, submit.parts + 1)]


@settings(max_examples=1500)
@given(
    TEXTS | st.tuples(ONLY_LATIN1, st.just(Encoding.GSM7)) | st.tuples(st.text(min_size=1), st.sampled_from(Encoding)),
    st.sampled_from(["SMSTUI", "+33700000000", "36034"]),
    OPTIONS,
)
@example(("a" * 160, Encoding.GSM7), "SMSTUI", SubmitOptions(**PLAIN))
@example(("a" * 161, Encoding.GSM7), "SMSTUI", SubmitOptions(**PLAIN))
@example(("é" * 70, Encoding.UCS2), "SMSTUI", SubmitOptions(**PLAIN))
@example(("é" * 71, Encoding.UCS2), "SMSTUI", SubmitOptions(**PLAIN))
@example(("\ud800", Encoding.UCS2), "SMSTUI", SubmitOptions(**PLAIN))
def test_a_frame_writes_what_the_library_writes_byte_by_byte(
    written: tuple[str, Encoding], source: str, options: SubmitOptions
) -> None:
    text, encoding = written
    frame = SubmitFrame.build(source, options)
    by_library = pdus_of(lambda: SubmitTemplate.of(source, text, encoding, options))
    assert pdus_of(lambda: frame.write(text, encoding)) == by_library


@settings(max_examples=500)
@given(TEXTS, st.sampled_from(LongMessages), REFERENCES, st.randoms(use_true_random=False))
def test_an_answer_cut_as_we_cut_is_read_whole(
    written: tuple[str, Encoding], long_messages: LongMessages, reference: int, random: Any
) -> None:
    """submit_sm and deliver_sm have the same fields (SMPP 3.4, sections 4.4.1 and 4.6.1)."""
    text, encoding = written
    template = build(text, encoding, long_messages, reference)
    pdus = [template.pdu(number, b"36034", 1) for number in range(1, template.parts + 1)]
    random.shuffle(pdus)
    read_back = [read_delivery(Command.DELIVER_SM, one[HEADER_LENGTH:], Alphabet.GSM7) for one in pdus]
    payloads: dict[int, bytes] = {}
    for one in read_back:
        assert isinstance(one, Inbound)
        assert (one.source, one.destination) == ("SMSTUI", "36034")
        assert (one.concatenation is None) == (len(pdus) == 1)
        payloads[one.concatenation.part if one.concatenation else 1] = one.payload
    assert len(payloads) == len(pdus)
    joined = b"".join(payloads[number] for number in sorted(payloads))
    assert decode(joined, {Encoding.UCS2: "ucs2", Encoding.GSM7: "gsm7"}[encoding]) == text.removeprefix("\ufeff")


@given(
    TEXTS,
    st.sampled_from(LongMessages),
    st.from_regex(r"\A\+[1-9][0-9]{5,14}\Z"),
    st.integers(1, 0x7FFFFFFF),
    st.integers(0, 3),
    st.none() | st.timedeltas(timedelta(0), timedelta(days=400)),
    st.sampled_from(["", "CMT", "VOIX"]),
)
def test_the_route_is_the_same_in_every_part(
    written: tuple[str, Encoding],
    long_messages: LongMessages,
    number: str,
    sequence: int,
    priority: int,
    validity: timedelta | None,
    service_type: str,
) -> None:
    template = build(*written, long_messages, 1, validity=validity, priority=priority, service_type=service_type)
    for part in range(1, template.parts + 1):
        submit = smpp34.decode(template.pdu(part, destination_octets(number), sequence))
        assert (submit.sequence_number, submit.source_addr) == (sequence, "SMSTUI")
        assert (submit.destination_addr, submit.dest_addr_ton, submit.dest_addr_npi) == (number[1:], 1, 1)
        assert (submit.priority_flag, submit.service_type) == (priority, service_type)
        assert (submit.registered_delivery, bool(submit.validity_period)) == (1, validity is not None)
