"""What is said of an order."""

from collections.abc import Mapping
from typing import Final

from textual.content import Content

from smstui.formats import credits_text, date_time
from smstui.i18n import N_, _
from smstui.money import euros
from smstui.services.order_words import METHOD_WORDS, ORDER_WORDS
from smstui.services.orders import Order, OrderState

FACTS: Final = {
    "credits": N_("Credits"),
    "total": N_("Incl. VAT"),
    "net": N_("Excl. VAT"),
    "method": N_("Payment"),
    "until": N_("Awaited until"),
    "closed": N_("Closed"),
    "refunded": N_("Given back"),
    "invoice": N_("Invoice"),
}
_SIGNS: Final = {
    OrderState.PENDING: ("○", "$text-warning"),
    OrderState.PAID: ("●", "$text-success"),
    OrderState.CANCELLED: ("✕", "$text-muted"),
    OrderState.EXPIRED: ("✕", "$text-muted"),
    OrderState.REFUNDED: ("↺", "$text-muted"),
}


def state_words(state: OrderState) -> Content:
    """A sign and a word."""
    sign, colour = _SIGNS[state]
    return Content.assemble((f"{sign} ", colour), _(ORDER_WORDS[state]))


def short_state(state: OrderState) -> Content:
    """The same for a narrow column: an awaited payment is said in few letters."""
    sign, colour = _SIGNS[state]
    words = _("To pay") if state is OrderState.PENDING else _(ORDER_WORDS[state])
    return Content.assemble((f"{sign} ", colour), words)


def facts_of(order: Order, invoice: str) -> Mapping[str, Content]:
    """The facts by their names in `FACTS`."""
    vat = _("VAT {vat}").format(vat=euros(order.vat))
    facts = {
        "credits": Content.styled(credits_text(order.credits), "bold"),
        "total": Content.styled(euros(order.total), "bold"),
        "net": Content(f"{euros(order.net)}  +  {vat}"),
        "method": Content(_(METHOD_WORDS[order.method])),
    }
    if order.state is OrderState.PENDING and order.expires_at is not None:
        facts["until"] = Content(date_time(order.expires_at))
    if order.closed_at is not None:
        facts["closed"] = Content(date_time(order.closed_at))
    if order.refunded:
        facts["refunded"] = Content(euros(order.refunded))
    if invoice:
        facts["invoice"] = Content(invoice)
    return facts
