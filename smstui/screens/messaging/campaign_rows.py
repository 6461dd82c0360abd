"""Campaigns as rows of a list, and the counts of those in its window."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from textual.content import Content

from smstui.domain.actor import Actor
from smstui.domain.counts import Counts
from smstui.domain.states import CampaignState
from smstui.domain.visible import printable
from smstui.formats import number
from smstui.i18n import _
from smstui.screens.messaging.campaign_words import date_of, is_held, is_waiting, short_date, sign_of
from smstui.screens.messaging.tally import delivered, failed
from smstui.services.backend import Backend
from smstui.services.campaigns import CampaignSummary
from smstui.services.drafts import StoredDraft
from smstui.widgets.columns import Cell, Column
from smstui.widgets.search_list import Entry
from smstui.widgets.state_sign import Sign, campaign_sign

_FIRST: Final = datetime.max.replace(tzinfo=UTC)
"""By date, what waits for a person comes before all else."""
_SIGN_ORDER: Final = list(CampaignState)


def columns(*, named: bool) -> Sequence[Column]:
    """The columns of a list of campaigns; of the runs of a series, whose names only say their date, without names."""
    name = [Column("name", _("Name"), 8, grows=True, sortable=True)] if named else []
    at = Column("at", _("Date"), 11, sortable=named, grows=not named)
    counted = [
        Column("state", _("State"), 13, sortable=named),
        Column("recipients", _("Numbers"), 7, right=True, sortable=named),
        Column("delivered", _("Delivered"), 7, right=True, from_width=60),
        Column("failed", _("Failed"), 7, right=True, from_width=64),
    ]
    return [*name, *counted, at] if named else [at, *counted]


def campaign_cells(campaign: CampaignSummary, counts: Counts | None, zone: ZoneInfo, now: datetime) -> tuple[Cell, ...]:
    """State, recipients, delivered, failed and date of a campaign; what has no messages yet has none of the two."""
    if is_waiting(campaign) or campaign.cron:
        tallied = ["", ""]
    else:
        tallied = [number(delivered(counts)), number(failed(counts))] if counts else ["…", "…"]
    return (
        sign_of(campaign).content(),
        number(campaign.recipients),
        *tallied,
        short_date(date_of(campaign), zone, now),
    )


def campaign_entry(
    key: str, campaign: CampaignSummary, counts: Counts | None, zone: ZoneInfo, now: datetime
) -> Entry[str]:
    """A campaign in a list with names."""
    name, sign = printable(campaign.name), sign_of(campaign)
    cells = campaign_cells(campaign, counts, zone, now)
    at = _FIRST if is_held(campaign) else date_of(campaign)
    return Entry(
        key,
        (name, *cells),
        search=f"{name} {_(sign.word)} {cells[-1]}",
        order={"name": name, "state": _order(campaign), "recipients": campaign.recipients, "at": at},
    )


def draft_entry(key: str, draft: StoredDraft, zone: ZoneInfo, now: datetime) -> Entry[str]:
    """A draft in the same list."""
    name, sign = draft_name(draft), draft_sign()
    date = short_date(draft.updated_at, zone, now)
    return Entry(
        key,
        (name, sign.content(), "", "", "", date),
        search=f"{name} {_(sign.word)} {date}",
        order={"name": name, "state": 0, "recipients": 0, "at": draft.updated_at},
    )


def draft_name(draft: StoredDraft) -> str:
    """What a draft is called, safe to show; one without a name by the beginning of its text."""
    return printable(draft.draft.name.strip() or draft.draft.text.strip()[:40]) or _("(without a name)")


def draft_sign() -> Sign:
    """How a draft looks."""
    return campaign_sign(CampaignState.DRAFT)


async def read_counts(
    backend: Backend, actor: Actor, campaigns: Iterable[CampaignSummary], known: dict[int, Counts]
) -> None:
    """Bring the counts of these campaigns up to date, of those that may still change."""
    for campaign in campaigns:
        counts = known.get(campaign.id)
        is_settled = counts is not None and counts.final == counts.total > 0
        if not is_settled and not is_waiting(campaign) and not campaign.cron:
            known[campaign.id] = (await backend.campaigns.progress(actor, campaign.id)).counts


def plain(cell: Cell) -> str:
    """What a cell says."""
    return cell.plain if isinstance(cell, Content) else cell


def _order(campaign: CampaignSummary) -> int:
    """By state, what waits for a person comes before what is paused."""
    place = _SIGN_ORDER.index(campaign.state) * 2
    return place if not is_held(campaign) else place - 1
