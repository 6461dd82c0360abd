"""Guards against formulas in CSV files."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smstui.domain.spreadsheet_text import guarded, may_hold_guards, unguarded


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+1+1", "'+1+1"),
        ("+336 01 02 03 04", "'+336 01 02 03 04"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("'=1", "''=1"),
        ("''+1", "'''+1"),
    ],
)
def test_what_a_program_could_compute_is_guarded(text: str, written: str) -> None:
    assert guarded(text) == written


@pytest.mark.parametrize("text", ["", "Dupont", "a=1", "0601020304", "+33601020304", "'", "'Ahmed", "n°1", "1-2"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text
    assert unguarded(text) == text


@given(st.text(st.one_of(st.sampled_from("'=+-@\t\r1"), st.characters()), max_size=8))
@example("'+1")
@example("+1")
def test_what_was_guarded_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert may_hold_guards(f"a;{guarded(text)};b") or guarded(text) == text
