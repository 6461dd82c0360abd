"""`smstui credit`: the credits of an account, and buying them."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from smstui.cli import credit_grant, credit_history
from smstui.cli.context import Call, Json, Noun, with_backend
from smstui.cli.output import amount, table
from smstui.i18n import _

if TYPE_CHECKING:
    from smstui.domain.actor import Actor

WAIT_SECONDS = 900.0


@click.group(cls=Noun)
def credit() -> None:
    """Credits of an account."""


credit_grant.register(credit)
credit_history.register(credit)


@credit.command()
@with_backend
async def balance(call: Call) -> None:
    """Show what may be spent, and what is reserved for messages on their way."""
    from smstui.formats import amount as shown

    found = await call.backend.credits.balance(await call.actor())
    call.answer(
        {"balance": amount(found.available), "reserved": amount(found.reserved)},
        _("{available} credits, and {reserved} reserved for messages on their way").format(
            available=shown(found.available), reserved=shown(found.reserved)
        ),
    )


@credit.command()
@with_backend
async def packs(call: Call) -> None:
    """Show what credits cost: packs, and any other amount by steps. In JSON amounts are cents, unit prices euros."""
    from smstui.cli.credit_document import prices_document, prices_lines

    prices = await call.backend.orders.prices()
    call.answer(prices_document(prices), prices_lines(prices))


@credit.command()
@click.argument("credits_", metavar="[CREDITS]", type=int, required=False)
@click.option("--pack", type=int, metavar="N", help="The pack of N credits.")
@click.option(
    "--by", type=click.Choice(["transfer", "card"]), default="transfer", show_default=True, help="How it is paid."
)
@click.option("--wait", is_flag=True, help="Wait until a card payment is done.")
@click.option("--timeout", type=float, default=WAIT_SECONDS, show_default=True, metavar="S", help="Of --wait, seconds.")
@with_backend
async def buy(call: Call, credits_: int | None, pack: int | None, by: str, *, wait: bool, timeout: float) -> None:
    """Order CREDITS, or a pack: answers how to transfer the money, or where to pay by card."""
    from smstui.cli.credit_card import pay_by_card
    from smstui.cli.credit_document import NoSuchPack, answer_transfer
    from smstui.services.orders import Method

    if (credits_ is None) == (pack is None):
        raise click.UsageError("Say how many: CREDITS, or --pack N.")
    if wait and by != Method.CARD:
        raise click.UsageError("--wait is for --by card.")
    actor, orders = await call.actor(), call.backend.orders
    if by == Method.CARD:
        call.backend.checkout.check()
    if pack is not None and (await orders.prices()).pack(pack) is None:
        raise NoSuchPack(pack)
    order = await orders.order(actor, credits_ or pack or 0, Method(by))
    if order.method is Method.CARD:
        await pay_by_card(call, actor, order, wait=wait, timeout=timeout)
    else:
        answer_transfer(call, order, await orders.transfer(actor, order.reference))


@credit.command()
@click.argument("reference")
@with_backend
async def confirm(call: Call, reference: str) -> None:
    """Say that the transfer of the order REFERENCE has arrived (administrators): its credits are given."""
    from smstui.cli.credit_document import order_document
    from smstui.formats import credits_text

    order = await call.backend.orders.confirm(await _administrator(call), reference)
    sentence = _("The order {reference} is paid: {credits} given.")
    call.answer(order_document(order), sentence.format(reference=order.reference, credits=credits_text(order.credits)))


@credit.command()
@click.argument("file", metavar="FILE")
@click.option("--apply", "apply_", is_flag=True, help="Pay the orders that match; without it nothing changes.")
@with_backend
async def statement(call: Call, file: str, *, apply_: bool) -> None:
    """Look in the bank statement FILE (camt.053) for what pays orders (administrators)."""
    from smstui.cli.credit_document import statement_document, statement_lines

    admin, statements = await _administrator(call), call.backend.bank_statements
    preview = await statements.preview(admin, Path(file))
    applied = await statements.apply(admin, preview) if apply_ else None
    call.answer(statement_document(preview, applied), statement_lines(preview, applied))


@credit.command()
@with_backend
async def check(call: Call) -> None:
    """Ask Stripe once what became of all payments by card, as the application and `smstui dispatch` do themselves."""
    from smstui.cli.credit_card import look_again

    await look_again(call)


@credit.command()
@click.option("--awaited", is_flag=True, help="The transfers of all accounts that are awaited (administrators).")
@with_backend
async def orders(call: Call, *, awaited: bool) -> None:
    """List the orders of the account, the newest first."""
    from smstui.cli.credit_document import order_cells, order_document, order_header

    if not awaited:
        found = await call.backend.orders.list(await call.actor())
        call.answer([order_document(one) for one in found], table(order_header(), map(order_cells, found)))
        return
    waiting = await call.backend.orders.pending(await _administrator(call))
    documents: list[Json] = [{**order_document(one.order), "account": one.login} for one in waiting]
    rows = [[*order_cells(one.order), one.login] for one in waiting]
    call.answer(documents, table([*order_header(), _("Account")], rows))


@credit.command()
@click.argument("reference")
@with_backend
async def cancel(call: Call, reference: str) -> None:
    """Give up the order REFERENCE, which nobody has paid yet."""
    from smstui.cli.credit_document import order_document
    from smstui.services.orders import OrderState

    order = await call.backend.checkout.cancel(await call.actor(), reference)
    was_paid = order.state is OrderState.PAID
    sentence = (
        _("The order {reference} was paid just before.") if was_paid else _("The order {reference} is cancelled.")
    )
    call.answer(order_document(order), sentence.format(reference=order.reference))


async def _administrator(call: Call) -> "Actor | None":
    """Who acts for the platform: the account named, which must be an administrator's; None when none is named."""
    return await call.actor() if call.settings.account else None
