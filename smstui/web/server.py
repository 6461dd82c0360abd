"""The web server: a page with a terminal in it, and a process of the application for each page that is open."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import aiohttp_jinja2
from aiohttp import web
from textual_serve.server import Server, to_int

from smstui.i18n import _
from smstui.web.session import Session
from smstui.web.uploads import Uploads

TEMPLATES = Path(__file__).parent / "templates"
HEARTBEAT = 15.0
"""Seconds between two pings of a page."""


class BrowserServer(Server):
    """textual-serve's server with our page, which asks nothing from outside, and sessions that end when told."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], host: str, port: int) -> None:
        super().__init__(command[0], host=host, port=port, title="smstui", templates_path=TEMPLATES)
        self._arguments = tuple(command)
        self._environment = dict(environment)
        self._sessions: set[Session] = set()
        self._uploads = Uploads()

    async def application(self) -> web.Application:
        """The aiohttp application, to be run by a runner of aiohttp."""
        application = await self._make_app()
        application.add_routes(self._uploads.routes())
        texts = {"ended": _("The session has ended."), "again": _("Start again")}
        aiohttp_jinja2.get_env(application).globals["texts"] = texts
        return application

    async def on_startup(self, app: web.Application) -> None:
        """Nothing to announce: the command does."""

    async def on_shutdown(self, app: web.Application) -> None:
        """End all sessions; their pages show that they have ended."""
        await asyncio.gather(*(session.end() for session in self._sessions))

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run a session for as long as its page is open."""
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT)
        await socket.prepare(request)
        inbox = await self._uploads.open()
        session = Session(
            self._arguments,
            self._environment | inbox.environment(str(request.url.origin())),
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=lambda: _close(socket),
            downloads=self.download_manager,
        )
        self._sessions.add(session)
        try:
            await session.start(to_int(request.query.get("width", ""), 80), to_int(request.query.get("height", ""), 24))
            await self._process_messages(socket, session)
        finally:
            await asyncio.shield(session.end())
            self._sessions.discard(session)
            await self._uploads.close(inbox)
        return socket


async def _close(socket: web.WebSocketResponse) -> None:
    """Close the page's end, if it is still open."""
    await socket.close()
