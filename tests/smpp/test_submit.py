"""submit_sm as it goes on the wire, read back by smpp34's own decoder."""

import re
from datetime import timedelta
from typing import Any

import pytest
import smpp34
from hypothesis import given, settings
from hypothesis import strategies as st

from smstui.domain.text import Encoding, decode_gsm7, encode_gsm7, measure
from smstui.smpp.errors import TextNotInAlphabet, UnusableSender
from smstui.smpp.payloads import VendorTlv
from smstui.smpp.simulator.submit import read_validity
from smstui.smpp.submit import SubmitTemplate
from smstui.smpp.values import Alphabet, LongMessages


def build(
    text: str = "Hello", encoding: Encoding = Encoding.GSM7, source: str = "SMSTUI", **changes: Any
) -> SubmitTemplate:
    values: dict[str, Any] = {
        "alphabet": Alphabet.GSM7,
        "long_messages": LongMessages.UDH,
        "reference": 0x1234,
        "validity": None,
        **changes,
    }
    return SubmitTemplate.build(source, text, encoding, **values)


def read(template: SubmitTemplate, part: int = 1) -> Any:
    return smpp34.decode(template.pdu(part, b"33601020304", 42))


def test_a_short_text() -> None:
    submit = read(build(validity=timedelta(hours=36), priority=2, service_type="VOIX"))
    assert submit.sequence_number == 42
    assert (submit.source_addr, submit.source_addr_ton, submit.source_addr_npi) == ("SMSTUI", 5, 0)
    assert (submit.destination_addr, submit.dest_addr_ton, submit.dest_addr_npi) == ("33601020304", 1, 1)
    assert (submit.short_message, submit.data_coding, submit.esm_class) == (b"Hello", 0, 0)
    assert (submit.registered_delivery, submit.priority_flag, submit.service_type) == (1, 2, "VOIX")
    assert submit.validity_period == "000001120000000R"


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("SMSTUI", ("SMSTUI", 5, 0)),
        ("24h", ("24h", 5, 0)),
        ("+33601020304", ("33601020304", 1, 1)),
        ("33601020304", ("33601020304", 1, 1)),
        ("36034", ("36034", 3, 0)),
        ("+36034", ("36034", 1, 1)),
        ("0", ("0", 3, 0)),
    ],
)
def test_the_sender_has_its_type(source: str, address: tuple[str, int, int]) -> None:
    submit = read(build(source=source))
    assert (submit.source_addr, submit.source_addr_ton, submit.source_addr_npi) == address
    assert submit.destination_addr == "33601020304"


@pytest.mark.parametrize("source", ["", "+", "Été", "a\0b", "x" * 21])
def test_an_unusable_sender(source: str) -> None:
    with pytest.raises(UnusableSender):
        build(source=source)


@pytest.mark.parametrize(
    ("validity", "period"),
    [
        (timedelta(0), "000000000001000R"),
        (timedelta(days=-3), "000000000001000R"),
        (timedelta(days=400), "010105000000000R"),
        (timedelta(weeks=1000), "010216000000000R"),
    ],
)
def test_validity_stays_within_what_smpp_can_say(validity: timedelta, period: str) -> None:
    assert read(build(validity=validity)).validity_period == period


def test_unicode() -> None:
    submit = read(build("Привет 😀", Encoding.UCS2))
    assert (submit.data_coding, submit.short_message.decode("utf-16-be")) == (8, "Привет 😀")


@pytest.mark.parametrize(
    ("alphabet", "octets"),
    [(Alphabet.GSM7, b"\x05t\x05"), (Alphabet.LATIN1, b"\xe9t\xe9"), (Alphabet.UTF8, "été".encode())],
)
def test_the_default_alphabet_of_the_connection(alphabet: Alphabet, octets: bytes) -> None:
    submit = read(build("été", alphabet=alphabet))
    assert (submit.data_coding, submit.short_message) == (0, octets)


def test_a_character_that_latin1_lacks_is_refused() -> None:
    with pytest.raises(TextNotInAlphabet, check=lambda refusal: refusal.characters == "€ Δ"):
        build("10 € = Δ", alphabet=Alphabet.LATIN1)


LONG = "".join(chr(97 + at % 26) for at in range(400))


def test_long_texts_by_udh() -> None:
    template = build(LONG)
    assert template.parts == 3
    parts = [read(template, part) for part in (1, 2, 3)]
    assert [part.short_message[:6] for part in parts] == [bytes((5, 0, 3, 0x34, 3, n)) for n in (1, 2, 3)]
    assert {part.esm_class for part in parts} == {0x40}
    assert b"".join(part.short_message[6:] for part in parts).decode() == LONG


def test_long_texts_by_sar() -> None:
    template = build(LONG, long_messages=LongMessages.SAR)
    parts = [read(template, part) for part in (1, 2, 3)]
    tlvs = [{tlv.tag: tlv.as_int() for tlv in part.tlvs} for part in parts]
    assert tlvs == [{0x20C: 0x1234, 0x20E: 3, 0x20F: n} for n in (1, 2, 3)]
    assert {part.esm_class for part in parts} == {0}
    assert b"".join(part.short_message for part in parts).decode() == LONG


@pytest.mark.parametrize("encoding", list(Encoding))
def test_long_texts_by_message_payload(encoding: Encoding) -> None:
    text = LONG + "é{}€"
    template = build(text, encoding, long_messages=LongMessages.PAYLOAD)
    assert template.parts == 1
    submit = read(template)
    (payload,) = submit.tlvs
    assert (payload.tag, submit.short_message) == (0x424, b"")
    assert submit.data_coding == (8 if encoding is Encoding.UCS2 else 0)
    assert payload.value == (text.encode("utf-16-be") if encoding is Encoding.UCS2 else encode_gsm7(text))


def test_parts_too_long_for_a_short_message_go_as_message_payload() -> None:
    text = "é" * 400
    (payload,) = read(build(text, alphabet=Alphabet.UTF8)).tlvs
    assert payload.value.decode() == text


@pytest.mark.parametrize("long_messages", LongMessages)
def test_a_voice_message_says_its_service_and_its_language_in_every_part(long_messages: LongMessages) -> None:
    language = VendorTlv(0x1403, "fr-FR")
    template = build(LONG, long_messages=long_messages, service_type="VOIX", vendor_tlv=language)
    for part in range(1, template.parts + 1):
        submit = read(template, part)
        assert submit.service_type == "VOIX"
        assert [tlv.value for tlv in submit.tlvs if tlv.tag == 0x1403] == [b"fr-FR"]


GSM7_TEXTS = st.text(alphabet=[*map(chr, range(0x20, 0x7F)), *"éèàùÇØøÅåΔ€ñ\n"], min_size=1, max_size=500)


@settings(deadline=None)
@given(GSM7_TEXTS, st.sampled_from([LongMessages.UDH, LongMessages.SAR]))
def test_parts_are_the_text_as_it_was_measured(text: str, long_messages: LongMessages) -> None:
    text = text.replace("`", "'")
    template = build(text, long_messages=long_messages)
    parts = [read(template, part).short_message for part in range(1, template.parts + 1)]
    assert template.parts == measure(text, Encoding.GSM7).segments
    header = 6 if template.parts > 1 and long_messages is LongMessages.UDH else 0
    assert "".join(decode_gsm7(part[header:]) for part in parts) == text
    assert all(len(part) <= (160 if template.parts == 1 else header + 153) for part in parts)


@given(st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(weeks=63)))
def test_every_validity_is_read_as_it_was_meant(validity: timedelta) -> None:
    """Section 7.1.1.2 of SMPP 3.4: YYMMDDhhmmss000R, of years of 365 days and months of 30."""
    period = read(build(validity=validity)).validity_period
    assert re.fullmatch(r"\d\d(0\d|1[0-2])([0-2]\d|30)([01]\d|2[0-3])([0-5]\d){2}000R", period)
    assert read_validity(period.encode()) == int(validity.total_seconds())
