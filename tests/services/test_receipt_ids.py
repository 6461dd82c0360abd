"""Ids in receipts: what a connection learns of their form."""

from hypothesis import given
from hypothesis import strategies as st

from smstui.services.receipt_ids import LearntForm, ReceiptIdForm
from smstui.smpp.ids import id_key

F = ReceiptIdForm


@given(st.integers(1, 2**64))
def test_forms_are_each_others_reverse(number: int) -> None:
    assert F.DECIMAL.response_key(str(number)) == id_key(f"{number:X}")
    assert F.HEXADECIMAL.response_key(f"{number:x}") == id_key(str(number))
    assert F.SAME.response_key(f"000{number}") == id_key(str(number))


@given(st.text(max_size=65))
def test_no_id_breaks(smsc_id: str) -> None:
    for form in F:
        form.response_key(smsc_id)


def test_one_clear_receipt_teaches_and_an_ambiguous_one_does_not() -> None:
    assert LearntForm().after("7", set(F)) == LearntForm()
    assert LearntForm().after("10", {F.DECIMAL}) == LearntForm(F.DECIMAL)


def test_what_was_learned_is_given_up_only_when_contradicted_again_and_again() -> None:
    learnt = LearntForm(F.SAME)
    for _ in range(100):
        learnt = learnt.after("10", {F.DECIMAL})
    assert learnt.form is F.SAME, "one receipt repeated"
    assert learnt.after("12", {F.SAME}) == LearntForm(F.SAME)
    for number in range(100):
        learnt = learnt.after(str(number), {F.DECIMAL})
    assert learnt.form is F.DECIMAL


def test_a_connection_starts_without_knowing() -> None:
    assert LearntForm.stored("raw") == LearntForm()
    assert LearntForm.stored("decimal") == LearntForm(F.DECIMAL)
    assert LearntForm().forms() == tuple(F)
    assert LearntForm(F.SAME).forms() == (F.SAME,)
