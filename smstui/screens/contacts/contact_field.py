"""One line of the form of a contact: a text that is foreign, and stays as it is unless it is written anew."""

from datetime import date

from textual.widgets import Button

from smstui.domain.contact import ContactField
from smstui.domain.visible import printable
from smstui.formats import explain
from smstui.i18n import _
from smstui.screens.contacts.contact_values import refusal_of
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import NEXT, LineField


class ContactLine(Labelled):
    """A label, the text, and what is wrong with it. `field` is None for a free field, which has a `label` only."""

    def __init__(self, label: str, field: ContactField | None, today: date, name: str = "") -> None:
        """`name`: that of a free field."""
        self.field, self.free_name = field, name
        self._today = today
        self._original = self._shown = ""
        self.input = LineField(compact=True, select_on_focus=False, id=field).leading_to(NEXT)
        beside = [Button(_("Open it (F4)"), id="open-other", compact=True)] if field is ContactField.MOBILE else []
        super().__init__(label, self.input, *beside, classes="-wide")

    @property
    def text(self) -> str:
        """What is written."""
        return self._original if self.input.value == self._shown else self.input.value

    @property
    def is_changed(self) -> bool:
        """Whether it was written anew."""
        return self.text != self._original

    def start(self, text: str) -> None:
        """Show the text known so far."""
        self._original, self._shown = text, printable(text)
        self.input.value = self._shown

    def check(self, *, lenient: bool = False) -> bool:
        """Say what is wrong with the text, and whether nothing is; `lenient` about one that is not there yet."""
        refusal = refusal_of(self.field, self.text, self._today)
        self.fail(explain(refusal) if refusal and not (lenient and not self.text) else "")
        return refusal is None
