"""Step 3 (the guide, part 4, "ETAPE 5"): which field of the contacts each column of the file is."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from smstui.domain.contact import ContactField
from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import explain, number
from smstui.i18n import N_, _
from smstui.screens.contacts.importing.new_field import NewFieldModal
from smstui.screens.contacts.importing.step import Step
from smstui.screens.once import once_at_a_time
from smstui.services.importing.mapping import FreeField, Target
from smstui.services.importing.planning import check_mapping, target_label
from smstui.services.importing.values import ColumnLook
from smstui.widgets.columns import Cell, Column
from smstui.widgets.pick_list import Pick, PickModal
from smstui.widgets.sheet_view import column_letters
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words

_NOTHING = "-"
_NEW = "+"
_FREE = "free:"
"""Before the name of a free field; the values of ContactField have no colon."""


class MappingStep(Step):
    """One line a column; Enter chooses its field."""

    DEFAULT_CSS = """
    MappingStep > WindowedTable { height: 1fr; }
    MappingStep > #told { height: auto; }
    MappingStep > #detail { height: auto; max-height: 2; color: $text-muted; }
    MappingStep > #told.-error { color: $text-error; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete", "give_nothing", N_("Do not import"), id="import.give_nothing"),
    ]
    note = N_("3/5 Mapping")

    def compose(self) -> ComposeResult:
        """The columns, the one under the cursor in full, and what is wrong or how many numbers were recognised."""
        yield WindowedTable[int](
            [
                Column("column", _("Column"), 12),
                Column("samples", _("Examples"), 12, grows=True),
                Column("target", _("Contact field"), 17),
                Column("state", "", 20, from_width=80),
            ]
        )
        yield Words("", id="detail")
        yield Words("", id="told")
        yield from self.buttons(_("Confirm mapping"))

    @property
    def _table(self) -> WindowedTable[int]:
        return self.query_one(WindowedTable)

    def take_focus(self) -> None:
        """Stand in the columns."""
        self._table.focus()

    def refresh_step(self) -> None:
        """Show the mapping."""
        self._table.show_rows(dict(enumerate(self._cells(index) for index in range(len(self.draft.mapping)))))
        self._show_detail()
        self._tell_numbers()

    async def confirmed(self) -> bool:
        """Not without a column of mobile numbers."""
        try:
            check_mapping(self.draft.mapping, len(self.draft.look.columns))
        except Refusal as refusal:
            self._tell(f"✕ {explain(refusal)}", error=True)
            self._table.focus()
            return False
        return True

    @on(WindowedTable.Moved)
    def _show_detail(self) -> None:
        index = self._table.cursor_key
        if index is not None:
            samples = " · ".join(map(printable, self.draft.look.columns[index].samples))
            self.query_one("#detail", Words).update(f"{self._title(index)}\n{samples}")

    @on(WindowedTable.Chosen)
    @once_at_a_time("import-field")
    async def _choose(self, event: WindowedTable.Chosen) -> None:
        """Ask for the field of the column under the cursor."""
        index = int(event.key)
        names = await self.backend.free_fields.list(self.actor)
        modal = PickModal(self._title(index), self._picks(names), _value(self.draft.mapping[index]))
        value: str | None = await self.app.push_screen_wait(modal)
        if value == _NEW:
            name: str | None = await self.app.push_screen_wait(
                NewFieldModal(self.backend.free_fields, self.actor, self.draft.headers[index])
            )
            value = None if name is None else f"{_FREE}{name}"
        if value is not None:
            self._give(index, _target(value))

    def action_give_nothing(self) -> None:
        """Leave the column under the cursor out."""
        if (index := self._table.cursor_key) is not None:
            self._give(index, None)

    def _give(self, index: int, target: Target | None) -> None:
        before = None if target is None or target not in self.draft.mapping else self.draft.mapping.index(target)
        self._draft = self.draft.give(index, target)
        self.refresh_step()
        if before is not None and before != index and target is not None:
            taken = _("“{field}” was taken from column {column}.")
            self._tell(taken.format(field=printable(target_label(target)), column=column_letters(before)))
        self._table.action_move(1)

    def _title(self, index: int) -> str:
        header = printable(self.draft.headers[index])
        return _("Column {column}").format(column=f"{column_letters(index)} {header}".strip())

    def _picks(self, names: Sequence[str]) -> list[Pick]:
        targets: list[Target] = [*ContactField, *map(FreeField, names)]
        return [
            *(Pick(_value(each), printable(target_label(each)), self._given_to(each)) for each in targets),
            Pick(_NEW, _("New field…")),
            Pick(_NOTHING, _("Do not import")),
        ]

    def _given_to(self, target: Target) -> str:
        if target not in self.draft.mapping:
            return ""
        return _("column {column}").format(column=column_letters(self.draft.mapping.index(target)))

    def _cells(self, index: int) -> Sequence[Cell]:
        column, target = self.draft.look.columns[index], self.draft.mapping[index]
        label = Content.styled(_("Do not import"), "$text-muted") if target is None else target_label(target)
        words = label if isinstance(label, Content) else Content(printable(label))
        return (
            Content.assemble((column_letters(index), "bold"), f" {printable(self.draft.headers[index])}"),
            " · ".join(map(printable, column.samples)),
            Content.assemble(words.truncate(15, ellipsis=True, pad=True), " ▾"),
            _recognised(column, _("{count} of {all} recognised")) if target is ContactField.MOBILE else "",
        )

    def _tell_numbers(self) -> None:
        if ContactField.MOBILE in self.draft.mapping:
            column = self.draft.look.columns[self.draft.mapping.index(ContactField.MOBILE)]
            self._tell(_recognised(column, _("{count} of {all} mobile numbers recognised")))
        else:
            self._tell(_("Press Enter on the column of the mobile numbers, and choose “Mobile”."))

    def _tell(self, words: str | Content, *, error: bool = False) -> None:
        told = self.query_one("#told", Words)
        told.update(words)
        told.set_class(error, "-error")


def _recognised(column: ColumnLook, words: str) -> Content:
    words = words.format(count=number(column.mobiles), all=number(column.looked_at))
    right = bool(column.mobiles) and column.mobiles == column.looked_at
    sign, colour = ("✓", "$text-success") if right else ("!", "$text-warning")
    return Content.assemble((sign, colour), f" {words}")


def _value(target: Target | None) -> str:
    if isinstance(target, FreeField):
        return f"{_FREE}{target.name}"
    return _NOTHING if target is None else target.value


def _target(value: str) -> Target | None:
    if value.startswith(_FREE):
        return FreeField(value.removeprefix(_FREE))
    return None if value == _NOTHING else ContactField(value)
