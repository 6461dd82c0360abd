"""Keys that come faster than they are looked at: what depends on the earlier ones waits for them."""

import asyncio
from contextlib import suppress
from typing import Final

from textual.widget import Widget

_LONGEST: Final = 1.0
"""Seconds: a widget that is being taken away may never catch up."""


class Completing(Widget):
    """A field that Tab may fill in."""

    def complete(self) -> bool:
        """Tab: fill in what can be; whether there was something to fill in. Otherwise Tab goes on."""
        return False


async def caught_up(widget: Widget) -> None:
    """Wait until `widget` has handled the keys that it was given."""
    handled = asyncio.Event()
    if widget.call_later(handled.set):
        with suppress(TimeoutError):
            await asyncio.wait_for(handled.wait(), _LONGEST)


async def completed(widget: Widget | None) -> bool:
    """Let `widget` be filled in, if it can be, once it has what was typed before; whether it was."""
    if not isinstance(widget, Completing):
        return False
    await caught_up(widget)
    return widget.complete()
