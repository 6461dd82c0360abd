"""The pop-up of one line of the price list: a pack, or the step from which each credit costs less."""

from collections.abc import Collection
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.packs import CENTS, FEWEST, MOST, UNITS, Pack, PriceStep, read_money
from smstui.formats import number
from smstui.i18n import N_, _
from smstui.widgets.choice_line import ChoiceLine
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import NEXT, LineField
from smstui.widgets.screen import TranslatedModal

Line = Pack | PriceStep
PACK: Final = "pack"
STEP: Final = "step"


class PriceForm(TranslatedModal[Line | None]):
    """Answers with the line, or with None when the person went back."""

    DEFAULT_CSS = """
    PriceForm #kind-row { margin-bottom: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="price_form.cancel"),
        Binding("ctrl+s", "keep", N_("Keep"), show=False, id="price_form.keep", priority=True),
    ]

    def __init__(self, line: Line | None, others: Collection[Line]) -> None:
        """`line` is changed, or a new one when None; `others` are all lines that stay beside it."""
        super().__init__()
        self._line, self._others = line, others

    def compose(self) -> ComposeResult:
        """What it is, for how many credits, its price, and the two buttons."""
        line = self._line
        size, price = ("", "") if line is None else _written(line)
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("New price") if line is None else _("Change a price"))
            kinds = [(PACK, _("A pack")), (STEP, _("A step"))]
            kind = ChoiceLine(kinds, STEP if isinstance(line, PriceStep) else PACK, id="kind")
            kind.disabled = line is not None
            yield Labelled("", kind, id="kind-row")
            credits_field = LineField(size, id="credits", compact=True, max_length=12).leading_to(NEXT)
            yield Labelled(_("Credits"), credits_field, id="credits-row")
            yield Labelled(_("Excl. VAT"), LineField(price, id="price", compact=True, max_length=14), id="price-row")
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")
                yield Button(_("Keep"), id="keep", variant="primary")

    def on_mount(self) -> None:
        """Say what the price is of, and begin with what is most likely to be written."""
        self._kind_chosen()
        self.query_one("#credits" if self._line is None else "#price").focus()

    @property
    def _is_step(self) -> bool:
        return self.query_one("#kind", ChoiceLine).value == STEP

    @on(ChoiceLine.Changed)
    def _kind_chosen(self) -> None:
        words = (
            _("Euros for each credit, of orders of that many or more: 0.061.")
            if self._is_step
            else _("Euros for the whole pack.")
        )
        self._row("price").hint(words)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._row(event.input.id or "").fail("")

    @on(Input.Submitted, "#price")
    @on(Button.Pressed, "#keep")
    def action_keep(self) -> None:
        """Keep it, if it can be."""
        size = self._credits()
        if size is None:
            return
        is_step, sentence = self._is_step, _("Write an amount of euros above zero, such as 60.00.")
        try:
            price = read_money(self.query_one("#price", Input).value, UNITS if is_step else CENTS)
        except ValueError:
            price = 0
        if not price:
            self._fail("price", sentence)
        else:
            self.dismiss(PriceStep(size, price) if is_step else Pack(size, price))

    def _credits(self) -> int | None:
        """How many credits; None when there can't be so many, or another line has them."""
        digits = "".join(self.query_one("#credits", Input).value.split())
        size = int(digits) if digits.isdecimal() else 0
        if not FEWEST <= size <= MOST:
            words = _("Write how many credits: from {fewest} to {most}.")
            self._fail("credits", words.format(fewest=number(FEWEST), most=number(MOST)))
            return None
        kind = PriceStep if self._is_step else Pack
        if any(isinstance(other, kind) and size_of(other) == size for other in self._others):
            self._fail("credits", _("There is a price for that many already: change that one."))
            return None
        return size

    def _row(self, field: str) -> Labelled:
        return self.query_one(f"#{field}-row", Labelled)

    def _fail(self, field: str, sentence: str) -> None:
        self._row(field).fail(sentence)
        self.query_one(f"#{field}").focus()

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Change nothing."""
        self.dismiss(None)


def size_of(line: Line) -> int:
    """The credits of a pack, or from which a step begins."""
    return line.credits if isinstance(line, Pack) else line.from_credits


def _written(line: Line) -> tuple[str, str]:
    """Its credits and its price, as a person would write them."""
    if isinstance(line, Pack):
        return number(line.credits), _decimal(line.net, CENTS, 2)
    return number(line.from_credits), _decimal(line.unit, UNITS, 4)


def _decimal(value: int, scale: int, digits: int) -> str:
    from babel.numbers import format_decimal

    from smstui.i18n import current_language

    return format_decimal(value / scale, f"0.{'0' * digits}", locale=current_language())
