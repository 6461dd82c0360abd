"""`smstui hours`: when marketing campaigns may go out, for all accounts."""

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from smstui.cli.context import Call, Json, Noun, with_backend
from smstui.i18n import _

if TYPE_CHECKING:
    from smstui.domain.hours import SendingHours


@click.group(cls=Noun)
def hours() -> None:
    """Sending hours of this platform."""


@hours.command()
@with_backend
async def show(call: Call) -> None:
    """Show the sending hours, which are those of the recipient's clocks."""
    _answer(call, await call.backend.platform.sending_hours())


@hours.command("set")
@click.option("--opens", metavar="HH:MM", help="Nothing goes out before; 08:00 or later.")
@click.option("--closes", metavar="HH:MM", help="Nothing goes out from then on; 21:30 or earlier.")
@click.option("--always/--not-always", default=None, help="No hours at all: for platforms that only inform.")
@with_backend
async def set_hours(call: Call, *, opens: str | None, closes: str | None, always: bool | None) -> None:
    """Change what is given, and leave the rest as it is."""
    from smstui.domain.time_of_day import read_time

    if opens is None and closes is None and always is None:
        raise click.UsageError("Say what to change: --opens, --closes, --always or --not-always.")
    stored = await call.backend.platform.sending_hours()
    changed = replace(
        stored,
        opens=stored.opens if opens is None else read_time(opens),
        closes=stored.closes if closes is None else read_time(closes),
        always=stored.always if always is None else always,
    )
    await call.backend.platform.set_sending_hours(None, changed)
    _answer(call, changed)


def _answer(call: Call, shown: "SendingHours") -> None:
    opens, closes = f"{shown.opens:%H:%M}", f"{shown.closes:%H:%M}"
    document: dict[str, Json] = {"opens": opens, "closes": closes, "always": shown.always}
    sentence = _("always") if shown.always else _("{opens} to {closes}, Monday to Saturday, no public holiday")
    call.answer(document, sentence.format(opens=opens, closes=closes))
