"""Credits › Buy credits (the guide, part 3): a pack or an amount of one's own, paid by card or by transfer."""

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.errors import Refusal
from smstui.domain.packs import FEWEST, MOST, InvalidAmount, PriceList, PriceStep, Quote
from smstui.formats import credits_text, explain, number
from smstui.i18n import N_, _
from smstui.money import euros, unit_price
from smstui.screens.credits.order import OrderPage
from smstui.screens.latest import Latest
from smstui.screens.once import once_at_a_time
from smstui.screens.page import Page
from smstui.services.orders import CertifyFirst, Method
from smstui.widgets.choice_line import ChoiceLine
from smstui.widgets.columns import Cell, Column
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import LineField
from smstui.widgets.plain_table import PlainTable
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words

PACK: Final = "pack"
OWN: Final = "own"
_DIGITS: Final = r"[\d \u202f\u00a0]*"


class BuyPage(Page):
    """The two choices, what the chosen one costs, how it is paid."""

    DEFAULT_CSS = """
    BuyPage {
        #balance { margin-bottom: 1; }
        #packs { height: auto; max-height: 12; margin-top: 1; }
        #own { height: auto; margin-top: 1; }
        #steps { margin-top: 1; }
        #credits { width: 14; }
        #quote { margin: 1 0; min-height: 2; }
        .actions { height: 1; align-horizontal: right; dock: bottom; }
        .actions > Button { margin-left: 2; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "proceed", N_("Proceed to payment"), id="buy.proceed", priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._prices: PriceList | None = None
        self._reading = Latest(self, self._read, group="buy")

    def compose(self) -> ComposeResult:
        """The choices from top to bottom."""
        yield Words("", id="balance")
        yield ChoiceLine([(PACK, _("A pack of credits")), (OWN, _("An amount of my own"))], PACK, id="what")
        yield WindowedTable[int](
            [
                Column("credits", _("Credits"), 7, right=True),
                Column("net", _("Excl. VAT"), 10, right=True),
                Column("total", _("Incl. VAT"), 10, right=True),
                Column("unit", _("A credit"), 9, right=True),
                Column("saving", _("Saving"), 8, right=True),
            ],
            id="packs",
        )
        with Vertical(id="own"):
            field = LineField(
                "", placeholder=number(FEWEST), id="credits", restrict=r"[\d \u202f\u00a0]*", max_length=11
            )
            yield Labelled(_("Credits"), field, id="credits-row")
            columns = [Column("from", _("From so many"), 12, right=True), Column("unit", _("A credit"), 12, right=True)]
            yield PlainTable(columns, id="steps")
        yield Words("", id="quote")
        methods = [(Method.CARD.value, _("Bank card")), (Method.TRANSFER.value, _("Bank transfer"))]
        yield Labelled(_("Payment"), ChoiceLine(methods, Method.CARD.value, id="method"), id="method-row")
        with Horizontal(classes="actions"):
            yield Button(_("Certify my number"), id="certify", compact=True)
            yield Button(_("Proceed to payment"), id="proceed", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Read the prices."""
        self.query_one("#own").display = False
        self.query_one("#certify").display = False
        self._reading.ask()

    def take_focus(self) -> None:
        """Stand on the packs, or on the amount."""
        self.query_one("#credits" if self._is_own else "#packs").focus()

    def shown_again(self) -> None:
        """The order in front may have been paid."""
        self._reading.ask()

    async def _read(self) -> None:
        self._prices = await self.backend.orders.prices()
        balance = await self.backend.credits.available(self.actor)
        words = Content.assemble((_("Balance"), "$text-muted"), "  ", (credits_text(balance), "bold"))
        self.query_one("#balance", Words).update(words)
        packs = [self._prices.quote(pack.credits) for pack in self._prices.packs]
        self.query_one(WindowedTable[int]).show_rows({quote.credits: _pack_cells(quote) for quote in packs})
        self.query_one(PlainTable).show([_step_cells(step) for step in self._prices.steps])
        self._show_quote()

    @property
    def _is_own(self) -> bool:
        return self.query_one("#what", ChoiceLine).value == OWN

    def _credits(self) -> int | None:
        """How many are chosen; None when the amount is not a number, or nothing is chosen yet."""
        if not self._is_own:
            return self.query_one(WindowedTable[int]).cursor_key
        digits = "".join(self.query_one("#credits", Input).value.split())
        return int(digits) if digits.isdecimal() else None

    def _quoted(self) -> Quote | None:
        """What the choice costs. Raises InvalidAmount."""
        wanted = self._credits()
        return self._prices.quote(wanted) if self._prices and wanted is not None else None

    @on(ChoiceLine.Changed, "#what")
    def _what_changed(self) -> None:
        self.query_one("#packs").display = not self._is_own
        self.query_one("#own").display = self._is_own
        self._show_quote()

    @on(WindowedTable.Moved)
    @on(Input.Changed, "#credits")
    def _show_quote(self) -> None:
        """Show what the choice costs, or why it can't be bought."""
        row = self.query_one("#credits-row", Labelled)
        row.fail("")
        try:
            quote = self._quoted()
        except InvalidAmount as refusal:
            row.fail(explain(refusal))
            quote = None
        self.query_one("#quote", Words).update(_quote_words(quote) if quote else "")

    @on(ChoiceLine.Changed, "#method")
    def _method_changed(self) -> None:
        self._fail("")

    def _fail(self, sentence: str, *, certify: bool = False) -> None:
        self.query_one("#method-row", Labelled).fail(sentence)
        self.query_one("#certify").display = certify

    @on(Button.Pressed, "#certify")
    def _certify(self) -> None:
        self._fail("")
        self.host.certify()

    @on(Input.Submitted)
    @on(WindowedTable.Chosen)
    def _to_payment(self) -> None:
        self.query_one("#method").focus()

    @on(Button.Pressed, "#proceed")
    @once_at_a_time("buy-proceed")
    async def action_proceed(self) -> None:
        """Order what is chosen, and show how it is paid."""
        wanted = self._credits()
        if wanted is None:
            row = self.query_one("#credits-row", Labelled)
            row.fail(
                _("Say how many credits: from {fewest} to {most}.").format(fewest=number(FEWEST), most=number(MOST))
            )
            self.take_focus()
            return
        method = Method(self.query_one("#method", ChoiceLine).value)
        try:
            if method is Method.CARD:
                self.backend.checkout.check()
            order = await self.backend.orders.order(self.actor, wanted, method)
        except InvalidAmount:
            self.take_focus()
        except CertifyFirst as refusal:
            self._fail(explain(refusal), certify=True)
        except Refusal as refusal:
            self._fail(explain(refusal))
        else:
            self._fail("")
            self.open(OrderPage(order.reference))


def _pack_cells(quote: Quote) -> tuple[Cell, ...]:
    saving = f"{quote.saving_percent}\u202f%" if quote.saving else ""
    return number(quote.credits), euros(quote.net), euros(quote.total), unit_price(quote.unit_price), saving


def _step_cells(step: PriceStep) -> tuple[Cell, ...]:
    return number(step.from_credits), unit_price(step.unit)


def _quote_words(quote: Quote) -> Content:
    total = _("{credits} credits: {total} incl. VAT").format(credits=number(quote.credits), total=euros(quote.total))
    parts = [
        _("{net} excl. VAT").format(net=euros(quote.net)),
        _("VAT {vat}").format(vat=euros(quote.vat)),
        _("{unit} a credit").format(unit=unit_price(quote.unit_price)),
    ]
    if quote.saving:
        words = _("you save {saving} ({percent} %)")
        parts.append(words.format(saving=euros(quote.saving), percent=quote.saving_percent))
    return Content.assemble((total, "bold"), "\n", (" · ".join(parts), "$text-muted"))
