"""The pop-up that chooses a time zone, by search: a name, a city or a country."""

import asyncio
from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button

from smstui.domain.preferences import TimeZone, time_zones
from smstui.i18n import N_, _, current_language
from smstui.widgets.columns import Column
from smstui.widgets.line_field import LineField
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.search_list import Entry, SearchList
from smstui.widgets.windowed_table import WindowedTable


class ZonePicker(TranslatedModal[str | None]):
    """Answers with the name of the zone chosen, None when the person went back."""

    DEFAULT_CSS = """
    ZonePicker .dialog { width: 76; height: 80%; max-height: 26; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="profile_zone.cancel"),
    ]

    def __init__(self, current: str, now: datetime) -> None:
        """`current` is where the cursor stands at first; `now`, aware, is told by the clocks of each zone."""
        super().__init__()
        self._current, self._now = current, now

    def compose(self) -> ComposeResult:
        """The list."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("Time zone"))
            yield SearchList[str](
                [
                    Column("key", _("Time zone"), 30, sortable=True),
                    Column("place", _("Place"), 12, grows=True, sortable=True),
                    Column("time", _("Time"), 5, right=True),
                ],
                empty="",
                sorted_by=("key", False),
            )
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")

    def on_mount(self) -> None:
        """Stand in the search, and read the zones."""
        field = self.query_one(LineField)
        field.placeholder = _("Search a city, a country…")
        field.focus()
        self._read()

    @work(group="profile-zones")
    async def _read(self) -> None:
        entries = await asyncio.to_thread(_entries, current_language(), self._now)
        found = self.query_one(SearchList)
        found.show(entries)
        keys = [entry.key for entry in entries]
        if self._current in keys:
            found.table.move_to(keys.index(self._current))

    @on(WindowedTable.Chosen)
    def _chosen(self, event: WindowedTable.Chosen) -> None:
        self.dismiss(str(event.key))

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Choose none."""
        self.dismiss(None)


def _entries(language: str, now: datetime) -> list[Entry[str]]:
    return [_entry(zone, now) for zone in time_zones(language)]


def _entry(zone: TimeZone, now: datetime) -> Entry[str]:
    time = f"{now.astimezone(ZoneInfo(zone.key)):%H:%M}"
    search = f"{zone.key.replace('_', ' ')} {zone.key} {zone.place}"
    return Entry(zone.key, (zone.key, zone.place, time), search, order={"key": zone.key, "place": zone.place})
