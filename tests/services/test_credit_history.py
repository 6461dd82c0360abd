"""The ledger as it is shown: parts of it, the balance after each entry, its course."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import accumulate, count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert

from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.domain.states import CampaignKind
from smstui.services.backend import Backend
from smstui.services.credits import Cause, Entry, HistoryQuery, post
from smstui.storage.tables import campaign, connection, ledger_entry
from tests.support import START, FakeClock

pytestmark = pytest.mark.each_database
HOUR = timedelta(hours=1)
NUMBERS = count()


async def _post(backend: Backend, actor: Actor, amount: int, cause: Cause, reference: str, hours: int = 0) -> None:
    at = START + hours * HOUR
    await backend.database.write(lambda tx: post(tx, actor.account_id, Credits.of(amount), cause, reference, at))


def _campaign(tx: Connection, actor: Actor, campaign_id: int, name: str) -> None:
    if not tx.execute(connection.select()).first():
        tx.execute(
            connection.insert().values(
                id=1, name="c", host="h", port=1, tls=False, system_id="s", password="p", system_type="",
                bind_mode="transceiver", window=1, types="pro", alphabet="gsm7", long_messages="udh", stop_code="36034",
                receipt_id_form="raw", enquire_link_interval=30, response_timeout=30, enabled=True, created_at=START,
            )
        )  # fmt: skip
    tx.execute(
        campaign.insert().values(
            id=campaign_id, account_id=actor.account_id, kind=CampaignKind.CAMPAIGN, name=name, type="pro",
            state="done", connection_id=1, sender="s", text="t", segments=1, price=1000, cost=1000, priority=0,
            recipients=1, created_at=START,
        )
    )  # fmt: skip


@pytest.fixture
async def busy(backend: Backend, actor: Actor, other: Actor) -> Actor:
    """An account with 100 credits, six entries after that, and somebody else's between them."""

    def campaigns(tx: Connection) -> None:
        _campaign(tx, actor, 7, "Black Friday")
        _campaign(tx, other, 8, "Black Sunday")

    await backend.database.write(campaigns)
    await _post(backend, actor, -10, Cause.CAMPAIGN, "7", 1)
    await _post(backend, other, -30, Cause.CAMPAIGN, "8", 1)
    await _post(backend, actor, 4, Cause.REFUND, "7", 2)
    await _post(backend, actor, 500, Cause.PURCHASE, "SMS-7F3K-2Q9A", 24)
    await _post(backend, actor, -200, Cause.REVERSAL, "SMS-7F3K-2Q9A/2400", 48)
    await _post(backend, actor, -5, Cause.CAMPAIGN, "8888", 72)
    await _post(backend, actor, 1, Cause.ADMIN, "7", 73)
    return actor


def _told(entries: Sequence[Entry]) -> list[tuple[int, int]]:
    return [(int(each.amount.decimal), int(each.balance.decimal)) for each in entries]


async def test_each_entry_has_the_balance_after_it(backend: Backend, busy: Actor) -> None:
    found = await backend.credits.history(busy)
    assert _told(found) == [(1, 390), (-5, 389), (-200, 394), (500, 594), (4, 94), (-10, 90), (100, 100)]
    assert found[0].balance == (await backend.credits.balance(busy)).available


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (HistoryQuery(cause=Cause.CAMPAIGN), [(-5, 389), (-10, 90)]),
        (HistoryQuery(since=START + 2 * HOUR), [(1, 390), (-5, 389), (-200, 394), (500, 594), (4, 94)]),
        (HistoryQuery(until=START + 2 * HOUR), [(-10, 90), (100, 100)]),
        (HistoryQuery(since=START + 3 * HOUR, until=START + 49 * HOUR), [(-200, 394), (500, 594)]),
        (HistoryQuery(search="friday black"), [(4, 94), (-10, 90)]),
        (HistoryQuery(search="7f3k"), [(-200, 394), (500, 594)]),
        (HistoryQuery(search="7f3k", cause=Cause.PURCHASE), [(500, 594)]),
        (HistoryQuery(search="sunday"), []),
        (HistoryQuery(search="%"), []),
        (HistoryQuery(search="8888"), []),
    ],
)
async def test_balances_are_right_in_every_part(
    backend: Backend, busy: Actor, query: HistoryQuery, told: list[tuple[int, int]]
) -> None:
    assert _told(await backend.credits.history(busy, query=query)) == told
    assert len(await backend.credits.entry_ids(busy, query)) == len(told)
    assert _told(await backend.credits.history(busy, 1, query)) == told[:1]


async def test_what_caused_an_entry_is_known(backend: Backend, busy: Actor) -> None:
    found = await backend.credits.history(busy)
    assert [(each.subject, each.campaign_id, each.order) for each in found] == [
        ("", None, None),
        ("", 8888, None),
        ("", None, "SMS-7F3K-2Q9A"),
        ("", None, "SMS-7F3K-2Q9A"),
        ("Black Friday", 7, None),
        ("Black Friday", 7, None),
        ("", None, None),
    ]


async def test_entries_are_read_by_their_ids_and_are_the_accounts_own(
    backend: Backend, busy: Actor, other: Actor
) -> None:
    newest, *_between, oldest = ids = await backend.credits.entry_ids(busy, HistoryQuery())
    assert len(ids) == 7
    assert _told(await backend.credits.entries(busy, [oldest, newest])) == [(100, 100), (1, 390)]
    assert await backend.credits.entries(other, ids) == ()
    assert await backend.credits.entries(busy, []) == ()
    assert await backend.credits.newest(busy) == newest
    await _post(backend, other, 1, Cause.ADMIN, "x")
    assert await backend.credits.newest(busy) == newest


async def test_the_course_of_the_balance(backend: Backend, busy: Actor, other: Actor) -> None:
    end = START + 73 * HOUR + timedelta(milliseconds=1)
    course = await backend.credits.course(busy, None, end, 74)
    assert course is not None
    assert (course.since, course.until) == (START, end)
    balances = [int(each.decimal) for each in course.balances]
    assert (balances[0], balances[1], balances[2], balances[-1]) == (100, 90, 94, 390)
    assert max(balances) == 594
    later = await backend.credits.course(busy, START + 30 * HOUR, START + 40 * HOUR, 5)
    assert later is not None
    assert {int(each.decimal) for each in later.balances} == {594}
    before = await backend.credits.course(busy, START - 10 * HOUR, START, 4)
    assert before is None
    assert await backend.credits.course(other, START + HOUR, START, 4) is None


async def test_there_is_no_course_without_an_entry(backend: Backend, new_account) -> None:  # type: ignore[no-untyped-def]
    fresh = await new_account("fresh")
    assert await backend.credits.course(fresh, None, START + HOUR, 10) is None
    assert await backend.credits.newest(fresh) == 0
    assert await backend.credits.history(fresh) == ()


@given(st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 10**6)), max_size=30), st.integers(1, 50))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_balances_and_course_add_up(
    backend: Backend,
    new_account,
    changes: list[tuple[int, int]],
    steps: int,  # type: ignore[no-untyped-def]
) -> None:
    """Whatever comes when: the last balance is the sum, and the course ends there."""
    actor = await new_account(f"account-{next(NUMBERS)}")
    rows = [
        {"account_id": actor.account_id, "amount": amount, "cause": "admin", "reference": f"{actor.login}-{index}",
         "created_at": START + timedelta(seconds=second)}
        for index, (amount, second) in enumerate(changes)
    ]  # fmt: skip
    if rows:
        await backend.database.write(lambda tx: tx.execute(insert(ledger_entry), rows))
    found = await backend.credits.history(actor)
    assert [each.balance.milli for each in reversed(found)] == list(accumulate(amount for amount, _at in changes))
    course = await backend.credits.course(actor, None, START + timedelta(days=30), steps)
    if course is not None:
        assert len(course.balances) == steps
        assert course.balances[-1] == await backend.credits.available(actor)


async def test_a_long_ledger_is_read_by_pages(backend: Backend, actor: Actor, clock: FakeClock) -> None:
    rows = [
        {"account_id": actor.account_id, "amount": 1, "cause": "admin", "reference": str(number), "created_at": START}
        for number in range(20_000)
    ]
    await backend.database.write(lambda tx: tx.execute(insert(ledger_entry), rows))
    ids = await backend.credits.entry_ids(actor, HistoryQuery())
    assert len(ids) == 20_001
    page = await backend.credits.entries(actor, ids[10_000:10_200])
    assert [each.id for each in page] == list(ids[10_000:10_200])
    assert page[0].balance == Credits(100_000 + 10_000)
    assert page[-1].balance == Credits(100_000 + 10_000 - 199)
