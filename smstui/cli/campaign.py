"""`smstui campaign`: send campaigns, follow them and take them out as files."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import click

from smstui.cli.campaign_document import document, is_to_come, lines, shown, summary_document, wall_text
from smstui.cli.campaign_limit import limit
from smstui.cli.campaign_send import send
from smstui.cli.context import Call, Noun, with_backend
from smstui.cli.output import table
from smstui.cli.table_file import STANDARD_OUTPUT, write_table
from smstui.domain.actor import Actor
from smstui.i18n import _, ngettext

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from smstui.services.campaigns import CampaignSummary


@click.group(cls=Noun)
def campaign() -> None:
    """Send campaigns and follow them."""


campaign.add_command(send)
campaign.add_command(limit)


@campaign.command("list")
@with_backend
async def list_campaigns(call: Call) -> None:
    """List the campaigns, the newest first; those to come with their next date."""
    from smstui import formats
    from smstui.services.campaign_details import account_zone

    actor = await call.actor()
    found, zone = await call.backend.campaigns.list(actor), await account_zone(call.backend.database, actor)
    header = [_("Campaign"), _("Type"), _("State"), _("Recipients"), _("Created"), _("Due")]
    rows = [
        [
            one.name,
            one.type,
            one.state,
            formats.number(one.recipients),
            formats.date_time(one.created_at, zone),
            _due(one, zone),
        ]
        for one in found
    ]
    call.answer([summary_document(one) for one in found], table(header, rows))


def _due(one: "CampaignSummary", zone: "ZoneInfo") -> str:
    """When a campaign that has not begun is to begin."""
    return wall_text(one.due_at, zone) if is_to_come(one) and one.due_at else ""


@campaign.command()
@click.argument("name")
@with_backend
async def show(call: Call, name: str) -> None:
    """Show how far the campaign NAME has come."""
    actor = await call.actor()
    await _answer(call, actor, await call.backend.campaigns.find(actor, name))


@campaign.command()
@click.argument("name")
@with_backend
async def pause(call: Call, name: str) -> None:
    """Let nothing more of the campaign NAME leave for now."""
    await _act(call, name, call.backend.campaigns.pause)


@campaign.command()
@click.argument("name")
@with_backend
async def resume(call: Call, name: str) -> None:
    """Let the paused campaign NAME go on."""
    await _act(call, name, call.backend.campaigns.resume)


@campaign.command()
@click.argument("name")
@with_backend
async def cancel(call: Call, name: str) -> None:
    """Cancel all of the campaign NAME that has not left, and give its credits back."""
    await _act(call, name, call.backend.campaigns.cancel)


@campaign.command()
@click.argument("name")
@click.option("--failed", is_flag=True, help="What certainly did not arrive.")
@click.option("--unknown", is_flag=True, help="What may or may not have gone out [default].")
@with_backend
async def resend(call: Call, name: str, *, failed: bool, unknown: bool) -> None:
    """Send those messages of the campaign NAME again that are in doubt or failed, as a new campaign."""
    from smstui.services.campaigns import Resend

    what = Resend.UNKNOWN if not failed else Resend.BOTH if unknown else Resend.FAILED
    actor = await call.actor()
    found = await call.backend.campaigns.find(actor, name)
    await _answer(call, actor, await call.backend.campaigns.resend(actor, found.id, what))


@campaign.command()
@click.argument("name")
@click.argument("file", metavar="[FILE]", default=STANDARD_OUTPUT)
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@with_backend
async def export(call: Call, name: str, file: str, *, force: bool) -> None:
    """Write the messages of the campaign NAME to FILE, .csv or .xlsx; - [default] is CSV on standard output."""
    from smstui.services.exporting.campaign_messages import export_messages, stream_messages

    actor, database, clock = await call.actor(), call.backend.database, call.backend.clock
    found = await call.backend.campaigns.find(actor, name)
    await write_table(
        call,
        file,
        stream=lambda out: stream_messages(database, clock, actor, found.id, out),
        write=lambda path: export_messages(database, clock, actor, found.id, path, overwrite=force),
        written=lambda n: ngettext("{count} message written to {file}.", "{count} messages written to {file}.", n),
    )


async def _act(call: Call, name: str, action: Callable[[Actor, int], Awaitable[None]]) -> None:
    """Do `action` to the campaign, then say how far it has come."""
    actor = await call.actor()
    found = await call.backend.campaigns.find(actor, name)
    await action(actor, found.id)
    await _answer(call, actor, found)


async def _answer(call: Call, actor: Actor, summary: "CampaignSummary") -> None:
    found = await shown(call, actor, summary.id)
    call.answer(document(found), lines(found))
