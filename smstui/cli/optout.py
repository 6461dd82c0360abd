"""`smstui optout`: numbers that no longer want messages."""

import click

from smstui.cli.context import Call, Json, Noun, with_backend
from smstui.cli.output import table
from smstui.i18n import _, ngettext
from smstui.services.opt_outs import OptOut


@click.group(cls=Noun)
def optout() -> None:
    """Numbers that no longer want messages."""


@optout.command("list")
@with_backend
async def list_numbers(call: Call) -> None:
    """List the numbers, the newest first."""
    from smstui import formats

    found = await call.backend.opt_outs.list(await call.actor())
    rows = [[one.number, one.source, formats.date_time(one.at)] for one in found]
    call.answer([_document(one) for one in found], table([_("Number"), _("Source"), _("Since")], rows))


@optout.command()
@click.argument("numbers", nargs=-1, required=True)
@with_backend
async def add(call: Call, numbers: tuple[str, ...]) -> None:
    """Send nothing more to NUMBERS, from now on."""
    actor = await call.actor()
    added = [await call.backend.opt_outs.add(actor, number) for number in numbers]
    sentence = ngettext("{count} number opted out.", "{count} numbers opted out.", len(added))
    call.answer([_document(one) for one in added], sentence.format(count=len(added)))


@optout.command()
@click.argument("numbers", nargs=-1, required=True)
@with_backend
async def remove(call: Call, numbers: tuple[str, ...]) -> None:
    """Take NUMBERS from the list: they may be sent to again."""
    await call.backend.opt_outs.remove(await call.actor(), numbers)
    sentence = ngettext("{count} number taken from the list.", "{count} numbers taken from the list.", len(numbers))
    call.answer({"removed": len(numbers)}, sentence.format(count=len(numbers)))


def _document(one: OptOut) -> dict[str, Json]:
    return {"mobile": one.number, "source": one.source, "at": one.at.isoformat()}
