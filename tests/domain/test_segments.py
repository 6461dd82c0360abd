"""What a text costs and where it is cut."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smstui.domain.text import BrokenText, Encoding, NotGsm7, encode_ucs2, measure, with_stop

VECTORS = json.loads((Path(__file__).parent.parent / "data" / "segments.json").read_text("utf-8"))["vectors"]
EXTENSION = "^{}\\[~]|€\f"
GSM7_TEXT = st.text(st.sampled_from("abc é\n@_Δ" + EXTENSION), max_size=700)
ANY_TEXT = st.one_of(st.text(max_size=400), st.text(st.sampled_from("aê😀𠮷🇫\u0301\u200d"), max_size=300))


def septets(text: str) -> int:
    return sum(2 if character in EXTENSION else 1 for character in text)


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-be", "surrogatepass")) // 2


def greedy_count(costs: list[int], alone: int, one_of_several: int) -> int:
    """Segments by the rule as people tell it: fill each part, and start another when a character no longer fits."""
    if sum(costs) <= alone:
        return min(1, sum(costs))
    parts, used = 1, 0
    for cost in costs:
        if used + cost > one_of_several:
            parts, used = parts + 1, 0
        used += cost
    return parts


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['id']}-{vector['category']}")
def test_vectors(vector: dict[str, str]) -> None:
    measured = measure(vector["text"])
    assert (measured.encoding, measured.units, measured.segments) == (
        vector["encoding"],
        vector["units"],
        vector["segments"],
    )
    assert "".join(measured.parts) == vector["text"]


@given(GSM7_TEXT)
@example("a" * 152 + "€" + "a" * 152 + "€")
@example("a" * 159 + "€")
def test_gsm7_parts_are_as_full_as_whole_characters_allow(text: str) -> None:
    measured = measure(text)
    assert measured.encoding is Encoding.GSM7
    assert measured.units == septets(text)
    assert "".join(measured.parts) == text
    assert measured.segments == len(measured.parts) == greedy_count([septets(c) for c in text], 160, 153)
    assert all(0 < septets(part) <= (160 if measured.segments == 1 else 153) for part in measured.parts)


@given(ANY_TEXT)
@example("a" * 66 + "😀" * 40)
@example("ê" * 69 + "😀")
def test_ucs2_parts_are_as_full_as_whole_characters_allow(text: str) -> None:
    measured = measure(text, Encoding.UCS2)
    assert measured.units == utf16_units(text)
    assert "".join(measured.parts) == text
    assert measured.segments == len(measured.parts) == greedy_count([utf16_units(c) for c in text], 70, 67)
    for part in measured.parts:
        assert 0 < utf16_units(part) <= (70 if measured.segments == 1 else 67)
        part.encode("utf-16-be")


@given(st.one_of(GSM7_TEXT, ANY_TEXT))
def test_room_is_what_can_be_added_without_another_segment(text: str) -> None:
    measured = measure(text)
    filler = "a" if measured.encoding is Encoding.GSM7 else "ê"
    if measured.segments:
        assert measure(text + filler * measured.room).segments == measured.segments
    assert measure(text + filler * (measured.room + 1)).segments == max(2, measured.segments + 1)


def test_nothing_is_no_segment() -> None:
    measured = measure("")
    assert (measured.units, measured.segments, measured.parts, measured.room) == (0, 0, (), 160)


def test_half_characters_are_measured_but_never_encoded() -> None:
    measured = measure("a\ud83d" * 40)
    assert (measured.encoding, measured.units, measured.segments) == (Encoding.UCS2, 80, 2)
    assert "".join(measured.parts) == "a\ud83d" * 40
    with pytest.raises(BrokenText):
        encode_ucs2("a\ud83d")


def test_halves_that_meet_are_one_character_and_stay_together() -> None:
    measured = measure("a" * 66 + "\ud83d" + "\ude00" + "b" * 10)
    assert measured.parts == ("a" * 66, "😀" + "b" * 10)


def test_what_is_costly() -> None:
    assert measure("10€ [a] 5€").costly == ("€", "[", "]")
    assert measure("ë€ë’").costly == ("ë", "’")


def test_gsm7_is_never_forced_on_a_text_that_it_cannot_carry() -> None:
    with pytest.raises(NotGsm7) as refused:
        measure("Noël \u202e", Encoding.GSM7)
    assert refused.value.characters == "ë ‹U+202E›"


def test_stop_is_part_of_the_text() -> None:
    assert with_stop("") == "STOP 36034"
    assert with_stop("Soldes", "36180") == "Soldes STOP 36180"
    assert measure(with_stop("a" * 149)).segments == 1
    assert measure(with_stop("a" * 150)).segments == 2
