"""What is SQLite's own: files, rights, locks between processes, a full disk."""

import asyncio
import fcntl
import os
import resource
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection

from smstui.formats import explain
from smstui.storage import sqlite as sqlite_module
from smstui.storage.database import Database
from smstui.storage.failures import DatabaseBusy, DatabaseCorrupt, DatabaseFull, DatabaseUnavailable
from smstui.storage.locks import FileLock, LockTimeout
from smstui.storage.migrate import check, upgrade
from smstui.storage.schema import DatabaseForeign

NOBODY = 65534


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Root, who may write everywhere, is nobody for a while; the modules are imported already."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def _row(number: str) -> str:
    return f"INSERT INTO login_failure (login_key, failures, retry_at) VALUES ('{number}', 1, 0)"


def _count(tx: Connection) -> int:
    return int(tx.exec_driver_sql("SELECT count(*) FROM login_failure").scalar_one())


async def test_only_the_owner_may_read_the_files(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    database = await Database.open(f"sqlite:///{folder / 'data.db'}")
    await database.write(lambda tx: tx.exec_driver_sql(_row("a")))
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    await database.close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert set(modes) == {"data.db", "data.db-wal", "data.db-shm", "data.db.lock"}
    assert set(modes.values()) == {0o600}


async def test_a_write_behind_a_stuck_process_gives_up(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_module, "BUSY_TIMEOUT", 0.05)
    with (tmp_path / "smstui.db.lock").open("a+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(DatabaseBusy) as refused:
            await database.write(lambda tx: tx.exec_driver_sql(_row("a")))
    assert "locked by another program" in explain(refused.value)
    await database.write(lambda tx: tx.exec_driver_sql(_row("b")))
    assert await database.read(_count) == 1


async def test_a_write_that_reads_first_shuts_other_programs_out_from_its_start(
    database: Database, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "smstui.db", timeout=0, check_same_thread=False)) as another:

        def work(tx: Connection) -> None:
            assert _count(tx) == 0
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                another.execute(_row("from another program"))
            tx.exec_driver_sql(_row("ours"))

        await database.write(work)
    assert await database.read(_count) == 1


async def test_another_program_in_the_middle_of_a_write_is_one_sentence(database: Database, tmp_path: Path) -> None:
    await database.write(lambda tx: tx.exec_driver_sql("PRAGMA busy_timeout = 50"))
    with closing(sqlite3.connect(tmp_path / "smstui.db", isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusy):
            await database.write(lambda tx: tx.exec_driver_sql(_row("ours")))
    await database.write(lambda tx: tx.exec_driver_sql(_row("ours")))
    assert await database.read(_count) == 1


def test_a_wait_that_was_given_up_does_not_keep_the_lock(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock")
    with lock.held(1), pytest.raises(LockTimeout), FileLock(tmp_path / "lock").held(0.01):
        pass
    with lock.held(10), pytest.raises(LockTimeout), lock.held(0.01):
        pass


async def test_a_full_disk_is_one_sentence_and_loses_nothing(database: Database) -> None:
    await database.write(lambda tx: tx.exec_driver_sql(_row("kept")))
    pages = await database.read(lambda tx: tx.exec_driver_sql("PRAGMA page_count").scalar())
    await database.write(lambda tx: tx.exec_driver_sql(f"PRAGMA max_page_count = {pages}"))

    def fill(tx: Connection) -> None:
        for number in range(2000):
            tx.exec_driver_sql(_row(f"{number:060}"))

    with pytest.raises(DatabaseFull) as refused:
        await database.write(fill)
    assert "is full" in explain(refused.value)
    assert await database.read(_count) == 1


async def test_a_file_that_is_no_database_is_refused(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "smstui.db").write_text("Dear diary, " * 1000)
    with pytest.raises(DatabaseCorrupt) as refused:
        await Database.open(database_url)
    assert "is not a database" in explain(refused.value)
    assert (tmp_path / "smstui.db").read_text().startswith("Dear diary")


async def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable) as refused:
        await Database.open(f"sqlite:///{tmp_path}")
    assert str(tmp_path) in explain(refused.value)


async def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnavailable):
        await Database.open(f"sqlite:///{tmp_path / 'file' / 'data.db'}")


@pytest.mark.parametrize("name", ["missing.db", "unreadable.db"])
def test_a_file_or_folder_without_rights_is_refused(tmp_path: Path, name: str) -> None:
    upgrade(f"sqlite:///{tmp_path / 'other.db'}")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "unreadable.db").touch(0o400)
        os.chmod(folder, 0o555)
        try:
            with ordinary_user(), pytest.raises(DatabaseUnavailable) as refused:
                asyncio.run(Database.open(f"sqlite:///{folder}/{name}"))
        finally:
            os.chmod(folder, 0o700)
    assert "rights" in explain(refused.value)


async def test_a_file_that_may_not_grow_is_one_sentence_and_loses_nothing(database: Database, tmp_path: Path) -> None:
    await database.write(lambda tx: tx.exec_driver_sql(_row("kept")))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / "smstui.db-wal").stat().st_size, hard))
    try:
        with pytest.raises(DatabaseUnavailable):
            await database.write(lambda tx: tx.exec_driver_sql(_row("lost")))
        assert await database.read(_count) == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    await database.write(lambda tx: tx.exec_driver_sql(_row("saved")))
    assert await database.read(_count) == 2
    assert await database.read(lambda tx: tx.exec_driver_sql("PRAGMA quick_check").scalar()) == "ok"


def test_a_database_of_another_program_is_not_even_touched(empty_database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "empty.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    before = file.read_bytes()
    for use in (upgrade, check, lambda url: asyncio.run(Database.open(url))):
        with pytest.raises(DatabaseForeign):
            use(empty_database_url)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def test_checking_makes_no_file(empty_database_url: str, tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable):
        check(empty_database_url)
    assert list(tmp_path.iterdir()) == []


def test_checking_sees_references_to_nothing(database_url: str, tmp_path: Path) -> None:
    upgrade(database_url)
    with sqlite3.connect(tmp_path / "smstui.db") as connection:
        connection.execute("INSERT INTO sender (account_id, name, is_default, created_at) VALUES (7, 'Shop', 1, 0)")
    connection.close()
    with pytest.raises(DatabaseCorrupt):
        check(database_url)
