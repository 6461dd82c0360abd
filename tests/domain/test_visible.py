"""What may be shown of foreign text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smstui.domain.text import printable

HOSTILE = st.text(
    st.one_of(
        st.sampled_from(
            "a\n\r\t\x1b\x7f\x85\x9b\u061c\u200b\u200d\u200e\u202e\u2028\u2066\u2069\u3164\ufeff\ud83d\udc80👩"
        ),
        st.characters(),
        st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp"]),
    )
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mrouge", "␛[31mrouge"),
        ("a\r\nb\nc\rd", "a⏎b⏎c␍d"),
        ("\u202egpj.exe", "‹U+202E›gpj.exe"),
        ("\x00\x7f\x9b\t", "␀␡‹U+009B›␉"),
        ("\ud83d", "‹U+D83D›"),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
        ("Noël à 10\u00a0€ 😀 ❤\ufe0f", "Noël à 10\u00a0€ 😀 ❤\ufe0f"),
        ("👩\u200d👧", "👩👧"),
        ("a\u200db", "a‹U+200D›b"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_newlines_may_be_kept() -> None:
    assert printable("a\r\nb\nc\rd\x1b", keep_newlines=True) == "a\nb\nc␍d␛"


@given(HOSTILE, st.booleans())
def test_nothing_shown_acts_or_hides(text: str, keep_newlines: bool) -> None:
    shown = printable(text, keep_newlines)
    allowed = "\n" if keep_newlines else ""
    acting = [c for c in shown if c not in allowed and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}]
    assert acting == []
    assert printable(shown, keep_newlines) == shown
    shown.encode()
