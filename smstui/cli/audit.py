"""`smstui audit`: what accounts did, and what was done to them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import click

from smstui.cli.account_admin import administrator
from smstui.cli.context import Call, Noun, with_backend
from smstui.cli.output import table
from smstui.cli.table_file import write_table
from smstui.i18n import _, ngettext

if TYPE_CHECKING:
    from smstui.services.audit_search import AuditQuery

SHOWN = 200


@click.group(cls=Noun)
def audit() -> None:
    """The audit trail of all accounts (administrators)."""


def _searching(command: Callable[..., None]) -> Callable[..., None]:
    """Give a verb the options that say which entries are meant."""
    options = (
        click.option("--of", "login", default="", metavar="LOGIN", help="Of this account only."),
        click.option("--action", metavar="A", help="Only this action, such as tariff_changed."),
        click.option("--text", default="", metavar="T", help="Words that are all found in the entry."),
        click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="From this day on (UTC)."),
        click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Up to this day (UTC)."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@audit.command("list")
@_searching
@click.option("--limit", type=click.IntRange(1, 100_000), default=SHOWN, show_default=True, help="Entries, at most.")
@with_backend
async def list_entries(
    call: Call, login: str, action: str | None, text: str, since: datetime | None, until: datetime | None, limit: int
) -> None:
    """List the entries, the newest first."""
    query = _query(login, action, text, since, until)
    found = await call.backend.audit_search.lines(await administrator(call), query, limit)
    header = [_("Date (UTC)"), _("Account"), _("Action"), _("Subject")]
    rows = [[f"{one.at:%Y-%m-%d %H:%M:%S}", one.login, one.action, one.subject] for one in found]
    call.answer(
        [
            {"at": one.at.isoformat(), "account": one.login, "action": one.action, "subject": one.subject}
            for one in found
        ],
        table(header, rows),
    )


@audit.command()
@click.argument("file", metavar="FILE")
@_searching
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@with_backend
async def export(
    call: Call,
    file: str,
    login: str,
    action: str | None,
    text: str,
    since: datetime | None,
    until: datetime | None,
    *,
    force: bool,
) -> None:
    """Write the entries to FILE, .csv or .xlsx; - is CSV on standard output."""
    actor, query = await administrator(call), _query(login, action, text, since, until)
    search = call.backend.audit_search
    await write_table(
        call,
        file,
        stream=lambda out: search.stream(actor, query, out),
        write=lambda path: search.export(actor, query, path, overwrite=force),
        written=lambda count: ngettext("{count} entry written to {file}.", "{count} entries written to {file}.", count),
    )


def _query(login: str, action: str | None, text: str, since: datetime | None, until: datetime | None) -> "AuditQuery":
    from smstui.services.audit import AuditAction
    from smstui.services.audit_search import AuditQuery

    try:
        wanted = AuditAction(action) if action else None
    except ValueError:
        raise click.BadParameter(", ".join(AuditAction), param_hint="--action") from None
    return AuditQuery(
        account=login,
        action=wanted,
        text=text,
        since=_midnight(since.date()) if since else None,
        until=_midnight(until.date() + timedelta(days=1)) if until else None,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
