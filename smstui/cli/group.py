"""`smstui group`: groups of contacts."""

from typing import TYPE_CHECKING

import click

from smstui.cli.context import Call, Json, Noun, with_backend
from smstui.cli.output import table
from smstui.cli.table_file import write_table
from smstui.i18n import _, ngettext

if TYPE_CHECKING:
    from smstui.services.groups import Group


@click.group(cls=Noun)
def group() -> None:
    """Groups of contacts."""


@group.command()
@click.argument("name")
@click.option("--description", default="", metavar="D")
@click.option("--words", metavar="W", help="It holds all contacts in which these words are found, now and later.")
@with_backend
async def add(call: Call, name: str, description: str, words: str | None) -> None:
    """Create the group NAME."""
    from smstui.services.groups import GroupDetails

    added = await call.backend.groups.add(await call.actor(), GroupDetails(name, description, words))
    call.answer(_document(added), _("Group {name} created.").format(name=added.name))


@group.command("list")
@with_backend
async def list_groups(call: Call) -> None:
    """List the groups, by name."""
    from smstui import formats

    found = await call.backend.groups.list(await call.actor())
    header = [_("Name"), _("Description"), _("Created"), _("Contacts")]
    rows = [
        [each.name, each.description, formats.date_time(each.created_at), formats.number(each.contacts)]
        for each in found
    ]
    call.answer([_document(each) for each in found], table(header, rows))


@group.command()
@click.argument("names", nargs=-1, required=True)
@with_backend
async def remove(call: Call, names: tuple[str, ...]) -> None:
    """Delete the groups NAMES, all or none; their contacts stay."""
    actor = await call.actor()
    ids = [(await call.backend.groups.find(actor, name)).id for name in names]
    count = await call.backend.groups.remove(actor, ids)
    sentence = ngettext("{count} group deleted.", "{count} groups deleted.", count)
    call.answer({"removed": count}, sentence.format(count=count))


@group.command()
@click.argument("file", metavar="FILE")
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@with_backend
async def export(call: Call, file: str, *, force: bool) -> None:
    """Write the groups to FILE, .csv or .xlsx; - is CSV on standard output."""
    actor, files = await call.actor(), call.backend.contact_files
    await write_table(
        call,
        file,
        stream=lambda out: files.stream_groups(actor, out),
        write=lambda path: files.export_groups(actor, path, overwrite=force),
        written=lambda count: ngettext("{count} group written to {file}.", "{count} groups written to {file}.", count),
    )


def _document(each: "Group") -> dict[str, Json]:
    return {
        "name": each.name,
        "description": each.description,
        "words": each.filter,
        "created_at": each.created_at.isoformat(),
        "contacts": each.contacts,
    }
