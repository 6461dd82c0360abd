"""E-mail that leaves by itself: invoices when they are issued, warnings when credits run low."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from smstui.domain.actor import Actor
from smstui.domain.company import Company
from smstui.domain.credits import Credits
from smstui.domain.identity import InvalidEmail
from smstui.formats import explain
from smstui.services.backend import Backend
from smstui.services.credits import Cause, post
from smstui.services.invoice_mail import YOUNG
from smstui.services.invoices import CLAIMED, UnknownInvoice
from smstui.services.low_credit import MOST, InvalidAlert, told
from smstui.services.mail_refusals import MailNotSetUp, MailRecipientRefused
from smstui.services.mail_round import FIRST_PAUSE, LONGEST_PAUSE
from smstui.services.order_upkeep import orders_kept_up
from smstui.services.orders import Method, OrderState
from smstui.storage.database import Database
from smstui.storage.tables import account, invoice
from tests.conftest import NewAccountFixture
from tests.mail_house import MailHouse, attached, text_of
from tests.payments_support import COMPANY, open_shop
from tests.pdf_text import pdf_text
from tests.support import START, FakeClock

each_database = pytest.mark.each_database
FIRST = "F-2026-00001"


@pytest.fixture
async def house() -> AsyncIterator[MailHouse]:
    async with MailHouse().running() as house:
        yield house


@pytest.fixture
async def mailing(database: Database, clock: FakeClock, house: MailHouse) -> Backend:
    """Services that can send e-mail, on a platform that says who sells."""
    backend = Backend(database, clock, smtp=house.access(security="none", timeout=2.0))
    await open_shop(backend)
    return backend


async def _paid(backend: Backend, actor: Actor) -> str:
    """The reference of an order that was paid: its invoice is issued."""
    order = await backend.orders.order(actor, 1_000, Method.TRANSFER)
    return (await backend.orders.confirm(None, order.reference)).reference


async def _post(backend: Backend, actor: Actor, amount: int, reference: str) -> None:
    at = backend.clock.now()
    await backend.database.write(lambda tx: post(tx, actor.account_id, Credits.of(amount), Cause.ADMIN, reference, at))


# Invoices that a person sends


@each_database
async def test_an_invoice_is_sent_as_pdf_in_the_accounts_language(
    mailing: Backend, actor: Actor, house: MailHouse
) -> None:
    reference = await _paid(mailing, actor)
    assert (await mailing.invoices.get(actor, FIRST)).mailed_at is None
    assert await mailing.invoice_mail.send(actor, FIRST.lower()) == "shop@example.com"
    await mailing.invoice_mail.send(replace(actor, language="fr"), FIRST, " compta@example.com ")
    english, french = house.received
    assert house.recipients == ["shop@example.com", "compta@example.com"]
    assert english["Subject"] == f"Invoice {FIRST} – {COMPANY.name}"
    assert reference in text_of(english)
    assert f"Facture {FIRST}" in french["Subject"]
    for message, words in ((english, "Total with VAT"), (french, "Total TTC")):
        ((name, octets),) = attached(message).items()
        assert name == f"{FIRST}.pdf"
        assert words in pdf_text(octets)
    assert (await mailing.invoices.get(actor, FIRST)).mailed_at == START


async def test_nobody_sends_the_invoices_of_another(mailing: Backend, actor: Actor, other: Actor) -> None:
    reference = await _paid(mailing, actor)
    for number in (FIRST, reference):
        with pytest.raises(UnknownInvoice):
            await mailing.invoice_mail.send(other, number, "rival@example.com")


async def test_what_was_not_sent_is_not_kept_as_sent(mailing: Backend, actor: Actor, house: MailHouse) -> None:
    await _paid(mailing, actor)
    house.refused["shop@example.com"] = "550 no"
    with pytest.raises(MailRecipientRefused):
        await mailing.invoice_mail.send(actor, FIRST)
    with pytest.raises(InvalidEmail):
        await mailing.invoice_mail.send(actor, FIRST, "a@example.com, b@example.com")
    assert (await mailing.invoices.get(actor, FIRST)).mailed_at is None


async def test_without_a_server_it_is_said_first(backend: Backend, actor: Actor) -> None:
    with pytest.raises(MailNotSetUp):
        await backend.invoice_mail.send(actor, "F-1")


async def test_a_name_of_several_lines_stays_one_subject(mailing: Backend, actor: Actor, house: MailHouse) -> None:
    odd = Company("Envoi\u2028SAS \u202e", COMPANY.address, COMPANY.siret, COMPANY.vat_number, COMPANY.email)
    await mailing.company.set_company(None, odd)
    await _paid(mailing, actor)
    await mailing.invoice_mail.send(actor, FIRST)
    assert house.received[0]["Subject"].endswith("Envoi SAS ‹U+202E›")


# Invoices that leave by themselves


@each_database
async def test_each_invoice_leaves_once(mailing: Backend, actor: Actor, other: Actor, house: MailHouse) -> None:
    for each in (actor, other):
        await _paid(mailing, each)
    for _ in range(3):
        await mailing.mail_round.run()
    assert sorted(house.recipients) == ["rival@example.com", "shop@example.com"]
    assert house.connections == 1
    assert (await mailing.invoices.get(actor, FIRST)).mailed_at == START


@each_database
async def test_many_processes_send_it_once(
    mailing: Backend, actor: Actor, house: MailHouse, database_url: str, clock: FakeClock
) -> None:
    for _ in range(4):
        await _paid(mailing, actor)
    await mailing.low_credit.set(actor, Credits.of(10_000))
    databases = [await Database.open(database_url) for _ in range(5)]
    try:
        backends = [Backend(each, clock, smtp=house.access(security="none")) for each in databases]
        await asyncio.gather(*(each.mail_round.run() for each in backends))
        await mailing.mail_round.run()
    finally:
        await asyncio.gather(*(each.close() for each in databases))
    assert len(house.received) == 5
    assert len({message["Subject"] for message in house.received}) == 5


@each_database
async def test_those_from_before_the_server_stay(
    backend: Backend, mailing: Backend, actor: Actor, house: MailHouse, clock: FakeClock
) -> None:
    await _paid(backend, actor)
    await backend.mail_round.run()
    clock.advance(YOUNG + timedelta(seconds=1))
    await _paid(backend, actor)
    await mailing.mail_round.run()
    assert [list(attached(each)) for each in house.received] == [["F-2026-00002.pdf"]]


@each_database
async def test_one_that_a_person_has_sent_does_not_leave_again(
    mailing: Backend, actor: Actor, house: MailHouse
) -> None:
    await _paid(mailing, actor)
    await mailing.invoice_mail.send(actor, FIRST, "compta@example.com")
    await mailing.mail_round.run()
    assert house.recipients == ["compta@example.com"]


@each_database
async def test_who_is_killed_in_between_leaves_it_unsent_for_good(
    mailing: Backend, actor: Actor, house: MailHouse, database: Database
) -> None:
    await _paid(mailing, actor)
    (due,) = await mailing.invoice_mail.due()
    assert await due.claim() is not None
    assert await due.claim() is None
    await mailing.mail_round.run()
    assert house.received == []
    assert (await mailing.invoices.get(actor, FIRST)).mailed_at is None
    await mailing.invoice_mail.send(actor, FIRST)
    assert (await mailing.invoices.get(actor, FIRST)).mailed_at == START


@each_database
async def test_an_address_that_is_refused_keeps_no_other_from_leaving(
    mailing: Backend, actor: Actor, other: Actor, house: MailHouse, clock: FakeClock
) -> None:
    house.refused["shop@example.com"] = "550 no"
    for each in (actor, other):
        await _paid(mailing, each)
    await mailing.mail_round.run()
    assert house.recipients == ["rival@example.com"]
    house.refused.clear()
    await mailing.mail_round.run()
    assert house.recipients == ["rival@example.com"]
    clock.advance(FIRST_PAUSE)
    await mailing.mail_round.run()
    assert house.recipients == ["rival@example.com", "shop@example.com"]


async def test_a_server_that_fails_is_asked_less_and_less_often(
    mailing: Backend, actor: Actor, house: MailHouse, clock: FakeClock
) -> None:
    await _paid(mailing, actor)
    house.silent_at = ""
    house.hangs_up_at = "EHLO"
    asked = []
    for minute in range(1300):
        before = house.connections
        await mailing.mail_round.run()
        if house.connections > before:
            asked.append(minute)
        clock.advance(60)
    assert asked[:5] == [0, 1, 3, 7, 15]
    assert asked[-1] - asked[-2] == LONGEST_PAUSE / 60
    house.hangs_up_at = ""
    clock.advance(LONGEST_PAUSE)
    await mailing.mail_round.run()
    assert house.recipients == ["shop@example.com"]


@each_database
@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
async def test_what_a_server_did_not_take_is_due_again(
    mailing: Backend, actor: Actor, house: MailHouse, clock: FakeClock, command: str
) -> None:
    await _paid(mailing, actor)
    house.hangs_up_at = command
    await mailing.mail_round.run()
    assert house.received == []
    house.hangs_up_at = ""
    clock.advance(FIRST_PAUSE)
    await mailing.mail_round.run()
    assert house.recipients == ["shop@example.com"]


@each_database
async def test_what_a_server_may_have_taken_is_not_sent_again(
    mailing: Backend, actor: Actor, house: MailHouse, clock: FakeClock, database: Database
) -> None:
    await _paid(mailing, actor)
    house.hangs_up_at = "DATA"
    await mailing.mail_round.run()
    house.hangs_up_at = ""
    clock.advance(FIRST_PAUSE)
    await mailing.mail_round.run()
    assert len(house.received) == 1
    kept = await database.read(lambda tx: tx.execute(invoice.select()).one())
    assert kept.mailed_at == CLAIMED


async def test_nothing_due_asks_no_server(mailing: Backend, actor: Actor, house: MailHouse) -> None:
    await mailing.mail_round.run()
    assert house.connections == 0


async def test_a_mail_server_that_hangs_keeps_no_order_open(
    database: Database, clock: FakeClock, actor: Actor, house: MailHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smstui.services.order_upkeep.EVERY", 0.01)
    house.silent_at = "EHLO"
    backend = Backend(database, clock, smtp=house.access(security="none", timeout=600.0))
    await open_shop(backend)
    await _paid(backend, actor)
    old = await backend.orders.order(actor, 500, Method.TRANSFER)
    async with backend.database.watch() as changes, orders_kept_up(backend):
        await house.asked.wait()
        clock.advance(timedelta(days=31))
        while (await backend.orders.get(actor, old.reference)).state is not OrderState.EXPIRED:
            await changes.wait(10)
    assert house.received == []


async def test_rounds_send_what_is_due(mailing: Backend, actor: Actor, house: MailHouse) -> None:
    await _paid(mailing, actor)
    async with mailing.database.watch() as changes, orders_kept_up(mailing):
        while (await mailing.invoices.get(actor, FIRST)).mailed_at is None:
            await changes.wait(10)
    assert house.recipients == ["shop@example.com"]


# Warnings


@each_database
async def test_one_warning_for_each_crossing(
    mailing: Backend, actor: Actor, house: MailHouse, clock: FakeClock
) -> None:
    assert (await mailing.low_credit.get(actor)).threshold is None
    await mailing.low_credit.set(actor, Credits.of(50))
    await mailing.mail_round.run()
    assert house.received == []
    await _post(mailing, actor, -60, "1")
    for _ in range(3):
        await mailing.mail_round.run()
    (message,) = house.received
    assert house.recipients == ["shop@example.com"]
    assert "40" in message["Subject"]
    assert "50" in text_of(message)
    alert = await mailing.low_credit.get(actor)
    assert (alert.is_low, alert.told_at, alert.available) == (True, START, Credits.of(40))
    await _post(mailing, actor, -1, "2")
    await mailing.mail_round.run()
    assert len(house.received) == 1
    await _post(mailing, actor, 11, "3")
    await mailing.mail_round.run()
    alert = await mailing.low_credit.get(actor)
    assert (alert.is_low, alert.told_at) == (False, None)
    await _post(mailing, actor, -1, "4")
    await mailing.mail_round.run()
    assert len(house.received) == 2


@each_database
async def test_a_warning_is_claimed_once(mailing: Backend, actor: Actor, other: Actor) -> None:
    await mailing.low_credit.set(actor, Credits.of(500))
    claims = [await mailing.database.write(lambda tx: told(tx, actor.account_id, START)) for _ in range(3)]
    assert claims == [True, False, False]
    assert not await mailing.database.write(lambda tx: told(tx, other.account_id, START))
    await mailing.low_credit.set(actor, Credits.of(100))
    assert not await mailing.database.write(lambda tx: told(tx, actor.account_id, START))


@each_database
async def test_a_warning_that_did_not_leave_is_due_again(
    mailing: Backend, actor: Actor, house: MailHouse, clock: FakeClock
) -> None:
    await mailing.low_credit.set(actor, Credits.of(500))
    house.refused["shop@example.com"] = "450 later"
    await mailing.mail_round.run()
    assert (await mailing.low_credit.get(actor)).told_at is None
    house.refused.clear()
    clock.advance(FIRST_PAUSE)
    await mailing.mail_round.run()
    assert house.recipients == ["shop@example.com"]


@each_database
async def test_an_alert_is_the_accounts_own_and_can_be_put_out(mailing: Backend, actor: Actor, other: Actor) -> None:
    await mailing.low_credit.set(actor, Credits(500_001))
    assert (await mailing.low_credit.get(actor)).threshold == Credits(500_001)
    assert (await mailing.low_credit.get(other)).threshold is None
    assert len(await mailing.low_credit.due()) == 1
    assert not (await mailing.low_credit.set(actor, None)).is_low
    assert await mailing.low_credit.due() == ()
    for wrong in (Credits(0), Credits(-1), MOST + Credits(1)):
        with pytest.raises(InvalidAlert) as caught:
            await mailing.low_credit.set(actor, wrong)
        assert "1,000,000,000" in explain(caught.value)


@each_database
async def test_a_balance_just_as_high_as_the_alert_is_high_enough(mailing: Backend, actor: Actor) -> None:
    assert not (await mailing.low_credit.set(actor, Credits.of(100))).is_low
    assert (await mailing.low_credit.set(actor, Credits(100_001))).is_low


async def test_a_french_account_is_warned_in_french(
    mailing: Backend, new_account: NewAccountFixture, house: MailHouse, database: Database
) -> None:
    rich = await new_account("riche", balance=1234)
    language = account.update().where(account.c.id == rich.account_id).values(language="fr")
    await database.write(lambda tx: tx.execute(language))
    await mailing.low_credit.set(rich, Credits.of("5000.5"))
    await mailing.mail_round.run()
    assert "1\u202f234" in text_of(house.received[0])
    assert "5\u202f000,5" in text_of(house.received[0])
