"""What becomes of orders and invoices while nobody looks at them: part of every process that lives long."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from smstui.services.backend import Backend

EVERY: Final = 60.0
"""Seconds between two rounds."""
_log = logging.getLogger(__name__)


@asynccontextmanager
async def orders_kept_up(backend: "Backend") -> AsyncIterator[None]:
    """Meanwhile orders whose time is over are closed, Stripe is asked what became of payments by card, and e-mail that
    is due is sent: beside the rest, so that a mail server that hangs keeps no payment from being credited.
    """

    async def orders() -> None:
        await backend.orders.expire()
        await backend.checkout.resume()

    rounds = [asyncio.create_task(_rounds(work)) for work in (orders, backend.mail_round.run)]
    try:
        yield
    finally:
        for each in rounds:
            each.cancel()
        await asyncio.gather(*rounds, return_exceptions=True)


async def _rounds(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await work()
        except Exception:  # noqa: BLE001 (one round that fails keeps no later payment from being credited)
            _log.exception("a round over the orders failed")
        await asyncio.sleep(EVERY)
