"""One import of a file into an empty book. Prints the seconds it took and, for ours, the longest stall in milliseconds.

`ours DATABASE FILE`: the application's own, from the file on the disk to the result.
`sending DATABASE FILE`: the same, while the only campaign of the database is sent by the same event loop.
`floor DATABASE FILE`: the rows made ready before the clock starts, then upserts of 2,000 a transaction by sqlite3.
`orm DATABASE FILE`: pandas to read, phonenumbers to parse, and one object of SQLAlchemy's ORM a row.
"""

import asyncio
import sqlite3
import sys
import time
from pathlib import Path

from benchmarks.workers.enqueue import LOGIN
from benchmarks.workers.stalls import noted_stalls
from smstui.domain.actor import Actor
from smstui.domain.clock import SystemClock
from smstui.domain.contact import ContactField
from smstui.services.accounts import NewAccount
from smstui.services.backend import Backend
from smstui.services.importing.files import read_sheet
from smstui.services.importing.sheet import ReadingOptions
from smstui.services.importing.sifting import Sieve
from smstui.services.importing.values import ImportPlan
from smstui.storage.database import Database

_GROUP = 2000
_ACCEPTED = "SELECT 1 FROM message_count WHERE state <> 'queued' AND messages > 0"
_QUEUED = "SELECT 1 FROM message_count WHERE state = 'queued' AND messages > 0"
_UPSERT = """
    INSERT INTO contact (account_id, mobile, last_name, first_name, email, title, birth_date, company, address, extra,
        search, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (account_id, mobile) DO UPDATE SET last_name = excluded.last_name, first_name = excluded.first_name,
        email = excluded.email, search = excluded.search, updated_at = excluded.updated_at
"""


async def _account(url: str) -> Actor:
    database = await Database.open(url)
    try:
        new = NewAccount("bench", "bench@example.com", "Correct-Horse7", "en")
        return await Backend(database, SystemClock()).accounts.create(new)
    finally:
        await database.close()


async def _sending(url: str, file: Path) -> tuple[float, float]:
    database = await Database.open(url)
    backend = Backend(database, SystemClock())
    actor = await backend.accounts.find(LOGIN)
    dispatching = asyncio.create_task(backend.dispatcher.run())
    while not await database.read(lambda tx: tx.exec_driver_sql(_ACCEPTED).first()):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    measured = await _import(backend, actor, file)
    assert await database.read(lambda tx: tx.exec_driver_sql(_QUEUED).first()), (
        "the campaign was over before the import"
    )
    await backend.dispatcher.drain(1.0)
    await dispatching
    await database.close()
    return measured


async def _ours(url: str, file: Path) -> tuple[float, float]:
    actor = await _account(url)
    database = await Database.open(url)
    measured = await _import(Backend(database, SystemClock()), actor, file)
    await database.close()
    return measured


async def _import(backend: Backend, actor: Actor, file: Path) -> tuple[float, float]:
    """Seconds, and the longest stall in milliseconds."""
    async with noted_stalls() as longest:
        began = time.perf_counter()
        source = await backend.imports.open(file)
        look = await backend.imports.look(actor, source, ReadingOptions())
        looked = time.perf_counter() - began
        plan = ImportPlan(ReadingOptions(), tuple(each.guess for each in look.columns), look.has_header, "certified")
        began = time.perf_counter()
        result = await backend.imports.run(actor, source, plan)
        took = time.perf_counter() - began
    assert result is not None
    assert result.counts.created == result.counts.rows, result
    print(f"looked in {looked:.2f} s", file=sys.stderr)
    return took, longest[0] * 1000


def _prepared(file: Path) -> list[tuple[object, ...]]:
    """The rows of `file` as they are stored, in the order of the numbers."""
    sheet = read_sheet(file.read_bytes())
    mapping = (ContactField.LAST_NAME, ContactField.FIRST_NAME, ContactField.EMAIL, ContactField.MOBILE)
    sifted = Sieve(mapping, frozenset(), SystemClock().now().date()).sift(sheet.rows, lambda _rows: None)
    return [(1, *row, 0, 0) for _, row in sorted(sifted.contacts.items())]


def _floor(url: str, file: Path) -> float:
    asyncio.run(_account(url))
    rows = _prepared(file)
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "wal_autocheckpoint=16000"):
        connection.execute(f"PRAGMA {pragma}")
    began = time.perf_counter()
    for start in range(0, len(rows), _GROUP):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(_UPSERT, rows[start : start + _GROUP])
        connection.execute("COMMIT")
    took = time.perf_counter() - began
    connection.close()
    return took


def _orm(url: str, file: Path) -> float:
    asyncio.run(_account(url))
    import pandas
    import phonenumbers
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session, registry

    from smstui.storage.tables import contact

    class Contact:
        pass

    registry().map_imperatively(Contact, contact)
    engine = create_engine(url)
    began = time.perf_counter()
    if file.suffix == ".csv":
        frame = pandas.read_csv(file, header=None, dtype=str, sep=";")
    else:
        frame = pandas.read_excel(file, header=None, dtype=str)
    now = SystemClock().now()
    with Session(engine) as session:
        for count, (last_name, first_name, email, mobile) in enumerate(frame.itertuples(index=False)):
            parsed = phonenumbers.parse(mobile, "FR")
            assert phonenumbers.is_valid_number(parsed)
            e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
            known = {"account_id": 1, "mobile": e164, "last_name": last_name, "first_name": first_name, "email": email}
            blank = dict.fromkeys(("title", "birth_date", "company", "address", "extra"), "")
            search = f"{last_name} {first_name} {e164} {email}".lower()
            one = Contact()
            for name, value in {**known, **blank, "search": search, "created_at": now, "updated_at": now}.items():
                setattr(one, name, value)
            session.add(one)
            if count % _GROUP == _GROUP - 1:
                session.commit()
        session.commit()
    return time.perf_counter() - began


def main() -> None:
    """One of the three."""
    what, url, file = sys.argv[1], f"sqlite:///{sys.argv[2]}", Path(sys.argv[3])
    match what:
        case "ours":
            print(*asyncio.run(_ours(url, file)))
        case "sending":
            print(*asyncio.run(_sending(url, file)))
        case "floor":
            print(_floor(url, file), 0.0)
        case "orm":
            print(_orm(url, file), 0.0)


if __name__ == "__main__":
    main()
