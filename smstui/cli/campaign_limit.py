"""`smstui campaign limit`: the most recipients that a campaign may have."""

import click

from smstui.cli.account_admin import administrator
from smstui.cli.context import Call, Verb, with_backend
from smstui.i18n import _


@click.command(cls=Verb)
@click.argument("recipients", type=int, required=False)
@with_backend
async def limit(call: Call, recipients: int | None) -> None:
    """Show the most recipients of a campaign, or let it be RECIPIENTS, for all accounts (administrators)."""
    from smstui.formats import number

    platform = call.backend.platform
    if recipients is not None:
        await platform.set_recipient_limit(await administrator(call), recipients)
    stored = await platform.recipient_limit()
    sentence = _("A campaign may have {count} recipients at most.")
    call.answer({"recipients": stored}, sentence.format(count=number(stored)))
