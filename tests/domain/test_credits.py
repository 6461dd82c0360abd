from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smstui.domain.credits import ONE_CREDIT, Credits, read_credits

amounts = st.integers(-(10**15), 10**15).map(Credits)


@pytest.mark.parametrize(("written", "milli"), [("212.5", 212_500), (20, 20_000), ("0.001", 1), ("-3", -3000), (0, 0)])
def test_decimal_amounts_are_exact(written: str | int, milli: int) -> None:
    assert Credits.of(written) == Credits(milli)
    assert Credits.of(written).decimal == Decimal(written)


@pytest.mark.parametrize("written", ["0.0001", "1.00005", "abc", "", "NaN", "Infinity"])
def test_what_is_finer_than_a_thousandth_or_no_number_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Credits.of(written)


@given(amounts, amounts, st.integers(0, 10**6))
def test_arithmetic_loses_nothing(one: Credits, other: Credits, count: int) -> None:
    assert one + other - other == one
    assert (one - other) == -(other - one)
    assert (one * count).decimal == one.decimal * count
    assert bool(one) == (one.milli != 0)


def test_a_segment_costs_one_credit() -> None:
    assert Credits.of(1) == ONE_CREDIT
    assert Credits.of(2) > ONE_CREDIT


@pytest.mark.parametrize(
    ("written", "milli"),
    [("100", 100_000), ("1 240,5", 1_240_500), ("\u202f1\u202f000.125 ", 1_000_125), ("-50", -50_000), ("−2,5", -2_500),
     ("+1", 1_000), ("7.", 7_000), ("0", 0)],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(written: str, milli: int) -> None:
    assert read_credits(written) == Credits(milli)


@pytest.mark.parametrize(
    "written", ["", " ", "-", "1,2,3", "1.2345", "1e3", "NaN", "1_000", "١", "0x10", "9" * 13, "--1"]
)
def test_what_is_no_amount_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        read_credits(written)


@given(amounts.filter(lambda one: abs(one.milli) < 10**15))
def test_every_amount_is_read_back(one: Credits) -> None:
    assert read_credits(f"{one.decimal:f}") == one
