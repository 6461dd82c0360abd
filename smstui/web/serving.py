"""`smstui serve`: the web server and the dispatcher in one process, until it is told to stop."""

import asyncio
import errno
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from aiohttp import web

from smstui.domain.errors import Refusal
from smstui.i18n import N_
from smstui.settings import DATABASE_URL_VARIABLE, Settings
from smstui.web.server import BrowserServer

if TYPE_CHECKING:
    from smstui.services.backend import Backend

Announce = Callable[[str], None]
"""Told the address as soon as pages can be opened."""

LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")
DRAIN_TIMEOUT = 1.5
"""Seconds that responses of the SMSC are waited for when the server stops."""
SHUTDOWN_TIMEOUT = 1.0
"""Seconds left to requests other than sessions when the server stops."""


@dataclass(eq=False)
class OnlyLocal(Refusal):
    """The address can be reached from other machines."""

    host: str
    sentence: ClassVar[str] = N_(
        "smstui serve answers this machine only, so not {host}: use 127.0.0.1, localhost or ::1, and an SSH tunnel."
    )


@dataclass(eq=False)
class PortTaken(Refusal):
    """Another program listens on the port."""

    host: str
    port: str
    sentence: ClassVar[str] = N_(
        "Port {port} of {host} is taken by another program: stop it, or choose another one with --port."
    )


@dataclass(eq=False)
class CannotListen(Refusal):
    """The system doesn't let us listen on the address."""

    host: str
    port: str
    reason: str
    sentence: ClassVar[str] = N_("Cannot listen on port {port} of {host} ({reason}): choose another one with --port.")


@dataclass(frozen=True, slots=True)
class Site:
    """Where to listen, and what to run for each page."""

    host: str
    port: int
    """0 is any free one."""
    command: tuple[str, ...]
    environment: Mapping[str, str]
    """What is added to this process's environment; holds what must not be seen in a list of processes."""


async def serve_application(settings: Settings, host: str, port: int, announce: Announce, *, dispatch: bool) -> None:
    """Serve the application on the database of `settings`, and dispatch in this process unless told not to.

    Ends at SIGINT or SIGTERM. Raises OnlyLocal, PortTaken, CannotListen, and the refusals of `Database.open`.
    """
    from smstui.services.backend import Backend

    command = (sys.executable, "-P", "-m", "smstui", "--no-dispatch")
    site = Site(host, port, command, {DATABASE_URL_VARIABLE: settings.database_url})
    async with Backend.open(settings) as backend:
        await _serve(site, announce, dispatching(backend) if dispatch else nullcontext())


async def serve_demo(host: str, port: int, announce: Announce) -> None:
    """Serve demos: each page has its own database, simulator and dispatcher, gone when the page is closed.

    Ends at SIGINT or SIGTERM. Raises OnlyLocal, PortTaken, CannotListen.
    """
    await _serve(Site(host, port, (sys.executable, "-P", "-m", "smstui", "demo"), {}), announce, nullcontext())


async def _serve(site: Site, announce: Announce, meanwhile: AbstractAsyncContextManager[object]) -> None:
    """Serve `site` until SIGINT or SIGTERM, inside `meanwhile` once the port is open."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with listening(site) as url, meanwhile:
        announce(url)
        await stop.wait()


@asynccontextmanager
async def listening(site: Site) -> AsyncIterator[str]:
    """A running server; yields its address. Raises OnlyLocal, PortTaken, CannotListen."""
    if site.host not in LOCAL_HOSTS:
        raise OnlyLocal(site.host)
    server = BrowserServer(site.command, site.environment, site.host, site.port)
    runner = web.AppRunner(await server.application(), access_log=None, shutdown_timeout=SHUTDOWN_TIMEOUT)
    await runner.setup()
    try:
        await _listen(runner, site)
        port: int = runner.addresses[0][1]
        server.public_url = f"http://{f'[{site.host}]' if ':' in site.host else site.host}:{port}"
        yield server.public_url
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, site: Site) -> None:
    """Open the port. Raises PortTaken, CannotListen."""
    try:
        await web.TCPSite(runner, site.host, site.port).start()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(site.host, str(site.port)) from None
        raise CannotListen(site.host, str(site.port), error.strerror or str(error)) from None


@asynccontextmanager
async def dispatching(backend: "Backend") -> AsyncIterator[None]:
    """The backend's dispatcher at work, and what keeps orders up; the dispatcher is drained at the end."""
    from smstui.services.order_upkeep import orders_kept_up

    async with orders_kept_up(backend):
        task = asyncio.create_task(backend.dispatcher.run())
        try:
            yield
        finally:
            await backend.dispatcher.drain(DRAIN_TIMEOUT)
            await task
