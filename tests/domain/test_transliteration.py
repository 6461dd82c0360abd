"""What transliteration changes, and what it leaves."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smstui.domain.gsm7 import GSM7_CHARACTERS
from smstui.domain.text import Encoding, Replacement, is_gsm7, measure, transliterate, with_stop

BLACK_FRIDAY = (
    "C'est bientôt le Black Friday ! Profitez-en pour commencer vos cadeaux de Noël en bénéficiant de -30% sur une "
    "sélection d'articles du 22 au 27 novembre dans votre boutique."
)
TRICKY = st.text(
    st.one_of(
        st.sampled_from("aeo=x1½²°℃№ŉ…«»œŁıµ≠\u0301\u0302\u0338\u20e3\ufe0f\u200d\u200b\u00a0\u202f\t\0😀ж"),
        st.characters(),
    )
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("âêîôû ÀÂÈÊË ÿŸ ç Ç é", "aeiou AAEEE yY c Ç é"),
        ("cœur CŒUR", "coeur COEUR"),
        ("l’été “vu” «là» … – —", 'l\'été "vu" "là" ... - -'),
        ("10\u00a0€\u202f!", "10 € !"),
        ("m² 10² N°5 180° 35°C 1½ ½", "m2 10^2 No5 180 deg 35 degC 1 1/2 1/2"),
        ("Zażółć Łódź ŞşĞğİı", "Zazolc Lodz SsGgIi"),
        ("e\u0301 A\u030a a\u0302", "é Å a"),
        ("Zero\u200bwidth\ufeff\x00", "Zerowidth"),
        ("a\u2028b\tc", "a\nb c"),
        ("№ ™ © ﬁ Ａ５ 1\ufe0f\u20e3", "No TM (c) fi A5 1"),
        ("≠ ≤ = \u0338", "<> <= = \u0338"),
    ],
)
def test_replacements(before: str, after: str) -> None:
    assert transliterate(before).text == after


def test_replacements_are_counted_in_order_and_the_rest_is_listed() -> None:
    plainer = transliterate("Noël ’ê’ 😀 好 😀 ❤\ufe0f")
    assert plainer.text == "Noel 'e' 😀 好 😀 ❤\ufe0f"
    assert plainer.replacements == (Replacement("ë", "e", 1), Replacement("’", "'", 2), Replacement("ê", "e", 1))
    assert plainer.unreplaced == ("😀", "好", "❤\ufe0f")


def test_the_text_of_the_guide_costs_three_in_unicode_and_two_after_it() -> None:
    text = with_stop(BLACK_FRIDAY)
    before, after = measure(text), measure(transliterate(text).text)
    assert (before.encoding, before.units, before.segments) == (Encoding.UCS2, 183, 3)
    assert (after.encoding, after.segments) == (Encoding.GSM7, 2)


@given(st.text(st.sampled_from(sorted(GSM7_CHARACTERS))))
def test_gsm7_is_never_touched(text: str) -> None:
    assert transliterate(text).text == text
    assert transliterate(text).replacements == ()


@given(TRICKY)
@example("²°")
@example("½½")
@example("a\u200b\u0338")
def test_it_is_idempotent_and_tells_everything(text: str) -> None:
    once = transliterate(text)
    twice = transliterate(once.text)
    assert twice.text == once.text
    assert twice.replacements == ()
    assert twice.unreplaced == once.unreplaced
    assert is_gsm7(once.text) == (not once.unreplaced)
    assert all(is_gsm7(change.after) and change.before != change.after for change in once.replacements)
    assert (once.text == text) == (not once.replacements)
