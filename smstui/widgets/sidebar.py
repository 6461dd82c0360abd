"""The menu at the left: headings that unfold, sections to choose, by keyboard and by mouse."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from smstui.i18n import N_

OPEN_WIDTH = 24
FOLDED_WIDTH = 4


@dataclass(frozen=True, slots=True)
class SidebarItem:
    """A section to choose, or a heading when it has `children`. `sign` is one cell wide, for the folded menu."""

    id: str
    label: str
    sign: str
    children: tuple["SidebarItem", ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    item: SidebarItem
    heading: SidebarItem | None


class Sidebar(ScrollView, can_focus=True):
    """A menu of two levels. Folded, it shows signs only, and every section stays one key away."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "sidebar--heading",
        "sidebar--section",
        "sidebar--current",
        "sidebar--cursor",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False, id="sidebar.up"),
        Binding("down,j", "move(1)", show=False, id="sidebar.down"),
        Binding("home", "move(-999)", show=False, id="sidebar.first"),
        Binding("end", "move(999)", show=False, id="sidebar.last"),
        Binding("left,h", "collapse", N_("Collapse"), show=False, id="sidebar.collapse"),
        Binding("right,l", "expand", N_("Expand"), show=False, id="sidebar.expand"),
        Binding("enter,space", "choose", N_("Open"), show=False, id="sidebar.open"),
    ]

    folded: reactive[bool] = reactive(False)
    cursor: reactive[int] = reactive(0)

    @dataclass
    class Chosen(Message):
        """The person chose the section `id`."""

        id: str

    def __init__(self, items: Sequence[SidebarItem], *, current: str, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._items = tuple(items)
        self._collapsed: set[str] = set()
        self._current = current
        self._badges: dict[str, str] = {}
        self._rows: list[_Row] = []
        self._rebuild()

    @property
    def current(self) -> str:
        """The section whose page is shown."""
        return self._current

    def show_current(self, section: str) -> None:
        """Mark `section` as the one whose page is shown, and stand on it."""
        self._current = section
        for heading in self._items:
            if any(child.id == section for child in heading.children):
                self._collapsed.discard(heading.id)
        self._rebuild()
        self.cursor = next((y for y, row in enumerate(self._rows) if row.item.id == section), self.cursor)

    def show_badge(self, section: str, badge: str) -> None:
        """Show `badge`, such as a count, at the end of the line of `section`; "" takes it away."""
        if self._badges.get(section, "") != badge:
            self._badges[section] = badge
            self.refresh()

    def watch_folded(self, folded: bool) -> None:
        """Take the width of signs, or of labels; stay on the same line."""
        self.styles.width = FOLDED_WIDTH if folded else OPEN_WIDTH
        standing = self._rows[self.cursor].item.id if self._rows else self._current
        self._rebuild()
        self._stand_on(standing)

    def watch_cursor(self, cursor: int) -> None:
        """Keep the line in sight."""
        self.scroll_to(y=self._scroll_for(cursor), animate=False)
        self.refresh()

    def validate_cursor(self, cursor: int) -> int:
        """Stay on a line."""
        return max(0, min(cursor, len(self._rows) - 1))

    def on_resize(self, _event: Resize) -> None:
        """Keep the line in sight when the height changes."""
        self.virtual_size = Size(self.size.width, len(self._rows))
        self.scroll_to(y=self._scroll_for(self.cursor), animate=False)

    def on_focus(self) -> None:
        """Show where the focus is."""
        self.refresh()

    def on_blur(self) -> None:
        """Show that the focus has gone."""
        self.refresh()

    def on_click(self, event: Click) -> None:
        """Choose the line under the mouse."""
        y = event.y + self.scroll_offset.y
        if y < len(self._rows):
            self.cursor = y
            self.action_choose()

    def action_move(self, lines: int) -> None:
        """Go up or down."""
        self.cursor += lines

    def action_collapse(self) -> None:
        """Hide the sections of this heading; from a section, go to its heading."""
        if self.folded or not self._rows:
            return
        row = self._rows[self.cursor]
        if row.item.children:
            self._collapsed.add(row.item.id)
            self._rebuild()
        elif row.heading is not None:
            self._stand_on(row.heading.id)

    def action_expand(self) -> None:
        """Show the sections of this heading; on a section, open it."""
        item = self._rows[self.cursor].item
        if item.id in self._collapsed:
            self._collapsed.discard(item.id)
            self._rebuild()
        elif item.children:
            self.cursor += 1
        else:
            self.post_message(self.Chosen(item.id))

    def action_choose(self) -> None:
        """Open this section, or fold and unfold this heading."""
        item = self._rows[self.cursor].item
        if not item.children:
            self.post_message(self.Chosen(item.id))
        elif item.id in self._collapsed:
            self.action_expand()
        else:
            self.action_collapse()

    def render_line(self, y: int) -> Strip:
        """One line of the menu."""
        y += self.scroll_offset.y
        width = self.size.width
        if y >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        row = self._rows[y]
        badge = self._badge(row.item)
        if self.folded:
            text = f" {row.item.sign}{'•' if badge else ' '}"
        else:
            room = max(0, width - len(badge) - 1)
            text = self._label(row)[:room].ljust(room) + badge
        return Strip([Segment(text, self._style(row, y))]).adjust_cell_length(width, self._style(row, y))

    def _badge(self, item: SidebarItem) -> str:
        """That of a section; of a heading, the first one among the sections that it hides."""
        hidden = item.children if item.id in self._collapsed else ()
        return next(filter(None, (self._badges.get(each.id, "") for each in (item, *hidden))), "")

    def _label(self, row: _Row) -> str:
        if row.heading is not None:
            sign = "›" if row.item.id == self._current else " "
            return f"   {sign} {row.item.label}"
        if row.item.children:
            return f" {'▸' if row.item.id in self._collapsed else '▾'} {row.item.label}"
        return f" {'›' if row.item.id == self._current else ' '} {row.item.label}"

    def _style(self, row: _Row, y: int) -> Style:
        name = "heading" if row.item.children else "section"
        if row.item.id == self._current:
            name = "current"
        if y == self.cursor and self.has_focus:
            name = "cursor"
        return self.get_component_rich_style(f"sidebar--{name}")

    def _rebuild(self) -> None:
        self._rows = []
        for item in self._items:
            if not (self.folded and item.children):
                self._rows.append(_Row(item, None))
            if self.folded or item.id not in self._collapsed:
                self._rows.extend(_Row(child, item) for child in item.children)
        self.virtual_size = Size(self.size.width, len(self._rows))
        self.cursor = self.validate_cursor(self.cursor)
        self.refresh()

    def _stand_on(self, item_id: str) -> None:
        self.cursor = next((y for y, row in enumerate(self._rows) if row.item.id == item_id), self.cursor)

    def _scroll_for(self, cursor: int) -> int:
        top, height = self.scroll_offset.y, max(1, self.size.height)
        return min(max(top, cursor - height + 1), cursor)
