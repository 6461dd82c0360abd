"""`smstui dispatch`: the dispatcher alone."""

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext

import click

from smstui.cli.context import Call, Verb, with_backend
from smstui.cli.output import print_document, print_lines
from smstui.i18n import _
from smstui.logs import PlainFormatter, through

DRAIN = 10.0
"""Seconds given to the last responses."""


@click.command(cls=Verb)
@click.option(
    "--metrics-port", type=click.IntRange(0, 65535), help="Serve metrics to Prometheus there; 0 takes a free port."
)
@click.option("--metrics-host", default="127.0.0.1", show_default=True, help="Address to serve the metrics on.")
@with_backend
async def dispatch(call: Call, *, metrics_port: int | None, metrics_host: str) -> None:
    """Send what is queued, until SIGTERM or Ctrl-C; then wait for the last responses and unbind."""
    from smstui.services.order_upkeep import orders_kept_up

    dispatcher, loop = call.backend.dispatcher, asyncio.get_running_loop()
    gc.freeze()  # what is imported stays: a look through it for garbage would stop the sending for 50 ms
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    async with orders_kept_up(call.backend), _metrics(call, metrics_host, metrics_port):
        with _told_on_terminal():
            running = asyncio.create_task(dispatcher.run())
            ending = asyncio.create_task(told.wait())
            if not call.options.as_json:
                print_lines(_("Dispatching; Ctrl-C ends it."))
            try:
                await asyncio.wait({running, ending}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                ending.cancel()
                await dispatcher.drain(DRAIN)
                await running


@asynccontextmanager
async def _metrics(call: Call, host: str, port: int | None) -> AsyncIterator[None]:
    """The metrics served meanwhile, when a port is given."""
    if port is None:
        yield
        return
    from smstui.services.metrics import Metrics
    from smstui.web.metrics import metrics_served

    backend = call.backend
    async with metrics_served(Metrics(backend.dispatcher, backend.health, backend.clock), host, port) as address:
        if call.options.as_json:
            print_document({"metrics": address})
        else:
            print_lines(_("Metrics at {address}").format(address=address))
        yield


def _told_on_terminal() -> AbstractContextManager[None]:
    """What happens, in words on a terminal; a service has the log file."""
    if not sys.stderr.isatty():
        return nullcontext()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlainFormatter())
    return through(handler)
