"""Credits under pressure: many sessions and processes at once, and any history of grants, campaigns and take-backs.

Entries of the ledger are only added: no sum of the first of them may be below zero, nor what a witness sees meanwhile.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import accumulate

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Connection, func, select

from smstui.domain.actor import Actor
from smstui.domain.credits import NO_CREDITS, Credits
from smstui.domain.states import CampaignKind, CampaignState, MessageState, MessageType
from smstui.services import control
from smstui.services.administration import adjust_credits
from smstui.services.backend import Backend
from smstui.services.campaigns import Draft
from smstui.services.credits import Cause, InsufficientCredits, _reserved, available, post
from smstui.services.outgoing import CAMPAIGN_PRIORITY, NewCampaign, enqueue
from smstui.services.preparing import settle
from smstui.services.scheduling import cancel_unsent
from smstui.services.when import When
from smstui.storage.database import Database
from smstui.storage.failures import DatabaseBusy
from smstui.storage.tables import campaign, ledger_entry, message
from tests.books import Books, books
from tests.conftest import DATABASES
from tests.services.campaigning import at, connect
from tests.support import START, run_together

__all__ = ["books"]

SESSIONS = 50
PROCESSES = 4
BELGIAN = "+3247000{:04}"


async def entries_of(backend: Backend, actor: Actor) -> Sequence[int]:
    """The amounts of the account's ledger, in the order in which they were added."""
    mine = select(ledger_entry.c.amount).where(ledger_entry.c.account_id == actor.account_id)
    rows = await backend.database.read(lambda tx: tx.execute(mine.order_by(ledger_entry.c.id)).scalars().all())
    assert min(accumulate(rows)) >= 0, "the balance was below zero"
    return rows


async def tried(work: Callable[[], Awaitable[object]]) -> bool:
    """Whether the credits were enough. A busy database has changed nothing: whoever is told so tries again."""
    while True:
        try:
            await work()
        except InsufficientCredits:
            return False
        except DatabaseBusy:
            continue
        return True


async def spend(session: Backend, boss: Actor, actor: Actor, number: int) -> int:
    """What one session does: three campaigns, a take-back, and gives one campaign up; what it has spent."""
    spent = 0
    for turn in range(3):
        name = f"{number}-{turn}"
        when = When(at("2090-01-05T10:00")) if turn == 1 else When()
        draft = Draft(name, "Bonjour", numbers=(BELGIAN.format(number),), when=when)
        if not await tried(lambda draft=draft: session.campaigns.send(actor, draft)):
            continue
        spent += 2000
        if turn == 2 and number % 3 == 0:
            sent = await session.campaigns.find(actor, name)
            await session.campaigns.pause(actor, sent.id)
            await session.campaigns.cancel(actor, sent.id)
            spent -= 2000
    if await tried(lambda: session.administration.adjust_credits(boss, "shop", Credits(-700), "test")):
        spent += 700
    return spent


@pytest.mark.each_database
async def test_fifty_sessions_spend_one_balance(
    backend: Backend, admin: Actor, actor: Actor, database_url: str
) -> None:
    """Each has connections of its own, as the programs of as many people have; a witness looks all the time."""
    await connect(backend)
    sessions = [Backend(await Database.open(database_url), backend.clock) for _ in range(SESSIONS)]
    seen: list[Credits] = []
    over = asyncio.Event()

    async def witness() -> None:
        async with backend.database.watch() as changes:
            while not over.is_set():
                seen.append(await backend.credits.available(actor))
                await changes.wait(0.1)

    watching = asyncio.create_task(witness())
    try:
        spent = await asyncio.gather(*(spend(one, admin, actor, number) for number, one in enumerate(sessions)))
    finally:
        over.set()
        await watching
        await asyncio.gather(*(one.database.close() for one in sessions))
    amounts = await entries_of(backend, actor)
    left = await backend.credits.available(actor)
    assert min(seen) >= NO_CREDITS
    assert left.milli == sum(amounts) == 100_000 - sum(spent)
    assert left < Credits.of(2), "as much was spent as could be"


@pytest.mark.each_database
async def test_several_processes_spend_one_balance(
    backend: Backend, admin: Actor, actor: Actor, database_url: str
) -> None:
    await connect(backend)
    program = """
import asyncio
from smstui.domain.clock import SystemClock
from smstui.services.backend import Backend
from smstui.storage.database import Database
from tests.services.test_spending import spend
from smstui.domain.actor import Actor, Role
async def main():
    backend = Backend(await Database.open({url!r}), SystemClock())
    boss, shop = Actor({boss}, "boss", Role.ADMIN, "en"), Actor({shop}, "shop", Role.USER, "en")
    spent = await asyncio.gather(*(spend(backend, boss, shop, {first} + number) for number in range(8)))
    await backend.database.close()
    print(sum(spent))
asyncio.run(main())
"""
    ids = {"url": database_url, "boss": admin.account_id, "shop": actor.account_id}
    programs = [program.format(**ids, first=100 * number) for number in range(PROCESSES)]
    outputs = await asyncio.to_thread(run_together, programs)
    amounts = await entries_of(backend, actor)
    left = await backend.credits.available(actor)
    assert left.milli == sum(amounts) == 100_000 - sum(map(int, outputs))
    assert left < Credits.of(2)


AMOUNTS = st.integers(1, 9_000)
WHICH = st.integers(0, 50)


class Life(RuleBasedStateMachine):
    """Any history of an account's credits, beside a model that is one number."""

    def __init__(self, books: Books) -> None:
        super().__init__()
        self.books = books
        self.boss = books.new_account(NO_CREDITS)
        self.actor = books.new_account(NO_CREDITS)
        self.other = books.new_account(Credits(12_345))
        self.connection_id = books.new_connection()
        self.balance = 0
        self.reserved: dict[int, int] = {}
        """What each campaign that has not begun, or waits to be sent, has taken."""
        self.scheduled: dict[int, int] = {}
        self.count = 0

    def take(self, amount: int, work: Callable[[Connection], object]) -> bool:
        """Do `work`, which needs `amount`; whether there was enough."""
        if amount > self.balance:
            with pytest.raises(InsufficientCredits):
                self.books.write(work)
            return False
        self.books.write(work)
        self.balance -= amount
        return True

    @rule(amount=AMOUNTS)
    def grant(self, amount: int) -> None:
        self.books.write(
            lambda tx: adjust_credits(tx, self.boss, self.actor.account_id, Credits(amount), "gift", START)
        )
        self.balance += amount

    @rule(amount=AMOUNTS)
    def take_back(self, amount: int) -> None:
        back = Credits(-amount)
        self.take(amount, lambda tx: adjust_credits(tx, self.boss, self.actor.account_id, back, "error", START))

    @rule(price=AMOUNTS, count=st.integers(1, 4), segments=st.integers(1, 3))
    def send(self, price: int, count: int, segments: int) -> None:
        """A campaign is queued and paid for, or neither."""
        new = self._new(price * segments, segments)
        sent = []

        def work(tx: Connection) -> None:
            sent[:] = [enqueue(tx, new, [BELGIAN.format(index) for index in range(count)])]
            post(tx, self.actor.account_id, -new.price * count, Cause.CAMPAIGN, str(sent[0]), START)

        if self.take(price * segments * count, work):
            self.reserved[sent[0]] = price * segments * count

    @rule(cost=AMOUNTS)
    def schedule(self, cost: int) -> None:
        self.count += 1
        values = {
            "account_id": self.actor.account_id, "kind": CampaignKind.CAMPAIGN, "name": f"later {self.count}",
            "type": "pro", "state": CampaignState.SCHEDULED, "connection_id": self.connection_id, "sender": "s",
            "text": "t", "segments": 1, "price": 0, "cost": cost, "priority": 0, "recipients": 1, "created_at": START,
        }  # fmt: skip
        made = []

        def work(tx: Connection) -> None:
            made[:] = [tx.execute(campaign.insert().values(values).returning(campaign.c.id)).scalar_one()]
            post(tx, self.actor.account_id, Credits(-cost), Cause.CAMPAIGN, str(made[0]), START)

        if self.take(cost, work):
            self.scheduled[made[0]] = cost

    @precondition(lambda self: self.scheduled)
    @rule(which=WHICH, cost=AMOUNTS, cancelled=st.booleans())
    def begin(self, which: int, cost: int, *, cancelled: bool) -> None:
        """A scheduled one is cancelled, or begins at another cost than it was confirmed for; it may be too dear."""
        campaign_id = sorted(self.scheduled)[which % len(self.scheduled)]
        before = self.scheduled[campaign_id]
        found = select(campaign).where(campaign.c.id == campaign_id)
        if cancelled:
            self.books.write(lambda tx: cancel_unsent(tx, tx.execute(found).one(), START))
            self.balance += before
            del self.scheduled[campaign_id]
            return

        def work(tx: Connection) -> None:
            settle(tx, tx.execute(found).one(), Credits(cost), START)
            ended = campaign.update().where(campaign.c.id == campaign_id)
            tx.execute(ended.values(state=CampaignState.DONE, cost=cost, finished_at=START))

        if self.take(cost - before, work):
            del self.scheduled[campaign_id]

    @precondition(lambda self: self.reserved)
    @rule(which=WHICH, again=st.booleans())
    def give_up(self, which: int, *, again: bool) -> None:
        """What has not left is given back, once, however often that is said."""
        campaign_id = sorted(self.reserved)[which % len(self.reserved)]

        def work(tx: Connection) -> None:
            control.cancel(tx, self.actor, campaign_id, START)
            while control.cancel_next(tx, self.connection_id, START):
                pass

        self.books.write(work)
        amount = Credits(self.reserved[campaign_id])
        self.balance += self.reserved.pop(campaign_id)
        if again:
            assert not self.books.write(
                lambda tx: post(tx, self.actor.account_id, amount, Cause.REFUND, str(campaign_id), START)
            )

    def _new(self, price: int, segments: int) -> NewCampaign:
        self.count += 1
        return NewCampaign(
            account_id=self.actor.account_id,
            kind=CampaignKind.CAMPAIGN,
            name=f"campaign {self.count}",
            type=MessageType.PRO,
            connection_id=self.connection_id,
            sender="s",
            text="t",
            segments=segments,
            price=Credits(price),
            priority=CAMPAIGN_PRIORITY,
            at=START,
        )

    @invariant()
    def the_books_say_the_same(self) -> None:
        def look(tx: Connection) -> tuple[Credits, Credits, Credits, Sequence[int], int]:
            mine = ledger_entry.c.account_id == self.actor.account_id
            amounts = tx.execute(select(ledger_entry.c.amount).where(mine).order_by(ledger_entry.c.id)).scalars().all()
            queued = (
                select(func.count())
                .join_from(campaign, message)
                .where(campaign.c.account_id == self.actor.account_id, message.c.state == MessageState.QUEUED)
            )
            theirs = available(tx, self.other.account_id)
            mine_now, reserved = available(tx, self.actor.account_id), _reserved(tx, self.actor.account_id)
            return mine_now, reserved, theirs, amounts, tx.execute(queued).scalar_one()

        balance, reserved, theirs, amounts, queued = self.books.read(look)
        assert balance == Credits(self.balance) == Credits(sum(amounts))
        assert all(total >= 0 for total in accumulate(amounts))
        assert reserved == Credits(sum(self.reserved.values()) + sum(self.scheduled.values()))
        assert bool(queued) == bool(self.reserved)
        assert theirs == Credits(12_345), "an account touches no other's credits"


@pytest.mark.parametrize("books", DATABASES, indirect=True)
def test_any_history_leaves_the_sum_of_its_entries_and_never_less_than_nothing(books: Books) -> None:
    run_state_machine_as_test(lambda: Life(books), settings=settings(max_examples=25, stateful_step_count=25))
