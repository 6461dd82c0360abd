"""From the journal's windows to the wire."""

import logging
from datetime import timedelta

from smstui.domain.campaign_rules import wire_encoding
from smstui.domain.errors import Refusal
from smstui.services.dispatch.journal import Journal
from smstui.services.dispatch.windows import CampaignFacts, Window
from smstui.smpp.pair import Bind
from smstui.smpp.submit import SubmitTemplate
from smstui.smpp.values import BindSettings, Outcome, OutcomeKind

_TEMPLATES = 64
"""Templates kept, of the campaigns sent last."""
_log = logging.getLogger(__name__)


class Outbound:
    """Sends windows of messages over one bind, the most urgent first.

    `validity` in seconds is that of campaigns that say nothing else; None leaves it to the SMSC.
    """

    def __init__(self, link: Bind, journal: Journal, settings: BindSettings, validity: int | None) -> None:
        self._link = link
        self._journal = journal
        self._settings = settings
        self._validity = validity
        self._templates: dict[int, SubmitTemplate] = {}

    async def send_all(self) -> None:
        """Send until nothing waits. Raises ConnectionDraining, and the database's refusals."""
        while True:
            window = await self._journal.take(await self._link.room(1))
            if window is None:
                return
            await self._send(window)

    async def _send(self, window: Window) -> None:
        """Send a window; every message of it will have its outcome."""
        try:
            template = self._template(window.campaign)
        except Refusal as refusal:
            _log.warning("campaign %d can't be written: %r", window.campaign.id, refusal)
            self._journal.open(window, parts=1)
            self._journal.outcomes([Outcome(key, 1, OutcomeKind.REJECTED) for key, _ in window.recipients])
            return
        self._journal.open(window, template.parts)
        await self._link.send(template, window.recipients)

    def _template(self, campaign: CampaignFacts) -> SubmitTemplate:
        """The submit_sm of a campaign. Raises UnusableSender, TextNotInAlphabet."""
        template = self._templates.get(campaign.id)
        if template is None:
            template = SubmitTemplate.build(
                campaign.sender,
                campaign.text,
                wire_encoding(campaign.type, campaign.text),
                alphabet=self._settings.alphabet,
                long_messages=self._settings.long_messages,
                reference=campaign.id,
                validity=self._period(campaign),
            )
            if len(self._templates) >= _TEMPLATES:
                del self._templates[next(iter(self._templates))]
            self._templates[campaign.id] = template
        return template

    def _period(self, campaign: CampaignFacts) -> timedelta | None:
        """How long the SMSC tries; None leaves it to the SMSC."""
        seconds = campaign.validity or self._validity
        return None if seconds is None else timedelta(seconds=seconds)
