"""The pop-up that asks from which day to which."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.day import read_day
from smstui.domain.errors import Refusal
from smstui.formats import explain
from smstui.i18n import N_, _
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import NEXT, LineField
from smstui.widgets.screen import TranslatedModal


@dataclass(frozen=True, slots=True)
class Days:
    """From a day to another, both in it; None is without end."""

    first: date | None
    last: date | None

    @property
    def words(self) -> str:
        """In as few cells as it can be."""
        return f"{_written(self.first)} – {_written(self.last)}"


class PeriodModal(TranslatedModal[Days | None]):
    """Answers with the days, or with None when the person went back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="period.cancel"),
    ]

    def __init__(self, days: Days) -> None:
        """`days`: what the fields say at first."""
        super().__init__()
        self._days = days

    def compose(self) -> ComposeResult:
        """The two days and the two buttons."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("Period"))
            for name, label, day in (("first", _("Since"), self._days.first), ("last", _("Until"), self._days.last)):
                field = LineField(_written(day), id=name, max_length=10, compact=True, placeholder=_("dd/mm/yyyy"))
                yield Labelled(label, field.leading_to(NEXT) if name == "first" else field, id=f"{name}-row")
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")
                yield Button(_("Show"), id="show", variant="primary")

    def on_mount(self) -> None:
        """Say what an empty field means."""
        self._row("first").hint(_("Empty: from the beginning."))
        self._row("last").hint(_("Empty: until today."))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._row(str(event.input.id)).fail("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#show")
    def _asked(self) -> None:
        days: list[date | None] = []
        for name in ("first", "last"):
            written = self.query_one(f"#{name}", Input).value
            try:
                days.append(read_day(written) if written.strip() else None)
            except Refusal as refusal:
                self._fail(name, explain(refusal))
                return
        first, last = days
        if first is not None and last is not None and last < first:
            self._fail("last", _("The period must not end before it begins."))
        else:
            self.dismiss(Days(first, last))

    def _fail(self, name: str, sentence: str) -> None:
        self._row(name).fail(sentence)
        self.query_one(f"#{name}").focus()

    def _row(self, name: str) -> Labelled:
        return self.query_one(f"#{name}-row", Labelled)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Leave the period as it is."""
        self.dismiss(None)


def _written(day: date | None) -> str:
    return "" if day is None else f"{day:%d/%m/%Y}"
