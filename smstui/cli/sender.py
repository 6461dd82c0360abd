"""`smstui sender`: the sender names of an account."""

import click

from smstui.cli.context import Call, Noun, with_backend
from smstui.i18n import _


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
