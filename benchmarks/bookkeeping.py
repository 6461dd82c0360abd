"""The books of the dispatcher on SQLite: beside raw sqlite3, and with ten million stored messages beside none."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import count as counted
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.common import Bar, Findings, Measured, Scale, interleaved, ratios, say
from benchmarks.processes import output, python
from benchmarks.product import Product, product_in

RAW = Bar("bookkeeping_vs_raw_sqlite3", "dispatch bookkeeping (SQLite FULL, 500) against raw sqlite3", "×", 0.33, 0.5)
STORED = Bar("bookkeeping_10m_rows_vs_empty", "the same at 10 million stored rows against empty", "×", 0.5, 0.75)
STORED_ROWS = 10_000_000
_CAMPAIGN_SIZE = 200_000
_NOWHERE = 9
_FILL_CAMPAIGNS = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
    INSERT INTO campaign (account_id, kind, name, type, state, connection_id, sender, text, segments, price, priority,
        recipients, created_at)
    SELECT 1, 'campaign', 'stored ' || i, 'pro', 'done', 1, 'SENDER', 'Hello', 1, 1000, 0, ?, 0 FROM n
"""
_FILL_MESSAGES = """
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1)
    INSERT INTO message (campaign_id, destination, state, connection_id, smsc_id, smsc_id_key, accepted_parts, sent_at,
        answered_at, final_at)
    SELECT 1 + i / ?, '+336' || substr(100000000 + i * 7919 % 99999989, 2), iif(i % 100, 'delivered', 'accepted'), 1,
        'a' || i, 'a' || i, 1, 1700000000000, 1700000000000, 1700000000000 FROM n
"""
_FILL_COUNTS = """
    INSERT INTO message_count SELECT id, 'accepted', recipients / 100 FROM campaign
    UNION ALL SELECT id, 'delivered', recipients - recipients / 100 FROM campaign
"""


def _new_database(stack: ExitStack, folder: Path, stored: int = 0) -> Product:
    folder.mkdir()
    with product_in(folder) as product:
        product.queue.prepare(_NOWHERE, 500)
    if stored:
        _fill(product.file, stored)
    return stack.enter_context(product_in(folder))


def _fill(file: Path, stored: int) -> None:
    """Store messages of campaigns that are done; one in a hundred never had its receipt."""
    database = sqlite3.connect(file, isolation_level=None)
    database.execute("PRAGMA synchronous=OFF")
    database.execute("PRAGMA journal_mode=MEMORY")
    indexes = database.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'message' AND sql IS NOT NULL"
    ).fetchall()
    database.execute("BEGIN")
    for name, _ in indexes:
        database.execute(f'DROP INDEX "{name}"')
    database.execute(_FILL_CAMPAIGNS, (stored // _CAMPAIGN_SIZE, _CAMPAIGN_SIZE))
    database.execute(_FILL_MESSAGES, (stored, _CAMPAIGN_SIZE))
    database.execute(_FILL_COUNTS)
    for _, statement in indexes:
        database.execute(statement)
    database.execute("COMMIT")
    database.close()


def _ours(product: Product, names: Iterator[int], count: int) -> float:
    product.queue.send(str(next(names)), count)
    return float(output(python("workers.books", "ours", product.url, str(count))))


def _raw(product: Product, names: Iterator[int], count: int) -> float:
    campaign = product.queue.send(str(next(names)), count)
    return float(output(python("workers.books", "raw", str(product.file), str(campaign), str(count))))


def measure(scale: Scale) -> Findings:
    """Both bars of the bookkeeping on SQLite; a quick run leaves out the ten million rows."""
    count, names = scale.count(100_000, 20_000), counted()
    findings = Findings()
    with ExitStack() as stack:
        say("bookkeeping")
        folder = stack.enter_context(TemporaryDirectory(prefix="smstui-bench-"))
        empty = _new_database(stack, Path(folder, "empty"))
        contestants: dict[str, Callable[[], float]] = {
            "raw sqlite3": partial(_raw, empty, names, count),
            "books": partial(_ours, empty, names, count),
        }
        if not scale.quick:
            full = _new_database(stack, Path(folder, "full"), STORED_ROWS)
            say(f"  {STORED_ROWS} rows stored: {full.file.stat().st_size / 1e9:.1f} GB")
            contestants["books, 10 million stored"] = partial(_ours, full, names, count)
        found = interleaved(scale.rounds, contestants)
    findings.rates |= found
    findings.bars.append(Measured(RAW, ratios(found["books"], found["raw sqlite3"])))
    if not scale.quick:
        findings.bars.append(Measured(STORED, ratios(found["books, 10 million stored"], found["books"])))
    return findings
