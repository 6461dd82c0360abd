"""`smstui account`: accounts of this platform."""

import click

from smstui.cli import account_admin, account_profile
from smstui.cli.context import Call, Noun, secret, with_backend
from smstui.cli.output import amount
from smstui.domain.credits import Credits, read_credits
from smstui.i18n import _


class CreditsType(click.ParamType[Credits]):
    """An amount of credits, to the thousandth."""

    name = "credits"

    def convert(self, value: str | Credits, param: click.Parameter | None, ctx: click.Context | None) -> Credits:
        """Read `value`; what is no amount is wrong usage."""
        if isinstance(value, Credits):
            return value
        try:
            return read_credits(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.group(cls=Noun)
def account() -> None:
    """Accounts of this platform."""


account_admin.register(account)
account_profile.register(account)


@account.command()
@click.argument("login")
@click.option("--email", required=True, help="The account's e-mail address.")
@click.option("--admin", is_flag=True, help="May also edit the SMSC connections.")
@click.option("--password-env", metavar="VAR", help="Environment variable that holds the password, else it is asked.")
@click.option("--phone", metavar="N", help="The account's mobile number, with --certified.")
@click.option("--certified", is_flag=True, help="Take the number as certified, without a code.")
@click.option("--credits", "granted", type=CreditsType(), default="0", help="Credits to start with.")
@click.option("--may-omit-stop", is_flag=True, help="May send messages without the STOP mention.")
@with_backend
async def create(
    call: Call,
    login: str,
    email: str,
    *,
    admin: bool,
    password_env: str | None,
    phone: str | None,
    certified: bool,
    granted: Credits,
    may_omit_stop: bool,
) -> None:
    """Create the account LOGIN."""
    from smstui.domain.phone import parse_number
    from smstui.services.accounts import NewAccount

    if certified != (phone is not None):
        raise click.UsageError("--phone and --certified go together.")
    new = NewAccount(
        login=login,
        email=email,
        password=secret(password_env, _("Password")),
        language=call.settings.language,
        admin=admin,
        certified_number=parse_number(phone) if phone else None,
        credits=granted,
        may_omit_stop=may_omit_stop,
    )
    actor = await call.backend.accounts.create(new)
    profile = await call.backend.accounts.profile(actor)
    balance = await call.backend.credits.balance(actor)
    call.answer(
        {
            "login": profile.login,
            "email": profile.email,
            "role": actor.role,
            "certified_number": profile.certified_number,
            "balance": amount(balance.available),
        },
        _("Account {login} created.").format(login=profile.login),
    )
