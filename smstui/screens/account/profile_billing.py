"""The pop-up that says whom the invoices of the account are for."""

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.actor import Actor
from smstui.domain.company import (
    LONGEST_LINE,
    LONGEST_NAME,
    AddressMissing,
    Billing,
    InvalidSiret,
    InvalidVatNumber,
    check_billing,
)
from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import explain
from smstui.i18n import N_, _
from smstui.screens.once import once_at_a_time
from smstui.services.company import CompanySettings
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import NEXT, LineField
from smstui.widgets.screen import TranslatedModal

_LINES: Final = 4
"""Fields for the address, unless it has more lines."""
_FIELD_OF: Final = {AddressMissing: "address-0", InvalidSiret: "siret", InvalidVatNumber: "vat-number"}


class BillingModal(TranslatedModal[Billing | None]):
    """Answers with what is kept, or with None when the person went back."""

    DEFAULT_CSS = """
    BillingModal .dialog { padding: 1; }
    BillingModal VerticalScroll { height: auto; max-height: 16; }
    """
    AUTO_FOCUS = "#name"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="profile_billing.cancel"),
        Binding("ctrl+s", "save", N_("Save"), show=False, id="profile_billing.save", priority=True),
    ]

    def __init__(self, settings: CompanySettings, actor: Actor, known: Billing | None) -> None:
        super().__init__()
        self._settings, self._actor = settings, actor
        known = known or Billing("", ())
        lines = (*known.address, *[""] * (_LINES - len(known.address)))
        self._addresses = [f"address-{index}" for index in range(len(lines))]
        self._known = {
            "name": known.name,
            **dict(zip(self._addresses, lines, strict=True)),
            "vat-number": known.vat_number,
            "siret": known.siret,
        }

    def compose(self) -> ComposeResult:
        """Name, address, numbers, and the two buttons."""
        labels = {"name": _("Name"), "address-0": _("Address"), "vat-number": _("VAT number"), "siret": _("SIRET")}
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("Whom the invoices are for"))
            with VerticalScroll(can_focus=False):
                for field, value in self._known.items():
                    limit = LONGEST_NAME if field == "name" else LONGEST_LINE
                    control = LineField(printable(value), id=field, max_length=limit, compact=True)
                    if field != "siret":
                        control.leading_to(NEXT)
                    yield Labelled(labels.get(field, ""), control, id=f"{field}-row", classes="-wide")
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")
                yield Button(_("Save"), id="save", variant="primary")

    def on_mount(self) -> None:
        """Say what can be left out."""
        self._row("siret").hint(_("A person has neither of the two numbers."))

    @property
    def _written(self) -> Billing:
        """What the form says; a field that was not written anew is as it was."""
        shown = {field: self.query_one(f"#{field}", Input).value for field in self._known}
        written = {field: old if shown[field] == printable(old) else shown[field] for field, old in self._known.items()}
        address = tuple(written[field] for field in self._addresses)
        return Billing(written["name"], address, written["vat-number"], written["siret"])

    @on(Input.Changed)
    def _typed(self) -> None:
        for field in self._known:
            self._row(field).fail("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#save")
    @once_at_a_time("profile-billing")
    async def action_save(self) -> None:
        """Keep it."""
        try:
            kept = await self._settings.set_billing(self._actor, check_billing(self._written))
        except Refusal as refusal:
            field = _FIELD_OF.get(type(refusal), "name")
            self._row(field).fail(explain(refusal))
            self.query_one(f"#{field}").focus()
        else:
            self.dismiss(kept)

    def _row(self, field: str) -> Labelled:
        return self.query_one(f"#{field}-row", Labelled)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Change nothing."""
        self.dismiss(None)
