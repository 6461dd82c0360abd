"""The quick measure says what the full one says, on any text."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from smstui.domain.gsm7 import GSM7_CHARACTERS
from smstui.domain.text import Encoding, NotGsm7, measure, quick_measure

VECTORS = json.loads((Path(__file__).parent.parent / "data" / "segments.json").read_text("utf-8"))["vectors"]
HALVES = st.characters(exclude_categories=[]) | st.sampled_from("aéê😀𠮷\ud83d\ude00\udfff")
PIECES = (
    st.text(st.sampled_from(sorted(GSM7_CHARACTERS)), min_size=1, max_size=20)
    | st.text(st.sampled_from("aé€[]{}^Ω"), min_size=1, max_size=20)
    | st.text(
        st.characters(exclude_categories=[]) | st.sampled_from("aéê😀𠮷\ud83d\ude00\udfff"), min_size=1, max_size=20
    )
)
TEXTS = st.builds(
    lambda start, piece, times, end: start + piece * times + end, PIECES, PIECES, st.integers(0, 60), PIECES
)


@settings(max_examples=1000)
@given(TEXTS, st.sampled_from([None, *Encoding]))
@example("", None)
@example("", Encoding.UCS2)
@example("a" * 159 + "€", None)
@example("a" * 152 + "€" * 5, None)
@example("a" * 160, None)
@example("ê" * 70, None)
@example("ê" * 66 + "😀" * 3, None)
def test_it_is_the_full_measure(text: str, encoding: Encoding | None) -> None:
    try:
        measured = measure(text, encoding)
    except NotGsm7:
        with pytest.raises(NotGsm7):
            quick_measure(text, encoding)
        return
    assert quick_measure(text, encoding) == (measured.encoding, measured.units, measured.segments)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["text"][:20])
def test_known_texts(vector: dict[str, object]) -> None:
    encoding, units, segments = quick_measure(str(vector["text"]))
    assert (encoding, units, segments) == (vector["encoding"], vector["units"], vector["segments"])
