import asyncio
from contextlib import suppress
from itertools import accumulate

import pytest
from sqlalchemy import Connection

from smstui.domain.actor import Actor
from smstui.domain.credits import NO_CREDITS, Credits
from smstui.domain.states import CampaignKind, MessageState
from smstui.formats import explain
from smstui.services.backend import Backend
from smstui.services.credits import Cause, InsufficientCredits, post, require
from smstui.storage.database import Database
from smstui.storage.tables import campaign, connection, message_count
from tests.support import START, FakeClock, run_together

pytestmark = pytest.mark.each_database


async def _post(backend: Backend, actor: Actor, amount: int, cause: Cause, reference: str) -> bool:
    return await backend.database.write(
        lambda tx: post(tx, actor.account_id, Credits.of(amount), cause, reference, START)
    )


async def _available(backend: Backend, actor: Actor) -> Credits:
    return (await backend.credits.balance(actor)).available


async def test_a_cause_counts_once_for_each_reference(backend: Backend, actor: Actor, other: Actor) -> None:
    assert await _post(backend, actor, -10, Cause.CAMPAIGN, "7")
    assert not await _post(backend, actor, -10, Cause.CAMPAIGN, "7")
    assert not await _post(backend, other, -10, Cause.CAMPAIGN, "7")
    assert await _post(backend, actor, 4, Cause.REFUND, "7")
    assert not await _post(backend, actor, 4, Cause.REFUND, "7")
    assert await _available(backend, actor) == Credits.of(94)
    assert await _available(backend, other) == Credits.of(100)


async def test_a_repeated_cause_is_no_refusal_even_when_the_balance_is_gone(backend: Backend, actor: Actor) -> None:
    assert await _post(backend, actor, -100, Cause.CAMPAIGN, "7")
    assert not await _post(backend, actor, -100, Cause.CAMPAIGN, "7")


async def test_too_little_is_refused_with_the_numbers(backend: Backend, actor: Actor) -> None:
    with pytest.raises(InsufficientCredits) as refused:
        await _post(backend, actor, -101, Cause.CAMPAIGN, "7")
    assert (refused.value.needed, refused.value.available) == (Credits.of(101), Credits.of(100))
    assert "101" in explain(refused.value)
    with pytest.raises(InsufficientCredits):
        await backend.database.write(lambda tx: require(tx, actor.account_id, Credits(100_001)))
    assert await _available(backend, actor) == Credits.of(100)


async def test_a_refusal_that_is_caught_inside_the_transaction_leaves_no_entry(backend: Backend, actor: Actor) -> None:
    def work(tx: Connection) -> None:
        with pytest.raises(InsufficientCredits):
            post(tx, actor.account_id, Credits.of(-101), Cause.CAMPAIGN, "7", START)

    await backend.database.write(work)
    assert len(await backend.credits.history(actor)) == 1


async def test_many_tasks_at_once_never_spend_what_is_not_there(backend: Backend, actor: Actor) -> None:
    tries = (_post(backend, actor, -3, Cause.CAMPAIGN, str(number)) for number in range(60))
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert results.count(True) == 33
    assert sum(isinstance(result, InsufficientCredits) for result in results) == 27
    assert await _available(backend, actor) == Credits.of(1)


async def test_several_processes_at_once_never_spend_what_is_not_there(
    backend: Backend, actor: Actor, database_url: str
) -> None:
    program = f"""
import asyncio, os
from datetime import UTC, datetime
from smstui.domain.credits import Credits
from smstui.services.credits import Cause, InsufficientCredits, post
from smstui.storage.database import Database
async def main():
    database, spent = await Database.open({database_url!r}), 0
    for number in range(40):
        reference = f"{{os.getpid()}}-{{number}}"
        try:
            spent += await database.write(
                lambda tx: post(tx, {actor.account_id}, Credits.of(-1), Cause.CAMPAIGN, reference, datetime.now(UTC))
            )
        except InsufficientCredits:
            pass
    await database.close()
    print(spent)
asyncio.run(main())
"""
    outputs = await asyncio.to_thread(run_together, [program] * 4)
    assert sum(map(int, outputs)) == 100
    assert await _available(backend, actor) == NO_CREDITS


async def test_fifty_sessions_at_once_never_take_the_balance_below_zero(
    backend: Backend, actor: Actor, database_url: str
) -> None:
    """Each has connections of its own, as programs of as many people have."""

    async def spend(session: Database, number: int) -> int:
        spent = 0
        for turn in range(3):
            reference = f"{number}-{turn}"
            with suppress(InsufficientCredits):
                spent += await session.write(
                    lambda tx, reference=reference: post(
                        tx, actor.account_id, Credits.of(-3), Cause.CAMPAIGN, reference, START
                    )
                )
        return spent

    sessions = [await Database.open(database_url) for _ in range(50)]
    try:
        spent = await asyncio.gather(*(spend(session, number) for number, session in enumerate(sessions)))
    finally:
        await asyncio.gather(*(session.close() for session in sessions))
    assert sum(spent) == 33
    assert await _available(backend, actor) == Credits.of(1)
    entries = reversed(await backend.credits.history(actor))
    assert min(accumulate(entry.amount.milli for entry in entries)) >= 0


async def test_the_history_is_the_accounts_own_newest_first(
    backend: Backend, actor: Actor, other: Actor, clock: FakeClock
) -> None:
    await _post(backend, actor, -10, Cause.CAMPAIGN, "7")
    await _post(backend, other, -20, Cause.CAMPAIGN, "8")
    mine = await backend.credits.history(actor)
    assert [(entry.cause, entry.amount) for entry in mine] == [
        (Cause.CAMPAIGN, Credits.of(-10)),
        (Cause.GRANT, Credits.of(100)),
    ]
    assert [entry.cause for entry in await backend.credits.history(actor, limit=1)] == [Cause.CAMPAIGN]


async def test_what_is_still_to_be_sent_is_shown_as_reserved(backend: Backend, actor: Actor, other: Actor) -> None:
    def queue(tx: Connection) -> None:
        tx.execute(
            connection.insert().values(
                id=1, name="c", host="h", port=1, tls=False, system_id="s", password="p", system_type="",
                bind_mode="transceiver", window=1, types="pro", alphabet="gsm7", long_messages="udh", stop_code="36034",
                receipt_id_form="raw", enquire_link_interval=30, response_timeout=30, enabled=True, created_at=START,
            )
        )  # fmt: skip
        tx.execute(
            campaign.insert().values(
                id=1, account_id=actor.account_id, kind=CampaignKind.CAMPAIGN, name="n", type="pro", state="sending",
                connection_id=1, sender="s", text="t", segments=2, price=2000, cost=8000, priority=0,
                recipients=4, created_at=START,
            )
        )  # fmt: skip
        counts = {MessageState.QUEUED: 2, MessageState.ACCEPTED: 1, MessageState.CANCELLED: 1}
        for state, messages in counts.items():
            tx.execute(message_count.insert().values(campaign_id=1, state=state, messages=messages))

    await backend.database.write(queue)
    assert (await backend.credits.balance(actor)).reserved == Credits.of(4)
    assert (await backend.credits.balance(other)).reserved == NO_CREDITS
