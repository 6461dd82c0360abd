"""What a campaign must be before it may be sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smstui.domain import campaign_rules as rules
from smstui.domain.addresses import e164, is_alphanumeric
from smstui.domain.counts import Counts
from smstui.domain.states import MessageState, MessageType
from smstui.domain.text import Encoding


def test_sms_pro_names_what_it_cannot_carry_and_offers_the_rest() -> None:
    with pytest.raises(rules.TextNotGsm7) as caught:
        rules.check_text(MessageType.PRO, "Noël, ça vient, Noël")
    assert caught.value.characters == "ë ç"
    rules.check_text(MessageType.PRO, caught.value.transliterated)


def test_sms_pro_refuses_what_nothing_stands_for() -> None:
    with pytest.raises(rules.TextNotTransliterable):
        rules.check_text(MessageType.PRO, "日本")


def test_the_stop_mention_counts_in_the_segments() -> None:
    assert rules.check_text(MessageType.PRO, rules.complete_text("x" * 149, "36034")).segments == 1
    assert rules.check_text(MessageType.PRO, rules.complete_text("x" * 150, "36034")).segments == 2
    assert rules.check_text(MessageType.PRO, rules.complete_text("x" * 150, None)).segments == 1


def test_sms_unicode_is_ucs2_and_the_others_where_they_must() -> None:
    assert rules.wire_encoding(MessageType.UNICODE, "plain") is Encoding.UCS2
    assert rules.wire_encoding(MessageType.REPONSE, "plain") is Encoding.GSM7
    assert rules.wire_encoding(MessageType.REPONSE, "Noël") is Encoding.UCS2


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_a_text_says_something(text: str) -> None:
    with pytest.raises(rules.EmptyText):
        rules.complete_text(text, "36034")


def test_texts_and_names_have_limits() -> None:
    with pytest.raises(rules.TextTooLong):
        rules.check_text(MessageType.PRO, "x" * 153 * 11)
    with pytest.raises(rules.VoiceTextTooLong):
        rules.check_text(MessageType.VOIX, "x" * 161)
    with pytest.raises(rules.CampaignNameMissing):
        rules.check_name("  ")
    with pytest.raises(rules.CampaignNameTooLong):
        rules.check_name("x" * 101)
    assert rules.check_name(" Black Friday ") == "Black Friday"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("33612345678", "+33612345678"),
        ("+33612345678", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("0612345678", "+33612345678"),
        ("0692123456", "+262692123456"),
        ("36034", "36034"),
        ("+36034", "36034"),
        ("MaBoutique", "MaBoutique"),
        ("0000", "+00"),
        ("", ""),
    ],
)
def test_addresses_of_smscs(written: str, stored: str) -> None:
    assert e164(written) == stored


@given(st.text())
def test_no_address_breaks(address: str) -> None:
    assert isinstance(e164(address), str)
    is_alphanumeric(address)


@given(st.dictionaries(st.sampled_from(MessageState), st.integers(0, 1000)), st.integers(0, 10))
def test_counts_add_up(stored: dict[MessageState, int], in_flight: int) -> None:
    stored[MessageState.QUEUED] = stored.get(MessageState.QUEUED, 0) + in_flight
    counts = Counts.of(stored, in_flight)
    assert counts.total == sum(stored.values())
    assert counts.remaining + counts.final + counts.accepted == counts.total
    assert counts[MessageState.IN_FLIGHT] == stored.get(MessageState.IN_FLIGHT, 0) + in_flight
