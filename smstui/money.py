"""Money as people read it: cents of a euro, prices of a credit, rates of VAT, in the current language or another."""

from decimal import Decimal
from typing import Final

from smstui.domain.visible import printable
from smstui.formats import NARROW_NO_BREAK_SPACE
from smstui.i18n import current_language

_EURO: Final = "EUR"
_UNITS: Final = 10_000
"""Prices of a credit are in ten-thousandths of a euro."""
_UNIT_DIGITS: Final = "0.000#"


def euros(cents: int, language: str | None = None) -> str:
    """An amount of money: "€1,234.50"; in French "1 234,50 €"."""
    from babel.numbers import format_currency

    text = format_currency(Decimal(cents) / 100, _EURO, locale=language or current_language())
    return text.replace("\u00a0€", f"{NARROW_NO_BREAK_SPACE}€")


def hundredths(amount: int, currency: str) -> str:
    """An amount of any currency, whose code is foreign text: "38.40 USD"; in French "38,40 USD"."""
    from babel.numbers import format_decimal

    if currency == _EURO:
        return euros(amount)
    digits = format_decimal(Decimal(amount) / 100, "#,##0.00", locale=current_language())
    return f"{digits} {printable(currency)}".strip().replace("\u00a0", NARROW_NO_BREAK_SPACE)


def unit_price(unit: int, language: str | None = None) -> str:
    """The price of one credit, of `unit` ten-thousandths of a euro: "€0.065"; in French "0,065 €"."""
    from babel.numbers import format_decimal

    language = language or current_language()
    digits = format_decimal(Decimal(unit) / _UNITS, _UNIT_DIGITS, locale=language)
    return f"{digits}{NARROW_NO_BREAK_SPACE}€" if language == "fr" else f"€{digits}"


def rate(vat_rate: int, language: str | None = None) -> str:
    """A rate of VAT, of hundredths of a percent: "20%"; in French "20 %"."""
    from babel.numbers import format_decimal

    language = language or current_language()
    digits = format_decimal(Decimal(vat_rate) / 100, locale=language)
    return f"{digits}{NARROW_NO_BREAK_SPACE}%" if language == "fr" else f"{digits}%"
