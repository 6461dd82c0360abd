"""What an invoice says. It is kept whole when it is issued, so that nothing changes it afterwards."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum

from smstui.domain.company import Billing, Company
from smstui.domain.credits import Credits
from smstui.services.company import billing_from, company_from
from smstui.services.order_rows import Method


class InvoiceKind(StrEnum):
    """What a document is."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    """Of money that was given back."""
    PROFORMA = "proforma"
    """Of an order that isn't paid: it has no number of its own, and is not kept."""


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice, a credit note or a proforma invoice. Money is in cents; a credit note's is positive too."""

    kind: InvoiceKind
    number: str
    """F-2026-00001, A-2026-00001; the order's reference of a proforma."""
    issued_on: date
    seller: Company
    buyer: Billing
    buyer_email: str
    order_reference: str
    ordered_on: date
    paid_on: date | None
    method: Method
    credits: Credits
    net: int
    vat: int
    vat_rate: int
    """Hundredths of a percent."""
    corrects: str | None = None
    """The number of the invoice that a credit note is about."""

    @property
    def total(self) -> int:
        """With VAT."""
        return self.net + self.vat

    def to_json(self) -> str:
        """The document as it is kept."""
        values = asdict(self)
        values["credits"] = self.credits.milli
        for name in ("issued_on", "ordered_on", "paid_on"):
            values[name] = values[name] and values[name].isoformat()
        return json.dumps(values, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Document":
        """The document that was kept."""
        values = json.loads(text)
        paid_on = values.pop("paid_on")
        return cls(
            kind=InvoiceKind(values.pop("kind")),
            issued_on=date.fromisoformat(values.pop("issued_on")),
            ordered_on=date.fromisoformat(values.pop("ordered_on")),
            paid_on=paid_on and date.fromisoformat(paid_on),
            seller=company_from(values.pop("seller")),
            buyer=billing_from(values.pop("buyer")),
            method=Method(values.pop("method")),
            credits=Credits(values.pop("credits")),
            **values,
        )
