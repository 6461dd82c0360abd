"""`smstui inbox`: messages that phones sent to us."""

import click

from smstui.cli.context import Call, Noun, with_backend
from smstui.cli.output import table
from smstui.i18n import _


@click.group(cls=Noun)
def inbox() -> None:
    """Messages that phones sent to us."""


@inbox.command("list")
@with_backend
async def list_inbox(call: Call) -> None:
    """List the messages to the account, the newest first."""
    from smstui import formats

    found = await call.backend.inbox.list(await call.actor())
    header = [_("From"), _("To"), _("Received"), _("Campaign"), _("Text")]
    rows = [[one.source, one.destination, formats.date_time(one.at), one.campaign or "", one.text] for one in found]
    call.answer(
        [
            {
                "from": one.source,
                "to": one.destination,
                "text": one.text,
                "at": one.at.isoformat(),
                "campaign": one.campaign,
            }
            for one in found
        ],
        table(header, rows),
    )
