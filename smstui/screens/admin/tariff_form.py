"""The pop-up that says what an SMS to one country costs, by type."""

from collections.abc import Mapping
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.actor import Actor
from smstui.domain.country import name_of
from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from smstui.domain.phone import FRANCE
from smstui.domain.states import MessageType
from smstui.domain.tariff import METROPOLITAN_ONLY, Tariff, check_price
from smstui.formats import amount, explain
from smstui.i18n import N_, _, current_language
from smstui.screens.once import once_at_a_time
from smstui.screens.settings.words import TYPE_WORDS
from smstui.services.tariff_files import read_country, read_price
from smstui.services.tariffs import Tariffs
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import NEXT, LineField
from smstui.widgets.screen import TranslatedModal

COUNTRY: Final = "country"


class TariffForm(TranslatedModal[int | None]):
    """Changes the prices of a country, and answers how many are others now; None when the person went back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="tariff_form.cancel"),
        Binding("ctrl+s", "save", N_("Save"), show=False, id="tariff_form.save", priority=True),
    ]

    def __init__(self, tariffs: Tariffs, actor: Actor, tariff: Tariff, country: str | None) -> None:
        """`country`: whose prices are changed; None lets the person say which one is added."""
        super().__init__()
        self._tariffs, self._actor, self._tariff, self._edited = tariffs, actor, tariff, country
        self._offered: dict[MessageType, str] = {}
        """What stands in the fields that the person has not written in, while a country is being added."""

    def compose(self) -> ComposeResult:
        """The country, unless it is known, a price for each type, and the two buttons."""
        country = self._edited
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("New country") if country is None else _name(country))
            if country is None:
                field = LineField(id=COUNTRY, compact=True, max_length=60).leading_to(NEXT)
                yield Labelled(_("Country"), field, id=f"{COUNTRY}-row")
            for kind in MessageType:
                price = self._tariff.price(country, kind) if country else None
                value = "" if price is None else amount(price)
                row = Labelled(_(TYPE_WORDS[kind]), LineField(value, id=kind, compact=True, max_length=14))
                row.id = f"{kind}-row"
                row.display = country == FRANCE or kind not in METROPOLITAN_ONLY
                yield row
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")
                yield Button(_("Save"), id="save", variant="primary")

    def on_mount(self) -> None:
        """Say what to write."""
        last = [kind for kind in MessageType if self._row(kind).display][-1]
        self._row(last).hint(_("Credits for one SMS. Empty: nothing of this type goes there."))
        if self._edited is None:
            self._row(COUNTRY).hint(_("Its name, or its two letters: Belgium, BE."))

    def _row(self, field: str) -> Labelled:
        return self.query_one(f"#{field}-row", Labelled)

    def _text(self, field: str) -> str:
        return self.query_one(f"#{field}", Input).value.strip()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        field = event.input.id or ""
        self._row(field).fail("")
        if field == COUNTRY:
            self._show_country()

    def _show_country(self) -> None:
        """The prices that the country has already, as soon as it is known which one is meant."""
        try:
            country = read_country(self._text(COUNTRY))
        except Refusal:
            self._row(COUNTRY).hint(_("Its name, or its two letters: Belgium, BE."))
            self._show_prices("")
            return
        self._row(COUNTRY).hint(_name(country))
        self._show_prices(country)

    def _show_prices(self, country: str) -> None:
        """Those it has, in the fields where the person wrote nothing."""
        for kind in MessageType:
            self._row(kind).display = country == FRANCE or kind not in METROPOLITAN_ONLY
            if self._text(kind) == self._offered.get(kind, ""):
                price = self._tariff.price(country, kind) if country else None
                self._offered[kind] = "" if price is None else amount(price)
                self.query_one(f"#{kind}", Input).value = self._offered[kind]

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        last = [row for row in self.query(Labelled) if row.display][-1]
        if event.input is last.query_one(Input):
            self.action_save()
        else:
            self.focus_next()

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Save, if all is right; else stand where it is not."""
        country = self._edited or self._read_country()
        prices = self._read_prices(country) if country else None
        if country is None or prices is None:
            next(row for row in self.query(Labelled) if row.error).query_one(Input).focus()
        else:
            self._save(country, prices)

    def _read_country(self) -> str | None:
        try:
            return read_country(self._text(COUNTRY))
        except Refusal as refusal:
            self._row(COUNTRY).fail(explain(refusal))
            return None

    def _read_prices(self, country: str) -> Mapping[MessageType, Credits | None] | None:
        """The prices written; None when one can't be, as is said under it."""
        prices: dict[MessageType, Credits | None] = {}
        for kind in MessageType:
            text = self._text(kind) if self._row(kind).display else ""
            try:
                prices[kind] = read_price(text) if text else None
                check_price(country, kind, prices[kind])
            except Refusal as refusal:
                self._row(kind).fail(explain(refusal))
        if self._edited is None and not any(prices.values()) and not any(row.error for row in self.query(Labelled)):
            self._row(MessageType.PRO).fail(_("Write what an SMS costs there, such as 2.5."))
        return None if any(row.error for row in self.query(Labelled)) else prices

    @once_at_a_time("tariff-form")
    async def _save(self, country: str, prices: Mapping[MessageType, Credits | None]) -> None:
        try:
            changed = await self._tariffs.set_prices(
                self._actor, {kind: {country: price} for kind, price in prices.items()}
            )
        except Refusal as refusal:
            self._row(MessageType.PRO).fail(explain(refusal))
        else:
            self.dismiss(len(changed))

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Change nothing."""
        self.dismiss(None)


def _name(country: str) -> str:
    return f"{name_of(country, current_language())} ({country})"
