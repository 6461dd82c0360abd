import asyncio
import stat
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from smstui.domain.actor import Actor
from smstui.domain.company import Billing
from smstui.domain.packs import PriceList, PriceStep
from smstui.services import orders
from smstui.services.backend import Backend
from smstui.services.documents.document import Document, InvoiceKind
from smstui.services.documents.pdf import invoice_pdf
from smstui.services.exporting.refusals import FileThere
from smstui.services.invoices import NoCompany, UnknownInvoice
from smstui.services.orders import Method, Order
from smstui.services.platform_settings import AdministratorsOnly
from smstui.storage.database import Database
from tests.payments_support import BANK, COMPANY, open_shop
from tests.pdf_text import pdf_text
from tests.support import START, FakeClock, run_together

each_database = pytest.mark.each_database
BUYER = Billing("Boutique & Cie", ("2 place du Marché", "69002 Lyon"), "FR40303265045", "303265045")


@pytest.fixture(autouse=True)
async def _open(backend: Backend) -> None:
    await open_shop(backend)


async def _order(backend: Backend, actor: Actor, amount: int = 1_000) -> Order:
    return await backend.orders.order(actor, amount, Method.TRANSFER)


async def _paid(backend: Backend, actor: Actor, amount: int = 1_000) -> Order:
    return await backend.orders.confirm(None, (await _order(backend, actor, amount)).reference)


async def _refund(backend: Backend, order: Order, cents: int) -> None:
    await backend.database.write(lambda tx: orders.take_back(tx, order.id, cents, backend.clock.now()))


async def _numbers(backend: Backend, actor: Actor) -> list[str]:
    return [one.number for one in reversed(await backend.invoices.list(actor))]


@each_database
async def test_numbers_follow_one_another_over_all_accounts(backend: Backend, actor: Actor, other: Actor) -> None:
    first = await _paid(backend, actor)
    await _paid(backend, other)
    await _refund(backend, first, first.total)
    await _paid(backend, actor)
    assert await _numbers(backend, actor) == ["F-2026-00001", "A-2026-00001", "F-2026-00003"]
    assert await _numbers(backend, other) == ["F-2026-00002"]


@each_database
async def test_each_year_begins_anew_at_midnight_in_paris(backend: Backend, actor: Actor, clock: FakeClock) -> None:
    await _paid(backend, actor)
    clock.advance(datetime(2026, 12, 31, 22, 59, tzinfo=UTC) - clock.now())
    await _paid(backend, actor)
    clock.advance(timedelta(minutes=1))
    await _paid(backend, actor)
    assert await _numbers(backend, actor) == ["F-2026-00001", "F-2026-00002", "F-2027-00001"]


@each_database
async def test_a_payment_that_comes_to_nothing_leaves_no_gap(backend: Backend, actor: Actor) -> None:
    order = await _order(backend, actor)

    def work(tx: Connection) -> None:
        orders.settle(tx, order.id, START)
        raise RuntimeError

    for _ in range(3):
        with pytest.raises(RuntimeError):
            await backend.database.write(work)
    await _paid(backend, actor)
    assert await _numbers(backend, actor) == ["F-2026-00001"]


@each_database
async def test_there_are_no_gaps_with_many_programs_at_once(
    backend: Backend, actor: Actor, other: Actor, database_url: str
) -> None:
    placed = [await _order(backend, each) for each in (actor, other) for _ in range(16)]
    ids = [order.id for order in placed]
    program = f"""
import asyncio, contextlib
from smstui.services.orders import settle, take_back
from smstui.storage.database import Database
from tests.support import START
async def main():
    database = await Database.open({database_url!r})
    async def pay(order_id):
        def work(tx):
            settle(tx, order_id, START)
            if order_id % 3 == 0:
                raise LookupError
            take_back(tx, order_id, 100, START)
        with contextlib.suppress(LookupError):
            await database.write(work)
    await asyncio.gather(*map(pay, {ids!r}))
    await database.close()
asyncio.run(main())
"""
    await asyncio.to_thread(run_together, [program] * 3)
    invoices = [*await backend.invoices.list(actor), *await backend.invoices.list(other)]
    for letter in "FA":
        numbers = sorted(one.number for one in invoices if one.number.startswith(letter))
        kept = sum(order_id % 3 != 0 for order_id in ids) * (1 if letter == "F" else 3)
        assert numbers == [f"{letter}-2026-{number:05}" for number in range(1, kept + 1)]


@each_database
async def test_sessions_of_one_program_leave_no_gap(backend: Backend, actor: Actor, database_url: str) -> None:
    placed = [await _order(backend, actor) for _ in range(20)]
    async for sessions in _sessions(database_url, 5):
        await asyncio.gather(
            *(
                session.write(lambda tx, order=order: orders.settle(tx, order.id, START))
                for order in placed
                for session in sessions
            )
        )
    assert await _numbers(backend, actor) == [f"F-2026-{number:05}" for number in range(1, 21)]


async def _sessions(url: str, count: int) -> AsyncIterator[list[Database]]:
    sessions = [await Database.open(url) for _ in range(count)]
    yield sessions
    await asyncio.gather(*(session.close() for session in sessions))


@each_database
async def test_an_invoice_never_changes(backend: Backend, actor: Actor) -> None:
    await backend.company.set_billing(actor, BUYER)
    order = await _paid(backend, actor)
    before = await backend.invoices.get(actor, "f-2026-00001")
    await backend.company.set_billing(actor, replace(BUYER, name="Autre"))
    await backend.company.set_company(None, replace(COMPANY, name="Autre"))
    await backend.company.set_prices(None, PriceList((), (PriceStep(100, 1),), 0))
    after = await backend.invoices.get(actor, "F-2026-00001")
    assert before == after
    document = after.document
    assert (document.seller, document.buyer) == (COMPANY, BUYER)
    assert (document.net, document.vat, document.vat_rate, document.order_reference) == (
        60_00, 12_00, 2000, order.reference,
    )  # fmt: skip
    assert Document.from_json(document.to_json()) == document


@each_database
async def test_the_invoices_of_another_account_are_not_there(backend: Backend, actor: Actor, other: Actor) -> None:
    order = await _paid(backend, actor)
    for number in ("F-2026-00001", order.reference, "A-2026-00001", "F-2026-1", "", "F-2026-99999999999999999999"):
        with pytest.raises(UnknownInvoice):
            await backend.invoices.pdf(other, number)


@each_database
async def test_the_invoice_of_an_order(backend: Backend, actor: Actor, other: Actor) -> None:
    await _paid(backend, other)
    awaited, order = await _order(backend, actor), await _paid(backend, actor)
    await _refund(backend, order, 36_00)
    of_order = backend.invoices.of_order
    invoice = await of_order(actor, order.reference)
    assert invoice == await backend.invoices.get(actor, "F-2026-00002")
    assert [await of_order(actor, awaited.reference), await of_order(other, order.reference)] == [None, None]


@each_database
async def test_invoices_wait_for_who_sells(backend: Backend, actor: Actor, other: Actor, clock: FakeClock) -> None:
    await backend.database.write(lambda tx: tx.exec_driver_sql("DELETE FROM platform_setting WHERE name = 'company'"))
    first = await _paid(backend, actor)
    clock.advance(60)
    await _paid(backend, other)
    await _refund(backend, first, 12_00)
    waiting = await _order(backend, actor)
    assert await backend.invoices.list(actor) == ()
    with pytest.raises(NoCompany):
        await backend.invoices.pdf(actor, waiting.reference)
    with pytest.raises(AdministratorsOnly):
        await backend.company.set_company(actor, COMPANY)
    clock.advance(60)
    for _ in range(2):
        await backend.company.set_company(None, COMPANY)
    assert await _numbers(backend, actor) == ["F-2026-00001", "A-2026-00001"]
    assert await _numbers(backend, other) == ["F-2026-00002"]
    assert (await backend.invoices.list(actor))[0].document.total == 12_00
    assert "Proforma invoice" in pdf_text(await backend.invoices.pdf(actor, waiting.reference))


async def test_a_pdf_says_all_that_the_law_asks(backend: Backend, actor: Actor) -> None:
    await backend.company.set_billing(actor, BUYER)
    order = await _paid(backend, actor, 2_000)
    octets = await backend.invoices.pdf(actor, "F-2026-00001", "en")
    assert octets.count(b"/Type /Page\n") == 1
    text = pdf_text(octets).replace("\n", " ")
    for mention in (
        "Invoice F-2026-00001", "Date of issue: November 22, 2026", f"Order {order.reference} of November 22, 2026",
        COMPANY.name, *COMPANY.address, COMPANY.legal, "SIRET 73282932000074", "VAT number: FR44732829320",
        BUYER.name, *BUYER.address, "SIREN 303265045", "VAT number: FR40303265045",
        "SMS credits 2,000 €0.061 20% €122.00", "Total without VAT €122.00", "VAT 20% €24.40", "Total with VAT €146.40",
        "Due and paid on November 22, 2026 by bank transfer", "No discount for early payment", "penalties at",
        "indemnity of €40", "supply of services",
    ):  # fmt: skip
        assert mention in text
    assert "293 B" not in text


async def test_a_french_account_reads_french(backend: Backend, actor: Actor) -> None:
    await _paid(backend, actor, 2_000)
    french = pdf_text(await backend.invoices.pdf(replace(actor, language="fr"), "F-2026-00001")).replace("\n", " ")
    for mention in ("22 novembre 2026", "0,061\u202f€", "20\u202f%", "122,00\u202f€", "146,40\u202f€"):
        assert mention in french
    for mention in ("Facture F-2026-00001", "Total HT", "TVA", "Total TTC", "indemnité forfaitaire", "escompte", "40"):
        assert mention in french


async def test_a_credit_note_names_its_invoice(backend: Backend, actor: Actor) -> None:
    order = await _paid(backend, actor)
    await _refund(backend, order, 36_00)
    text = pdf_text(await backend.invoices.pdf(actor, "A-2026-00001", "en")).replace("\n", " ")
    for mention in ("Credit note A-2026-00001", "About the invoice F-2026-00001", "500", "€30.00", "€6.00", "€36.00"):
        assert mention in text


async def test_without_vat_its_exemption_is_named(backend: Backend, actor: Actor) -> None:
    await backend.company.set_prices(None, PriceList((), (PriceStep(100, 600),), 0))
    await backend.company.set_company(None, replace(COMPANY, vat_number=""))
    await _paid(backend, actor)
    text = pdf_text(await backend.invoices.pdf(actor, "F-2026-00001", "en"))
    assert "article 293 B" in text
    assert "VAT number" not in text


async def test_a_proforma_has_no_number_of_its_own_and_is_not_kept(backend: Backend, actor: Actor) -> None:
    order = await _order(backend, actor)
    text = pdf_text(await backend.invoices.pdf(actor, order.reference.lower(), "en"))
    assert f"Proforma invoice {order.reference}" in text
    assert "is no invoice" in text
    assert await backend.invoices.list(actor) == ()
    await _paid(backend, actor)
    assert await _numbers(backend, actor) == ["F-2026-00001"]


async def test_foreign_names_are_text_on_the_page(backend: Backend, actor: Actor) -> None:
    name = "**Fat** __x__ \\( ) 店 \u202e<b>"
    await backend.company.set_billing(actor, replace(BUYER, name=name, address=("W" * 100,) * 6))
    await _paid(backend, actor)
    octets = await backend.invoices.pdf(actor, "F-2026-00001")
    assert "**Fat** __x__ \\( ) \ufffd ‹U+202E›<b>" in pdf_text(octets)
    assert octets == await backend.invoices.pdf(actor, "F-2026-00001")


async def test_an_invoice_is_saved_whole_and_replaces_nothing_unasked(
    backend: Backend, actor: Actor, tmp_path: Path
) -> None:
    await _paid(backend, actor)
    path = tmp_path / "F-2026-00001.pdf"
    size = await backend.invoices.save(actor, "F-2026-00001", path, overwrite=False)
    assert path.read_bytes().startswith(b"%PDF-")
    assert path.stat().st_size == size
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileThere):
        await backend.invoices.save(actor, "F-2026-00001", path, overwrite=False)
    assert await backend.invoices.save(actor, "F-2026-00001", path, overwrite=True) == size


async def test_the_loop_goes_on_while_a_pdf_is_made(backend: Backend, actor: Actor) -> None:
    await _paid(backend, actor)
    (one,) = await backend.invoices.list(actor)
    making = asyncio.ensure_future(backend.invoices.pdf(actor, one.number))
    turns = 0
    while not making.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 20
    assert await making == invoice_pdf(one.document, "en")
    assert one.kind is InvoiceKind.INVOICE
    assert (await backend.company.bank()) == BANK
