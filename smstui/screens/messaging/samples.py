"""The contacts on whose phones a text with merge fields is shown, one after the other."""

from collections.abc import Callable
from typing import Final

from textual.dom import DOMNode

from smstui.domain.actor import Actor
from smstui.domain.contact import ContactDetails
from smstui.screens.latest import Latest
from smstui.screens.messaging.writing import Writing
from smstui.services.campaigns import Campaigns

MOST: Final = 50


class Samples:
    """The first of the contacts that were chosen, or of the whole book while none are."""

    def __init__(self, node: DOMNode, campaigns: Campaigns, actor: Actor, changed: Callable[[], None]) -> None:
        """`changed` is called when there are others."""
        self._campaigns, self._actor, self._changed = campaigns, actor, changed
        self._reading = Latest(node, self._read, group="send-samples")
        self._wanted: Writing | None = None
        self._shown_for: tuple[tuple[int, ...], tuple[int, ...]] | None = None
        self._contacts: tuple[ContactDetails, ...] = ()
        self._at = 0

    @property
    def current(self) -> ContactDetails | None:
        """The contact to show; None when there is none."""
        return self._contacts[self._at] if self._contacts else None

    @property
    def first(self) -> ContactDetails | None:
        """The first one."""
        return self._contacts[0] if self._contacts else None

    def follow(self, writing: Writing) -> None:
        """See that they are those of `writing`."""
        self._wanted = writing
        if self._shown_for != (writing.group_ids, writing.contact_ids):
            self._reading.ask()

    def move(self, by: int) -> None:
        """Go to the next one, or to the one before."""
        if self._contacts:
            self._at = (self._at + by) % len(self._contacts)

    async def _read(self) -> None:
        writing = self._wanted
        if writing is None:
            return
        self._contacts = await self._campaigns.samples(self._actor, writing.draft(()), MOST)
        self._shown_for, self._at = (writing.group_ids, writing.contact_ids), 0
        self._changed()
