"""`smstui campaign`: send campaigns and follow them."""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import click

from smstui.cli.context import Call, Json, Noun, with_backend
from smstui.cli.output import amount, print_error, table
from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.domain.states import MessageType
from smstui.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from smstui.domain.recipients import Recipients, RefusedLine
    from smstui.services.campaigns import CampaignSummary, Progress

SHOWN_REFUSALS = 5
"""Refused numbers named on stderr, at most."""


@dataclass(eq=False)
class FileUnreadable(Refusal):
    """The file of numbers can't be read."""

    path: str
    reason: str
    sentence: ClassVar[str] = N_("The file {path} can't be read: {reason}.")


@dataclass(eq=False)
class NobodyReachable(Refusal):
    """None of the numbers can receive the campaign; `reason` is that of the first."""

    reason: Refusal
    sentence: ClassVar[str] = N_("No number can receive this campaign. {reason}")


@click.group(cls=Noun)
def campaign() -> None:
    """Send campaigns and follow them."""


@campaign.command()
@click.argument("name")
@click.argument("more_numbers", nargs=-1, metavar="")
@click.option("--text", required=True, help="The message, without its STOP mention.")
@click.option("--type", "kind", type=click.Choice([one.value for one in MessageType]), default=MessageType.PRO.value)
@click.option("--sender", help="What phones show [default: the account's default sender, else the reply number].")
@click.option("--no-stop", is_flag=True, help="Without STOP mention, for accounts that have the right.")
@click.option("--to", "numbers", multiple=True, metavar="N...", help="Numbers; may be repeated.")
@click.option("--to-file", metavar="F", help="File of numbers, one a line; - is standard input.")
@click.option("--validity", type=int, metavar="MIN", help="Minutes that the network tries [default: connection's].")
@click.option("--outside-hours", is_flag=True, help="Consent to send outside the sending hours.")
@click.option("--wait", is_flag=True, help="Dispatch here if nobody does; return when every message has a final state.")
@click.option("--timeout", type=click.FloatRange(min=0), default=120.0, metavar="S", help="Longest --wait, in seconds.")
@with_backend
async def send(
    call: Call,
    name: str,
    more_numbers: tuple[str, ...],
    text: str,
    kind: str,
    sender: str | None,
    no_stop: bool,
    numbers: tuple[str, ...],
    to_file: str | None,
    validity: int | None,
    outside_hours: bool,
    wait: bool,
    timeout: float,
) -> None:
    """Send the campaign NAME now. Numbers that can't receive SMS are named on stderr, and left out."""
    from smstui.services.campaigns import Draft

    _check_usage(numbers, more_numbers, to_file)
    actor = await call.actor()
    read = await asyncio.to_thread(_recipients, "\n".join((*numbers, *more_numbers)), to_file)
    seconds = None if validity is None else validity * 60
    draft = Draft(
        name, text, numbers=read.numbers, type=MessageType(kind), sender=sender, stop=not no_stop, validity=seconds
    )
    plan = await call.backend.campaigns.plan(actor, draft)
    refused = (*read.refused, *plan.refused)
    if refused and not plan.recipients:
        raise NobodyReachable(refused[0].reason)
    summary = await call.backend.campaigns.send_now(actor, draft)
    _report_refused(refused)
    left_out: dict[str, Json] = {
        "refused": [_refused_document(line) for line in refused],
        "duplicates": read.duplicates + plan.duplicates,
        "opted_out": plan.opted_out,
    }
    if wait:
        await _wait(call, actor, summary, timeout, left_out)
    else:
        progress = await call.backend.campaigns.progress(actor, summary.id)
        call.answer({**_document(progress), **left_out}, _lines(progress))


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
    call.answer([_summary_document(one) for one in found], table(header, rows))


@campaign.command()
@click.argument("name")
@with_backend
async def show(call: Call, name: str) -> None:
    """Show how far the campaign NAME has come."""
    await _answer(call, *await _find(call, name))


@campaign.command()
@click.argument("name")
@with_backend
async def pause(call: Call, name: str) -> None:
    """Let nothing more of the campaign NAME leave for now."""
    actor, found = await _find(call, name)
    await call.backend.campaigns.pause(actor, found.id)
    await _answer(call, actor, found)


@campaign.command()
@click.argument("name")
@with_backend
async def resume(call: Call, name: str) -> None:
    """Let the paused campaign NAME go on."""
    actor, found = await _find(call, name)
    await call.backend.campaigns.resume(actor, found.id)
    await _answer(call, actor, found)


@campaign.command()
@click.argument("name")
@with_backend
async def cancel(call: Call, name: str) -> None:
    """Cancel all of the campaign NAME that has not left, and give its credits back."""
    actor, found = await _find(call, name)
    await call.backend.campaigns.cancel(actor, found.id)
    await _answer(call, actor, found)


@campaign.command()
@click.argument("name")
@with_backend
async def resend(call: Call, name: str) -> None:
    """Send those messages of the campaign NAME again that may or may not have gone out, as a new campaign."""
    actor, found = await _find(call, name)
    await _answer(call, actor, await call.backend.campaigns.resend_unknown(actor, found.id))


async def _find(call: Call, name: str) -> "tuple[Actor, CampaignSummary]":
    actor = await call.actor()
    return actor, await call.backend.campaigns.find(actor, name)


async def _answer(call: Call, actor: Actor, summary: "CampaignSummary") -> None:
    """Say how far the campaign has come."""
    progress = await call.backend.campaigns.progress(actor, summary.id)
    call.answer(_document(progress), _lines(progress))


def _check_usage(numbers: tuple[str, ...], more_numbers: tuple[str, ...], to_file: str | None) -> None:
    if more_numbers and not numbers:
        raise click.UsageError(f"Unexpected extra argument ({more_numbers[0]}); numbers come after --to.")
    if not numbers and to_file is None:
        raise click.UsageError("Give the numbers with --to or --to-file.")


def _recipients(typed: str, to_file: str | None) -> "Recipients":
    """The numbers given and those of the file. Raises FileUnreadable."""
    from smstui.domain.recipients import read_recipients

    return read_recipients("\n".join(part for part in (_file_text(to_file) if to_file else "", typed) if part))


def _file_text(path: str) -> str:
    """The text of a file, whatever its encoding: numbers are the same in all of them. Raises FileUnreadable."""
    try:
        octets = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise FileUnreadable(path, reason or str(error)) from None
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        return octets.decode("utf-16", errors="replace")
    return octets.decode("utf-8-sig", errors="replace")


def _report_refused(refused: "tuple[RefusedLine, ...]") -> None:
    """Say on stderr, in one line, which numbers are left out and why the first of them are."""
    if not refused:
        return
    from smstui.formats import explain

    count = ngettext("{count} number left out:", "{count} numbers left out:", len(refused)).format(count=len(refused))
    reasons = [
        _("line {line}: {reason}").format(line=one.line, reason=explain(one.reason)) for one in refused[:SHOWN_REFUSALS]
    ]
    print_error(" ".join([count, *reasons, *(["…"] if len(refused) > SHOWN_REFUSALS else [])]))


async def _wait(
    call: Call, actor: Actor, summary: "CampaignSummary", timeout: float, left_out: dict[str, Json]
) -> None:
    """Dispatch until every message has a final state, then answer. Raises why some have none, after that."""
    from smstui.cli.waiting import until_final

    progress, refusal = await until_final(call.backend, actor, summary, timeout)
    call.answer({**_document(progress), **left_out}, _lines(progress))
    if refusal is not None:
        raise refusal


def _document(progress: "Progress") -> dict[str, Json]:
    counts: dict[str, Json] = {state.value: count for state, count in progress.counts.items()}
    return {**_summary_document(progress.summary), "counts": counts}


def _summary_document(summary: "CampaignSummary") -> dict[str, Json]:
    return {
        "name": summary.name,
        "type": summary.type,
        "state": summary.state,
        "recipients": summary.recipients,
        "segments": summary.segments,
        "cost": amount(summary.cost),
    }


def _refused_document(line: "RefusedLine") -> dict[str, Json]:
    from smstui.formats import explain

    return {"line": line.line, "text": line.text, "reason": explain(line.reason)}


def _lines(progress: "Progress") -> list[str]:
    """A campaign for people; the words are those of --json."""
    from smstui import formats

    summary = progress.summary
    head = _("{name}: {state}, {recipients} recipients, {segments} SMS each, {cost} credits").format(
        name=summary.name,
        state=summary.state,
        recipients=formats.number(summary.recipients),
        segments=summary.segments,
        cost=formats.amount(summary.cost),
    )
    return [head, *(f"  {state.value}: {formats.number(count)}" for state, count in progress.counts.items() if count)]
