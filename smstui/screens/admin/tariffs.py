"""Administration › Tariffs: what an SMS costs, by country and type, for all accounts."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button

from smstui.domain.country import name_of
from smstui.domain.errors import Refusal
from smstui.domain.states import MessageType
from smstui.domain.tariff import Tariff
from smstui.formats import number
from smstui.i18n import N_, _, current_language, ngettext
from smstui.screens.admin.tariff_form import TariffForm
from smstui.screens.admin.tariff_import import TariffImportPage
from smstui.screens.admin.tariff_words import price_words
from smstui.screens.list_page import ListPage
from smstui.screens.once import once_at_a_time
from smstui.screens.saving import hand_out
from smstui.screens.settings.words import TYPE_WORDS
from smstui.widgets.columns import Column
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.search_list import Entry, SearchList
from smstui.widgets.windowed_table import WindowedTable

_NAMED = 3
"""Countries that a question names before it only counts them."""


class TariffsPage(ListPage[str]):
    """The countries that messages go to; Enter changes the prices of one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", N_("Add"), id="tariffs.add"),
        Binding("i", "import", N_("Import"), id="tariffs.import"),
        Binding("x", "export", N_("Export"), id="tariffs.export"),
        Binding("delete", "remove", N_("Delete"), show=False, id="tariffs.remove"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._tariff: Tariff | None = None

    def compose(self) -> ComposeResult:
        """The list and its actions."""
        yield SearchList[str](
            [
                Column("country", _("Country"), 14, grows=True, sortable=True),
                Column("code", _("Code"), 4, from_width=66),
                *(Column(kind, _(TYPE_WORDS[kind]), 11, right=True, sortable=True) for kind in _USUAL),
                *(Column(kind, _(TYPE_WORDS[kind]), 11, right=True, from_width=82) for kind in _FRENCH),
            ],
            empty=_("Messages go nowhere: press n to give a country a price."),
            sorted_by=("country", False),
            markable=True,
        )
        with Horizontal(classes="actions"):
            yield Button(_("Delete"), id="remove", compact=True)
            yield Button(_("Import"), id="import", compact=True)
            yield Button(_("Add"), id="add", variant="primary", compact=True)

    async def read(self) -> None:
        """Read the list and show it."""
        tariff = self._tariff = await self.backend.tariffs.current()
        self.list.show([_entry(tariff, country) for country in tariff.countries])
        count = len(tariff.countries)
        self.note = ngettext("{count} country", "{count} countries", count).format(count=number(count))

    @on(WindowedTable.Chosen)
    def _chosen(self, event: WindowedTable.Chosen) -> None:
        self._edit(str(event.key))

    @on(Button.Pressed, "#add")
    def action_add(self) -> None:
        """Let messages go to one more country."""
        self._edit(None)

    @once_at_a_time("tariffs-edit")
    async def _edit(self, country: str | None) -> None:
        if self._tariff is None:
            return
        changed = await self.ask(TariffForm(self.backend.tariffs, self.actor, self._tariff, country))
        if changed is not None:
            words = ngettext("{count} price changed.", "{count} prices changed.", changed)
            self.notify(words.format(count=number(changed)), markup=False)
            self.read_soon()
        self.table.focus()

    @on(Button.Pressed, "#remove")
    @once_at_a_time("tariffs-remove")
    async def action_remove(self) -> None:
        """Let nothing go any more to the ticked countries, or else to the one under the cursor."""
        countries = self.chosen
        if not countries or not await self._agreed(countries):
            return
        try:
            nothing = dict.fromkeys(countries)
            await self.backend.tariffs.set_prices(self.actor, dict.fromkeys(MessageType, nothing))
        except Refusal as refusal:
            self.say(refusal)
        self.read_soon()

    async def _agreed(self, countries: Sequence[str]) -> bool:
        named = ", ".join(name_of(each, current_language()) for each in countries[:_NAMED])
        question = ngettext(
            "Send nothing more to {count} country ({names})? What is being sent goes on.",
            "Send nothing more to {count} countries ({names})? What is being sent goes on.",
            len(countries),
        ).format(count=number(len(countries)), names=named + (" …" if len(countries) > _NAMED else ""))
        confirm = ngettext("Delete {count} country", "Delete {count} countries", len(countries))
        confirm = confirm.format(count=number(len(countries)))
        return await self.ask(ConfirmModal(_("Delete"), question, confirm=confirm, dangerous=True))

    @on(Button.Pressed, "#import")
    def action_import(self) -> None:
        """Take prices from a file."""
        self.open(TariffImportPage())

    @once_at_a_time("tariffs-export")
    async def action_export(self) -> None:
        """Write all prices to a file that can be imported again."""

        async def write(path: Path) -> None:
            await self.backend.tariffs.export(path)

        await hand_out(self.host, write, _("tariffs{suffix}").format(suffix=".csv"), None)


_USUAL = (MessageType.PRO, MessageType.UNICODE)
_FRENCH = (MessageType.REPONSE, MessageType.VOIX)


def _entry(tariff: Tariff, country: str) -> Entry[str]:
    name = name_of(country, current_language())
    prices = {kind: tariff.price(country, kind) for kind in (*_USUAL, *_FRENCH)}
    return Entry(
        country,
        (name, country, *map(price_words, prices.values())),
        search=f"{name} {country}",
        order={"country": name, **{kind: price.milli if price else 0 for kind, price in prices.items()}},
    )
