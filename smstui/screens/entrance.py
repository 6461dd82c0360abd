"""From the login to the pages and back: who is logged in, by which session, in which language and colours."""

import asyncio
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Final

from textual import work
from textual.screen import Screen

from smstui import theme
from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.formats import explain, use_time_zone
from smstui.i18n import _, use_language
from smstui.screens.account.login import LoginScreen
from smstui.screens.host import Host
from smstui.screens.once import once_at_a_time

if TYPE_CHECKING:
    from smstui.screens.shell import Shell
    from smstui.services.attendance import Attendance
    from smstui.services.demo import Demo
    from smstui.settings import Settings

SHELL_MODULE: Final = "smstui.screens.shell"
QUIT: Final = "quit"
"""The group of the worker that ends the application."""
_OF_THE_PERSON: Final = ("enter", "certify", QUIT)
"""Groups of workers of the application that ask who is logged in, and have nobody to ask once they are not."""


class Entrance(Host):
    """The part of the application that lets people in and out."""

    def __init__(self, settings: "Settings", demo: "Demo | None" = None) -> None:
        super().__init__(settings, demo)
        self._attendance: Attendance | None = None
        """Holds the session of who is logged in; None until the services are open."""
        self._login_theme = theme.DARK.name
        """The colours of the login; those of the pages are the account's."""

    def enter(self, actor: Actor, section: str = "") -> None:
        """Go from the login to the pages of `actor`, in the language, the time zone and the colours of the account.

        The first page is that of `section`; the dashboard when "".
        """
        self._actor = actor
        self._login_theme = self.theme
        if self._attendance is not None and actor.session is not None:
            self._attendance.begin(actor)
        use_language(actor.language)
        use_time_zone(actor.time_zone)
        self._show_pages(actor, section)

    def leave(self, notice: str = "") -> None:
        """Go back to the login, which says `notice`; an application that ends already just ends."""
        if self._backend is None or self._backend.dispatcher.is_ending:
            return
        self._actor = None
        if self._attendance is not None:
            self._attendance.end()
        for group in _OF_THE_PERSON:
            self.workers.cancel_group(self, group)
        self.theme = self._login_theme
        use_time_zone(None)
        self._replace_screens(LoginScreen(notice))

    def session_over(self, actor: Actor, refusal: Refusal) -> None:
        """The session of `actor` may not go on: back to the login, which says why."""
        if self._actor is not None and self._actor.session == actor.session:
            self.call_later(self.leave, explain(refusal))

    def go_to(self, section: str) -> None:
        """Show the page of `section`, when somebody is logged in."""
        if (shell := self._shell) is not None:
            shell.go_to(section)

    def speak(self, language: str) -> None:
        """Show everything in `language` from now on; the page shown starts anew."""
        use_language(language)
        if self._actor is None:
            self._replace_screens(LoginScreen())
            return
        self._actor = self._actor.speaking(language)
        self._show_shell(self._actor, self._shell.section if self._shell is not None else "")

    def live_in(self, time_zone: str) -> None:
        """Show times by the clocks of `time_zone` from now on; the page shown starts anew."""
        use_time_zone(time_zone)
        self._actor = self.actor.living_in(time_zone)
        self._show_shell(self._actor, self._shell.section if self._shell is not None else "")

    def certify(self) -> None:
        """Ask for the number to certify and for the code, and say what was earned."""
        self._certify(self.actor)

    @once_at_a_time("certify")
    async def _certify(self, actor: Actor) -> None:
        from smstui.formats import credits_text
        from smstui.screens.account.certification import CertificationModal

        certified = await self.push_screen_wait(CertificationModal(actor))
        if certified is None:
            return
        if certified.granted:
            sentence = _("{number} is certified: you have earned {credits}.")
        else:
            sentence = _("{number} is certified. It had earned its test credits before.")
        self.notify(sentence.format(number=certified.number, credits=credits_text(certified.granted)), markup=False)

    @work(group="enter", exclusive=True)
    async def _show_pages(self, actor: Actor, section: str) -> None:
        with suppress(Refusal):  # a database that is busy keeps nobody out for the colours
            if (chosen := (await self.backend.profiles.read(actor)).theme) is not None:
                self.theme = chosen
        await self._open_shell(actor, section)

    @work(group="enter", exclusive=True)
    async def _show_shell(self, actor: Actor, section: str) -> None:
        await self._open_shell(actor, section)

    async def _open_shell(self, actor: Actor, section: str) -> None:
        await asyncio.to_thread(import_module, SHELL_MODULE)
        from smstui.screens.shell import Shell

        self._replace_screens(Shell(actor, section))

    @property
    def _shell(self) -> "Shell | None":
        if not self.logged_in:
            return None
        from smstui.screens.shell import Shell

        return next((screen for screen in self.screen_stack if isinstance(screen, Shell)), None)

    def _replace_screens(self, screen: Screen[None]) -> None:
        """Show `screen` in the place of all that is shown."""
        while len(self.screen_stack) > 2:  # the application's own empty screen, and the one to replace
            self.pop_screen()
        self.switch_screen(screen)
