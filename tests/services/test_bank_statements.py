import asyncio
import gzip
import io
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from smstui.formats import explain
from smstui.services.audit import AuditAction
from smstui.services.backend import Backend
from smstui.services.bank_statements import Preview
from smstui.services.camt import (
    Aside,
    NotAStatement,
    StatementNotFound,
    StatementTooBig,
    UnsafeStatement,
    _Bounded,
    read_statement,
)
from smstui.services.company import NoBankDetails
from smstui.services.orders import Method, Order, OrderState
from smstui.services.platform_settings import AdministratorsOnly
from tests.payments_support import BANK, Payment, open_shop, statement, written
from tests.support import run_together

each_database = pytest.mark.each_database
AMOUNT = "72.00"
"""Of an order of 1,000 credits."""


@pytest.fixture
async def shop(backend: Backend) -> Backend:
    await open_shop(backend)
    return backend


async def _order(backend: Backend, actor: Actor, amount: int = 1_000) -> Order:
    return await backend.orders.order(actor, amount, Method.TRANSFER)


async def _preview(backend: Backend, folder: Path, *payments: Payment, **how: object) -> Preview:
    return await backend.bank_statements.preview(None, written(folder, statement(*payments, **how)))  # type: ignore[arg-type]


def _reasons(preview: Preview) -> list[Aside]:
    return [each.reason for each in preview.leftovers]


@each_database
@pytest.mark.parametrize("version", [2, 4, 6, 8, 13])
@pytest.mark.parametrize("prefix", ["", "n"])
async def test_each_version_pays_the_order_that_it_names(
    shop: Backend, actor: Actor, admin: Actor, tmp_path: Path, version: int, prefix: str
) -> None:
    order = await _order(shop, actor)
    payment = Payment(AMOUNT, f"Facture {order.reference} merci", payer="Dupont &amp; Fils", reference="B1")
    preview = await _preview(shop, tmp_path, payment, version=version, prefix=prefix)
    (match,) = preview.matches
    assert (match.order, match.login, match.entry.payer) == (order, "shop", "Dupont & Fils")
    assert (match.entry.amount, match.entry.booked_on) == (72_00, date(2026, 11, 23))
    assert (await shop.orders.get(actor, order.reference)).state is OrderState.PENDING
    applied = await shop.bank_statements.apply(admin, preview)
    assert (len(applied.paid), applied.skipped) == (1, ())
    paid = await shop.orders.get(actor, order.reference)
    assert (paid.state, paid.confirmed_by) == (OrderState.PAID, admin.account_id)
    assert await shop.credits.available(actor) == Credits.of(1_100)
    (entry,) = await shop.audit.list(actor)
    assert (entry.action, entry.subject) == (AuditAction.BANK_STATEMENT_APPLIED, f"{order.reference}: boss")


@each_database
async def test_the_same_statement_twice_pays_once(shop: Backend, actor: Actor, tmp_path: Path) -> None:
    order = await _order(shop, actor)
    payment = Payment(AMOUNT, order.reference, reference="B1")
    before = await _preview(shop, tmp_path, payment)
    await shop.bank_statements.apply(None, before)
    again = await _preview(shop, tmp_path, Payment(reference="B0"), payment, version=8)
    assert _reasons(again) == [Aside.UNKNOWN, Aside.APPLIED]
    late = await shop.bank_statements.apply(None, before)
    assert (late.paid, [each.reason for each in late.skipped]) == ((), [Aside.APPLIED])
    assert await shop.credits.available(actor) == Credits.of(1_100)


@each_database
async def test_several_processes_apply_a_statement_at_once(
    shop: Backend, actor: Actor, tmp_path: Path, database_url: str
) -> None:
    placed = [await _order(shop, actor) for _ in range(5)]
    payments = [Payment(AMOUNT, order.reference, reference=order.reference) for order in placed]
    path = written(tmp_path, statement(*payments))
    program = f"""
import asyncio
from pathlib import Path
from smstui.domain.clock import SystemClock
from smstui.services.bank_statements import BankStatements
from smstui.storage.database import Database
async def main():
    database = await Database.open({database_url!r})
    statements = BankStatements(database, SystemClock())
    applied = await statements.apply(None, await statements.preview(None, Path({str(path)!r})))
    await database.close()
    print(len(applied.paid))
asyncio.run(main())
"""
    outputs = await asyncio.to_thread(run_together, [program] * 3)
    assert sum(map(int, outputs)) == 5
    assert await shop.credits.available(actor) == Credits.of(5_100)


@each_database
async def test_only_what_is_chosen_is_applied(shop: Backend, actor: Actor, tmp_path: Path) -> None:
    first, second = [await _order(shop, actor) for _ in range(2)]
    preview = await _preview(shop, tmp_path, *(Payment(AMOUNT, each.reference) for each in (first, second)))
    assert [match.order.reference for match in preview.matches] == [first.reference, second.reference]
    applied = await shop.bank_statements.apply(None, preview, {preview.matches[1].entry.fingerprint, "else"})
    assert [match.order.reference for match in applied.paid] == [second.reference]
    states = [(await shop.orders.get(actor, each.reference)).state for each in (first, second)]
    assert states == [OrderState.PENDING, OrderState.PAID]


@each_database
async def test_another_amount_is_shown_and_never_applied(shop: Backend, actor: Actor, tmp_path: Path) -> None:
    order = await _order(shop, actor)
    preview = await _preview(shop, tmp_path, Payment("71.99", order.reference), Payment("7200", order.reference))
    assert preview.matches == ()
    assert [match.entry.amount for match in preview.differing] == [71_99, 7200_00]
    every = {match.entry.fingerprint for match in preview.differing}
    assert (await shop.bank_statements.apply(None, preview, every)).paid == ()
    assert (await shop.orders.get(actor, order.reference)).state is OrderState.PENDING


async def test_what_pays_nothing_is_left_with_its_reason(shop: Backend, actor: Actor, tmp_path: Path) -> None:
    order = await _order(shop, actor)
    good = Payment(AMOUNT, order.reference)
    entries = {
        Aside.DEBIT: replace(good, direction="DBIT"),
        Aside.UNBOOKED: replace(good, status="PDNG"),
        Aside.REVERSED: replace(good, more="<RvslInd>true</RvslInd>"),
        Aside.CURRENCY: replace(good, currency="USD"),
        Aside.UNKNOWN: replace(good, text="SMS-0000-0000 bonjour"),
        Aside.UNCLEAR: replace(good, amount="72.001"),
    }
    more = [replace(good, amount=wrong) for wrong in ("", "-72.00", "7,2", "NaN", "1e3", "0", "9" * 40, "٧٢")]
    undated = replace(good, day="yesterday")
    preview = await _preview(shop, tmp_path, *entries.values(), *more, undated, version=8)
    assert _reasons(preview) == [*entries, *[Aside.UNCLEAR] * (len(more) + 1)]
    assert (preview.matches, preview.differing) == ((), ())


async def test_money_on_another_account_pays_nothing(shop: Backend, actor: Actor, tmp_path: Path) -> None:
    order = await _order(shop, actor)
    payment = Payment(AMOUNT, order.reference)
    assert _reasons(await _preview(shop, tmp_path, payment, iban="DE89370400440532013000")) == [Aside.OTHER_ACCOUNT]
    assert _reasons(await _preview(shop, tmp_path, payment, iban="")) == [Aside.OTHER_ACCOUNT]
    national = statement(payment, iban=BANK.iban).replace("<IBAN>FR76", "<Othr><Id>").replace("</IBAN>", "</Id></Othr>")
    preview = await shop.bank_statements.preview(None, written(tmp_path, national))
    assert len(preview.matches) == 1


async def test_a_second_payment_of_an_order_is_one_too_many(shop: Backend, actor: Actor, tmp_path: Path) -> None:
    order = await _order(shop, actor)
    twice = [Payment(AMOUNT, order.reference) for _ in range(2)]
    preview = await _preview(shop, tmp_path, *twice)
    assert (len(preview.matches), _reasons(preview)) == (1, [Aside.PAID])
    await shop.bank_statements.apply(None, preview)
    assert _reasons(await _preview(shop, tmp_path, *twice)) == [Aside.APPLIED, Aside.PAID]


async def test_an_order_that_was_paid_meanwhile_is_not_paid_again(shop: Backend, actor: Actor, tmp_path: Path) -> None:
    order = await _order(shop, actor)
    preview = await _preview(shop, tmp_path, Payment(AMOUNT, order.reference))
    await shop.orders.confirm(None, order.reference)
    applied = await shop.bank_statements.apply(None, preview)
    assert [each.reason for each in applied.skipped] == [Aside.PAID]
    assert await shop.credits.available(actor) == Credits.of(1_100)


async def test_an_order_that_was_given_up_is_paid_all_the_same(shop: Backend, actor: Actor, tmp_path: Path) -> None:
    order = await _order(shop, actor)
    await shop.orders.cancel(actor, order.reference)
    await shop.bank_statements.apply(None, await _preview(shop, tmp_path, Payment(AMOUNT, order.reference)))
    assert await shop.credits.available(actor) == Credits.of(1_100)
    assert {entry.action for entry in await shop.audit.list(actor)} >= {AuditAction.PAYMENT_AFTER_CLOSE}


async def test_the_reference_may_stand_wherever_banks_put_it(shop: Backend, actor: Actor, tmp_path: Path) -> None:
    placed = [await _order(shop, actor) for _ in range(5)]
    one, two, three, four, five = (order.reference for order in placed)
    payments = [
        Payment(AMOUNT, end_to_end=one.replace("-", "")),
        Payment(AMOUNT, structured=two.lower()),
        Payment(AMOUNT, f"pour {three[:8]}|{three[8:]}"),
        Payment(AMOUNT, more=f"<AddtlNtryInf>VIR {four.replace('-', ' ')}</AddtlNtryInf>"),
        Payment(AMOUNT, f"{one} {five}", structured="RF18 5390 0754 7034"),
    ]
    preview = await _preview(shop, tmp_path, *payments)
    assert [match.order.reference for match in preview.matches] == [one, two, three, four, five]


async def test_two_orders_in_one_text_are_told_apart_by_the_amount_or_not_at_all(
    shop: Backend, actor: Actor, tmp_path: Path
) -> None:
    small, large, alike = [await _order(shop, actor, amount) for amount in (1_000, 5_000, 1_000)]
    both = f"{large.reference} {small.reference}"
    preview = await _preview(
        shop, tmp_path, Payment(AMOUNT, f"{small.reference} {alike.reference}"), Payment("330.00", both)
    )
    assert _reasons(preview) == [Aside.SEVERAL]
    assert [match.order.reference for match in preview.matches] == [large.reference]


async def test_a_batch_is_read_payment_by_payment(shop: Backend, actor: Actor, tmp_path: Path) -> None:
    placed = [await _order(shop, actor) for _ in range(2)]
    for version in (2, 8):
        parts = [Payment(AMOUNT, order.reference, payer=f"P{place}") for place, order in enumerate(placed)]
        preview = await _preview(shop, tmp_path, Payment("144.00", parts=parts), version=version)
        assert [match.entry.payer for match in preview.matches] == ["P0", "P1"]
        wrong = await _preview(shop, tmp_path, Payment("150.00", parts=parts), version=version)
        assert _reasons(wrong) == [Aside.UNCLEAR]


async def test_equal_payments_without_a_reference_of_the_bank_stay_apart(
    shop: Backend, actor: Actor, tmp_path: Path
) -> None:
    first, second = [await _order(shop, actor) for _ in range(2)]
    for order in (first, second):
        preview = await _preview(shop, tmp_path, Payment(AMOUNT, order.reference, reference="NONREF"))
        assert len((await shop.bank_statements.apply(None, preview)).paid) == 1


async def test_foreign_texts_are_kept_as_data(shop: Backend, actor: Actor, tmp_path: Path) -> None:
    order = await _order(shop, actor)
    text = f"[bold]{order.reference}[/] \u202e " + "x" * 5_000
    preview = await _preview(shop, tmp_path, Payment(AMOUNT, text, payer="[@click=app.quit]x"))
    await shop.bank_statements.apply(None, preview)
    (match,) = preview.matches
    assert match.entry.remittance == text[:1_000]
    assert match.entry.payer == "[@click=app.quit]x"


async def test_administrators_only_and_with_bank_details(
    backend: Backend, actor: Actor, admin: Actor, tmp_path: Path
) -> None:
    path = written(tmp_path, statement())
    with pytest.raises(NoBankDetails):
        await backend.bank_statements.preview(admin, path)
    await backend.company.set_bank(admin, BANK)
    preview = await backend.bank_statements.preview(admin, path)
    assert preview == Preview((), (), ())
    for call in (backend.bank_statements.preview(actor, path), backend.bank_statements.apply(actor, preview)):
        with pytest.raises(AdministratorsOnly):
            await call


async def test_a_reading_is_told_and_ends_with_whoever_waits_for_it(shop: Backend, tmp_path: Path) -> None:
    path = written(tmp_path, statement(*[Payment(text="x" * 500) for _ in range(500)]))
    size, told = path.stat().st_size, list[tuple[int, int]]()
    await shop.bank_statements.preview(None, path, lambda done, of: told.append((done, of)))
    assert told == sorted(told)
    assert len(told) > 3
    assert told[-1] == (size, size)

    begun, go_on, calls = asyncio.Event(), threading.Event(), list[int]()
    loop, threads = asyncio.get_running_loop(), ThreadPoolExecutor(1)
    loop.set_default_executor(threads)

    def hold(done: int, _of: int) -> None:
        calls.append(done)
        loop.call_soon_threadsafe(begun.set)
        go_on.wait(30)

    reading = asyncio.create_task(shop.bank_statements.preview(None, path, hold))
    await begun.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    go_on.set()
    loop.set_default_executor(ThreadPoolExecutor(1))
    await asyncio.to_thread(threads.shutdown)
    assert len(calls) == 1


async def test_applying_is_told(shop: Backend, actor: Actor, tmp_path: Path) -> None:
    placed = [await _order(shop, actor) for _ in range(3)]
    preview = await _preview(shop, tmp_path, *(Payment(AMOUNT, each.reference) for each in placed))
    told: list[tuple[int, int]] = []
    await shop.bank_statements.apply(None, preview, progress=lambda done, of: told.append((done, of)))
    assert told == [(0, 3), (1, 3), (2, 3)]


LAUGHS = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 20))
HOSTILE: dict[str, tuple[str | bytes, type[Refusal]]] = {
    "laughs": (f'<?xml version="1.0"?><!DOCTYPE Document [<!ENTITY l0 "ha">{LAUGHS}]><Document>&l19;</Document>',
               UnsafeStatement),
    "outside": ('<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>', UnsafeStatement),
    "dtd": ('<!DOCTYPE Document SYSTEM "http://127.0.0.1:1/x.dtd"><Document/>', UnsafeStatement),
    "parameter": ('<!DOCTYPE d [<!ENTITY % p "<!ENTITY q \'x\'>"> %p;]><d/>', UnsafeStatement),
    "plain": ("not xml", NotAStatement),
    "empty": ("", NotAStatement),
    "cut": (statement(Payment())[:-40], NotAStatement),
    "more": (statement(Payment()) + "<x/>", NotAStatement),
    "undefined": (statement(Payment(text="&hallo;")), NotAStatement),
    "other": ("<Document><BkToCstmrAcctRpt/></Document>", NotAStatement),
    "encoding": (b'<?xml version="1.0" encoding="klingon"?><Document/>', NotAStatement),
    "multibyte": (b'<?xml version="1.0" encoding="utf-7"?><Document/>', NotAStatement),
    "octets": (b"\xff\xfe\x00\xd8" * 100, NotAStatement),
    "zip": (gzip.compress(statement(Payment()).encode()), NotAStatement),
    "deep": ("<a>" * 100_000, NotAStatement),
    "wide": (f"<Document><BkToCstmrStmt><Stmt><Ntry>{'<a/>' * 200_000}</Ntry></Stmt></BkToCstmrStmt></Document>",
             NotAStatement),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    text, refusal = HOSTILE[name]
    tracemalloc.start()
    with pytest.raises(refusal) as refused:
        read_statement(written(tmp_path, text))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert explain(refused.value).endswith((".", "format."))
    assert peak < 100_000_000


def test_a_statement_within_an_entry_is_a_part_of_it(tmp_path: Path) -> None:
    inner = "<Stmt><Acct><Id><IBAN>X</IBAN></Id></Acct><Ntry><Amt>1</Amt></Ntry></Stmt>"
    path = written(tmp_path, statement(Payment(AMOUNT, more=inner), Payment("1.00")))
    assert [(entry.account, entry.amount) for entry in read_statement(path)] == [(BANK.iban, 72_00), (BANK.iban, 1_00)]


@pytest.mark.parametrize("size", [100_000_000, 20_000_001])
def test_a_hundred_megabytes_are_refused_before_they_are_read(tmp_path: Path, size: int) -> None:
    path = written(tmp_path, statement(Payment()).partition("<Ntry>")[0])
    with path.open("r+b") as file:
        file.truncate(size)
    tracemalloc.start()
    with pytest.raises(StatementTooBig) as refused:
        read_statement(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000
    assert "20 MB" in explain(refused.value)


def test_a_file_that_hides_its_size_is_refused_while_it_is_read() -> None:
    octets = _Bounded(io.BytesIO(b" " * 20_000_001))
    assert len(octets.read(20_000_000)) == 20_000_000
    with pytest.raises(StatementTooBig):
        octets.read(1)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere.xml", Path("/dev/zero")):
        with pytest.raises(StatementNotFound):
            read_statement(path)


def test_a_long_statement_is_never_whole_in_memory(tmp_path: Path) -> None:
    entries = statement(*[Payment(text="x" * 500, end_to_end=str(place)) for place in range(5_000)])
    short, long = written(tmp_path, entries[: len(entries) // 5], "short.xml"), written(tmp_path, entries)
    assert len(read_statement(long)) == 5_000
    with pytest.raises(NotAStatement):
        read_statement(short)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=200))
def test_whatever_a_payer_writes_is_read_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    clean = "".join(each for each in text if each not in "\ufffe\uffff|")
    path = written(tmp_path_factory.mktemp("s"), statement(Payment(text=escape(clean))))
    (entry,) = read_statement(path)
    assert entry.remittance == clean.strip()


@given(st.binary(max_size=400), st.integers(0, 1_000))
def test_damage_anywhere_is_refused_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, octets: bytes, place: int
) -> None:
    good = statement(Payment(AMOUNT, "SMS-7K3M-9Q2T")).encode()
    place %= len(good)
    path = written(tmp_path_factory.mktemp("s"), good[:place] + octets + good[place + len(octets) :])
    try:
        entries = read_statement(path)
    except Refusal:
        return
    assert all(entry.amount >= 0 for entry in entries)
