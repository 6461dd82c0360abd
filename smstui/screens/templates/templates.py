"""My templates (the guide, part 6): texts to be sent again, each with its title and its sender."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button

from smstui.domain.errors import Refusal
from smstui.domain.merge import MergeText
from smstui.domain.text import quick_measure
from smstui.domain.visible import printable
from smstui.formats import date_time, number
from smstui.i18n import N_, _, ngettext
from smstui.screens.contacts.contact_words import day_and_time
from smstui.screens.list_page import ListPage
from smstui.screens.messaging import writing
from smstui.screens.once import once_at_a_time
from smstui.screens.templates.template_form import TemplateForm
from smstui.services.campaigns import Draft
from smstui.services.templates import Template
from smstui.widgets.columns import Column
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.search_list import Entry, SearchList
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words

_PENCIL = "✎"


class TemplatesPage(ListPage[int]):
    """The list, and the template under the cursor in full; Enter edits it."""

    DEFAULT_CSS = """
    TemplatesPage > #whole {
        display: none; height: auto; max-height: 7; border: round $secondary 60%; padding: 0 1; margin-top: 1;
    }
    TemplatesPage > #whole.-shown { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "create", N_("Create template"), id="templates.create"),
        Binding("u", "use", N_("Use"), id="templates.use"),
        Binding("e", "edit", N_("Edit"), show=False, id="templates.edit"),
        Binding("delete", "remove", N_("Delete"), id="templates.remove"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[int, Template] = {}

    def compose(self) -> ComposeResult:
        """The list, one template, and the actions."""
        yield SearchList[int](
            [
                Column("title", _("Template title"), 17, grows=True, sortable=True),
                Column("sender", _("Sender"), 11, from_width=76, sortable=True),
                Column("text", _("Text"), 8, grows=True),
                Column("length", _("Length"), 13, right=True, sortable=True),
                Column("changed", _("Changed"), 11, from_width=92, sortable=True),
                Column("options", _("Options"), 7),
            ],
            empty=_("No template yet: press n to write a text once, and send it as often as you like."),
            sorted_by=("title", False),
            markable=True,
        )
        yield Words("", id="whole")
        with Horizontal(classes="actions"):
            yield Button(_("Delete"), id="remove", compact=True)
            yield Button(_("Use"), id="use", compact=True)
            yield Button(_("Create template"), id="create", variant="primary", compact=True)

    async def read(self) -> None:
        """Read the list and show it."""
        templates = await self.backend.templates.list(self.actor)
        free_fields = await self.backend.free_fields.list(self.actor)
        self._known = {template.id: template for template in templates}
        self.list.show([_entry(template, free_fields) for template in templates])
        self.note = ngettext("{count} template", "{count} templates", len(templates)).format(
            count=number(len(templates))
        )
        self._show_whole()

    @property
    def _at_cursor(self) -> Template | None:
        return self._known.get(self.table.cursor_key or 0)

    @on(WindowedTable.Moved)
    def _show_whole(self) -> None:
        whole, template = self.query_one("#whole", Words), self._at_cursor
        whole.set_class(template is not None, "-shown")
        if template is not None:
            whole.border_title = Content(printable(template.title))
            whole.border_subtitle = Content(f"{_sender(template)} · {day_and_time(template.updated_at)}")
            whole.update(Content(printable(template.text, keep_newlines=True)))

    @on(Button.Pressed, "#create")
    def action_create(self) -> None:
        """Write a new template."""
        self.open(TemplateForm(None))

    def action_edit(self) -> None:
        """Change the template under the cursor."""
        if (template := self._at_cursor) is not None:
            self.open(TemplateForm(template))

    @on(WindowedTable.Chosen)
    def _chosen(self) -> None:
        self.action_edit()

    @on(Button.Pressed, "#use")
    @once_at_a_time("templates-use")
    async def action_use(self) -> None:
        """Begin a campaign with the template under the cursor."""
        if (template := self._at_cursor) is None:
            return
        draft = Draft(name="", text=template.text, sender=template.sender, template_id=template.id)
        writing.take_up(self.host, self.actor, await self.backend.drafts.save(self.actor, draft))
        self.go_to("send")

    @on(Button.Pressed, "#remove")
    @once_at_a_time("templates-remove")
    async def action_remove(self) -> None:
        """Delete the ticked templates, or else the one under the cursor, once that is confirmed."""
        ids = self.chosen
        if not ids:
            return
        count = number(len(ids))
        sentence = ngettext(
            "Delete {count} template? Campaigns that were begun from it keep their text.",
            "Delete {count} templates? Campaigns that were begun from them keep their text.",
            len(ids),
        ).format(count=count)
        confirm = ngettext("Delete {count} template", "Delete {count} templates", len(ids)).format(count=count)
        if await self.ask(ConfirmModal(_("Delete"), sentence, confirm=confirm, dangerous=True)):
            await self.backend.templates.remove(self.actor, ids)
            self.read_soon()


def _entry(template: Template, free_fields: Sequence[str]) -> Entry[int]:
    title, text, sender = printable(template.title), printable(template.text), _sender(template)
    _encoding, units, segments = quick_measure(template.text)
    length = f"{number(units)} - {segments} SMS"
    return Entry(
        template.id,
        (
            title,
            sender,
            text,
            f"≈ {length}" if _is_personal(template, free_fields) else length,
            date_time(template.updated_at),
            _PENCIL,
        ),
        search=f"{title} {sender} {text}",
        order={"title": title, "sender": sender, "length": units, "changed": template.updated_at},
    )


def _is_personal(template: Template, free_fields: Sequence[str]) -> bool:
    """Whether its length depends on the contact; so does that of one whose free field was deleted since."""
    try:
        return MergeText.parse(template.text, free_fields).is_personal
    except Refusal:
        return True


def _sender(template: Template) -> str:
    return template.sender or _("by default")
