"""From the journal's windows to the wire."""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Final

from smstui.domain.campaign_rules import wire_encoding
from smstui.domain.errors import Refusal
from smstui.domain.states import MessageType
from smstui.services.dispatch.facts import CampaignFacts
from smstui.services.dispatch.journal import Journal
from smstui.services.dispatch.windows import Window
from smstui.smpp.pair import Bind
from smstui.smpp.payloads import SubmitOptions, VendorTlv
from smstui.smpp.submit import Submit, SubmitFrame, SubmitTemplate
from smstui.smpp.values import BindSettings, Outcome, OutcomeKind

_KEPT: Final = 64
"""Templates and frames kept, of the campaigns sent last."""
_AT_ONCE: Final = 32
"""Texts of their own written in one turn of the event loop: two milliseconds, if all of them are very long."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Voice:
    """How a connection marks SMS Voix, for which SMPP has no standard."""

    service_type: str = ""
    tag: int | None = None
    """Of the TLV that holds the language; None for none."""


class Outbound:
    """Sends windows of messages over one bind, the most urgent first.

    `validity` in seconds is that of campaigns that say nothing else; None leaves it to the SMSC.
    """

    def __init__(
        self, link: Bind, journal: Journal, settings: BindSettings, validity: int | None, voice: Voice
    ) -> None:
        self._link = link
        self._journal = journal
        self._settings = settings
        self._validity = validity
        self._voice = voice
        self._built: dict[int, SubmitTemplate | SubmitFrame] = {}
        """By campaign."""

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
            built = self._built.get(window.campaign.id) or self._build(window.campaign)
        except Refusal as refusal:
            _log.warning("campaign %d can't be written: %r", window.campaign.id, refusal)
            self._journal.open(window, parts=1)
            self._journal.outcomes([Outcome(key, 1, OutcomeKind.REJECTED) for key, _ in window.recipients])
            return
        if isinstance(built, SubmitFrame):
            await self._send_own(window, built)
        else:
            self._journal.open(window, built.parts)
            await self._link.send(built, window.recipients)

    async def _send_own(self, window: Window, frame: SubmitFrame) -> None:
        """Send a window of messages with texts of their own; one that can't be written is rejected alone."""
        writing = _written(window, frame)
        submits: list[Submit | None] = []
        while some := list(islice(writing, _AT_ONCE)):
            submits += some
            await asyncio.sleep(0)
        messages = [(*recipient, submit) for recipient, submit in zip(window.recipients, submits, strict=True)]
        self._journal.open_own(window, [submit.parts if submit else 1 for submit in submits])
        self._journal.outcomes([Outcome(key, 1, OutcomeKind.REJECTED) for key, _, submit in messages if not submit])
        await self._link.send_each([(key, number, submit) for key, number, submit in messages if submit])

    def _build(self, campaign: CampaignFacts) -> SubmitTemplate | SubmitFrame:
        """The submit_sm of a campaign, or what they have in common. Raises UnusableSender, TextNotInAlphabet."""
        options, built = self._options(campaign), self._built
        if campaign.personal:
            new: SubmitTemplate | SubmitFrame = SubmitFrame.build(campaign.sender, options)
        else:
            encoding = wire_encoding(campaign.type, campaign.text)
            new = SubmitTemplate.of(campaign.sender, campaign.text, encoding, options)
        if len(built) >= _KEPT:
            del built[next(iter(built))]
        built[campaign.id] = new
        return new

    def _options(self, campaign: CampaignFacts) -> SubmitOptions:
        voice = self._voice if campaign.type is MessageType.VOIX else Voice()
        language = campaign.language if voice.tag is not None else None
        seconds = campaign.validity or self._validity
        return SubmitOptions(
            alphabet=self._settings.alphabet,
            long_messages=self._settings.long_messages,
            reference=campaign.id,
            validity=None if seconds is None else timedelta(seconds=seconds),
            service_type=voice.service_type,
            vendor_tlv=VendorTlv(voice.tag, language) if voice.tag is not None and language else None,
        )


def _written(window: Window, frame: SubmitFrame) -> Iterator[Submit | None]:
    """The submit_sm of each text of the window; None for one that can't be written."""
    kind = window.campaign.type
    for (message_id, _), (text, _) in zip(window.recipients, window.texts, strict=True):
        try:
            yield frame.write(text, wire_encoding(kind, text))
        except Refusal as refusal:
            _log.warning("message %d can't be written: %r", message_id, refusal)
            yield None
