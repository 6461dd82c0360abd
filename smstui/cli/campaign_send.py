"""`smstui campaign send`: now, at a moment, or again and again."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import click

from smstui.cli.campaign_document import document, foreseen, left_out, left_out_lines, lines, shown
from smstui.cli.context import Call, Verb, with_backend
from smstui.cli.output import print_error
from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.domain.states import MessageType
from smstui.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from smstui.domain.recipients import Recipients, RefusedLine
    from smstui.services.campaigns import CampaignSummary, Plan
    from smstui.services.composing import Draft
    from smstui.services.when import When

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


@dataclass(eq=False)
class NobodyLeft(Refusal):
    """All that were chosen are left out; `reasons` are those of --json, with their counts."""

    reasons: tuple[str, ...]
    sentence: ClassVar[str] = N_("Nobody is left to receive this campaign ({reasons}): add other recipients.")


@dataclass(eq=False)
class EmptyGroups(Refusal):
    """There is no contact in any of the groups."""

    groups: tuple[str, ...]
    sentence: ClassVar[str] = N_("No contact is in {groups}: put some in, or give numbers with --to.")


@dataclass(eq=False)
class InvalidMoment(Refusal):
    """No date and time."""

    text: str
    sentence: ClassVar[str] = N_("“{text}” is not a date and time: write it as 2026-11-27T14:15.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says of a campaign."""

    name: str
    more: tuple[str, ...]
    """Numbers after those of --to, or else groups after those of --group."""
    text: str | None
    template: str | None
    kind: str
    sender: str | None
    no_stop: bool
    title: str | None
    language: str | None
    numbers: tuple[str, ...]
    to_file: str | None
    groups: tuple[str, ...]
    at: str | None
    cron: str | None
    until: datetime | None
    runs: int | None
    validity: int | None
    sundays: bool
    outside_hours: bool
    wait: bool
    timeout: float

    @property
    def group_names(self) -> tuple[str, ...]:
        """The groups of contacts that are named."""
        return (*self.groups, *(() if self.numbers else self.more))

    def check(self) -> None:
        """Raise UsageError when it asks for nothing, or for two things at once."""
        if self.more and not (self.numbers or self.groups):
            raise click.UsageError(
                f"Unexpected extra argument ({self.more[0]}); numbers come after --to, groups after --group."
            )
        if self.more and self.numbers and self.groups:
            raise click.UsageError(
                f"Is {self.more[0]} a number or a group? With both, write --to or --group before each of them."
            )
        if not self.numbers and self.to_file is None and not self.groups:
            raise click.UsageError("Say to whom with --to, --to-file or --group.")
        if (self.text is None) == (self.template is None):
            raise click.UsageError("Give either --text or --template.")
        if self.at is not None and self.cron is not None:
            raise click.UsageError("Give either --at or --cron.")
        if self.cron is None and (self.until is not None or self.runs is not None):
            raise click.UsageError("--until and --runs go with --cron.")
        if self.cron is not None and self.wait:
            raise click.UsageError("--wait is for campaigns that are sent once: leave it out with --cron.")
        if self.kind != MessageType.VOIX and (self.title is not None or self.language is not None):
            raise click.UsageError("--title and --language go with --type voix.")

    def when(self) -> "When":
        """When it is to go out. Raises InvalidMoment."""
        from smstui.services.when import When

        if self.cron is not None:
            last_day: date | None = self.until.date() if self.until else None
            return When(cron=self.cron, last_day=last_day, runs=self.runs)
        if self.at is None:
            return When()
        return When(_moment(self.at))


def _moment(text: str) -> datetime:
    """The date and time that `text` says; a date alone is none. Raises InvalidMoment."""
    with suppress(ValueError):
        date.fromisoformat(text)
        raise InvalidMoment(text)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise InvalidMoment(text) from None


_OPTIONS = (
    click.argument("name"),
    click.argument("more", nargs=-1, metavar=""),
    click.option("--text", help="The message, without its STOP mention; {first_name|client} is a merge field."),
    click.option("--template", metavar="TITLE", help="A template, in the place of --text."),
    click.option(
        "--type", "kind", type=click.Choice([one.value for one in MessageType]), default=MessageType.PRO.value
    ),
    click.option("--sender", help="What phones show [default: the template's, the account's or the reply number]."),
    click.option("--no-stop", is_flag=True, help="Without STOP mention, for accounts that have the right."),
    click.option("--title", help="Of SMS Voix: spoken first."),
    click.option("--language", help="Of SMS Voix: fr-FR, en-GB, de-DE or es-ES [default: fr-FR]."),
    click.option("--to", "numbers", multiple=True, metavar="N...", help="Numbers; may be repeated."),
    click.option("--to-file", metavar="F", help="File of numbers, one a line; - is standard input."),
    click.option("--group", "groups", multiple=True, metavar="G...", help="Groups of contacts; may be repeated."),
    click.option("--at", metavar="ISO", help="When, in the account's time zone unless it names one: 2026-11-27T14:15."),
    click.option("--cron", metavar="EXPR", help="Again and again: minute, hour, day, month, weekday."),
    click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Last day of --cron."),
    click.option("--runs", type=int, metavar="N", help="How often --cron sends, at most."),
    click.option("--validity", type=int, metavar="MIN", help="Minutes that the network tries [default: connection's]."),
    click.option("--sundays", is_flag=True, help="Consent to send on Sundays and public holidays, within the hours."),
    click.option("--outside-hours", is_flag=True, help="Consent to send outside the sending hours."),
    click.option("--wait", is_flag=True, help="Dispatch here if nobody does; return when all have a final state."),
    click.option(
        "--timeout", type=click.FloatRange(min=0), default=120.0, metavar="S", help="Longest --wait, in seconds."
    ),
)


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command(cls=Verb)
@_with_options
@with_backend
async def send(call: Call, /, **given: Any) -> None:
    """Send the campaign NAME. Numbers that can't receive SMS are named on stderr, and left out."""
    from smstui.cli.waiting import until_final

    asked = Asked(**given)
    asked.check()
    actor = await call.actor()
    typed = "\n".join((*asked.numbers, *(asked.more if asked.numbers else ())))
    read = await asyncio.to_thread(_recipients, typed, asked.to_file)
    draft = await _draft(call, actor, asked, read.numbers)
    plan = await call.backend.campaigns.plan(actor, draft)
    refused = (*read.refused, *plan.refused)
    _check_somebody(asked, plan, refused)
    summary = await call.backend.campaigns.send(actor, draft)
    _report_refused(refused)
    refusal = await until_final(call.backend, actor, summary, asked.timeout) if asked.wait else None
    campaign = await shown(call, actor, summary.id)
    if not asked.wait:
        campaign = replace(campaign, waiting=campaign.waiting or foreseen(plan))
    duplicates = read.duplicates + plan.duplicates
    unsent = [] if asked.wait else await _undispatched(call, summary)
    call.answer(
        {**document(campaign), **left_out(plan, refused, duplicates)},
        [*lines(campaign), *left_out_lines(plan, duplicates), *unsent],
    )
    if refusal is not None:
        raise refusal


def _check_somebody(asked: Asked, plan: "Plan", refused: "tuple[RefusedLine, ...]") -> None:
    """Raise why nobody would receive the campaign, unless the service has another reason to refuse it."""
    from smstui.domain.campaign_rules import NoRecipients

    if plan.recipients or not isinstance(next(iter(plan.problems), None), NoRecipients):
        return
    if refused:
        raise NobodyReachable(refused[0].reason)
    if plan.reckoned.excluded:
        raise NobodyLeft(tuple(f"{why.value}: {count}" for why, count in plan.reckoned.excluded))
    if asked.groups:
        raise EmptyGroups(asked.group_names)


async def _draft(call: Call, actor: Actor, asked: Asked, numbers: Sequence[str]) -> "Draft":
    """The campaign that is asked for. Raises UnknownTemplate, UnknownGroup, InvalidMoment."""
    from smstui.domain.hours import HoursConsent
    from smstui.services.composing import DEFAULT_LANGUAGE, Draft

    found = None if asked.template is None else await call.backend.templates.find(actor, asked.template)
    consent = HoursConsent.SUNDAYS if asked.sundays else HoursConsent.NONE
    return Draft(
        asked.name,
        found.text if found else asked.text or "",
        numbers=tuple(numbers),
        type=MessageType(asked.kind),
        sender=asked.sender or (found.sender if found and asked.kind != MessageType.REPONSE else None),
        stop=not asked.no_stop,
        validity=None if asked.validity is None else asked.validity * 60,
        group_ids=tuple([(await call.backend.groups.find(actor, name)).id for name in asked.group_names]),
        template_id=found.id if found else None,
        title=asked.title or "",
        language=asked.language or DEFAULT_LANGUAGE,
        when=asked.when(),
        consent=HoursConsent.ANYTIME if asked.outside_hours else consent,
    )


def _recipients(typed: str, to_file: str | None) -> "Recipients":
    """The numbers given and those of the file. Raises FileUnreadable."""
    from smstui.domain.recipients import read_recipients

    return read_recipients("\n".join(part for part in ("" if to_file is None else _file_text(to_file), typed) if part))


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


async def _undispatched(call: Call, summary: "CampaignSummary") -> list[str]:
    """That no process sends it now, and how to have one."""
    from smstui.services.connections import NO_DISPATCHER

    held = {status.name for status in await call.backend.connections.statuses() if status.state != NO_DISPATCHER}
    if summary.connection in held:
        return []
    return [_("  no process sends now: start `smstui dispatch` or the application")]
