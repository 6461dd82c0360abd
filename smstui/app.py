"""The full-screen application: it paints first, then opens the services, and owns the dispatcher until its end."""

import asyncio
import gc
import logging
import signal
from collections.abc import Iterable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.actions import SkipAction
from textual.app import AutopilotCallbackType, SystemCommand
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.worker import WorkerFailed, get_current_worker

from smstui import theme
from smstui.domain.errors import Refusal
from smstui.i18n import N_, _, use_language
from smstui.screens.account.login import LoginScreen
from smstui.screens.entrance import QUIT, SHELL_MODULE, Entrance
from smstui.terminal import never_waiting
from smstui.widgets import no_break
from smstui.widgets.keys import key_name
from smstui.widgets.line_field import NEXT, LineField
from smstui.widgets.stylesheet import OnceParsed
from smstui.widgets.typed_ahead import completed

if TYPE_CHECKING:
    from textual.driver import Driver

    from smstui.domain.clock import Clock
    from smstui.services.backend import Backend
    from smstui.services.demo import Demo
    from smstui.settings import Settings

DRAIN_TIMEOUT = 10.0
"""Seconds that responses to what is in flight may take when the application ends."""
CLOSE_TIMEOUT = DRAIN_TIMEOUT + 5.0
"""Seconds after which the application ends whatever its services still do."""
TROUBLE = "trouble"
"""The group of the worker that tells of an error."""
WARMED_MODULES = (
    "smstui.services.backend",
    "smstui.services.attendance",
    SHELL_MODULE,
    "smstui.screens.dashboard",
    "smstui.screens.quitting",
    "smstui.screens.trouble",
)
"""Imported in a thread while the person types. The last two must be there even if the program was replaced since."""
_log = logging.getLogger(__name__)


class SmstuiApp(Entrance):
    """Login, then the shell with its pages."""

    TITLE = "smstui"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+p", "command_palette", N_("Commands"), id="app.commands", priority=True),
        Binding("f1", "help", N_("Help"), id="app.help"),
        Binding("f9", "phones", N_("Phones (demo)"), id="app.phones", show=False, priority=True),
        Binding("ctrl+q", "quit", N_("Quit"), id="app.quit", show=False, priority=True),
        # Handled before the focused widget sees them: what is typed right after finds the new focus, however fast.
        Binding("tab", "next_field", show=False, id="app.focus_next", priority=True),
        Binding("shift+tab", "focus_previous", show=False, id="app.focus_previous", priority=True),
        Binding("enter", "go_on", show=False, id="app.go_on", priority=True),
    ]

    def __init__(
        self,
        settings: "Settings",
        *,
        dispatch: bool = True,
        demo: "Demo | None" = None,
        clock: "Clock | None" = None,
    ) -> None:
        """`clock` is the machine's when None."""
        super().__init__(settings, demo)
        self._dispatch = dispatch
        self._clock = clock
        self._ending = asyncio.Event()
        self._services: asyncio.Task[None] | None = None
        self._refusal: Refusal | None = None
        use_language(settings.language)
        no_break.keep_together()
        for own in (theme.DARK, theme.LIGHT):
            self.register_theme(own)
        self.set_reactive(SmstuiApp.theme, theme.DARK.name)
        self.stylesheet = OnceParsed(variables=self.get_css_variables())

    def get_driver_class(self) -> "type[Driver]":
        """Textual's, made never to wait for a terminal that doesn't read."""
        return never_waiting(super().get_driver_class())

    async def run_async(
        self,
        *,
        headless: bool = False,
        inline: bool = False,
        inline_no_clear: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
        auto_pilot: "AutopilotCallbackType | None" = None,
    ) -> int | None:
        """Run until the person quits. Raises the refusal, if one kept the services from opening."""
        answer = await super().run_async(
            headless=headless,
            inline=inline,
            inline_no_clear=inline_no_clear,
            mouse=mouse,
            size=size,
            auto_pilot=auto_pilot,
        )
        if self._refusal is not None:
            raise self._refusal
        return answer

    async def on_mount(self) -> None:
        """Show the login; everything else waits until it is painted."""
        self.cover_new_screens()
        self._listen_to_signals()
        login = LoginScreen()
        await self.push_screen(login)
        login.call_after_refresh(self._start_services)

    async def on_unmount(self) -> None:
        """Drain the dispatcher and close the services."""
        self._ending.set()
        if self._services is not None:
            _done, late = await asyncio.wait({self._services}, timeout=CLOSE_TIMEOUT)
            for task in late:
                task.cancel()
                await asyncio.wait({task}, timeout=1.0)

    def _listen_to_signals(self) -> None:
        """A lost terminal (SIGHUP) and SIGTERM end the application as Ctrl+Q does, without a question."""
        if self.is_headless or self.is_web:
            return
        for number in (signal.SIGHUP, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, partial(self._quit, asking=False))

    def _start_services(self) -> None:
        self._services = asyncio.create_task(self._serve(), name="services")

    async def _serve(self) -> None:
        """Hold the services open, and dispatch, until the application ends."""
        try:
            for module in WARMED_MODULES:
                await asyncio.to_thread(import_module, module)
            from smstui.services.attendance import Attendance
            from smstui.services.backend import Backend
            from smstui.services.order_upkeep import orders_kept_up

            async with (
                Backend.open(self.settings, self._clock) as backend,
                orders_kept_up(backend),
                Attendance(backend.sessions, self.session_over) as self._attendance,
            ):
                if not self.is_headless:
                    gc.freeze()  # what is imported stays: a look through it for garbage would stop everything for 0.1 s
                self._backend = backend
                self._backend_opened.set()
                if self._dispatch:
                    await self._run_dispatcher(backend)
                await self._ending.wait()
        except Refusal as refusal:
            self._refusal = refusal
            self._announce_refusal(refusal)
        except Exception as error:  # noqa: BLE001
            self._handle_exception(error)

    async def _run_dispatcher(self, backend: "Backend") -> None:
        """Dispatch until the application ends, then drain."""
        dispatcher = backend.dispatcher
        running = asyncio.create_task(dispatcher.run(), name="dispatcher")
        closing = asyncio.create_task(self._ending.wait())
        await asyncio.wait({running, closing}, return_when=asyncio.FIRST_COMPLETED)
        closing.cancel()
        if not running.done():
            await dispatcher.drain(DRAIN_TIMEOUT)
        await running

    @work(group="refusal")
    async def _announce_refusal(self, refusal: Refusal) -> None:
        from smstui.screens.trouble import cannot_start

        await self.push_screen_wait(cannot_start(refusal))
        self.exit(return_code=1)

    def _handle_exception(self, error: Exception) -> None:
        """The one place where errors that nobody awaited arrive.

        A worker's error leaves the screen intact, so that it is told and the person goes on; a widget's own error has
        stopped that widget, and ends the application as Textual does. What a worker read while its page, or the
        application, ended has no widget left to be shown on.
        """
        cause = error.error if isinstance(error, WorkerFailed) else None
        if isinstance(cause, NoMatches) and (not self.is_running or get_current_worker().node._pruning):
            return
        if isinstance(cause, Exception) and self.is_running and get_current_worker().group != TROUBLE:
            self._announce_trouble(cause)
        else:
            super()._handle_exception(error)

    @work(group=TROUBLE)
    async def _announce_trouble(self, error: Exception) -> None:
        from smstui.screens.trouble import trouble

        self.push_screen(await trouble(error, self.settings.data_directory))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette offers: sections and actions in the language of the person."""
        from smstui.screens.palette import commands

        return commands(self, screen)

    def action_command_palette(self) -> None:
        """Open the palette."""
        from smstui.screens.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(placeholder=_("Search a section or an action…"), id="--command-palette"))

    def action_help(self) -> None:
        """Show what the keys do here."""
        from smstui.screens.help import HelpModal

        if not isinstance(self.screen, HelpModal):
            self.push_screen(HelpModal.of(self.screen))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only the demo has phones."""
        return self.demo is not None if action == "phones" else super().check_action(action, parameters)

    def action_phones(self) -> None:
        """Show what the demo's phones received, in front of whatever asks for it."""
        from smstui.screens.demo.handsets import HandsetsModal

        if self.demo is not None and not isinstance(self.screen, HandsetsModal):
            self.push_screen(HandsetsModal(self.demo.handsets))

    def action_go_on(self) -> None:
        """Go from a field that leads to another there; Enter elsewhere is whatever has the focus's own."""
        field = self.focused
        if not isinstance(field, LineField) or not field.leads_to:
            raise SkipAction
        if field.leads_to == NEXT:
            self.screen.focus_next()
        else:
            self.screen.set_focus(self.screen.query_one(field.leads_to))

    async def action_next_field(self) -> None:
        """Tab: let a field that can be completed be so, once it has what was typed before, or go on to the next one."""
        if not await completed(self.focused):
            self.screen.focus_next()

    def action_help_quit(self) -> None:
        """Ctrl+C does not quit: say what does."""
        self.notify(_("Press Ctrl+Q to quit."), markup=False)

    async def action_quit(self) -> None:
        """Quit, after a question when messages still wait that this process sends."""
        if not any(worker.group == QUIT and worker.is_running for worker in self.workers):
            self._quit(asking=True)

    @work(group=QUIT, exclusive=True)
    async def _quit(self, *, asking: bool) -> None:
        if self._dispatch and self._backend is not None:
            try:
                from smstui.screens.quitting import finish_sending

                if not await finish_sending(self, DRAIN_TIMEOUT, asking=asking):
                    return
            except Exception:  # noqa: BLE001 (who quits is kept by nothing; what was in flight is drained without a screen)
                _log.exception("quitting without asking or showing what is waited for")
        self.exit()

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open `url` in the browser that shows the application, or in the person's own; say so where there is none."""
        if self.is_web:
            super().open_url(url, new_tab=new_tab)
        else:
            self._open_in_browser(url)

    @work(group="browser")
    async def _open_in_browser(self, url: str) -> None:
        from smstui.terminal.web_browser import opened_in_browser

        if not await opened_in_browser(url):
            words = _("No browser can be opened here: open the address on any other device.")
            self.notify(words, severity="warning", markup=False)

    def get_key_display(self, binding: Binding) -> str:
        """The key as keyboards name it, in the language of the person."""
        return key_name(super().get_key_display(binding))
