"""What still needs a sender: templates, drafts, and campaigns that have not gone out yet."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from smstui.domain.actor import Actor
from smstui.domain.states import CampaignKind, CampaignState
from smstui.storage.tables import campaign, draft, template


class UseKind(StrEnum):
    """What needs it."""

    TEMPLATE = "template"
    DRAFT = "draft"
    """Being written."""
    CAMPAIGN = "campaign"
    """Scheduled, or a series that recurs."""


@dataclass(frozen=True, slots=True)
class SenderUse:
    """One thing that needs a sender."""

    sender: str
    kind: UseKind
    name: str
    """Of the template, the draft or the campaign: foreign text; a draft may have none yet."""


def sender_uses(tx: Connection, actor: Actor, names: Collection[str]) -> Iterator[SenderUse]:
    """What needs one of the account's senders `names`: templates, then drafts, then campaigns, each by name."""
    for kind, query in (
        (UseKind.TEMPLATE, select(template.c.sender, template.c.title).where(_templates(actor, names))),
        (UseKind.DRAFT, select(draft.c.sender, draft.c.name).where(_open_drafts(actor), draft.c.sender.in_(names))),
        (UseKind.CAMPAIGN, select(campaign.c.sender, campaign.c.name).where(_campaigns(actor, names))),
    ):
        for sender, name in sorted(tx.execute(query)):
            yield SenderUse(sender, kind, name)


def replace_sender(tx: Connection, actor: Actor, names: Collection[str], by: str) -> None:
    """Let everything that needs one of the account's senders `names` take `by`. What has gone out keeps its own."""
    tx.execute(update(template).where(_templates(actor, names)).values(sender=by))
    confirmed = draft.c.id.in_(select(campaign.c.draft_id).where(_unsent(actor)))
    mine = and_(draft.c.account_id == actor.account_id, draft.c.sender.in_(names))
    tx.execute(update(draft).where(mine, or_(draft.c.confirmed_at.is_(None), confirmed)).values(sender=by))
    tx.execute(update(campaign).where(_campaigns(actor, names)).values(sender=by))


def _templates(actor: Actor, names: Collection[str]) -> ColumnElement[bool]:
    return and_(template.c.account_id == actor.account_id, template.c.sender.in_(names))


def _open_drafts(actor: Actor) -> ColumnElement[bool]:
    return and_(draft.c.account_id == actor.account_id, draft.c.confirmed_at.is_(None))


def _campaigns(actor: Actor, names: Collection[str]) -> ColumnElement[bool]:
    return and_(_unsent(actor), campaign.c.sender.in_(names))


def _unsent(actor: Actor) -> ColumnElement[bool]:
    """The account's campaigns whose recipients are still to be resolved, held back ones too."""
    due = campaign.c.state.in_((CampaignState.SCHEDULED, CampaignState.PREPARING))
    held = and_(campaign.c.hold.is_not(None), campaign.c.state.not_in((CampaignState.DONE, CampaignState.CANCELLED)))
    return and_(campaign.c.account_id == actor.account_id, campaign.c.kind == CampaignKind.CAMPAIGN, or_(due, held))
