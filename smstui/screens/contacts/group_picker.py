"""The pop-up that chooses groups, by search and boxes to tick."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button

from smstui.domain.actor import Actor
from smstui.domain.visible import printable
from smstui.formats import number
from smstui.i18n import N_, _
from smstui.services.groups import Group, Groups
from smstui.widgets.choice_line import ChoiceLine
from smstui.widgets.columns import Column
from smstui.widgets.line_field import LineField
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.search_list import Entry, SearchList
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """The groups chosen, and whether contacts are put into them or taken out."""

    groups: tuple[Group, ...]
    take_out: bool = False


class GroupPicker(TranslatedModal[GroupChoice | None]):
    """Answers with the groups ticked, None when the person went back. Groups found by words are offered to send to."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="group_picker.cancel"),
        Binding("ctrl+s", "confirm", N_("Confirm"), show=False, id="group_picker.confirm", priority=True),
    ]

    def __init__(
        self,
        groups: Groups,
        actor: Actor,
        title: str,
        ticked: Collection[int] = (),
        *,
        either_way: bool = False,
        to_send: bool = False,
    ) -> None:
        """`ticked` at first; `either_way`: also asks whether to put in or to take out, and wants at least one group.

        `to_send`: the groups are the recipients of a campaign, and those without contacts can't be ticked.
        """
        super().__init__()
        self._groups, self._actor = groups, actor
        self._title = title
        self._ticked = frozenset(ticked)
        self._offered: dict[int, Group] = {}
        self._either_way = either_way
        self._to_send = to_send
        self._has_unmarked = False
        """Whether the marks were just changed for the person."""

    def compose(self) -> ComposeResult:
        """What to do, the groups, and the two buttons."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._title)
            if self._either_way:
                yield ChoiceLine([("in", _("put in")), ("out", _("take out"))], "in")
            yield SearchList[int](
                [
                    Column("name", _("Group"), 12, grows=True, sortable=True),
                    Column("contacts", _("Contacts"), 9, right=True, sortable=True),
                ],
                empty=_("There is no group to choose yet: create one in Address book › Groups."),
                sorted_by=("name", False),
                markable=True,
            )
            if self._to_send:
                yield Words(_("Groups without contacts can't be selected."), id="hint")
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")
                yield Button(_("Confirm"), id="confirm", variant="primary", disabled=self._either_way)

    def on_mount(self) -> None:
        """Read the groups."""
        self._table.marks_last = True
        self._table.focus()
        if self._to_send:
            search = self.query_one(LineField)
            search.placeholder = _("Search a group of contacts…")
            search.focus()
        self._read()

    @work(group="group-picker")
    async def _read(self) -> None:
        groups = await self._groups.list(self._actor)
        self._offered = {each.id: each for each in groups if self._to_send or not each.is_dynamic}
        self.query_one(SearchList).show([_entry(group) for group in self._offered.values()])
        self._table.mark_only(self._offered.keys() & self._ticked)

    @property
    def _table(self) -> WindowedTable[int]:
        table: WindowedTable[int] = self.query_one(SearchList).table
        return table

    @on(WindowedTable.Marked)
    def _marked(self, event: WindowedTable.Marked) -> None:
        if self._to_send:
            self._unmark_empty()
        self.query_one("#confirm").disabled = self._either_way and not event.count

    def _unmark_empty(self) -> None:
        """Take the marks of empty groups away, and say why until another one is marked."""
        empty = {each for each in self._table.marks if not self._offered[each].contacts}
        if empty:
            self._table.mark_only(set(self._table.marks) - empty)
        self.query_one("#hint").set_class(bool(empty) or self._has_unmarked, "-error")
        self._has_unmarked = bool(empty)

    @on(WindowedTable.Chosen)
    def _tick_and_go_on(self) -> None:
        if not self._table.cursor_is_marked:
            self._table.action_mark()
        self.query_one("#confirm").disabled = False
        self.query_one("#confirm").focus()

    @on(Button.Pressed, "#confirm")
    def action_confirm(self) -> None:
        """Answer with the ticked groups."""
        ticked = tuple(self._offered[group_id] for group_id in self._table.marks)
        if ticked or not self._either_way:
            way_out = self._either_way and self.query_one(ChoiceLine).value == "out"
            self.dismiss(GroupChoice(ticked, take_out=way_out))

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Choose nothing."""
        self.dismiss(None)


def _entry(group: Group) -> Entry[int]:
    name = printable(group.name)
    return Entry(
        group.id, (name, number(group.contacts)), search=name, order={"name": name, "contacts": group.contacts}
    )
