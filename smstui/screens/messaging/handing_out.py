"""The messages of a campaign as a file, saved where the person says."""

import re
from pathlib import Path
from typing import Final

from smstui.domain.errors import Refusal
from smstui.i18n import _
from smstui.screens.page import Page
from smstui.screens.saving import hand_out
from smstui.services.campaigns import CampaignSummary
from smstui.services.exporting.campaign_messages import export_messages

_LONGEST: Final = 60
"""Characters of a name of a file that are a campaign's."""


async def hand_out_messages(page: Page, campaign: CampaignSummary) -> None:
    """Give the person all messages of `campaign` in a file; its ending says of which kind. From a worker."""
    backend = page.backend

    async def write(path: Path) -> None:
        await export_messages(backend.database, backend.clock, page.actor, campaign.id, path)

    try:
        name = _("messages-{campaign}{suffix}").format(campaign=_stem(campaign.name), suffix=".xlsx")
        await hand_out(page.host, write, name, None)
    except Refusal as refusal:  # where no path is asked for
        page.say(refusal)


def _stem(name: str) -> str:
    """The name of a campaign as part of that of a file: letters, digits, and a dash for whatever else."""
    return re.sub(r"[^\w]+", "-", name).strip("-")[:_LONGEST]
