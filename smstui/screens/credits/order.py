"""One order of credits: how it is paid, and what has become of it, live."""

from contextlib import aclosing
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button

from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import credits_text, date_time, explain
from smstui.i18n import N_, _
from smstui.money import euros
from smstui.screens.credits.order_facts import FACTS, facts_of, state_words
from smstui.screens.credits.papers import hand_out_paper
from smstui.screens.latest import Latest
from smstui.screens.once import once_at_a_time
from smstui.screens.page import Page
from smstui.services.orders import Method, Order, OrderState
from smstui.services.transfers import Transfer, qr_lines
from smstui.widgets.fact_lines import FactLines
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.qr_code import QrModal, qr_content
from smstui.widgets.words import Words

READ_INTERVAL = 2.0
"""Seconds between two readings while a payment is awaited."""
WORDS = 44
"""Columns that the words keep when the code stands beside them."""


class OrderPage(Page):
    """What is known of the order; while its payment is awaited, all that the payer needs."""

    DEFAULT_CSS = """
    OrderPage {
        #state { margin-bottom: 1; }
        #how { margin: 1 0; height: auto; }
        #address { height: auto; }
        #both { layout: horizontal; }
        #both, #said { height: auto; }
        #said { width: 1fr; }
        #qr { width: auto; height: auto; margin-left: 2; }
        #trouble { color: $text-warning; height: auto; }
        .actions { height: 1; align-horizontal: right; }
        .actions > Button { margin-left: 2; }
        VerticalScroll { height: 1fr; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open_address", N_("Open the page"), id="order.open"),
        Binding("c", "copy", N_("Copy"), id="order.copy"),
        Binding("q", "show_code", N_("QR code"), id="order.qr"),
        Binding("d", "download", N_("Invoice"), id="order.download"),
        Binding("delete", "cancel_order", N_("Cancel the order"), show=False, id="order.cancel"),
    ]

    def __init__(self, reference: str) -> None:
        super().__init__()
        self._reference = reference
        self._order: Order | None = None
        self._invoice = ""
        self._copied = ""
        """What the copy key copies: the address of the payment page, or the reference of a transfer."""
        self._code: tuple[str, ...] = ()
        """A QR code, as lines: of the address, or of the transfer."""
        self._is_watched = False
        self._reading = Latest(self, self._read, group="order")

    def compose(self) -> ComposeResult:
        """State, facts, how to pay."""
        yield Words("", id="state")
        with VerticalScroll(can_focus=True), Container(id="both"):
            with Vertical(id="said"):
                yield FactLines({name: _(label) for name, label in FACTS.items()}, id="facts")
                yield Words("", id="how")
                yield Words("", id="address")
                yield Words("", id="trouble")
            yield Words("", id="qr")
        with Horizontal(classes="actions"):
            yield Button(_("Cancel the order"), id="cancel-order", compact=True)
            yield Button(_("Save as PDF"), id="download", compact=True)
            yield Button(_("Open the page"), id="open", variant="primary", compact=True)

    def on_resize(self) -> None:
        """A page that is large enough has room for the code beside the words."""
        self.call_after_refresh(self._fit_code)

    def on_mount(self) -> None:
        """Read it now, and as long as a payment may come."""
        self.heading = self._reference
        for name in ("cancel-order", "open", "download", "qr"):
            self.query_one(f"#{name}").display = False
        self._reading.ask()
        self.set_interval(READ_INTERVAL, self._read_if_awaited)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done now is offered."""
        is_awaited = self._order is not None and self._order.state is OrderState.PENDING
        offered = {
            "open_address": is_awaited and self._order is not None and self._order.checkout_url is not None,
            "copy": is_awaited and bool(self._copied),
            "show_code": is_awaited and bool(self._code),
            "download": self._order is not None and bool(self._paper),
            "cancel_order": is_awaited,
        }
        return offered.get(action, True)

    @property
    def _paper(self) -> str:
        """The number of the invoice, or the reference when there is a proforma instead."""
        order = self._order
        is_proforma = order is not None and order.method is Method.TRANSFER and order.state is OrderState.PENDING
        return self._invoice or (self._reference if is_proforma else "")

    def _read_if_awaited(self) -> None:
        if self._order is None or self._order.state is OrderState.PENDING:
            self._reading.ask()

    async def _read(self) -> None:
        before = self._order
        order = await self.backend.orders.get(self.actor, self._reference)
        if order == before:
            return
        self._order = order
        invoice = await self.backend.invoices.of_order(self.actor, self._reference)
        self._invoice = invoice.number if invoice else ""
        self._show(order)
        if order.state is not OrderState.PENDING:
            self._show_how("", "", ())
            if before is not None and order.state is OrderState.PAID:
                words = _("Paid: {credits} more.").format(credits=credits_text(order.credits))
                self.notify(words, markup=False)
        elif order.method is Method.TRANSFER:
            await self._show_transfer()
        elif not self._is_watched:
            self._is_watched = True
            self._follow_card(order)

    def _show(self, order: Order) -> None:
        self.query_one("#state", Words).update(state_words(order.state))
        self.query_one(FactLines).show(facts_of(order, self._invoice))
        is_awaited = order.state is OrderState.PENDING
        self.query_one("#cancel-order").display = is_awaited
        self.query_one("#open").display = is_awaited and order.checkout_url is not None
        self.query_one("#download").display = bool(self._paper)
        self.note = date_time(order.created_at)
        self.refresh_bindings()

    async def _show_transfer(self) -> None:
        try:
            transfer = await self.backend.orders.transfer(self.actor, self._reference)
        except Refusal as refusal:
            self.query_one("#trouble", Words).update(explain(refusal))
            return
        self._copied = transfer.reference
        how = _("Transfer this amount, and write the reference: your credits come when the transfer has arrived.")
        self._show_how(how, _bank_lines(transfer), transfer.qr)

    @work(group="order-card", exclusive=True)
    async def _follow_card(self, order: Order) -> None:
        """Have the page of the payment, then ask what became of it until it is known."""
        trouble = self.query_one("#trouble", Words)
        try:
            address = await self.backend.checkout.open(self.actor, order)
            self._copied = address
            how = _("Pay on this page, in a browser on any device; this order is credited as soon as it is paid.")
            self._show_how(how, Content.styled(address, "$text-accent underline"), qr_lines(address))
            self._reading.ask()
            async with aclosing(self.backend.checkout.watch(self.actor, self._reference)) as changes:
                async for seen in changes:
                    trouble.update(explain(seen.trouble) if seen.trouble else "")
                    self._reading.ask()
        except Refusal as refusal:
            trouble.update(explain(refusal))

    def _show_how(self, how: str, where: Content | str, qr: tuple[str, ...]) -> None:
        self.query_one("#how", Words).update(how)
        self.query_one("#address", Words).update(where)
        self._code = qr
        self.query_one("#qr", Words).update(qr_content(qr))
        self._fit_code()
        self.refresh_bindings()

    def _fit_code(self) -> None:
        """The code beside the words, unless that leaves them too little, or cuts the code off."""
        columns, rows = max(map(len, self._code), default=0), len(self._code)
        room = self.query_one(VerticalScroll).size
        self.query_one("#qr").display = bool(rows) and columns + WORDS <= room.width and rows <= room.height

    def action_show_code(self) -> None:
        """Show the code alone, as large as the screen."""
        self.app.push_screen(QrModal(self._code, self._copied))

    @on(Button.Pressed, "#open")
    def action_open_address(self) -> None:
        """Open the page of the payment in a browser, where there is one."""
        if self._order is not None and self._order.checkout_url is not None:
            self.app.open_url(self._order.checkout_url)

    def action_copy(self) -> None:
        """Copy the address, or the reference, into the clipboard of the terminal (OSC 52)."""
        self.app.copy_to_clipboard(self._copied)
        self.notify(_("Copied."), markup=False)

    @on(Button.Pressed, "#download")
    @once_at_a_time("order-download")
    async def action_download(self) -> None:
        """Save the invoice, or the proforma of a transfer that is awaited."""
        await hand_out_paper(self, self._paper)

    @on(Button.Pressed, "#cancel-order")
    @once_at_a_time("order-cancel")
    async def action_cancel_order(self) -> None:
        """Give the order up, once that is confirmed."""
        order = self._order
        if order is None:
            return
        question = _("Cancel the order of {credits} at {total}? Nothing more is awaited for it.")
        sentence = question.format(credits=credits_text(order.credits), total=euros(order.total))
        confirm = _("Cancel the order")
        if not await self.ask(ConfirmModal(confirm, sentence, confirm=confirm, cancel=_("Keep it"), dangerous=True)):
            return
        try:
            await self.backend.checkout.cancel(self.actor, self._reference)
        except Refusal as refusal:
            self.say(refusal)
        self._reading.ask()


def _bank_lines(transfer: Transfer) -> Content:
    labelled = (
        (_("Holder"), printable(transfer.bank.holder)),
        (_("IBAN"), transfer.bank.iban_in_groups),
        (_("BIC"), transfer.bank.bic),
        (_("Amount"), euros(transfer.amount)),
        (_("Reference"), transfer.reference),
    )
    lines = [Content.assemble((f"{label:<11}", "$text-muted"), (said, "bold")) for label, said in labelled if said]
    return Content("\n").join(lines)
