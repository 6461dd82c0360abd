"""What the screens may ask of the application they run in."""

import asyncio
from typing import TYPE_CHECKING

from smstui.domain.actor import Actor
from smstui.screens.small_terminal import CoversScreens

if TYPE_CHECKING:
    from smstui.services.backend import Backend
    from smstui.services.demo import Demo
    from smstui.settings import Settings


class Host(CoversScreens):
    """The application, as its screens see it: the services, who is logged in, and the way from one to another."""

    def __init__(self, settings: "Settings", demo: "Demo | None" = None) -> None:
        super().__init__()
        self.settings = settings
        self.demo = demo
        self._actor: Actor | None = None
        self._backend: Backend | None = None
        self._backend_opened = asyncio.Event()

    @property
    def backend(self) -> "Backend":
        """The services; only screens behind the login may ask, since they are open by then."""
        if self._backend is None:
            raise RuntimeError("the services are not open yet")
        return self._backend

    @property
    def actor(self) -> Actor:
        """Who is logged in."""
        if self._actor is None:
            raise RuntimeError("nobody is logged in")
        return self._actor

    @property
    def logged_in(self) -> bool:
        """Whether somebody is."""
        return self._actor is not None

    async def opened_backend(self) -> "Backend":
        """The services, as soon as they are open. The wait ends with the application if they can't be."""
        await self._backend_opened.wait()
        return self.backend

    def enter(self, actor: Actor, section: str = "") -> None:
        """Go from the login to the pages of `actor`, in the language, the time zone and the colours of the account.

        The first page is that of `section` (an id of `smstui.screens.sections`); the dashboard when "".
        """
        raise NotImplementedError

    def leave(self, notice: str = "") -> None:
        """Go back to the login, which says `notice`."""
        raise NotImplementedError

    def go_to(self, section: str) -> None:
        """Show the page of `section` (an id of `smstui.screens.sections`)."""
        raise NotImplementedError

    def speak(self, language: str) -> None:
        """Show everything in `language` ("fr" or "en") from now on."""
        raise NotImplementedError

    def live_in(self, time_zone: str) -> None:
        """Show times by the clocks of `time_zone` (IANA) from now on."""
        raise NotImplementedError

    def certify(self) -> None:
        """Ask for the number to certify, and for the code."""
        raise NotImplementedError
