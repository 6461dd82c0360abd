"""One id, written in several ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smstui.smpp.ids import id_candidates, id_key
from smstui.smpp.status import status_words


@pytest.mark.parametrize(
    ("response", "receipt"),
    [("1F", "31"), ("31", "1f"), ("0000001f", "31"), ("00031", "1F"), ("A1", "a1"), ("007", "7"), ("0x1F", "31")],
)
def test_a_receipt_leads_to_its_message(response: str, receipt: str) -> None:
    assert id_key(response) in id_candidates(receipt)


def test_the_likeliest_comes_first() -> None:
    assert id_candidates("00A1") == ("00A1", "00a1", "a1", "161")
    assert id_candidates("42") == ("42", "66", "2a")


@given(st.text(max_size=80))
def test_any_id_has_a_key_among_its_candidates(smsc_id: str) -> None:
    candidates = id_candidates(smsc_id)
    assert len(set(candidates)) == len(candidates)
    if id_key(smsc_id):
        assert id_key(smsc_id) in candidates
        assert candidates[0] == smsc_id


@given(st.integers(0, 2**64), st.integers(0, 6))
def test_hexadecimal_and_decimal_meet(number: int, zeros: int) -> None:
    assert id_key("0" * zeros + f"{number:X}") in id_candidates(str(number))
    assert id_key("0" * zeros + str(number)) in id_candidates(f"{number:X}")


def test_statuses_in_words() -> None:
    assert status_words(0xE) == "0x0000000E ESME_RINVPASWD: invalid password"
    assert status_words(0x450) == "0x00000450: error of this SMSC’s own"
    assert status_words(0xFFFFFFFF) == "0xFFFFFFFF: error unknown to SMPP 3.4"
