"""The page of one template (the guide, part 6): its title, its sender, its text."""

from pathlib import Path
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Select, TextArea

from smstui.domain.errors import Refusal
from smstui.domain.merge import MERGE_NAMES, completions, label
from smstui.domain.text import transliterate
from smstui.domain.visible import printable
from smstui.formats import explain
from smstui.i18n import N_, _
from smstui.screens.leaving import leave_question
from smstui.screens.once import once_at_a_time
from smstui.screens.page import Page
from smstui.services.senders import UnknownSender
from smstui.services.templates import (
    LONGEST_TITLE,
    InvalidTitle,
    Template,
    TemplateDetails,
    TitleTaken,
    check_template_text,
    check_title,
)
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import LineField
from smstui.widgets.phone_preview import PhonePreview
from smstui.widgets.pick_list import Pick, PickModal
from smstui.widgets.text_counter import TextCounter
from smstui.widgets.text_field import TextField

WIDE = 120
"""Columns of the terminal from which the phone stands beside the form."""


class TemplateForm(Page):
    """Creates a template, or edits one."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", N_("Save template"), id="template.save", priority=True),
        Binding("f5", "merge_field", N_("Merge field"), id="template.merge_field", priority=True),
        Binding("f6", "replace", N_("Replace"), id="template.replace", priority=True),
    ]

    def __init__(self, edited: Template | None) -> None:
        """`edited`: the template to change, None for a new one."""
        super().__init__()
        self._edited = edited
        self._old = TemplateDetails(edited.title, edited.text, edited.sender) if edited else TemplateDetails("", "")
        self._default = ""
        """The account's default sender."""
        self._free_fields: tuple[str, ...] = ()
        self._saved = False

    def compose(self) -> ComposeResult:
        """The three fields, what the text costs, the phone where there is room, and the saving."""
        with Horizontal(id="sheet"):
            with Vertical(id="form"):
                title = LineField(printable(self._old.title), max_length=LONGEST_TITLE, id="title", compact=True)
                yield Labelled(_("Its title"), title.leading_to("#text"), id="title-row")
                sender = Select[str]([], prompt="…", id="sender", compact=True)
                yield Labelled(_("Sender"), sender, id="sender-row")
                area = TextField(self._old.text, id="text", highlight_cursor_line=False)
                area.border_title = _("Text")
                yield area
                yield TextCounter(id="counter")
                yield Labelled("", id="text-row")
            yield PhonePreview()
        with Horizontal(classes="actions"):
            yield Button(_("Merge field"), id="merge-field", compact=True)
            yield Button(_("Save template"), id="save", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Name the page, and read what can be chosen."""
        self.heading = printable(self._edited.title) if self._edited else _("Create template")
        self._refresh()
        self._read()

    def on_resize(self, _event: events.Resize) -> None:
        """The phone stands beside the form in a wide terminal."""
        self.set_class(self.app.size.width >= WIDE, "-wide")

    def take_focus(self) -> None:
        """Stand on the title of a new template, after the text of one that is there."""
        area = self.query_one("#text", TextArea)
        area.move_cursor(area.document.end)
        (self.query_one("#title") if self._edited is None else area).focus()

    async def may_leave(self) -> bool:
        """Ask when something written would be lost."""
        if self._saved or self._written == self._old:
            return True
        return await self.ask(leave_question(_("What you wrote in this template is not saved.")))

    @work(group="template-read")
    async def _read(self) -> None:
        senders = await self.backend.senders.list(self.actor)
        self._free_fields = await self.backend.free_fields.list(self.actor)
        self._default = next((each.name for each in senders if each.is_default), "")
        select = self.query_one("#sender", Select)
        with self.prevent(Select.Changed):
            words = _("by default ({name})").format(name=self._default) if self._default else _("by default")
            select.prompt = words
            select.set_options([(each.name, each.name) for each in senders])
            if self._old.sender in {each.name for each in senders}:
                select.value = self._old.sender
        self._refresh()

    @property
    def _written(self) -> TemplateDetails:
        """What the form says; a title that was not written anew is as it was, whatever it holds."""
        title = self.query_one("#title", Input).value
        select = self.query_one("#sender", Select)
        return TemplateDetails(
            self._old.title if title == printable(self._old.title) else title,
            self.query_one("#text", TextArea).text,
            None if select.value is Select.NULL else str(select.value),
        )

    def _row(self, field: str) -> Labelled:
        return self.query_one(f"#{field}-row", Labelled)

    @on(Input.Changed, "#title")
    def _titled(self) -> None:
        self._row("title").fail("")

    @on(Select.Changed, "#sender")
    @on(TextArea.Changed, "#text")
    def _changed(self) -> None:
        self._refresh()

    def _refresh(self) -> None:
        """What the text costs, how it looks, and what is wrong with it."""
        written = self._written
        self.query_one(TextCounter).show(written.text)
        self.query_one(PhonePreview).show(written.sender or self._default, written.text)
        if written.text:
            self._check_text(written.text)
        else:
            self._row("text").fail("")

    def _check_text(self, text: str) -> bool:
        try:
            check_template_text(text, self._free_fields)
        except Refusal as refusal:
            self._row("text").fail(explain(refusal))
            return False
        self._row("text").fail("")
        return True

    def action_replace(self) -> None:
        """Put cheaper characters in the place of those that need Unicode. It can be undone."""
        area = self.query_one("#text", TextArea)
        changed = transliterate(area.text)
        if changed.replacements:
            area.replace(changed.text, area.document.start, area.document.end)

    @on(Button.Pressed, "#merge-field")
    @once_at_a_time("template-merge-field")
    async def action_merge_field(self) -> None:
        """Choose a field of the contacts, and write it where the cursor stands in the text."""
        labels = [*(_(label(name)) for name in MERGE_NAMES), *self._free_fields]
        picks = [
            Pick(written, printable(words), printable(written))
            for written, words in zip(completions("{", self._free_fields), labels, strict=True)
        ]
        area = self.query_one("#text", TextArea)
        if (written := await self.ask(PickModal(_("Merge field"), picks, ""))) is not None:
            area.insert(written)
        area.focus()

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Save, and go back to the list."""
        written = self._written
        try:
            check_title(written.title)
        except Refusal as refusal:
            self._fail(refusal)
        else:
            if self._check_text(written.text):
                self._save(written)
            else:
                self.query_one("#text").focus()

    @once_at_a_time("template-save")
    async def _save(self, written: TemplateDetails) -> None:
        templates = self.backend.templates
        try:
            if self._edited is None:
                await templates.add(self.actor, written)
            else:
                await templates.edit(self.actor, self._edited.id, written)
        except Refusal as refusal:
            self._fail(refusal)
        else:
            self._saved = True
            self.notify(_("Template saved."), markup=False)
            self.close()

    def _fail(self, refusal: Refusal) -> None:
        """Say what is wrong beside its field, and stand there."""
        match refusal:
            case InvalidTitle() | TitleTaken():
                field = "title"
            case UnknownSender():
                field = "sender"
            case _:
                field = "text"
        self._row(field).fail(explain(refusal))
        self.query_one(f"#{field}").focus()
