"""What "shop" orders at a site, how it is paid, and the commands that people run there."""

import json

from sqlalchemy import Connection

from smstui.services.backend import Backend
from smstui.services.order_rows import Order, new_order
from smstui.services.orders import TRANSFER_LIFE, Method
from tests.faults.site import Site
from tests.payments_support import Payment, open_shop, statement, written

BOUGHT = 100
"""Credits of each order."""


async def order(site: Site, count: int) -> dict[str, int]:
    """So many orders that are to be paid by transfer: what each costs in cents, by its reference."""

    async def work(backend: Backend) -> dict[str, int]:
        await open_shop(backend)
        actor = await site.actor(backend)
        quote, now = (await backend.orders.prices()).quote(BOUGHT), backend.clock.now()

        def add(tx: Connection) -> list[Order]:
            until = now + TRANSFER_LIFE
            return [new_order(tx, actor.account_id, quote, Method.TRANSFER, now, until) for _ in range(count)]

        return {one.reference: one.total for one in await backend.database.write(add)}

    return await site.with_backend(work)


def statement_of(site: Site, orders: dict[str, int]) -> str:
    """The file of a bank statement that pays them."""
    entries = [Payment(f"{cents / 100:.2f}", name, reference=name) for name, cents in orders.items()]
    return str(written(site.folder, statement(*entries)))


async def answer(site: Site, *arguments: str) -> dict[str, object]:
    """What a command answers; it must succeed."""
    document = json.loads(await printed(site, *arguments, "--json"))
    assert isinstance(document, dict)
    return document


async def printed(site: Site, *arguments: str) -> str:
    """What a command prints; it must succeed."""
    command = site.command(*arguments)
    assert await command.ended() == 0, command.printed()
    return command.printed()


async def refusal(site: Site, *arguments: str) -> str:
    """The one sentence of a command that must fail."""
    command = site.command(*arguments)
    assert await command.ended() == 1, command.printed()
    (line,) = command.printed().splitlines()
    assert "Traceback" not in line
    assert "Unexpected" not in line
    return line
