"""The pop-up that chooses a template, by search."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button

from smstui.domain.visible import printable
from smstui.i18n import N_, _
from smstui.services.templates import Template
from smstui.widgets.columns import Column
from smstui.widgets.line_field import LineField
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.search_list import Entry, SearchList
from smstui.widgets.windowed_table import WindowedTable


class TemplatePicker(TranslatedModal[Template | None]):
    """Answers with the template chosen, None when the person went back."""

    DEFAULT_CSS = """
    TemplatePicker .dialog { width: 76; height: 80%; max-height: 26; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="template_picker.cancel"),
    ]

    def __init__(self, templates: Sequence[Template]) -> None:
        super().__init__()
        self._templates = {each.id: each for each in templates}

    def compose(self) -> ComposeResult:
        """The list."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("Template"))
            yield SearchList[int](
                [
                    Column("title", _("Template title"), 14, grows=True, sortable=True),
                    Column("sender", _("Sender"), 11, from_width=52),
                    Column("text", _("Text"), 14, grows=True),
                ],
                empty=_("No template yet: write one in My templates."),
                sorted_by=("title", False),
            )
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")

    def on_mount(self) -> None:
        """Stand in the search."""
        self.query_one(SearchList).show([_entry(each) for each in self._templates.values()])
        field = self.query_one(LineField)
        field.placeholder = _("Search a template…")
        (field if self._templates else self.query_one("#cancel")).focus()

    @on(WindowedTable.Chosen)
    def _chosen(self, event: WindowedTable.Chosen) -> None:
        self.dismiss(self._templates[int(event.key)])

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Choose none."""
        self.dismiss(None)


def _entry(template: Template) -> Entry[int]:
    title, text = printable(template.title), printable(template.text)
    return Entry(
        template.id, (title, template.sender or "", text), search=f"{title} {text}", order={"title": template.title}
    )
