"""The GSM-7 codec."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smstui.domain.gsm7 import GSM7_CHARACTERS, NotGsm7, decode_gsm7, encode_gsm7


def test_the_alphabet_is_that_of_the_standard() -> None:
    assert len(GSM7_CHARACTERS) == 127 + 10
    assert encode_gsm7("@£$¥èéùìòÇ\nØø\rÅå") == bytes(range(16))
    assert encode_gsm7("Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ") == bytes((*range(0x10, 0x1B), *range(0x1C, 0x20)))
    assert encode_gsm7("¡Az¿äöñüàÄÖÑÜ§¤") == b"\x40Az\x60\x7b\x7c\x7d\x7e\x7f\x5b\x5c\x5d\x5e\x5f\x24"
    assert (
        encode_gsm7("\f^{}\\[~]|€")
        == b"\x1b\x0a\x1b\x14\x1b\x28\x1b\x29\x1b\x2f\x1b\x3c\x1b\x3d\x1b\x3e\x1b\x40\x1b\x65"
    )


@given(st.text(st.sampled_from(sorted(GSM7_CHARACTERS))))
def test_what_is_encoded_decodes_to_itself(text: str) -> None:
    assert decode_gsm7(encode_gsm7(text)) == text


@given(st.text(), st.characters(exclude_characters=sorted(GSM7_CHARACTERS)), st.text())
def test_a_character_outside_is_refused_and_never_replaced(before: str, outside: str, after: str) -> None:
    with pytest.raises(NotGsm7):
        encode_gsm7(before + outside + after)


@given(st.binary())
def test_decoding_never_fails(septets: bytes) -> None:
    assert "\x1b" not in decode_gsm7(septets)


@pytest.mark.parametrize(
    ("septets", "text"),
    [
        (b"a\x1b", "a "),
        (b"a\x1b\x1bb", "a b"),
        (b"\x1ba", "a"),
        (b"\x1b\xff", "\N{REPLACEMENT CHARACTER}"),
        (b"\x80", "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_what_the_extension_table_does_not_have(septets: bytes, text: str) -> None:
    assert decode_gsm7(septets) == text
