"""`smstui credit history` and `smstui credit alert`: how the balance went, and below which one is warned."""

from datetime import datetime, time, timedelta

import click

from smstui.cli.context import Call, Json, Verb, with_backend
from smstui.cli.output import amount, table
from smstui.domain.credits import Credits, read_credits
from smstui.i18n import _

SHOWN = 200
OFF = "off"


def register(group: click.Group) -> None:
    """Add these verbs to `smstui credit`."""
    group.add_command(history)
    group.add_command(alert)


@click.command(cls=Verb)
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="From this day on.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Up to this day.")
@click.option("--cause", metavar="C", help="Only of this cause, such as campaign or purchase.")
@click.option("--search", default="", metavar="T", help="Words of a campaign's name, or of an order's reference.")
@click.option("--limit", type=click.IntRange(1), default=SHOWN, show_default=True, help="Entries, at most.")
@with_backend
async def history(
    call: Call, *, first: datetime | None, last: datetime | None, cause: str | None, search: str, limit: int
) -> None:
    """Show every change of the balance, the newest first. Days are those of the account's clocks."""
    from smstui import formats
    from smstui.services.campaign_details import account_zone
    from smstui.services.credits import CAUSE_WORDS, Cause, HistoryQuery

    try:
        wanted = Cause(cause) if cause else None
    except ValueError:
        raise click.BadParameter(", ".join(Cause), param_hint="--cause") from None
    actor = await call.actor()
    zone = await account_zone(call.backend.database, actor)
    since = datetime.combine(first.date(), time(), zone) if first else None
    until = datetime.combine(last.date() + timedelta(days=1), time(), zone) if last else None
    entries = await call.backend.credits.history(actor, limit, HistoryQuery(wanted, since, until, search))
    document: list[Json] = [
        {
            "at": entry.at.isoformat(),
            "cause": entry.cause.value,
            "reference": entry.reference,
            "amount": amount(entry.amount),
            "balance": amount(entry.balance),
            "campaign": entry.subject or None,
        }
        for entry in entries
    ]
    rows = [
        [
            f"{entry.at.astimezone(zone):%Y-%m-%d %H:%M}",
            _(CAUSE_WORDS[entry.cause]),
            formats.amount(entry.amount),
            entry.reference,
            formats.amount(entry.balance),
            entry.subject,
        ]
        for entry in entries
    ]
    header = [_("Date"), _("Reason"), _("Credits"), _("Reference"), _("Balance"), _("Campaign")]
    call.answer(document, table(header, rows))


@click.command(cls=Verb)
@click.argument("threshold", metavar="[AMOUNT|off]", required=False)
@with_backend
async def alert(call: Call, threshold: str | None) -> None:
    """Show below which balance the account is warned, or warn it below AMOUNT credits, or no longer."""
    from smstui.formats import credits_text

    actor, low_credit = await call.actor(), call.backend.low_credit
    if threshold is None:
        found = await low_credit.get(actor)
    else:
        found = await low_credit.set(actor, _amount(threshold))
    if found.threshold is None:
        sentence = _("No alert. {available} left.")
    elif found.is_low:
        sentence = _("Alert below {threshold}: only {available} left.")
    else:
        sentence = _("Alert below {threshold}. {available} left.")
    said = "" if found.threshold is None else credits_text(found.threshold)
    call.answer(
        {
            "threshold": None if found.threshold is None else amount(found.threshold),
            "balance": amount(found.available),
            "low": found.is_low,
            "told_at": None if found.told_at is None else found.told_at.isoformat(),
        },
        sentence.format(threshold=said, available=credits_text(found.available)),
    )


def _amount(written: str) -> Credits | None:
    if written.lower() == OFF:
        return None
    try:
        return read_credits(written)
    except ValueError:
        raise click.BadParameter(written, param_hint="AMOUNT") from None
