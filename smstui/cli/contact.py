"""`smstui contact`: the contacts of the address book."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import click

from smstui.cli.contact_import import import_contacts
from smstui.cli.context import Call, Json, Noun, with_backend
from smstui.cli.output import table
from smstui.cli.table_file import only_by_force, write_table
from smstui.domain.errors import Refusal
from smstui.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from smstui.domain.actor import Actor
    from smstui.services.contact_query import ContactQuery
    from smstui.services.contact_rows import Contact
    from smstui.services.personal_erasure import ErasureReport

SORTS = ("name", "mobile", "created")


@dataclass(eq=False)
class ErasureNotConfirmed(Refusal):
    """Nothing brings back what is erased."""

    number: str
    sentence: ClassVar[str] = N_("Nothing brings back what is erased: say --yes to erase {number} for good.")


@click.group(cls=Noun)
def contact() -> None:
    """Contacts of the address book."""


contact.add_command(import_contacts)


@contact.command("list")
@click.option("--search", default="", metavar="W", help="Words that all must be found, whatever case and accents.")
@click.option("--group", metavar="NAME", help="Only those of this group.")
@click.option("--sort", type=click.Choice(SORTS), default="name", help="In which order.")
@click.option("--opted-out", is_flag=True, help="Only those on the STOP list.")
@click.option("--invalid", is_flag=True, help="Only those whose number the network has refused.")
@with_backend
async def list_contacts(
    call: Call, search: str, group: str | None, sort: str, *, opted_out: bool, invalid: bool
) -> None:
    """List contacts."""
    actor = await call.actor()
    query = await _query(call, actor, search, group, sort, opted_out=opted_out, invalid=invalid)
    found = [each async for page in call.backend.contacts.all(actor, query) for each in page]
    header = [_("Mobile"), _("Name"), _("First name"), _("E-mail"), _("Groups")]
    rows = [
        [each.mobile, each.details.last_name, each.details.first_name, each.details.email, ", ".join(each.groups)]
        for each in found
    ]
    call.answer([_document(each) for each in found], table(header, rows))


@contact.command()
@click.argument("mobile")
@click.option("--last-name", default="")
@click.option("--first-name", default="")
@click.option("--email", default="")
@click.option("--title", default="", help="Madame, Dr …")
@click.option("--birth-date", default="", metavar="D", help="As 31/12/1990 or 1990-12-31.")
@click.option("--company", default="")
@click.option("--address", default="")
@click.option("--field", "fields", multiple=True, metavar="NAME=VALUE", help="A field of the account's own.")
@click.option("--group", "groups", multiple=True, metavar="NAME", help="Put it into this group.")
@with_backend
async def add(call: Call, /, mobile: str, fields: tuple[str, ...], groups: tuple[str, ...], **texts: str) -> None:
    """Add the contact MOBILE."""
    from smstui.domain.contact import ContactDetails, clean_text, parse_birth_date, parse_email
    from smstui.domain.phone import parse_number

    actor = await call.actor()
    email, birth_date = texts.pop("email"), texts.pop("birth_date")
    details = ContactDetails(
        parse_number(mobile),
        email=parse_email(email),
        birth_date=parse_birth_date(birth_date, call.backend.clock.now().date()),
        extra=await _extra(call, actor, fields),
        **{name: clean_text(text) for name, text in texts.items()},
    )
    ids = [(await call.backend.groups.find(actor, name)).id for name in groups]
    added = await call.backend.contacts.add(actor, details, ids)
    call.answer(_document(added), _("{mobile} added.").format(mobile=added.mobile))


@contact.command()
@click.argument("numbers", nargs=-1, required=True)
@with_backend
async def remove(call: Call, numbers: tuple[str, ...]) -> None:
    """Delete the contacts NUMBERS, all or none; their place on the STOP list stays."""
    count = await call.backend.contacts.remove_numbers(await call.actor(), numbers)
    sentence = ngettext("{count} contact deleted.", "{count} contacts deleted.", count)
    call.answer({"removed": count}, sentence.format(count=count))


@contact.command()
@click.argument("number")
@with_backend
async def show(call: Call, number: str) -> None:
    """Show all that the account holds about NUMBER: contact, STOP, messages sent and received."""
    from smstui.services.personal_document import document, plain_words

    data = await call.backend.personal_data.collect(await call.actor(), number)
    call.answer(document(data), plain_words(data))


@contact.command()
@click.argument("number")
@click.option("--yes", is_flag=True, help="Do it: nothing brings it back.")
@click.option("--stop", is_flag=True, help="Put it on the STOP list first, so that nothing is sent to it any more.")
@with_backend
async def erase(call: Call, number: str, *, yes: bool, stop: bool) -> None:
    """Erase NUMBER from all that the account holds, except from the STOP list."""
    from smstui.domain.phone import parse_number

    actor = await call.actor()
    if not yes:
        raise ErasureNotConfirmed(parse_number(number))
    report = await call.backend.personal_data.erase(actor, number, stop=stop)
    call.answer(asdict(report), _report_lines(report))


@contact.command()
@click.argument("file", metavar="FILE")
@click.option("--search", default="", metavar="W", help="Only those that hold these words.")
@click.option("--group", metavar="NAME", help="Only those of this group.")
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@with_backend
async def export(call: Call, file: str, search: str, group: str | None, *, force: bool) -> None:
    """Write contacts to FILE, .csv or .xlsx; - is CSV on standard output."""
    actor = await call.actor()
    query = await _query(call, actor, search, group, "name", opted_out=False, invalid=False)
    files = call.backend.contact_files
    await write_table(
        call,
        file,
        stream=lambda out: files.stream_contacts(actor, out, query),
        write=lambda path: files.export_contacts(actor, path, query, overwrite=force),
        written=lambda n: ngettext("{count} contact written to {file}.", "{count} contacts written to {file}.", n),
    )


@contact.command()
@click.argument("file", metavar="FILE")
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@with_backend
async def model(call: Call, file: str, *, force: bool) -> None:
    """Write a model of a file to import to FILE: .xlsx is the guide's model 1, .csv its model 2."""
    with only_by_force():
        await call.backend.contact_files.write_model(Path(file), overwrite=force)
    call.answer({"file": file}, _("Model written to {file}.").format(file=file))


def _report_lines(report: "ErasureReport") -> list[str]:
    counts = (
        (_("contacts: {count}"), report.contacts),
        (_("places in groups: {count}"), report.memberships),
        (_("messages sent: {count}"), report.messages),
        (_("messages received: {count}"), report.inbound),
        (_("lines that imports left out: {count}"), report.import_lines),
        (_("campaigns and drafts that had it by hand: {count}"), report.drafts),
    )
    told = [words.format(count=count) for words, count in counts if count] or [_("nothing was known about it")]
    return [
        _("{number} erased ({told}).").format(number=report.number, told=", ".join(told)),
        *([_("It stays on the STOP list, so that nothing is sent to it.")] if report.opted_out else []),
        *([_("It stays the certified number of this account.")] if report.own_number else []),
    ]


async def _query(
    call: Call, actor: "Actor", search: str, group: str | None, sort: str, *, opted_out: bool, invalid: bool
) -> "ContactQuery":
    """Raises UnknownGroup."""
    from smstui.services.contact_query import ContactKind, ContactQuery, ContactSort

    if opted_out and invalid:
        raise click.UsageError("Choose one of --opted-out and --invalid.")
    kind = ContactKind.OPTED_OUT if opted_out else ContactKind.INVALID if invalid else ContactKind.ALL
    group_id = None if group is None else (await call.backend.groups.find(actor, group)).id
    return ContactQuery(search, group_id, kind, ContactSort(sort))


async def _extra(call: Call, actor: "Actor", fields: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The free fields given as NAME=VALUE; one that the account doesn't have yet is added."""
    from smstui.domain.contact import clean_text
    from smstui.domain.folding import folded

    known = {folded(name): name for name in await call.backend.free_fields.list(actor)}
    extra: dict[str, str] = {}
    for text in fields:
        name, equals, value = text.partition("=")
        if not equals:
            raise click.UsageError(f"--field {text}: write NAME=VALUE.")
        kept = known.get(folded(name.strip())) or await call.backend.free_fields.add(actor, name)
        extra[kept] = clean_text(value)
    return tuple(sorted((name, value) for name, value in extra.items() if value))


def _document(each: "Contact") -> dict[str, Json]:
    from smstui.services.personal_document import details_document

    return {**details_document(each.details), "groups": list(each.groups), "opted_out": each.opted_out}
