"""`smstui credit`: the credits of an account."""

import click

from smstui.cli.context import Call, Noun, with_backend
from smstui.cli.output import amount
from smstui.i18n import _


@click.group(cls=Noun)
def credit() -> None:
    """Credits of an account."""


@credit.command()
@with_backend
async def balance(call: Call) -> None:
    """Show what may be spent, and what is reserved for messages on their way."""
    from smstui.formats import amount as shown

    found = await call.backend.credits.balance(await call.actor())
    call.answer(
        {"balance": amount(found.available), "reserved": amount(found.reserved)},
        _("{available} credits, and {reserved} reserved for messages on their way").format(
            available=shown(found.available), reserved=shown(found.reserved)
        ),
    )
