"""The pop-up that sends an invoice by e-mail, once the address is confirmed."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.formats import date_time, explain
from smstui.i18n import N_, _
from smstui.screens.once import once_at_a_time
from smstui.services.invoice_mail import InvoiceMail
from smstui.services.invoices import Invoice
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import LineField
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.words import Words


class MailModal(TranslatedModal[str | None]):
    """Sends the invoice and answers with the address that it went to, or with None when it was not sent."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="mail.cancel"),
    ]

    def __init__(self, invoice_mail: InvoiceMail, actor: Actor, invoice: Invoice, address: str) -> None:
        """`address`: the one that is offered."""
        super().__init__()
        self._invoice_mail, self._actor, self._invoice, self._address = invoice_mail, actor, invoice, address

    def compose(self) -> ComposeResult:
        """What is sent, the address, and the two buttons."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("Send by e-mail"))
            sentence = _("{number} is sent as a PDF to this address.").format(number=self._invoice.number)
            yield Words(sentence, classes="dialog-text")
            if self._invoice.mailed_at is not None:
                before = _("It was sent before, on {date}.").format(date=date_time(self._invoice.mailed_at))
                yield Words(before, classes="dialog-text", id="before")
            elif self._invoice.perhaps_mailed:
                before = _("It may have been sent before: that it had left was never heard.")
                yield Words(before, classes="dialog-text", id="before")
            yield Words("")
            yield Labelled(_("Address"), LineField(self._address, id="address", max_length=254, compact=True))
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")
                yield Button(_("Send"), id="send", variant="primary")

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one(Labelled).fail("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#send")
    @once_at_a_time("mail-send")
    async def _send(self) -> None:
        row, send = self.query_one(Labelled), self.query_one("#send", Button)
        row.fail("")
        row.hint(_("Being sent…"))
        send.disabled = True
        try:
            address = await self._invoice_mail.send(self._actor, self._invoice.number, self.query_one(Input).value)
        except Refusal as refusal:
            row.hint("")
            row.fail(explain(refusal))
            send.disabled = False
            self.query_one(Input).focus()
        else:
            self.dismiss(address)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Send nothing; what is on its way already may arrive."""
        self.dismiss(None)
