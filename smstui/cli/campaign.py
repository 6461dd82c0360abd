"""`smstui campaign`: send campaigns and follow them."""

from typing import TYPE_CHECKING

import click

from smstui.cli.campaign_document import document, lines, summary_document
from smstui.cli.campaign_send import send
from smstui.cli.context import Call, Noun, with_backend
from smstui.cli.output import table
from smstui.domain.actor import Actor
from smstui.i18n import _

if TYPE_CHECKING:
    from smstui.services.campaigns import CampaignSummary


@click.group(cls=Noun)
def campaign() -> None:
    """Send campaigns and follow them."""


campaign.add_command(send)


@campaign.command("list")
@with_backend
async def list_campaigns(call: Call) -> None:
    """List the campaigns, the newest first."""
    from smstui import formats

    found = await call.backend.campaigns.list(await call.actor())
    header = [_("Campaign"), _("Type"), _("State"), _("Recipients"), _("Created")]
    rows = [
        [one.name, one.type, one.state, formats.number(one.recipients), formats.date_time(one.created_at)]
        for one in found
    ]
    call.answer([summary_document(one) for one in found], table(header, rows))


@campaign.command()
@click.argument("name")
@with_backend
async def show(call: Call, name: str) -> None:
    """Show how far the campaign NAME has come."""
    await answer_progress(call, *await _find(call, name))


@campaign.command()
@click.argument("name")
@with_backend
async def pause(call: Call, name: str) -> None:
    """Let nothing more of the campaign NAME leave for now."""
    actor, found = await _find(call, name)
    await call.backend.campaigns.pause(actor, found.id)
    await answer_progress(call, actor, found)


@campaign.command()
@click.argument("name")
@with_backend
async def resume(call: Call, name: str) -> None:
    """Let the paused campaign NAME go on."""
    actor, found = await _find(call, name)
    await call.backend.campaigns.resume(actor, found.id)
    await answer_progress(call, actor, found)


@campaign.command()
@click.argument("name")
@with_backend
async def cancel(call: Call, name: str) -> None:
    """Cancel all of the campaign NAME that has not left, and give its credits back."""
    actor, found = await _find(call, name)
    await call.backend.campaigns.cancel(actor, found.id)
    await answer_progress(call, actor, found)


@campaign.command()
@click.argument("name")
@click.option("--failed", is_flag=True, help="What certainly did not arrive.")
@click.option("--unknown", is_flag=True, help="What may or may not have gone out [default].")
@with_backend
async def resend(call: Call, name: str, *, failed: bool, unknown: bool) -> None:
    """Send those messages of the campaign NAME again that are in doubt or failed, as a new campaign."""
    from smstui.services.campaigns import Resend

    what = Resend.UNKNOWN if not failed else Resend.BOTH if unknown else Resend.FAILED
    actor, found = await _find(call, name)
    await answer_progress(call, actor, await call.backend.campaigns.resend(actor, found.id, what))


async def _find(call: Call, name: str) -> "tuple[Actor, CampaignSummary]":
    actor = await call.actor()
    return actor, await call.backend.campaigns.find(actor, name)


async def answer_progress(call: Call, actor: Actor, summary: "CampaignSummary") -> None:
    """Say how far the campaign has come."""
    progress = await call.backend.campaigns.progress(actor, summary.id)
    call.answer(document(progress), lines(progress))
