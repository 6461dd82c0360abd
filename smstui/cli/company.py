"""`smstui company`: who runs the platform, its bank account, what its credits cost, whom an account's invoices are for.

Administrators change what is the platform's; `billing` is the account's own.
"""

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import click

from smstui.cli.account_admin import administrator
from smstui.cli.context import Call, Json, Noun, with_backend
from smstui.i18n import _

if TYPE_CHECKING:
    from smstui.domain.company import BankDetails, Billing, Company

PAIR: Final = "CREDITS=EUROS"


@click.group(cls=Noun)
def company() -> None:
    """The company that runs this platform, its bank account and its prices."""


@company.command()
@with_backend
async def show(call: Call) -> None:
    """Show who sells, and where transfers go."""
    seller, bank = await call.backend.company.company(), await call.backend.company.bank()
    document: dict[str, Json] = {
        "company": None if seller is None else _document(seller),
        "bank": None if bank is None else _document(bank),
    }
    lines = [
        *(_company_lines(seller) if seller else [_("Nobody has given the company's details yet.")]),
        *(_bank_lines(bank) if bank else [_("Nobody has given the bank details yet.")]),
    ]
    call.answer(document, lines)


@company.command("set")
@click.option("--name", required=True, metavar="N", help="As it is registered.")
@click.option("--address", required=True, multiple=True, metavar="LINE", help="One line; give it several times.")
@click.option("--siret", required=True, metavar="S", help="SIRET, or SIREN.")
@click.option("--vat-number", default="", metavar="V", help="None without VAT.")
@click.option("--email", required=True, metavar="E", help="For questions about invoices.")
@click.option("--legal", default="", metavar="L", help="Its form, capital and register.")
@with_backend
async def set_company(
    call: Call, *, name: str, address: tuple[str, ...], siret: str, vat_number: str, email: str, legal: str
) -> None:
    """Say who sells (administrators): invoices need it."""
    from smstui.domain.company import Company

    given = Company(name, address, siret, vat_number, email, legal)
    kept = await call.backend.company.set_company(await administrator(call), given)
    call.answer(_document(kept), _company_lines(kept))


@company.command()
@click.option("--holder", required=True, metavar="H", help="Whose account it is.")
@click.option("--iban", required=True, metavar="I")
@click.option("--bic", default="", metavar="B")
@with_backend
async def bank(call: Call, *, holder: str, iban: str, bic: str) -> None:
    """Say where transfers go (administrators)."""
    from smstui.domain.company import BankDetails

    kept = await call.backend.company.set_bank(await administrator(call), BankDetails(holder, iban, bic))
    call.answer(_document(kept), _bank_lines(kept))


@company.command()
@click.option("--pack", "packs", multiple=True, metavar=PAIR, help="A pack and its price; may be repeated.")
@click.option(
    "--step", "steps", multiple=True, required=True, metavar=PAIR, help="From so many, each; may be repeated."
)
@click.option("--vat", required=True, metavar="PERCENT", help="Rate of VAT.")
@with_backend
async def prices(call: Call, *, packs: tuple[str, ...], steps: tuple[str, ...], vat: str) -> None:
    """Set what credits cost from now on, without VAT (administrators)."""
    from smstui.cli.credit_document import prices_document, prices_lines
    from smstui.domain.packs import CENTS, UNITS, Pack, PriceList, PriceStep

    given = PriceList(
        packs=tuple(Pack(*pair) for pair in _pairs(packs, CENTS)),
        steps=tuple(PriceStep(*pair) for pair in _pairs(steps, UNITS)),
        vat_rate=_scaled(vat, CENTS),
    )
    kept = await call.backend.company.set_prices(await administrator(call), given)
    call.answer(prices_document(kept), prices_lines(kept))


@company.command()
@click.option("--name", metavar="N", help="Of the company or the person.")
@click.option("--address", multiple=True, metavar="LINE", help="One line; give it several times.")
@click.option("--vat-number", default="", metavar="V")
@click.option("--siret", default="", metavar="S", help="SIRET, or SIREN.")
@with_backend
async def billing(call: Call, *, name: str | None, address: tuple[str, ...], vat_number: str, siret: str) -> None:
    """Say whom the account's invoices are for; without --name, show it."""
    from smstui.domain.company import Billing

    actor, settings = await call.actor(), call.backend.company
    if name is None:
        kept = await settings.billing(actor)
    else:
        kept = await settings.set_billing(actor, Billing(name, address, vat_number, siret))
    if kept is None:
        call.answer(None, _("Nobody has said yet whom the invoices are for: they name the login."))
    else:
        call.answer(_document(kept), [kept.name, *kept.address, *filter(None, (kept.siret, kept.vat_number))])


def _document(kept: "Company | BankDetails | Billing") -> dict[str, Json]:
    return asdict(kept)


def _company_lines(kept: "Company") -> list[str]:
    lines = kept.name, *kept.address, kept.legal, kept.siret, kept.vat_number, kept.email
    return [line for line in lines if line]


def _bank_lines(kept: "BankDetails") -> list[str]:
    return [line for line in (kept.holder, kept.iban_in_groups, kept.bic) if line]


def _pairs(texts: Iterable[str], scale: int) -> Iterable[tuple[int, int]]:
    """Amounts of credits with their prices. Raises click.BadParameter."""
    for text in texts:
        amount, separator, price = text.partition("=")
        if not separator:
            raise click.BadParameter(f"{text!r} is not written as {PAIR}.")
        yield _scaled(amount, 1), _scaled(price, scale)


def _scaled(text: str, scale: int) -> int:
    """A decimal number in units of 1/`scale`. Raises click.BadParameter."""
    from smstui.domain.packs import read_money

    try:
        return read_money(text, scale)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
