"""Settings › My account › Sessions: where the account is logged in, and the way to end it there."""

from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button

from smstui.domain.errors import Refusal
from smstui.formats import date_time, explain, number
from smstui.i18n import N_, _, ngettext
from smstui.screens.list_page import ListPage
from smstui.screens.once import once_at_a_time
from smstui.services.campaign_details import account_zone
from smstui.services.sessions import LoginSession, origin_words
from smstui.widgets.columns import Column
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.search_list import Entry, SearchList

READ_INTERVAL: Final = 5.0
"""Seconds between two readings."""


class SessionsPage(ListPage[int]):
    """The list, this session marked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete", "end", N_("End it"), id="sessions.end"),
        Binding("o", "end_others", N_("End the others"), id="sessions.end_others"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[int, LoginSession] = {}
        self._zone: ZoneInfo | None = None

    def compose(self) -> ComposeResult:
        """The list and its actions."""
        yield SearchList[int](
            [
                Column("origin", _("Origin"), 16, grows=True, sortable=True),
                Column("own", "", 15),
                Column("started", _("Since"), 11, sortable=True),
                Column("seen", _("Seen"), 11, sortable=True, from_width=64),
            ],
            empty=_("No session is open."),
            sorted_by=("started", True),
        )
        with Horizontal(classes="actions"):
            yield Button(_("End the session"), id="end", compact=True)
            yield Button(_("End the others"), id="end-others", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Read the list, and again while it is shown."""
        super().on_mount()
        self.heading = _("Sessions")
        self.set_interval(READ_INTERVAL, self.read_soon)

    async def read(self) -> None:
        """Read the list and show it."""
        self._zone = self._zone or await account_zone(self.backend.database, self.actor)
        sessions = await self.backend.sessions.list(self.actor)
        self._known = {each.id: each for each in sessions}
        self.list.show([_entry(each, self._zone) for each in sessions])
        self.note = ngettext("{count} session", "{count} sessions", len(sessions)).format(count=number(len(sessions)))

    @on(Button.Pressed, "#end")
    @once_at_a_time("sessions-end")
    async def action_end(self) -> None:
        """End the session under the cursor, once that is confirmed."""
        session = self._known.get(self.table.cursor_key or 0)
        if session is None or not await self.ask(_question(session)):
            return
        if session.is_own:
            self.host.leave()
            return
        try:
            await self.backend.sessions.end(self.actor, session.id)
        except Refusal as refusal:
            self.notify(explain(refusal), severity="error", markup=False)
        self.read_soon()

    @on(Button.Pressed, "#end-others")
    @once_at_a_time("sessions-end")
    async def action_end_others(self) -> None:
        """End all sessions but this one, once that is confirmed."""
        others = sum(not each.is_own for each in self._known.values())
        if not others:
            self.notify(_("There is no other session."), markup=False)
            return
        sentence = ngettext(
            "{count} other session goes back to the login within seconds. "
            "A message being written there is kept as a draft.",
            "{count} other sessions go back to the login within seconds. "
            "A message being written there is kept as a draft.",
            others,
        )
        confirm = ngettext("End {count} session", "End {count} sessions", others).format(count=number(others))
        title = _("End the others")
        if not await self.ask(ConfirmModal(title, sentence.format(count=number(others)), confirm=confirm)):
            return
        try:
            await self.backend.sessions.end_others(self.actor)
        except Refusal as refusal:
            self.notify(explain(refusal), severity="error", markup=False)
        self.read_soon()


def _question(session: LoginSession) -> ConfirmModal:
    if session.is_own:
        return ConfirmModal(_("End the session"), _("This is the session that you are in."), confirm=_("Log out"))
    sentence = _("{origin} goes back to the login within seconds. A message being written there is kept as a draft.")
    return ConfirmModal(
        _("End the session"), sentence.format(origin=origin_words(session.origin)), confirm=_("End the session")
    )


def _entry(session: LoginSession, zone: ZoneInfo) -> Entry[int]:
    origin = origin_words(session.origin)
    own = Content.assemble(("● ", "$text-success"), _("this session")) if session.is_own else ""
    return Entry(
        session.id,
        (origin, own, date_time(session.started_at, zone), date_time(session.seen_at, zone)),
        search=origin,
        order={"origin": origin, "started": session.started_at, "seen": session.seen_at},
    )
