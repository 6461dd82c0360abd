"""`smstui credit grant`: credits that an administrator gives, or takes back."""

import click

from smstui.cli.account import CreditsType
from smstui.cli.account_admin import account_document, administrator
from smstui.cli.context import Call, Verb, with_backend
from smstui.domain.credits import NO_CREDITS, Credits
from smstui.i18n import _


def register(group: click.Group) -> None:
    """Add this verb to `smstui credit`."""
    group.add_command(grant)


@click.command(cls=Verb, context_settings={"ignore_unknown_options": True})
@click.argument("login")
@click.argument("amount", metavar="CREDITS", type=CreditsType())
@click.option("--reason", required=True, metavar="R", help="Why: both audit trails keep it.")
@with_backend
async def grant(call: Call, login: str, amount: Credits, reason: str) -> None:
    """Give CREDITS to LOGIN; less than 0 takes them back, never below zero (administrators)."""
    from smstui.formats import credits_text

    found = await call.backend.administration.adjust_credits(await administrator(call), login, amount, reason)
    given = _("{credits} given to {login}, which has {balance} now.")
    taken = _("{credits} taken back from {login}, which has {balance} now.")
    magnitude, sentence = (amount, given) if amount > NO_CREDITS else (-amount, taken)
    values = {"credits": credits_text(magnitude), "login": found.login, "balance": credits_text(found.balance)}
    call.answer(account_document(found), sentence.format(**values))
