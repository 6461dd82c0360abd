"""Credits › Invoices: the account's orders, what became of them, and their invoices."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button

from smstui.formats import amount, date_time
from smstui.i18n import N_, _, ngettext
from smstui.money import euros
from smstui.screens.credits.order import OrderPage
from smstui.screens.credits.order_facts import state_words
from smstui.screens.credits.papers import hand_out_paper
from smstui.screens.list_page import ListPage
from smstui.screens.once import once_at_a_time
from smstui.services.invoices import Invoice
from smstui.services.orders import Order
from smstui.widgets.columns import Column
from smstui.widgets.search_list import Entry, SearchList
from smstui.widgets.windowed_table import WindowedTable


class InvoicesPage(ListPage[str]):
    """The orders, the newest first; Enter opens one, and a key saves its invoice."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "buy", N_("Buy credits"), id="invoices.buy"),
        Binding("d", "download", N_("Save as PDF"), id="invoices.download"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._numbers: Mapping[str, str] = {}
        """The number of the newest paper of each order, by its reference."""

    def compose(self) -> ComposeResult:
        """The list and its actions."""
        yield SearchList[str](
            [
                Column("at", _("Date"), 11, sortable=True),
                Column("reference", _("Order"), 14),
                Column("credits", _("Credits"), 9, right=True, sortable=True, from_width=80),
                Column("total", _("Incl. VAT"), 12, right=True, sortable=True, from_width=60),
                Column("state", _("State"), 20, grows=True),
                Column("invoice", _("Invoice"), 14, from_width=70),
            ],
            empty=_("No order yet: press n to buy credits."),
            sorted_by=("at", True),
        )
        with Horizontal(classes="actions"):
            yield Button(_("Save as PDF"), id="download", compact=True)
            yield Button(_("Buy credits"), id="buy", variant="primary", compact=True)

    async def read(self) -> None:
        """Read the list and show it."""
        orders = await self.backend.orders.list(self.actor)
        invoices = await self.backend.invoices.list(self.actor)
        self._numbers = _newest(invoices)
        self.list.show([_entry(order, self._numbers.get(order.reference, "")) for order in orders])
        self.note = ngettext("{count} order", "{count} orders", len(orders)).format(count=len(orders))

    @on(WindowedTable.Chosen)
    def _open(self, event: WindowedTable.Chosen) -> None:
        self.open(OrderPage(str(event.key)))

    @on(Button.Pressed, "#buy")
    def action_buy(self) -> None:
        """Go and buy."""
        self.go_to("buy")

    @on(Button.Pressed, "#download")
    @once_at_a_time("invoices-download")
    async def action_download(self) -> None:
        """Save the invoice of the order under the cursor."""
        reference = self.table.cursor_key
        if reference is None:
            return
        number = self._numbers.get(reference)
        if number is None:
            words = _("The order {reference} has no invoice: invoices come with the payment.")
            self.notify(words.format(reference=reference), severity="warning", markup=False)
            return
        await hand_out_paper(self, number)


def _newest(invoices: Sequence[Invoice]) -> Mapping[str, str]:
    return {each.document.order_reference: each.number for each in reversed(invoices)}


def _entry(order: Order, invoice: str) -> Entry[str]:
    return Entry(
        order.reference,
        (
            date_time(order.created_at),
            order.reference,
            amount(order.credits),
            euros(order.total),
            state_words(order.state),
            invoice,
        ),
        search=f"{order.reference} {invoice}",
        order={"at": order.created_at, "credits": order.credits.milli, "total": order.total},
    )
