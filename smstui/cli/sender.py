"""`smstui sender`: the sender names of an account."""

import click

from smstui.cli.context import Call, Noun, with_backend
from smstui.i18n import _, ngettext


@click.group(cls=Noun)
def sender() -> None:
    """Sender names of an account."""


@sender.command()
@click.argument("name")
@click.option("--default", is_flag=True, help="Use it where no other is chosen.")
@with_backend
async def add(call: Call, name: str, *, default: bool) -> None:
    """Add the sender NAME, as phones will show it; the first one is the default."""
    added = await call.backend.senders.add(await call.actor(), name, default=default)
    call.answer({"name": added.name, "default": added.is_default}, _("Sender {name} added.").format(name=added.name))


@sender.command("list")
@with_backend
async def list_senders(call: Call) -> None:
    """List the senders of the account; a star marks the default."""
    senders = await call.backend.senders.list(await call.actor())
    call.answer(
        [{"name": sender.name, "default": sender.is_default} for sender in senders],
        [f"{sender.name} *" if sender.is_default else sender.name for sender in senders],
    )


@sender.command()
@click.argument("name")
@with_backend
async def default(call: Call, name: str) -> None:
    """Make NAME the default."""
    await call.backend.senders.set_default(await call.actor(), name)
    call.answer({"name": name, "default": True}, _("{name} is the default now.").format(name=name))


@sender.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--replace-by", metavar="NAME", help="It takes their place in templates, drafts and campaigns to come.")
@with_backend
async def remove(call: Call, names: tuple[str, ...], replace_by: str | None) -> None:
    """Delete the senders NAMES, all or none; those that something still needs only with --replace-by."""
    from smstui.services.senders import UnknownSender

    actor = await call.actor()
    known = {each.name for each in await call.backend.senders.list(actor)}
    for name in names:
        if name not in known:
            raise UnknownSender(name)
    count = await call.backend.senders.remove(actor, names, replace_by)
    sentence = ngettext("{count} sender deleted.", "{count} senders deleted.", count)
    call.answer({"removed": count}, sentence.format(count=count))


@sender.command()
@click.argument("names", nargs=-1)
@click.option("--allow", multiple=True, metavar="NAME", help="Forbid it no longer.")
@with_backend
async def forbid(call: Call, names: tuple[str, ...], allow: tuple[str, ...]) -> None:
    """Forbid NAMES to all accounts (administrators), and list what is forbidden. Senders that exist stay."""
    if names or allow:
        actor = await call.actor() if call.settings.account else None
        await call.backend.senders.forbid(actor, names, allow)
    forbidden = sorted(await call.backend.senders.forbidden())
    call.answer({"forbidden": forbidden}, forbidden)
