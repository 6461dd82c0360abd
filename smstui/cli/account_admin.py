"""`smstui account list|block|unblock|rights`: what administrators do to accounts."""

from typing import TYPE_CHECKING

import click

from smstui.cli.context import Call, Json, Verb, with_backend
from smstui.cli.output import amount, table
from smstui.domain.actor import Role
from smstui.i18n import _

if TYPE_CHECKING:
    from smstui.domain.actor import Actor
    from smstui.services.account_query import AccountRow


def register(group: click.Group) -> None:
    """Add these verbs to `smstui account`."""
    for command in (list_accounts, block, unblock, rights):
        group.add_command(command)


async def administrator(call: Call) -> "Actor | None":
    """The account that acts; none is whoever may open the database."""
    return await call.actor() if call.settings.account else None


@click.command("list", cls=Verb)
@click.option("--search", default="", metavar="S", help="Pieces of login, e-mail address or number.")
@click.option("--blocked", is_flag=True, help="Only those that are blocked.")
@with_backend
async def list_accounts(call: Call, search: str, *, blocked: bool) -> None:
    """List the accounts, by login (administrators)."""
    from smstui import formats
    from smstui.services.account_query import AccountFilter, AccountQuery

    actor, admin = await administrator(call), call.backend.administration
    only = AccountFilter.BLOCKED if blocked else AccountFilter.ALL
    found = await admin.rows(actor, await admin.ids(actor, AccountQuery(search, only)))
    header = [_("Login"), _("E-mail"), _("Number"), _("Role"), _("Credits"), _("Blocked")]
    rows = [
        [
            one.login,
            one.email,
            one.certified_number or "",
            _role(one.role),
            formats.amount(one.balance),
            one.blocked_reason,
        ]
        for one in found
    ]
    call.answer([account_document(one) for one in found], table(header, rows))


@click.command(cls=Verb)
@click.argument("login")
@click.option("--reason", required=True, metavar="R", help="Why: the account is told, and the audit trail keeps it.")
@with_backend
async def block(call: Call, login: str, reason: str) -> None:
    """Let LOGIN neither log in nor send: what is queued and what is scheduled waits (administrators)."""
    found = await call.backend.administration.block(await administrator(call), login, reason)
    call.answer(account_document(found), _("{login} is blocked.").format(login=found.login))


@click.command(cls=Verb)
@click.argument("login")
@with_backend
async def unblock(call: Call, login: str) -> None:
    """Let LOGIN log in and send again: what was queued goes on (administrators)."""
    found = await call.backend.administration.unblock(await administrator(call), login)
    call.answer(account_document(found), _("{login} is not blocked any more.").format(login=found.login))


@click.command(cls=Verb)
@click.argument("login")
@click.option("--without-stop/--with-stop", "may_omit_stop", default=None, help="Whether it may omit the STOP mention.")
@click.option("--role", type=click.Choice([role.value for role in Role]), help="What it may do beside its own affairs.")
@with_backend
async def rights(call: Call, login: str, *, may_omit_stop: bool | None, role: str | None) -> None:
    """Change what LOGIN may do (administrators)."""
    if may_omit_stop is None and role is None:
        raise click.UsageError("Say what to change: --without-stop, --with-stop or --role.")
    found = await call.backend.administration.set_rights(
        await administrator(call), login, may_omit_stop=may_omit_stop, role=Role(role) if role else None
    )
    stop = _("may omit the STOP mention") if found.may_omit_stop else _("must write the STOP mention")
    call.answer(account_document(found), f"{found.login}: {_role(found.role)}, {stop}")


def account_document(one: "AccountRow") -> dict[str, Json]:
    """An account, as --json gives it."""
    return {
        "login": one.login,
        "email": one.email,
        "certified_number": one.certified_number,
        "role": one.role,
        "may_omit_stop": one.may_omit_stop,
        "balance": amount(one.balance),
        "created_at": one.created_at.isoformat(),
        "blocked_at": one.blocked_at.isoformat() if one.blocked_at else None,
        "blocked_reason": one.blocked_reason or None,
    }


def _role(role: Role) -> str:
    return _("administrator") if role is Role.ADMIN else _("user")
