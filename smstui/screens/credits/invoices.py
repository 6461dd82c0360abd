"""Credits › Invoices: the account's orders, what became of them, and their invoices."""

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button

from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import amount, date_time, explain
from smstui.i18n import N_, _, ngettext
from smstui.money import euros
from smstui.screens.contacts.contact_words import day
from smstui.screens.credits.mail_modal import MailModal
from smstui.screens.credits.order import OrderPage
from smstui.screens.credits.order_facts import short_state
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
        Binding("e", "mail", N_("By e-mail"), id="invoices.mail"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._papers: Mapping[str, Invoice] = {}
        """The newest invoice or credit note of each order, by its reference."""

    def compose(self) -> ComposeResult:
        """The list and its actions."""
        yield SearchList[str](
            [
                Column("at", _("Date"), 10, sortable=True),
                Column("reference", _("Order"), 13),
                Column("credits", _("Credits"), 9, right=True, sortable=True, from_width=80),
                Column("total", _("Incl. VAT"), 12, right=True, sortable=True),
                Column("state", _("State"), 12, grows=True),
                Column("invoice", _("Invoice"), 13, from_width=68),
                Column("mailed", _("E-mailed"), 11, from_width=93),
            ],
            empty=_("No order yet: press n to buy credits."),
            sorted_by=("at", True),
        )
        with Horizontal(classes="actions"):
            yield Button(_("By e-mail"), id="mail", compact=True)
            yield Button("PDF", id="download", compact=True)
            yield Button(_("Buy credits"), id="buy", variant="primary", compact=True)

    async def read(self) -> None:
        """Read the list and show it."""
        orders = await self.backend.orders.list(self.actor)
        invoices = await self.backend.invoices.list(self.actor)
        self._papers = {each.document.order_reference: each for each in reversed(invoices)}
        self.list.show([_entry(order, self._papers.get(order.reference)) for order in orders])
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
        if (paper := self._chosen_paper()) is not None:
            await hand_out_paper(self, paper.number)

    @on(Button.Pressed, "#mail")
    @once_at_a_time("invoices-mail")
    async def action_mail(self) -> None:
        """Send the invoice of the order under the cursor by e-mail, once the address is confirmed."""
        mail, paper = self.backend.invoice_mail, self._chosen_paper()
        if paper is None:
            return
        try:
            mail.check()
        except Refusal as refusal:
            self.notify(explain(refusal), severity="warning", markup=False)
            return
        address = await self.ask(MailModal(mail, self.actor, paper, await mail.address(self.actor)))
        if address is not None:
            words = _("{number} was sent to {address}.")
            self.notify(words.format(number=paper.number, address=printable(address)), markup=False)
            self.read_soon()

    def _chosen_paper(self) -> Invoice | None:
        """The newest of the order under the cursor; says so when there is none."""
        reference = self.table.cursor_key
        paper = self._papers.get(reference or "")
        if reference is not None and paper is None:
            words = _("The order {reference} has no invoice: invoices come with the payment.")
            self.notify(words.format(reference=reference), severity="warning", markup=False)
        return paper


def _entry(order: Order, paper: Invoice | None) -> Entry[str]:
    invoice = paper.number if paper else ""
    mailed = "" if paper is None else _("perhaps") if paper.perhaps_mailed else ""
    if paper is not None and paper.mailed_at is not None:
        mailed = date_time(paper.mailed_at)
    return Entry(
        order.reference,
        (
            day(order.created_at),
            order.reference,
            amount(order.credits),
            euros(order.total),
            short_state(order.state),
            invoice,
            mailed,
        ),
        search=f"{order.reference} {invoice}",
        order={"at": order.created_at, "credits": order.credits.milli, "total": order.total},
    )
