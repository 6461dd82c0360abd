"""The metrics of a dispatcher over HTTP, for Prometheus, in the event loop of the dispatcher."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from aiohttp import web

from smstui.domain.errors import Refusal
from smstui.i18n import N_

if TYPE_CHECKING:
    from smstui.services.metrics import Metrics

PATH = "/metrics"
SHUTDOWN_TIMEOUT = 1.0
"""Seconds left to a scrape when the dispatcher ends."""


@dataclass(eq=False)
class CannotServeMetrics(Refusal):
    """The port is taken, or the system doesn't let us listen there."""

    host: str
    port: int
    reason: str
    sentence: ClassVar[str] = N_(
        "The metrics cannot be served on port {port} of {host} ({reason}): choose another one with --metrics-port."
    )


@asynccontextmanager
async def metrics_served(metrics: "Metrics", host: str, port: int) -> AsyncIterator[str]:
    """Answer scrapes meanwhile; yields the address. Port 0 is any free one. Raises CannotServeMetrics."""

    async def answer(request: web.Request) -> web.Response:
        exposition = await metrics.exposition(request.headers.get("Accept", ""))
        return web.Response(body=exposition.body, headers={"Content-Type": exposition.content_type})

    application = web.Application()
    application.router.add_get(PATH, answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=SHUTDOWN_TIMEOUT)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise CannotServeMetrics(host, port, error.strerror or str(error)) from None
        taken: int = runner.addresses[0][1]
        yield f"http://{f'[{host}]' if ':' in host else host}:{taken}{PATH}"
    finally:
        await runner.cleanup()
