"""Step 4 (the guide, part 4, "ETAPE 6"): the groups that the contacts are put into, chosen or created here."""

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Button, ContentSwitcher, Input

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import explain, number
from smstui.i18n import N_, _, ngettext
from smstui.screens.contacts.contact_words import day_and_time
from smstui.screens.contacts.importing.step import Step
from smstui.screens.latest import Latest
from smstui.screens.once import once_at_a_time
from smstui.services.backend import Backend
from smstui.services.groups import DescriptionTooLong, Group, GroupDetails
from smstui.widgets.choice_line import ChoiceLine
from smstui.widgets.columns import Column
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import NEXT, LineField
from smstui.widgets.search_list import Entry, SearchList
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words

_SELECTION, _CREATION = "selection", "creation"


class GroupsStep(Step):
    """Two parts, as in the guide: the selection and the creation. Groups found by words take nobody by hand."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new_group", N_("Create group"), id="import.new_group"),
        Binding("f5", "refresh_groups", N_("Refresh"), show=False, id="import.refresh_groups"),
    ]
    note = N_("4/5 Groups")

    def __init__(self, backend: Backend, actor: Actor) -> None:
        super().__init__(backend, actor)
        self._offered: dict[int, Group] = {}
        self._ticked: frozenset[int] | None = None
        """What is to be ticked once the list is read; None when the list knows."""
        self._without_asked = False
        self._reading = Latest(self, self._read, group="import-groups")

    def compose(self) -> ComposeResult:
        """The choice between the parts, and the parts."""
        yield ChoiceLine([(_SELECTION, _("Select group(s)")), (_CREATION, _("New group"))], _SELECTION, id="part")
        with ContentSwitcher(initial=_SELECTION):
            with Vertical(id=_SELECTION):
                yield self._list()
                yield Words("", id="ticked")
            with Vertical(id=_CREATION):
                yield Labelled(_("Name *"), LineField(id="name", compact=True).leading_to(NEXT), id="name-row")
                yield Labelled(_("Description"), LineField(id="description", compact=True), id="description-row")
                yield Button(_("Create"), id="create", variant="primary", compact=True)
        yield from self.buttons(_("Confirm group(s)"), Button(_("Refresh"), id="refresh", compact=True))

    def _list(self) -> SearchList[int]:
        groups = SearchList[int](
            [
                Column("name", _("Name of the group"), 15, grows=True, sortable=True),
                Column("description", _("Description"), 12, grows=True, from_width=66),
                Column("created", _("Created on"), 16, sortable=True),
                Column("contacts", _("Contacts"), 10, right=True, sortable=True),
            ],
            empty=_("No group yet: press n to create one, or confirm to import the contacts into no group."),
            sorted_by=("name", False),
            markable=True,
        )
        groups.table.marks_last = True
        return groups

    @property
    def _table(self) -> WindowedTable[int]:
        table: WindowedTable[int] = self.query_one(SearchList).table
        return table

    def take_focus(self) -> None:
        """Stand in the groups."""
        self._show_part(_SELECTION)

    def refresh_step(self) -> None:
        """Show the groups as they are now."""
        self._ticked = frozenset(group.id for group in self.draft.groups)
        self._without_asked = False
        self._reading.ask()

    async def confirmed(self) -> bool:
        """Without a group only once that was said; a group that is being written is created first."""
        if self.query_one(ContentSwitcher).current == _CREATION:
            self._create()
            return False
        if not self.draft.groups and not self._without_asked:
            self._without_asked = True
            self._say(_("No group is selected: confirm once more to import the contacts into no group."))
            return False
        return True

    async def _read(self) -> None:
        groups = await self.backend.groups.list(self.actor)
        self._offered = {group.id: group for group in groups if not group.is_dynamic}
        self.query_one(SearchList).show([_entry(group) for group in self._offered.values()])
        if self._ticked is not None:
            self._table.mark_only(self._offered.keys() & self._ticked)
            self._ticked = None
        else:
            self._take_ticks()

    @on(WindowedTable.Marked)
    def _take_ticks(self) -> None:
        self._without_asked = False
        groups = tuple(self._offered[key] for key in self._table.marks if key in self._offered)
        self._draft = replace(self.draft, groups=groups)
        ticked = ngettext("{count} group selected", "{count} groups selected", len(groups))
        self._say(ticked.format(count=number(len(groups))))

    @on(WindowedTable.Chosen)
    def _tick_and_go_on(self, event: WindowedTable.Chosen) -> None:
        if event.key not in self._table.marks:
            self._table.action_mark()
        self.query_one("#next").focus()

    @on(ChoiceLine.Changed)
    def _part_chosen(self, event: ChoiceLine.Changed) -> None:
        event.stop()
        self.query_one(ContentSwitcher).current = event.value

    @on(Button.Pressed, "#refresh")
    def action_refresh_groups(self) -> None:
        """Read the groups again."""
        self._reading.ask()

    def action_new_group(self) -> None:
        """Go to the creation of a group."""
        self._show_part(_CREATION)

    def _show_part(self, part: str) -> None:
        self.query_one(ChoiceLine).choose(part)
        self.query_one(ContentSwitcher).current = part
        (self._table if part == _SELECTION else self.query_one("#name")).focus()

    @on(Input.Changed, "#name, #description")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._row(str(event.input.id)).fail("")

    @on(Input.Submitted, "#description")
    @on(Button.Pressed, "#create")
    def _create_asked(self) -> None:
        self._create()

    @once_at_a_time("import-create-group")
    async def _create(self) -> None:
        """Create the group that is written, and tick it."""
        name, description = self.query_one("#name", Input), self.query_one("#description", Input)
        try:
            group = await self.backend.groups.add(self.actor, GroupDetails(name.value, description.value))
        except Refusal as refusal:
            wrong = "description" if isinstance(refusal, DescriptionTooLong) else "name"
            self._row(wrong).fail(explain(refusal))
            self.query_one(f"#{wrong}").focus()
            return
        name.value = description.value = ""
        self._ticked = frozenset({*(each.id for each in self.draft.groups), group.id})
        self._show_part(_SELECTION)
        self._reading.ask()

    def _row(self, field: str) -> Labelled:
        return self.query_one(f"#{field}-row", Labelled)

    def _say(self, words: str) -> None:
        self.query_one("#ticked", Words).update(words)


def _entry(group: Group) -> Entry[int]:
    name, description = printable(group.name), printable(group.description)
    return Entry(
        group.id,
        (name, description, day_and_time(group.created_at), number(group.contacts)),
        search=f"{name} {description}",
        order={"name": name, "created": group.created_at, "contacts": group.contacts},
    )
