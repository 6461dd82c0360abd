"""`smstui serve`: the application in a browser on this machine."""

import asyncio

import click

from smstui.cli.context import settings_of
from smstui.cli.options import Verb, options_of
from smstui.cli.output import print_document
from smstui.i18n import _


@click.command(cls=Verb)
@click.option("--host", default="127.0.0.1", show_default=True, help="127.0.0.1, localhost or ::1.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--demo", is_flag=True, help="Each page is a demo of its own.")
@click.pass_context
def serve(context: click.Context, *, host: str, port: int, demo: bool) -> None:
    """Serve the application to browsers on this machine, and dispatch, until Ctrl+C or SIGTERM."""
    from smstui.logs import LogFile, through
    from smstui.web.serving import serve_application, serve_demo

    options = options_of(context)
    settings = settings_of(options)

    def announce(url: str) -> None:
        if options.as_json:
            print_document({"url": url})
        else:
            click.echo(_("smstui is at {url} (Ctrl+C stops it)").format(url=url))

    with through(LogFile(settings.data_directory)):
        if demo:
            asyncio.run(serve_demo(host, port, announce))
        else:
            asyncio.run(serve_application(settings, host, port, announce, dispatch=options.dispatch))
