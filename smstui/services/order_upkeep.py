"""What becomes of orders while nobody looks at them: part of every process that lives long."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from smstui.services.backend import Backend

EVERY: Final = 60.0
"""Seconds between two rounds."""
_log = logging.getLogger(__name__)


@asynccontextmanager
async def orders_kept_up(backend: "Backend") -> AsyncIterator[None]:
    """Meanwhile orders whose time is over are closed, and Stripe is asked what became of payments by card."""
    rounds = asyncio.create_task(_rounds(backend))
    try:
        yield
    finally:
        rounds.cancel()
        with suppress(asyncio.CancelledError):
            await rounds


async def _rounds(backend: "Backend") -> None:
    while True:
        try:
            await backend.orders.expire()
            await backend.checkout.resume()
        except Exception:  # noqa: BLE001 (one round that fails keeps no later payment from being credited)
            _log.exception("a round over the orders failed")
        await asyncio.sleep(EVERY)
