"""Administration › Prices: what credits cost, in packs and by steps, and the rate of VAT."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.errors import Refusal
from smstui.domain.packs import CENTS, FULL_RATE, Pack, PriceList, PriceStep, Quote, check_prices, read_money
from smstui.formats import explain, number
from smstui.i18n import N_, _, ngettext
from smstui.money import euros, rate, unit_price
from smstui.screens.admin.price_form import Line, PriceForm, size_of
from smstui.screens.latest import Latest
from smstui.screens.leaving import leave_question
from smstui.screens.once import once_at_a_time
from smstui.screens.page import Page
from smstui.widgets.columns import Cell, Column
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import LineField
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words


class PricesPage(Page):
    """The whole list is written here, then saved as one: orders that were made keep their price."""

    DEFAULT_CSS = """
    PricesPage {
        WindowedTable { height: 1fr; }
        #problem { height: auto; color: $text-error; }
        #vat { width: 10; }
        #vat-row { margin-bottom: 1; }
        .actions { height: 1; align-horizontal: right; }
        .actions > Button { margin-left: 2; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", N_("Add"), id="prices.add"),
        Binding("delete", "remove", N_("Delete"), id="prices.remove"),
        Binding("ctrl+s", "save", N_("Save"), id="prices.save", priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._stored: PriceList | None = None
        self._lines: dict[str, Line] = {}
        self._reading = Latest(self, self._read, group="prices")

    def compose(self) -> ComposeResult:
        """The rate of VAT, the list, what is wrong with it, and the actions."""
        yield Labelled(_("VAT (%)"), LineField(id="vat", compact=True, max_length=6), id="vat-row")
        yield WindowedTable[str](
            [
                Column("kind", _("Price"), 14, grows=True),
                Column("credits", _("Credits"), 9, right=True),
                Column("net", _("Excl. VAT"), 12, right=True),
                Column("total", _("Incl. VAT"), 12, right=True, from_width=66),
                Column("unit", _("A credit"), 9, right=True),
            ]
        )
        yield Words("", id="problem")
        with Horizontal(classes="actions"):
            yield Button(_("Delete"), id="remove", compact=True)
            yield Button(_("Add"), id="add", compact=True)
            yield Button(_("Save"), id="save", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Read the prices."""
        self._reading.ask()

    @property
    def table(self) -> WindowedTable[str]:
        """The list."""
        return self.query_one(WindowedTable[str])

    def take_focus(self) -> None:
        """Stand in the list."""
        self.table.focus()

    async def _read(self) -> None:
        stored = self._stored = await self.backend.company.prices()
        with self.prevent(Input.Changed):
            self.query_one("#vat", Input).value = number(stored.vat_rate / CENTS)
        self._show([*stored.packs, *stored.steps])

    def _show(self, lines: list[Line], at: Line | None = None) -> None:
        """Show these, packs first, the cursor on `at`."""
        lines.sort(key=lambda line: (isinstance(line, PriceStep), size_of(line)))
        self._lines = {_key(line): line for line in lines}
        self._refresh()
        if at is not None:
            self.table.move_to(list(self._lines).index(_key(at)))

    def _refresh(self) -> None:
        vat = self._vat()
        self.table.show_rows({key: _cells(line, vat or 0) for key, line in self._lines.items()})
        self._check()

    def _vat(self) -> int | None:
        """Hundredths of a percent; None when what is written is no rate."""
        try:
            written = read_money(self.query_one("#vat", Input).value, CENTS)
        except ValueError:
            return None
        return written if written <= FULL_RATE else None

    def _written(self) -> PriceList | None:
        """What is written; None while the rate of VAT is none."""
        vat, lines = self._vat(), self._lines.values()
        if vat is None:
            return None
        packs = tuple(line for line in lines if isinstance(line, Pack))
        return PriceList(packs, tuple(line for line in lines if isinstance(line, PriceStep)), vat)

    def _check(self) -> PriceList | None:
        """What is written, if it can be applied; what is wrong is said."""
        written, right, problem = self._written(), None, ""
        no_rate = _("Write a rate from 0 to 100, such as 20 or 5.5.")
        self.query_one("#vat-row", Labelled).fail("" if written else no_rate)
        try:
            right = check_prices(written) if written else None
        except Refusal as refusal:
            problem = f"✕ {explain(refusal)}"
        self.query_one("#problem", Words).update(Content(problem))
        return right

    @on(Input.Changed, "#vat")
    def _vat_typed(self) -> None:
        if self._stored is not None:
            self._refresh()

    @on(Input.Submitted, "#vat")
    def _to_list(self) -> None:
        self.table.focus()

    @on(WindowedTable.Chosen)
    def _chosen(self, event: WindowedTable.Chosen) -> None:
        self._edit(self._lines.get(str(event.key)))

    @on(Button.Pressed, "#add")
    def action_add(self) -> None:
        """Write a new line."""
        if self._stored is not None:
            self._edit(None)

    @once_at_a_time("prices-edit")
    async def _edit(self, line: Line | None) -> None:
        others = [each for each in self._lines.values() if each != line]
        if (changed := await self.ask(PriceForm(line, others))) is not None:
            self._show([*others, changed], changed)
        self.table.focus()

    @on(Button.Pressed, "#remove")
    def action_remove(self) -> None:
        """Take the line under the cursor out; nothing is saved yet."""
        line = self._lines.get(self.table.cursor_key or "")
        if line is not None:
            self._show([each for each in self._lines.values() if each != line])

    async def may_leave(self) -> bool:
        """Ask when something written would be lost."""
        if self._stored in (None, self._written()):
            return True
        return await self.ask(leave_question(_("The prices that you wrote are not saved.")))

    @on(Button.Pressed, "#save")
    @once_at_a_time("prices-save")
    async def action_save(self) -> None:
        """Save, if all is right and that is confirmed."""
        written = None if self._stored is None else self._check()
        if written is None:
            self.query_one("#vat" if self._vat() is None else WindowedTable).focus()
            return
        packs, steps = len(written.packs), len(written.steps)
        sentence = _(
            "Sell credits at these prices from now on: {packs}, {steps}, VAT {rate}? Orders already made keep theirs."
        ).format(
            packs=ngettext("{count} pack", "{count} packs", packs).format(count=number(packs)),
            steps=ngettext("{count} step", "{count} steps", steps).format(count=number(steps)),
            rate=rate(written.vat_rate),
        )
        if not await self.ask(ConfirmModal(_("Prices"), sentence, confirm=_("Sell at these prices"))):
            return
        try:
            self._stored = await self.backend.company.set_prices(self.actor, written)
        except Refusal as refusal:
            self.say(refusal)
        else:
            self.notify(_("Prices saved."), markup=False)


def _key(line: Line) -> str:
    return f"{type(line).__name__}-{size_of(line)}"


def _cells(line: Line, vat_rate: int) -> tuple[Cell, ...]:
    if isinstance(line, PriceStep):
        return _("From this amount"), number(line.from_credits), "", "", unit_price(line.unit)
    quote = Quote(line.credits, line.net, vat_rate, saving=0)
    return _("Pack"), number(line.credits), euros(quote.net), euros(quote.total), unit_price(quote.unit_price)
