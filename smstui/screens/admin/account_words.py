"""What is said of an account."""

from collections.abc import Mapping, Sequence
from typing import Final

from textual.content import Content

from smstui.domain.actor import Role
from smstui.domain.visible import printable
from smstui.formats import amount, credits_text, date_time
from smstui.i18n import N_, _
from smstui.money import euros
from smstui.screens.credits.order_facts import state_words as order_state
from smstui.services.account_query import AccountRow
from smstui.services.administration import AccountDetails
from smstui.services.order_words import METHOD_WORDS
from smstui.services.orders import Order
from smstui.widgets.columns import Cell

FACTS: Final = {
    "state": N_("State"),
    "reason": N_("Reason"),
    "balance": N_("Balance"),
    "email": N_("E-mail address"),
    "number": N_("Number"),
    "rights": N_("Rights"),
    "billing": N_("Invoices for"),
    "created": N_("Opened on"),
}


def state_words(row: AccountRow) -> Content:
    """That it is blocked, or else its rights."""
    if row.blocked_at is not None:
        return Content.assemble(("✕ ", "$text-error"), _("blocked"))
    return Content(", ".join(_rights(row)))


def facts_of(details: AccountDetails) -> Mapping[str, Content]:
    """The facts by their names in `FACTS`."""
    row, billing = details.row, details.billing
    facts = {
        "balance": Content.styled(credits_text(row.balance), "bold"),
        "email": Content(printable(row.email)),
        "number": Content(row.certified_number or _("none certified")),
        "rights": Content(", ".join(_rights(row)) or _("those of every account")),
        "created": Content(date_time(row.created_at)),
    }
    if row.blocked_at is not None:
        since = _("blocked since {at}").format(at=date_time(row.blocked_at))
        facts["state"] = Content.assemble(("✕ ", "$text-error"), since)
        facts["reason"] = Content(printable(row.blocked_reason))
    if billing is not None:
        facts["billing"] = Content(printable(" · ".join([billing.name, *billing.address[-1:]])))
    return facts


def order_cells(order: Order) -> Sequence[Cell]:
    """An order as a row."""
    return (
        date_time(order.created_at),
        order.reference,
        amount(order.credits),
        euros(order.total),
        _(METHOD_WORDS[order.method]),
        order_state(order.state),
    )


def _rights(row: AccountRow) -> list[str]:
    words = [_("administrator")] if row.role is Role.ADMIN else []
    return [*words, *([_("without STOP")] if row.may_omit_stop else [])]
