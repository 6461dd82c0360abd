"""`smstui inbox`: messages that phones sent to us."""

import click

from smstui.cli.context import Call, Noun, with_backend
from smstui.cli.output import amount, table
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


@inbox.command()
@click.argument("number")
@click.option("--text", required=True, metavar="T", help="The answer.")
@with_backend
async def reply(call: Call, number: str, *, text: str) -> None:
    """Answer NUMBER, in the newest conversation with it. It is paid for, and leaves when a process dispatches."""
    from smstui import formats

    actor = await call.actor()
    pair = await call.backend.conversations.with_number(actor, number)
    sent = await call.backend.conversations.reply(actor, pair, text)
    segments = sent.measure.segments if sent.measure else 0
    sentence = _("Answer to {number} queued: {segments} SMS, {credits}.")
    call.answer(
        {"to": pair.theirs, "from": sent.sender, "text": sent.text, "segments": segments, "cost": amount(sent.cost)},
        sentence.format(number=pair.theirs, segments=segments, credits=formats.credits_text(sent.cost)),
    )
