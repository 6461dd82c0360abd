"""What the campaign would do, reckoned again and again as it is written: one at a time, off the event loop."""

import asyncio
from collections.abc import Callable
from typing import Final

from textual.dom import DOMNode

from smstui.domain.actor import Actor
from smstui.domain.country import name_of
from smstui.domain.errors import Refusal
from smstui.i18n import current_language
from smstui.screens.latest import Latest
from smstui.services.campaigns import Campaigns, Draft, Plan

_NOTICED: Final = 0.25
"""Seconds after which a reckoning that goes on is told."""


class Plans:
    """The newest plan of a draft, and the newest that counts its recipients."""

    def __init__(
        self,
        node: DOMNode,
        campaigns: Campaigns,
        actor: Actor,
        drafted: Callable[[], tuple[Draft, bool]],
        shown: Callable[[], None],
    ) -> None:
        """`drafted` gives the draft to reckon, and whether with its recipients; `shown` is told that something changed.

        What is written only needs its text looked at: recipients by the hundred thousand are not counted at every key.
        """
        self._node, self._campaigns, self._actor = node, campaigns, actor
        self._drafted, self._shown = drafted, shown
        self._latest = Latest(node, self._reckon, group="send-plan")
        self.newest: Plan | None = None
        self.whole: Plan | None = None
        self.refused: Refusal | None = None
        """Why nothing could be reckoned."""
        self.is_slow = False
        """Whether a reckoning is going on that takes its time."""

    def ask(self) -> None:
        """Reckon again."""
        self._latest.ask()

    async def now(self) -> Plan:
        """The plan of what is written at this moment, with its recipients."""
        draft, _whole = self._drafted()
        return await self._take(draft, whole=True)

    async def _reckon(self) -> None:
        draft, whole = self._drafted()
        try:
            await self._take(draft, whole=whole)
        except Refusal as refusal:
            self.refused = refusal
            self._shown()

    async def _take(self, draft: Draft, *, whole: bool) -> Plan:
        noticed = self._node.set_timer(_NOTICED, self._say_slow)
        try:
            plan = await self._campaigns.plan(self._actor, draft)
            await asyncio.to_thread(_name_countries, plan, current_language())
        finally:
            noticed.stop()
            self.is_slow = False
        self.newest, self.refused = plan, None
        if whole:
            self.whole = plan
        self._shown()
        return plan

    def _say_slow(self) -> None:
        self.is_slow = True
        self._shown()


def _name_countries(plan: Plan, language: str) -> None:
    """Their names are loaded when the first one is asked for, which takes its time."""
    for one in plan.reckoned.by_country:
        name_of(one.country, language)
