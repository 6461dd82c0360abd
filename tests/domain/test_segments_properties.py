"""Laws of segments: what typing on may change, and what may never be cut."""

from hypothesis import given, settings
from hypothesis import strategies as st

from smstui.domain.gsm7 import GSM7_CHARACTERS
from smstui.domain.text import Encoding, encode_gsm7, encode_ucs2, measure

PIECES = st.text(st.sampled_from(sorted(GSM7_CHARACTERS)) | st.sampled_from("€[]{}^"), min_size=1, max_size=20)
GSM7_TEXTS = st.builds(lambda start, piece, times: start + piece * times, PIECES, PIECES, st.integers(1, 60))
WIDE_PIECES = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("aé😀𠮷\u200d"), min_size=1, max_size=20
)
ANY_TEXTS = st.builds(lambda start, piece, times: start + piece * times, WIDE_PIECES, WIDE_PIECES, st.integers(1, 40))
TEXTS = st.tuples(GSM7_TEXTS, st.sampled_from(Encoding)) | st.tuples(ANY_TEXTS, st.just(Encoding.UCS2))
ESCAPE = 0x1B


@settings(max_examples=300)
@given(TEXTS)
def test_every_part_is_whole_on_its_own(written: tuple[str, Encoding]) -> None:
    text, encoding = written
    for part in measure(text, encoding).parts:
        if encoding is Encoding.UCS2:
            assert encode_ucs2(part).decode("utf-16-be") == part
            continue
        septets = list(encode_gsm7(part))
        while septets:
            septet = septets.pop(0)
            assert septet <= 0x7F
            if septet == ESCAPE:
                assert septets.pop(0) != ESCAPE


@settings(max_examples=300)
@given(TEXTS, st.integers(0, 2000))
def test_typing_on_never_moves_a_full_part_nor_makes_a_text_cheaper(written: tuple[str, Encoding], typed: int) -> None:
    text, encoding = written
    before, after = measure(text[:typed], encoding), measure(text, encoding)
    assert before.units <= after.units
    assert before.segments <= after.segments
    if before.segments > 1:
        assert after.parts[: before.segments - 1] == before.parts[:-1]


@given(GSM7_TEXTS, ANY_TEXTS)
def test_one_character_outside_gsm7_makes_all_of_it_unicode(text: str, other: str) -> None:
    assert measure(text).encoding is Encoding.GSM7
    assert measure(text).segments <= measure(text, Encoding.UCS2).segments
    assert (measure(text + other).encoding is Encoding.GSM7) == (measure(other).encoding is Encoding.GSM7)
