"""What is written is kept as a draft soon after, one saving at a time, so that a crash loses a second of it at most."""

import asyncio
from collections.abc import Callable
from typing import Final

from textual.dom import DOMNode
from textual.timer import Timer

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.screens.messaging.writing import Kept, Writing
from smstui.services.drafts import Drafts

DELAY: Final = 0.7
"""Seconds from a change to its saving, and all that came meanwhile with it."""
RETRY: Final = 5.0
"""Seconds until what could not be saved is tried again."""


class DraftKeeper:
    """Holds what is written now, and the draft that it is kept in."""

    def __init__(self, node: DOMNode, drafts: Drafts, actor: Actor, kept: Kept, say: Callable[[Refusal], None]) -> None:
        """`say` is told once why nothing can be kept, until it can again."""
        self._node, self._drafts, self._actor, self._say = node, drafts, actor, say
        self.writing = kept.writing
        self.draft_id = kept.draft_id
        self.saved = kept.saved
        self._timer: Timer | None = None
        self._one_at_a_time = asyncio.Lock()
        self._fails = False
        self._stopped = False

    def write(self, writing: Writing) -> None:
        """This is what is written now."""
        self.writing = writing
        if self._timer is None and writing != self.saved:
            self._timer = self._node.set_timer(DELAY, self.save_soon)

    def save_soon(self) -> None:
        """Save it, in a worker."""
        self._node.run_worker(self.save(), group="send-draft")

    def stop(self) -> None:
        """Save nothing more: it is being sent."""
        self._stopped = True

    def go_on(self) -> None:
        """Save again: it was not sent."""
        self._stopped = False

    async def save(self) -> None:
        """Have the draft say what is written, if it doesn't. What says nothing is no draft."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        async with self._one_at_a_time:
            writing = self.writing
            if self._stopped or writing == self.saved or (writing.is_blank and self.draft_id is None):
                return
            try:
                await self._save(writing)
            except Refusal as refusal:
                if not self._fails:
                    self._say(refusal)
                self._fails = True
                if self._node.is_running and self._timer is None:
                    self._timer = self._node.set_timer(RETRY, self.save_soon)
            else:
                self._fails = False

    async def _save(self, writing: Writing) -> None:
        if writing.is_blank and self.draft_id is not None:
            await self._drafts.remove(self._actor, [self.draft_id])
            self.draft_id, self.saved = None, writing
            return
        same_list = self.saved is not None and self.saved.numbers.pasted == writing.numbers.pasted
        draft = writing.draft((), writing.numbers.typed)
        before, pasted = self.draft_id, writing.numbers.pasted
        self.draft_id = await self._drafts.save(self._actor, draft, before, None if same_list and before else pasted)
        if same_list and before and self.draft_id != before:  # somebody deleted it, and its list with it
            await self._drafts.save(self._actor, draft, self.draft_id, pasted)
        self.saved = writing
