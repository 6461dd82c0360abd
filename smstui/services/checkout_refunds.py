"""Refunds that the merchant makes on Stripe's dashboard, found by asking for those made lately."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from smstui.services.order_rows import Order, all_orders, order_of
from smstui.services.platform_settings import put_setting, setting
from smstui.services.stripe_api import Refund, StripeApi
from smstui.storage.database import Database
from smstui.storage.tables import payment_order

LOOKED_AT: Final = "stripe_refunds_looked_at"
"""The setting that says since when refunds may be unknown."""
_STEP: Final = timedelta(days=1)
"""How often the setting is moved on."""
_OVERLAP: Final = timedelta(hours=1)
"""Clocks differ, and what is paid and given back at once may be listed late."""


class Refunds:
    """The refunds that this process has not seen handled yet."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: set[str] = set()
        self._found: tuple[Refund, ...] = ()

    async def may_come(self) -> bool:
        """Whether anything was paid by card that could be given back."""
        paid = select(payment_order.c.id).where(payment_order.c.payment_id.is_not(None)).limit(1)
        return await self._database.read(lambda tx: tx.execute(paid).first() is not None)

    async def found(self, api: StripeApi, now: datetime) -> tuple[Order, ...]:
        """The orders with refunds that are not known yet. Raises what StripeApi does."""
        since = await self._database.read(_looked_at) or now
        self._found = await api.refunds_since(since - _OVERLAP)
        payments = {one.payment_id for one in self._found if one.id not in self._known}
        theirs = all_orders().where(payment_order.c.payment_id.in_(payments))
        rows = await self._database.read(lambda tx: tx.execute(theirs).all()) if payments else ()
        return tuple(map(order_of, rows))

    async def handled(self, now: datetime) -> None:
        """What was found is booked."""
        self._known.update(one.id for one in self._found)
        since = await self._database.read(_looked_at)
        if since is None or now - since >= _STEP:
            await self._database.write(lambda tx: put_setting(tx, LOOKED_AT, now.isoformat()))


def _looked_at(tx: Connection) -> datetime | None:
    """Since when refunds may be unknown: at first since the oldest order that was paid by card."""
    stored = setting(tx, LOOKED_AT)
    if stored is not None:
        return datetime.fromisoformat(stored)
    oldest: datetime | None = tx.execute(
        select(func.min(payment_order.c.created_at)).where(payment_order.c.payment_id.is_not(None))
    ).scalar()
    return oldest
