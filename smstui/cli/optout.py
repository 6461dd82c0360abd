"""`smstui optout`: numbers that no longer want messages."""

from pathlib import Path

import click

from smstui.cli.context import Call, Json, Noun, with_backend
from smstui.cli.output import table
from smstui.i18n import _, ngettext
from smstui.services.opt_out_query import OptOut

SHOWN_REFUSED = 20
"""Lines of a file named for people, at most; --json gives all."""


@click.group(cls=Noun)
def optout() -> None:
    """Numbers that no longer want messages."""


@optout.command("list")
@with_backend
async def list_numbers(call: Call) -> None:
    """List the numbers, the newest first."""
    from smstui import formats

    found = await call.backend.opt_outs.list(await call.actor())
    header = [_("Number"), _("Source"), _("Since"), _("Campaign")]
    rows = [[one.number, one.source, formats.date_time(one.at), one.campaign or ""] for one in found]
    call.answer([_document(one) for one in found], table(header, rows))


@optout.command()
@click.argument("numbers", nargs=-1, required=True)
@with_backend
async def add(call: Call, numbers: tuple[str, ...]) -> None:
    """Send nothing more to NUMBERS, from now on: to all of them, or to none when one can't be used."""
    from smstui.domain.phone import parse_number

    actor, parsed = await call.actor(), [parse_number(number) for number in numbers]
    await call.backend.opt_outs.add_numbers(actor, parsed)
    added = await call.backend.opt_outs.rows(actor, parsed)
    sentence = ngettext("{count} number opted out.", "{count} numbers opted out.", len(added))
    call.answer([_document(one) for one in added], sentence.format(count=len(added)))


@optout.command()
@click.argument("numbers", nargs=-1, required=True)
@click.option("--reason", metavar="R", help="Why: the audit trail keeps it.")
@with_backend
async def remove(call: Call, numbers: tuple[str, ...], reason: str | None) -> None:
    """Take NUMBERS from the list: they may be sent to again."""
    why = _("on the command line") if reason is None else reason
    await call.backend.opt_outs.remove(await call.actor(), numbers, why)
    sentence = ngettext("{count} number taken from the list.", "{count} numbers taken from the list.", len(numbers))
    call.answer({"removed": len(numbers)}, sentence.format(count=len(numbers)))


@optout.command("import")
@click.argument("file", metavar="FILE")
@with_backend
async def import_numbers(call: Call, file: str) -> None:
    """Put the numbers of FILE (XLSX, XLS or CSV) on the list; their column is found by itself."""
    from smstui.formats import number

    actor = await call.actor()
    done = await call.backend.opt_outs.import_file(actor, await call.backend.imports.open(Path(file)))
    refused: list[dict[str, Json]] = [{"line": each.line, "reason": each.reason} for each in done.refused]
    counts = {"added": done.added, "already": done.already, "duplicates": done.duplicates}
    added = ngettext("{count} number added", "{count} numbers added", done.added)
    lines = [
        added.format(count=number(done.added)),
        *(_("Line {line}: {reason}").format(**each) for each in refused[:SHOWN_REFUSED]),
    ]
    if (more := len(refused) - SHOWN_REFUSED) > 0:
        lines.append(ngettext("and {count} more", "and {count} more", more).format(count=number(more)))
    call.answer({**counts, "refused": refused}, lines)


def _document(one: OptOut) -> dict[str, Json]:
    return {"mobile": one.number, "source": one.source, "at": one.at.isoformat()}
