"""What the documents say, in French and in English, and the law that makes them say it.

CGI, annexe II, article 242 nonies A: both parties, numbers and dates, quantity, unit price and VAT rate of each line.
Code de commerce, L441-9 and L441-10: the date of payment, the discount for early payment, the penalties; D441-5: the
indemnity of 40 €.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final

from smstui import money
from smstui.i18n import N_, translated
from smstui.services.documents.document import Document, InvoiceKind
from smstui.services.order_rows import Method
from smstui.services.order_words import INVOICE_WORDS

_METHODS: Final = {Method.CARD: N_("bank card"), Method.TRANSFER: N_("bank transfer")}
_NO_DISCOUNT: Final = N_("No discount for early payment.")
_PENALTIES: Final = N_(
    "Late payment: penalties at the refinancing rate of the European Central Bank plus 10 points, and a fixed indemnity"
    " of €40 for recovery costs (French commercial code, articles L441-10 and D441-5)."
)
_NO_VAT: Final = N_("VAT not applicable, article 293 B of the French tax code (CGI).")
_PROFORMA: Final = N_("This proforma invoice is no invoice: one is issued when the payment has arrived.")
_SERVICES: Final = N_("Nature of the operation: supply of services.")

Say = Callable[[str], str]
"""A message id in the language of the document."""


def saying(language: str) -> Say:
    """What turns message ids into texts of `language`."""
    return partial(translated, language=language)


def title(document: Document, say: Say) -> str:
    """What it is, with its number."""
    return f"{say(INVOICE_WORDS[document.kind])} {document.number}"


def dates(document: Document, say: Say, language: str) -> list[str]:
    """When it was issued, ordered and paid, and what it corrects."""
    lines = [
        say(N_("Date of issue: {date}")).format(date=day(document.issued_on, language)),
        say(N_("Order {reference} of {date}")).format(
            reference=document.order_reference, date=day(document.ordered_on, language)
        ),
    ]
    if document.corrects is not None:
        lines.append(say(N_("About the invoice {number}")).format(number=document.corrects))
    return lines


def heading(say: Say) -> list[str]:
    """Of the columns of the line."""
    return [
        say(N_("Description")),
        say(N_("Quantity")),
        say(N_("Unit price without VAT")),
        say(N_("VAT rate")),
        say(N_("Amount without VAT")),
    ]


def line(document: Document, say: Say, language: str) -> list[str]:
    """The one line: credits."""
    from babel.numbers import format_decimal

    amount = document.credits.decimal
    quantity = format_decimal(amount, locale=language)
    unit = int((Decimal(document.net) * 100 / amount).to_integral_value()) if amount else 0
    what = N_("SMS credits given back") if document.kind is InvoiceKind.CREDIT_NOTE else N_("SMS credits")
    return [
        say(what),
        quantity,
        money.unit_price(unit, language),
        money.rate(document.vat_rate, language),
        money.euros(document.net, language),
    ]


def totals(document: Document, say: Say, language: str) -> list[tuple[str, str]]:
    """Labels and amounts, the last one what is to pay."""
    vat = say(N_("VAT {rate}")).format(rate=money.rate(document.vat_rate, language))
    return [
        (say(N_("Total without VAT")), money.euros(document.net, language)),
        (vat, money.euros(document.vat, language)),
        (say(N_("Total with VAT")), money.euros(document.total, language)),
    ]


def payment(document: Document, say: Say, language: str) -> str:
    """How and when it was paid, or is to be."""
    method = say(_METHODS[document.method])
    if document.kind is InvoiceKind.CREDIT_NOTE:
        return say(N_("Given back by {method}.")).format(method=method)
    if document.paid_on is None:
        return say(N_("To be paid by {method}, with the reference {reference}.")).format(
            method=method, reference=document.order_reference
        )
    return say(N_("Due and paid on {date} by {method}.")).format(date=day(document.paid_on, language), method=method)


def mentions(document: Document, say: Say) -> list[str]:
    """What the law wants said besides."""
    if document.kind is InvoiceKind.PROFORMA:
        return [say(_PROFORMA)]
    no_vat = [say(_NO_VAT)] if not document.vat_rate else []
    return [*no_vat, say(_SERVICES), say(_NO_DISCOUNT), say(_PENALTIES)]


def day(value: date, language: str) -> str:
    """A date, written out."""
    from babel.dates import format_date

    return format_date(value, "long", locale=language)
