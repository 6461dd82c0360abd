"""Settings › Connections: the SMSC connections, shared by all accounts, with their state as it is now."""

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button

from smstui.domain.errors import Refusal
from smstui.domain.states import MessageType
from smstui.domain.text import printable
from smstui.i18n import N_, _
from smstui.screens.list_page import ListPage
from smstui.screens.once import once_at_a_time
from smstui.screens.settings.bind_test import BindTest
from smstui.screens.settings.connection_form import ConnectionForm
from smstui.screens.settings.connection_health import ConnectionHealthPage
from smstui.screens.settings.words import TYPE_WORDS, state_content
from smstui.services.connection_settings import ConnectionSettings
from smstui.services.connections import ConnectionStatus
from smstui.widgets.columns import Column
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.search_list import Entry, SearchList
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words

LIVE_INTERVAL = 1.0
"""Seconds between two readings of the states."""


class ConnectionsPage(ListPage[str]):
    """The list; administrators also add, edit, test and delete."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", N_("Add"), id="connections.add"),
        Binding("h", "health", N_("Health"), id="connections.health"),
        Binding("t", "test", N_("Test"), id="connections.test"),
        Binding("delete", "remove", N_("Delete"), show=False, id="connections.remove"),
    ]

    def compose(self) -> ComposeResult:
        """The list, the reason of the connection under the cursor, and the actions."""
        yield SearchList[str](
            [
                Column("name", _("Connection"), 8, grows=True, sortable=True),
                Column("state", _("State"), 16, sortable=True),
                Column("address", _("Address"), 12, grows=True, from_width=60),
                Column("rate", _("Rate"), 8, right=True),
                Column("types", _("Types"), 26, from_width=80),
            ],
            empty=_("No connection yet: press n to enter the host, port and password of your SMSC.")
            if self.actor.is_admin
            else _("No connection yet: an administrator enters the SMSC's."),
            sorted_by=("name", False),
        )
        yield Words("", id="reason")
        if self.actor.is_admin:
            with Horizontal(classes="actions"):
                yield Button(_("Delete"), id="remove", compact=True)
                yield Button(_("Test"), id="test", compact=True)
                yield Button(_("Health"), id="health", compact=True)
                yield Button(_("Add"), id="add", variant="primary", compact=True)
        else:
            yield Words(_("Only an administrator may change the connections."), classes="muted")

    def on_mount(self) -> None:
        """Read the list, now and every second."""
        super().on_mount()
        self.set_interval(LIVE_INTERVAL, self.read_soon)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide from others what only administrators may do."""
        return self.actor.is_admin if action in {"add", "health", "test", "remove"} else True

    async def read(self) -> None:
        """Read the list and show it."""
        connections = await self.backend.connections.list()
        statuses = {status.name: status for status in await self.backend.connections.statuses()}
        shown = [(each, statuses[each.name]) for each in connections if each.name in statuses]
        self.list.show([_entry(each, status) for each, status in shown])
        chosen = statuses.get(self.table.cursor_key or "")
        self.query_one("#reason", Words).update(Content(printable(chosen.reason) if chosen else ""))

    @on(WindowedTable.Chosen)
    @once_at_a_time("connections-edit")
    async def _chosen(self, event: WindowedTable.Chosen) -> None:
        if not self.actor.is_admin:
            return
        try:
            self.open(ConnectionForm(await self.backend.connections.get(str(event.key))))
        except Refusal as refusal:
            self.say(refusal)

    @on(Button.Pressed, "#add")
    def action_add(self) -> None:
        """Open an empty form."""
        self.open(ConnectionForm(None))

    @on(Button.Pressed, "#health")
    def action_health(self) -> None:
        """Show how the connection under the cursor is doing."""
        if (name := self.table.cursor_key) is not None:
            self.open(ConnectionHealthPage(name))

    @on(Button.Pressed, "#test")
    @once_at_a_time("connections-test")
    async def action_test(self) -> None:
        """Bind to the connection under the cursor, and unbind."""
        if (name := self.table.cursor_key) is not None:
            await self.ask(BindTest(self.backend.connections, name))

    @on(Button.Pressed, "#remove")
    @once_at_a_time("connections-remove")
    async def action_remove(self) -> None:
        """Delete the connection under the cursor, once that is confirmed."""
        if (name := self.table.cursor_key) is None:
            return
        sentence = _("Delete the connection “{name}”? Nothing more will be sent over it, and its password is erased.")
        question = ConfirmModal(
            _("Delete"), sentence.format(name=printable(name)), confirm=_("Delete 1 connection"), dangerous=True
        )
        if not await self.ask(question):
            return
        try:
            await self.backend.connections.remove(self.actor, name)
        except Refusal as refusal:
            self.say(refusal)
        self.read_soon()


def _entry(connection: ConnectionSettings, status: ConnectionStatus) -> Entry[str]:
    bind = connection.bind
    address = f"{printable(bind.host)}:{bind.port}"
    rate = _("{rate}/s").format(rate=f"{bind.rate:.0f}") if bind.rate else "–"
    types = ", ".join(_(TYPE_WORDS[each]) for each in MessageType if each in connection.types)
    state = state_content(status)
    return Entry(
        connection.name,
        (printable(connection.name), state, address, rate, types),
        search=f"{connection.name} {address}",
        order={"name": connection.name, "state": state.plain},
    )
