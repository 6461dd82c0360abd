"""The books of one campaign, without a wire. Prints messages a second, from the first claim to the last receipt.

`ours URL COUNT`: the dispatcher's journal, which claims windows, writes outcomes and applies receipts.
`raw FILE CAMPAIGN COUNT`: the same changes of the same rows by sqlite3 and executemany, one transaction a group.
"""

import asyncio
import gc
import sqlite3
import sys
import time
from collections import deque

from smstui.domain.clock import SystemClock
from smstui.domain.states import MessageState
from smstui.services.dispatch import lease as leases
from smstui.services.dispatch.journal import Journal
from smstui.services.dispatch.windows import Window
from smstui.services.receipt_ids import LearntForm
from smstui.smpp.values import Outcome, OutcomeKind, Receipt
from smstui.storage.database import Database

CONNECTION = 1
GROUP = 500
BEHIND = 2
"""Windows between the outcome of a message and its receipt."""
FIRST_ID = 10_000_000
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "wal_autocheckpoint=16000")
_CLAIM = "UPDATE batch SET sent_upto = ? WHERE campaign_id = ? AND first_id <= ? AND last_id >= ?"
_QUEUED = "SELECT id, destination FROM message WHERE campaign_id = ? AND state = 'queued' AND id BETWEEN ? AND ?"
_OUTCOME = """
    UPDATE message SET state = 'accepted', connection_id = 1, smsc_id = ?, smsc_id_key = ?, accepted_parts = 1,
        sent_at = ?, answered_at = ? WHERE id = ?
"""
_RECEIPT = "UPDATE message SET state = 'delivered', final_at = ? WHERE id = ?"
_COUNT = """
    INSERT INTO message_count AS known VALUES (?, ?, ?)
    ON CONFLICT (campaign_id, state) DO UPDATE SET messages = known.messages + excluded.messages
"""


def smsc_id(message_id: int) -> str:
    """What the SMSC calls a message."""
    return str(FIRST_ID + message_id)


def _outcomes(window: Window) -> list[Outcome]:
    return [Outcome(key, 1, OutcomeKind.ACCEPTED, smsc_id(key)) for key, _ in window.recipients]


def _receipts(window: Window) -> list[Receipt]:
    return [Receipt(smsc_id(key), MessageState.DELIVERED, "DELIVRD") for key, _ in window.recipients]


async def _drive(journal: Journal, count: int) -> None:
    """Claim, answer and receipt `count` messages."""
    waiting: deque[Window] = deque()
    receipted: set[asyncio.Task[None]] = set()
    taken = 0
    while taken < count:
        window = await journal.take(GROUP)
        assert window is not None
        journal.open(window, 1)
        journal.outcomes(_outcomes(window))
        taken += len(window.recipients)
        waiting.append(window)
        if len(waiting) > BEHIND:
            receipted.add(asyncio.create_task(journal.deliveries(_receipts(waiting.popleft()))))
    for window in waiting:
        receipted.add(asyncio.create_task(journal.deliveries(_receipts(window))))
    await asyncio.gather(*receipted)


async def ours(url: str, count: int) -> float:
    """Messages a second by the journal."""
    database, clock = await Database.open(url), SystemClock()
    lease = await database.write(lambda tx: leases.acquire(tx, CONNECTION, 1, "bench", clock))
    assert lease is not None
    journal = Journal(database, clock, lease, LearntForm())
    running = asyncio.create_task(journal.run())
    gc.collect()
    began = time.perf_counter()
    await _drive(journal, count)
    seconds = time.perf_counter() - began
    journal.finish()
    await running
    await database.write(lambda tx: leases.release(tx, lease))
    await database.close()
    return count / seconds


def raw(file: str, campaign: int, count: int) -> float:
    """Messages a second by sqlite3."""
    database = sqlite3.connect(file, isolation_level=None)
    for pragma in _PRAGMAS:
        database.execute(f"PRAGMA {pragma}")
    ((first,),) = database.execute("SELECT min(first_id) FROM batch WHERE campaign_id = ?", (campaign,))
    groups = [range(start, min(start + GROUP, first + count)) for start in range(first, first + count, GROUP)]
    nothing = range(0)
    claimed, answered, receipted = [*groups, nothing, nothing], [nothing, *groups, nothing], [nothing, nothing, *groups]
    gc.collect()
    began = time.perf_counter()
    for now, (claim, answer, receipt) in enumerate(zip(claimed, answered, receipted, strict=True)):
        database.execute("BEGIN IMMEDIATE")
        if claim:
            database.execute(_CLAIM, (claim[-1], campaign, claim[0], claim[0]))
            assert len(database.execute(_QUEUED, (campaign, claim[0], claim[-1])).fetchall()) == len(claim)
        database.executemany(_OUTCOME, [(smsc_id(one), smsc_id(one), now, now, one) for one in answer])
        database.executemany(_RECEIPT, [(now, one) for one in receipt])
        moves = (("queued", -len(answer)), ("accepted", len(answer) - len(receipt)), ("delivered", len(receipt)))
        database.executemany(_COUNT, [(campaign, *move) for move in moves])
        database.execute("COMMIT")
    seconds = time.perf_counter() - began
    database.execute("DELETE FROM batch WHERE campaign_id = ?", (campaign,))
    database.close()
    return count / seconds


if __name__ == "__main__":
    if sys.argv[1] == "ours":
        print(asyncio.run(ours(sys.argv[2], int(sys.argv[3]))))
    else:
        print(raw(sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
