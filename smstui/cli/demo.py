"""`smstui demo`: the newcomer's way in."""

import asyncio

import click

from smstui.cli.application import application_class, check_terminal
from smstui.cli.context import settings_of
from smstui.cli.options import GlobalOptions, Verb, options_of


@click.command(cls=Verb)
@click.option("--keep", is_flag=True, help="Keep the demo's database in your data folder [default: start afresh].")
@click.pass_context
def demo(context: click.Context, *, keep: bool) -> None:
    """Run the application with a database of its own, a simulated SMSC and a sample account."""
    options = options_of(context)
    if options.database is not None:
        raise click.UsageError("The demo has its own database; --keep keeps it from one demo to the next.")
    check_terminal()
    context.exit(asyncio.run(_run(options, keep=keep)))


async def _run(options: GlobalOptions, *, keep: bool) -> int:
    """The simulator and the application, in one event loop."""
    from smstui.logs import LogFile, through
    from smstui.services.demo import Demo

    settings = settings_of(options)
    with through(LogFile(settings.data_directory)):
        async with Demo.open(settings, keep=keep) as running:
            app = application_class()(running.settings, dispatch=options.dispatch, demo=running)
            await app.run_async(mouse=options.mouse)
    return app.return_code or 0
