"""What states, methods, documents and entries of bank statements are called; to be translated where they are shown."""

from typing import Final

from smstui.i18n import N_
from smstui.services.camt import Aside
from smstui.services.documents.document import InvoiceKind
from smstui.services.order_rows import Method, OrderState

METHOD_WORDS: Final = {Method.CARD: N_("Card"), Method.TRANSFER: N_("Transfer")}
ORDER_WORDS: Final = {
    OrderState.PENDING: N_("Awaiting payment"),
    OrderState.PAID: N_("Paid"),
    OrderState.CANCELLED: N_("Cancelled"),
    OrderState.EXPIRED: N_("Expired"),
    OrderState.REFUNDED: N_("Given back"),
}
INVOICE_WORDS: Final = {
    InvoiceKind.INVOICE: N_("Invoice"),
    InvoiceKind.CREDIT_NOTE: N_("Credit note"),
    InvoiceKind.PROFORMA: N_("Proforma invoice"),
}
ASIDE_WORDS: Final = {
    Aside.DEBIT: N_("Not an incoming payment"),
    Aside.UNBOOKED: N_("Not booked yet"),
    Aside.REVERSED: N_("A debit that came back"),
    Aside.CURRENCY: N_("Not in euros"),
    Aside.UNCLEAR: N_("Its date or amount is unclear"),
    Aside.OTHER_ACCOUNT: N_("Of another bank account"),
    Aside.APPLIED: N_("Applied before"),
    Aside.PAID: N_("Its order is paid already"),
    Aside.CARD: N_("Its order is paid by card"),
    Aside.UNKNOWN: N_("Names no order"),
    Aside.SEVERAL: N_("Names several orders of this amount"),
}
