"""What administrators say about the platform's own company, its bank account and its prices; whom accounts are."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import Connection, select, update

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.company import BankDetails, Billing, Company, check_bank, check_billing, check_company
from smstui.domain.errors import Refusal
from smstui.domain.packs import DEFAULT_PRICES, Pack, PriceList, PriceStep, check_prices
from smstui.i18n import N_
from smstui.services.audit import AuditAction, record
from smstui.services.platform_settings import put_setting, require_administrator, setting
from smstui.storage.database import Database
from smstui.storage.tables import account

COMPANY: Final = "company"
BANK: Final = "bank"
PRICES: Final = "prices"


class NoBankDetails(Refusal):
    """Nobody has said yet where transfers go."""

    sentence: ClassVar[str] = N_(
        "Transfers can't be taken yet: an administrator must give the bank details of the platform first."
    )


def company(tx: Connection) -> Company | None:
    """Who sells; None while nobody has said it."""
    stored = setting(tx, COMPANY)
    return None if stored is None else company_from(json.loads(stored))


def bank_details(tx: Connection) -> BankDetails | None:
    """Where transfers go; None while nobody has said it."""
    stored = setting(tx, BANK)
    return None if stored is None else BankDetails(**json.loads(stored))


def price_list(tx: Connection) -> PriceList:
    """What credits cost."""
    stored = setting(tx, PRICES)
    if stored is None:
        return DEFAULT_PRICES
    values = json.loads(stored)
    packs = tuple(Pack(**pack) for pack in values["packs"])
    return PriceList(packs, tuple(PriceStep(**step) for step in values["steps"]), values["vat_rate"])


def billing(tx: Connection, account_id: int) -> Billing | None:
    """Whom the invoices of an account are for; None while it hasn't said."""
    stored: str | None = tx.execute(select(account.c.billing).where(account.c.id == account_id)).scalar()
    return None if stored is None else billing_from(json.loads(stored))


def company_from(values: dict[str, Any]) -> Company:
    """The company that was kept as JSON."""
    return Company(**{**values, "address": tuple(values["address"])})


def billing_from(values: dict[str, Any]) -> Billing:
    """The buyer that was kept as JSON."""
    return Billing(**{**values, "address": tuple(values["address"])})


class CompanySettings:
    """Everybody sees them; administrators change them. Where an actor is None, whoever may open the database acts."""

    def __init__(
        self, database: Database, clock: Clock, company_known: Callable[[Connection, datetime], object]
    ) -> None:
        """`company_known` is called in the transaction that says who sells: what waited for it can be done."""
        self._database = database
        self._clock = clock
        self._company_known = company_known

    async def company(self) -> Company | None:
        """Who sells; None while nobody has said it."""
        return await self._database.read(company)

    async def bank(self) -> BankDetails | None:
        """Where transfers go; None while nobody has said it."""
        return await self._database.read(bank_details)

    async def prices(self) -> PriceList:
        """What credits cost."""
        return await self._database.read(price_list)

    async def billing(self, actor: Actor) -> Billing | None:
        """Whom the account's invoices are for; None while it hasn't said."""
        return await self._database.read(lambda tx: billing(tx, actor.account_id))

    async def set_company(self, admin: Actor | None, changed: Company) -> Company:
        """Say who sells; invoices that waited for it are issued. As it is kept.

        Raises AdministratorsOnly, and the refusals of `check_company`.
        """
        checked, now = check_company(changed), self._clock.now()

        def work(tx: Connection) -> None:
            self._put(tx, admin, COMPANY, asdict(checked), now)
            self._company_known(tx, now)

        await self._database.write(work)
        return checked

    async def set_bank(self, admin: Actor | None, changed: BankDetails) -> BankDetails:
        """Say where transfers go. Raises AdministratorsOnly, and the refusals of `check_bank`."""
        checked, now = await asyncio.to_thread(check_bank, changed), self._clock.now()
        await self._database.write(lambda tx: self._put(tx, admin, BANK, asdict(checked), now))
        return checked

    async def set_prices(self, admin: Actor | None, changed: PriceList) -> PriceList:
        """Set what credits cost, for orders from now on. Raises AdministratorsOnly, InvalidPrices."""
        checked, now = check_prices(changed), self._clock.now()
        await self._database.write(lambda tx: self._put(tx, admin, PRICES, asdict(checked), now))
        return checked

    async def set_billing(self, actor: Actor, changed: Billing) -> Billing:
        """Say whom the account's invoices are for, from now on. Raises the refusals of `check_billing`."""
        checked, now = check_billing(changed), self._clock.now()
        mine = update(account).where(account.c.id == actor.account_id)
        kept = json.dumps(asdict(checked), ensure_ascii=False)

        def work(tx: Connection) -> None:
            tx.execute(mine.values(billing=kept))
            record(tx, actor, now, AuditAction.BILLING_CHANGED, checked.name)

        await self._database.write(work)
        return checked

    def _put(self, tx: Connection, admin: Actor | None, name: str, values: dict[str, Any], at: datetime) -> None:
        require_administrator(tx, admin)
        put_setting(tx, name, json.dumps(values, ensure_ascii=False))
        if admin is not None:
            record(tx, admin, at, AuditAction.SETTINGS_CHANGED, name)
