"""`smstui template`: the message templates of an account."""

from typing import TYPE_CHECKING

import click

from smstui.cli.context import Call, Json, Noun, with_backend
from smstui.cli.output import table
from smstui.i18n import _, ngettext

if TYPE_CHECKING:
    from smstui.services.templates import Template


@click.group(cls=Noun)
def template() -> None:
    """Message templates of an account."""


@template.command()
@click.argument("title")
@click.option("--text", required=True, metavar="T", help="With merge fields, as {first_name} or {first_name|client}.")
@click.option("--sender", metavar="S", help="Its sender [default: the account's].")
@with_backend
async def add(call: Call, title: str, *, text: str, sender: str | None) -> None:
    """Create the template TITLE."""
    from smstui.services.templates import TemplateDetails

    added = await call.backend.templates.add(await call.actor(), TemplateDetails(title, text, sender))
    call.answer(_document(added), _("Template {title} created.").format(title=added.title))


@template.command("list")
@with_backend
async def list_templates(call: Call) -> None:
    """List the templates, by title."""
    from smstui import formats

    found = await call.backend.templates.list(await call.actor())
    rows = [[each.title, each.sender or "", formats.date_time(each.updated_at), each.text] for each in found]
    header = [_("Template title"), _("Sender"), _("Changed"), _("Text")]
    call.answer([_document(each) for each in found], table(header, rows))


@template.command()
@click.argument("title")
@with_backend
async def show(call: Call, title: str) -> None:
    """Print the text of the template TITLE."""
    found = await call.backend.templates.find(await call.actor(), title)
    call.answer(_document(found), found.text.splitlines())


@template.command()
@click.argument("title")
@click.option("--title", "new_title", metavar="TITLE", help="Its new title.")
@click.option("--text", metavar="T", help="Its new text.")
@click.option("--sender", metavar="S", help="Its new sender.")
@click.option("--default-sender", is_flag=True, help="Let it have the account's default sender.")
@with_backend
async def edit(
    call: Call, title: str, *, new_title: str | None, text: str | None, sender: str | None, default_sender: bool
) -> None:
    """Change the template TITLE; what isn't given stays."""
    from smstui.services.templates import TemplateDetails

    if new_title is None and text is None and sender is None and not default_sender:
        raise click.UsageError("Say what to change: --title, --text, --sender or --default-sender.")
    if sender is not None and default_sender:
        raise click.UsageError("Give either --sender or --default-sender.")
    actor = await call.actor()
    old = await call.backend.templates.find(actor, title)
    details = TemplateDetails(
        title=old.title if new_title is None else new_title,
        text=old.text if text is None else text,
        sender=None if default_sender else sender or old.sender,
    )
    changed = await call.backend.templates.edit(actor, old.id, details)
    call.answer(_document(changed), _("Template {title} changed.").format(title=changed.title))


@template.command()
@click.argument("titles", nargs=-1, required=True)
@with_backend
async def remove(call: Call, titles: tuple[str, ...]) -> None:
    """Delete the templates TITLES, all or none."""
    actor = await call.actor()
    ids = [(await call.backend.templates.find(actor, title)).id for title in titles]
    count = await call.backend.templates.remove(actor, ids)
    sentence = ngettext("{count} template deleted.", "{count} templates deleted.", count)
    call.answer({"removed": count}, sentence.format(count=count))


def _document(each: "Template") -> dict[str, Json]:
    return {
        "title": each.title,
        "sender": each.sender,
        "text": each.text,
        "created_at": each.created_at.isoformat(),
        "updated_at": each.updated_at.isoformat(),
    }
