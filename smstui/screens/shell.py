"""The main screen: header, menu, page, keys."""

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize

from smstui.domain.actor import Actor
from smstui.formats import credits_text, rate_text
from smstui.i18n import N_, _
from smstui.screens import sections
from smstui.screens.account.welcome import WelcomeModal
from smstui.screens.host import Host
from smstui.screens.latest import Latest
from smstui.screens.page import Page
from smstui.services.connections import NO_DISPATCHER, ConnectionStatus
from smstui.services.conversations import MOST_UNREAD
from smstui.smpp.values import BindState
from smstui.widgets.header import HeaderBar, HeaderLine
from smstui.widgets.key_bar import KeyBar
from smstui.widgets.screen import TranslatedScreen
from smstui.widgets.sidebar import Sidebar
from smstui.widgets.words import Words

WIDE = 120
HEADER_INTERVAL = 1.0
"""Seconds between two readings of the balance and of the connection's state."""

STATE_WORDS: dict[str, tuple[str, str]] = {
    BindState.BOUND: ("●", N_("SMPP bound")),
    BindState.CONNECTING: ("◐", N_("SMPP connecting")),
    BindState.WAITING: ("✕", N_("SMPP unavailable")),
    BindState.DRAINING: ("◐", N_("SMPP closing")),
    BindState.CLOSED: ("○", N_("SMPP closed")),
    NO_DISPATCHER: ("○", N_("not sending")),
}
_BEST_FIRST = tuple(STATE_WORDS)


class Shell(TranslatedScreen[None]):
    """Shows one section's page at a time, and over it the pages that it opened."""

    CSS_PATH = "shell.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+b", "fold", N_("Fold or open the menu"), show=False, id="shell.fold"),
        Binding("f8", "menu", N_("Go to the menu"), show=False, id="shell.menu"),
    ]

    def __init__(self, actor: Actor, section: str = "") -> None:
        """The pages of `actor`, first that of `section`, or the dashboard."""
        super().__init__()
        self._actor = actor
        self._section = section or sections.HOME
        self._pages: list[Page] = []
        self._header = Latest(self, self._read_header, group="header")

    @property
    def host(self) -> Host:
        """The application."""
        assert isinstance(self.app, Host)
        return self.app

    @property
    def section(self) -> str:
        """The section whose page is shown."""
        return self._section

    @property
    def page(self) -> Page | None:
        """The page in front."""
        return self._pages[-1] if self._pages else None

    def compose(self) -> ComposeResult:
        """Header, menu beside page, footer."""
        yield HeaderBar(id="header")
        with Horizontal(id="body"):
            items = sections.sidebar_items(demo=self.host.demo is not None, admin=self._actor.is_admin)
            yield Sidebar(items, current=self._section, id="sidebar")
            with Vertical(id="page-area"):
                with Horizontal(id="page-title"):
                    yield Words(id="page-heading")
                    yield Words(id="page-note")
                yield Vertical(id="page-frame")
        yield KeyBar()

    def on_mount(self) -> None:
        """Show the first page, and start reading what the header says."""
        self.query_one(HeaderBar).line = HeaderLine(self._actor.login)
        self._header.ask()
        self.set_interval(HEADER_INTERVAL, self._header.ask)
        self.query_one(Sidebar).focus()
        self.go_to(self._section, take_focus=False)
        self._welcome()

    @work(group="welcome")
    async def _welcome(self) -> None:
        """Once in an account's life, offer the test credits."""
        accounts, actor = self.host.backend.accounts, self._actor
        if not (await accounts.profile(actor)).welcome_due:
            return
        wanted = await self.app.push_screen_wait(WelcomeModal())
        await accounts.dismiss_welcome(actor)
        if wanted:
            self.host.certify()

    def on_resize(self, event: Resize) -> None:
        """Wide screens have room for the menu."""
        if event.size.width >= WIDE:
            self.query_one(Sidebar).folded = False

    @on(Sidebar.Chosen)
    def _section_chosen(self, event: Sidebar.Chosen) -> None:
        self.go_to(event.id)

    @work(group="navigation", exclusive=True)
    async def go_to(self, section_id: str, *, take_focus: bool = True) -> None:
        """Show the page of that section, once the pages shown have agreed to be left."""
        for page in reversed(self._pages):
            if not await page.may_leave():
                self.query_one(Sidebar).show_current(self._section)
                return
        section = sections.find(section_id)
        await asyncio.to_thread(sections.page_class, section)
        self._section = section_id
        self.query_one(Sidebar).show_current(section_id)
        await self._frame.remove_children()
        self._pages = []
        await self._show(sections.make_page(section), take_focus=take_focus)

    @on(Page.Opened)
    async def _page_opened(self, event: Page.Opened) -> None:
        if event.opener is self.page:
            event.opener.display = False
            await self._show(event.page, take_focus=True)

    @on(Page.Closed)
    @work(group="navigation", exclusive=True)
    async def _page_closed(self, _event: Page.Closed) -> None:
        page = self.page
        if page is None or len(self._pages) == 1:
            self.action_menu()
        elif await page.may_leave():
            self._pages.pop()
            await page.remove()
            behind = self._pages[-1]
            behind.display = True
            self._write_title()
            behind.shown_again()
            behind.take_focus()

    @on(Page.Titled)
    def _write_title(self) -> None:
        if self.page is None:
            return
        crumbs = [sections.path(sections.find(self._section)), *(page.heading for page in self._pages)]
        self.query_one("#page-heading", Words).update(Content(" › ".join(filter(None, crumbs))))
        self.query_one("#page-note", Words).update(Content(self.page.note))

    async def _show(self, page: Page, *, take_focus: bool) -> None:
        page.actor = self._actor
        self._pages.append(page)
        self._write_title()
        await self._frame.mount(page)
        if take_focus:
            self.call_after_refresh(page.take_focus)

    @property
    def _frame(self) -> Vertical:
        return self.query_one("#page-frame", Vertical)

    def action_fold(self) -> None:
        """Fold the menu to signs, or open it."""
        sidebar = self.query_one(Sidebar)
        sidebar.folded = not sidebar.folded

    def action_menu(self) -> None:
        """Go to the menu."""
        self.query_one(Sidebar).focus()

    async def _read_header(self) -> None:
        backend, actor = self.host.backend, self._actor
        credit = await backend.low_credit.get(actor)
        sign, words, bound = describe_connections(await backend.connections.statuses())
        self.query_one(HeaderBar).line = HeaderLine(
            login=actor.login,
            sign=sign,
            connection=words,
            bound=bound,
            balance=credits_text(credit.available),
            warning=_("▼ low credit") if credit.is_low else "",
        )
        unread = (await backend.conversations.state(actor)).unread
        more = f"{MOST_UNREAD - 1}+" if unread == MOST_UNREAD else str(unread)
        self.query_one(Sidebar).show_badge(sections.REPLIES, more if unread else "")


def describe_connections(statuses: Sequence[ConnectionStatus]) -> tuple[str, str, bool]:
    """The sign and the words for the best of the connections, and whether it is bound."""
    enabled = [status for status in statuses if status.enabled]
    if not enabled:
        return "○", _("no SMPP connection"), False
    best = min(enabled, key=lambda status: _BEST_FIRST.index(status.state))
    sign, words = STATE_WORDS[best.state]
    bound = best.state is BindState.BOUND
    rate = sum(status.rate or 0 for status in enabled if status.state is BindState.BOUND)
    return sign, f"{_(words)} {rate_text(rate)}" if bound and rate else _(words), bound
