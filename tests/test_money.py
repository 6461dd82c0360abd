import pytest

from smstui import money
from smstui.i18n import use_language


@pytest.mark.parametrize(
    ("language", "amount", "unit", "rate"),
    [("en", "€1,234.50", "€0.0655", "5.5%"), ("fr", "1\u202f234,50\u202f€", "0,0655\u202f€", "5,5\u202f%")],
)
def test_money_reads_as_in_the_language(language: str, amount: str, unit: str, rate: str) -> None:
    for named in (language, None):
        if named is None:
            use_language(language)
        assert money.euros(1_234_50, named) == amount
        assert money.unit_price(655, named) == unit
        assert money.rate(550, named) == rate


def test_whole_values_stay_short() -> None:
    assert money.euros(-5) == "-€0.05"
    assert money.rate(2000) == "20%"
    assert money.unit_price(20_000).startswith("€2.00")


def test_other_currencies_have_their_code_which_is_foreign_text() -> None:
    assert money.hundredths(1_234_50, "EUR") == "€1,234.50"
    assert money.hundredths(38_40, "USD") == "38.40 USD"
    assert money.hundredths(38_40, "\x1b[m") == "38.40 ␛[m"
    use_language("fr")
    assert money.hundredths(1_234_50, "CHF") == "1\u202f234,50 CHF"
