"""The schema: made, upgraded and recognised on both databases."""

import asyncio
from collections.abc import Callable
from functools import partial

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from smstui.formats import explain
from smstui.storage.columns import metadata
from smstui.storage.database import Database
from smstui.storage.failures import DatabaseUnavailable
from smstui.storage.migrate import check, upgrade
from smstui.storage.schema import HEAD, MIGRATIONS, DatabaseForeign, DatabaseTooNew, Schema
from smstui.storage.statements import Statement
from smstui.storage.stores import store_at
from tests.support import run_together

each_database = pytest.mark.each_database
_INDEXES = Statement(
    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
)
_TABLES = Statement(
    "SELECT name FROM sqlite_master WHERE type = 'table'",
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
)


def _indexes(url: str) -> dict[str, str]:
    """The SQL of every index, by name, in one spelling."""
    store = store_at(url)
    found = {name: " ".join(sql.split()) for name, sql in store.read(_INDEXES.rows)}
    store.close()
    return found


def _tables(url: str) -> list[str]:
    store = store_at(url)
    found = [name for (name,) in store.read(_TABLES.rows)]
    store.close()
    return found


def _run(url: str, *statements: str) -> None:
    def work(tx: Connection) -> None:
        for statement in statements:
            tx.exec_driver_sql(statement)

    store = store_at(url)
    store.write(work, None)
    store.close()


@each_database
def test_the_migrations_make_the_tables_of_the_program(empty_database_url: str) -> None:
    def differences(tx: Connection) -> list[object]:
        context = MigrationContext.configure(tx, opts={"compare_type": True, "compare_server_default": True})
        found = compare_metadata(context, metadata)
        return [one for one in found if not isinstance(one, list) or one[0][0] != "modify_comment"]

    upgrade(empty_database_url)
    store = store_at(empty_database_url)
    found = store.read(differences)
    store.close()
    assert found == []


@each_database
def test_the_migrations_make_the_indexes_of_the_program_with_their_conditions(
    database_url: str, empty_database_url: str
) -> None:
    upgrade(database_url)
    store = store_at(empty_database_url)
    store.write(metadata.create_all, None)
    store.close()
    made, expected = _indexes(database_url), _indexes(empty_database_url)
    made.pop("alembic_version_pkc", None)
    assert made == expected
    assert "state" in made["ix_message_awaiting_receipt"].partition("WHERE")[2]


def test_the_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    assert script.get_current_head() == HEAD
    assert all(revision.revision.isdecimal() and len(revision.revision) == 4 for revision in script.walk_revisions())


@each_database
def test_upgrading_twice_changes_nothing_the_second_time(empty_database_url: str) -> None:
    assert upgrade(empty_database_url) == Schema(None)
    assert upgrade(empty_database_url) == Schema(HEAD)
    assert check(empty_database_url).is_current


@each_database
def test_of_contacts_that_are_there_it_is_found_out_whether_their_names_are_plain(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("alembic.command.upgrade", partial(_upgrade_to, command.upgrade, "0005"))
        upgrade(empty_database_url)
    names = ("Léger", "Noëlle", "", "Almeida-7", "{x}")
    known = "account_id, created_at, updated_at, mobile, last_name, first_name"
    unknown = ("email", "title", "birth_date", "company", "address", "extra", "search")
    _run(
        empty_database_url,
        "INSERT INTO account (login, login_key, email, email_key, password_hash, role, language, created_at,"
        " may_omit_stop) VALUES ('a', 'a', 'a', 'a', '!', 'user', 'en', 0, false)",
        *(
            f"INSERT INTO contact ({known}, {', '.join(unknown)})"
            f" SELECT id, 0, 0, '{number}', '{name}', 'Zoé'" + ", ''" * len(unknown) + " FROM account"
            for number, name in enumerate(names)
        ),
    )
    upgrade(empty_database_url)
    store = store_at(empty_database_url)
    found = store.read(Statement("SELECT last_name, plain_names FROM contact ORDER BY id").rows)
    store.close()
    assert [(name, bool(plain)) for name, plain in found] == list(zip(names, (1, 0, 1, 1, 0), strict=True))


def _upgrade_to(run: Callable[[Config, str], None], revision: str, config: Config, _head: str) -> None:
    run(config, revision)


@each_database
def test_an_upgrade_that_fails_leaves_nothing(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alembic.command.upgrade", _upgrade_to_the_middle)
    with pytest.raises(ZeroDivisionError):
        upgrade(empty_database_url)
    assert _tables(empty_database_url) == []


def _upgrade_to_the_middle(config: Config, _revision: str) -> None:
    config.attributes["connection"].exec_driver_sql("CREATE TABLE account (id INTEGER PRIMARY KEY)")
    raise ZeroDivisionError


@each_database
def test_an_open_database_at_the_head_does_not_import_alembic(database_url: str) -> None:
    upgrade(database_url)
    program = f"""
import asyncio, sys
from smstui.storage.database import Database
async def main():
    database = await Database.open({database_url!r})
    await database.close()
asyncio.run(main())
assert "alembic" not in sys.modules
assert "psycopg" not in sys.modules or {database_url!r}.startswith("postgresql")
"""
    run_together([program])


@each_database
def test_processes_may_create_one_database_at_once(empty_database_url: str) -> None:
    program = f"from smstui.storage.migrate import upgrade; upgrade({empty_database_url!r})"
    run_together([program] * 4)
    assert check(empty_database_url).is_current


@each_database
async def test_a_database_of_a_newer_program_is_left_alone(database_url: str) -> None:
    upgrade(database_url)
    _run(database_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseTooNew) as refused:
        await Database.open(database_url)
    assert "newer smstui" in explain(refused.value)


@each_database
@pytest.mark.parametrize(
    "tables",
    [
        ("CREATE TABLE bookmarks (url TEXT)",),
        ("CREATE TABLE alembic_version (version_num TEXT)", "INSERT INTO alembic_version VALUES ('ae1027a6acf')"),
    ],
)
def test_a_database_of_another_program_is_left_alone(empty_database_url: str, tables: tuple[str, ...]) -> None:
    _run(empty_database_url, *tables)
    before = _tables(empty_database_url)
    for use in (upgrade, check, lambda url: asyncio.run(Database.open(url))):
        with pytest.raises(DatabaseForeign):
            use(empty_database_url)
    assert _tables(empty_database_url) == before


@each_database
def test_checking_creates_nothing(empty_database_url: str) -> None:
    if empty_database_url.startswith("sqlite"):
        with pytest.raises(DatabaseUnavailable):
            check(empty_database_url)
        return
    assert check(empty_database_url) == Schema(None)
    assert _tables(empty_database_url) == []


@each_database
@pytest.mark.parametrize("statement", ["UPDATE ledger_entry SET amount = 5", "DELETE FROM ledger_entry"])
async def test_the_ledger_is_append_only(database: Database, statement: str) -> None:
    await database.write(_fill_the_ledger)
    with pytest.raises(DBAPIError, match="never changed"):
        await database.write(lambda tx: tx.exec_driver_sql(statement))
    assert await database.read(lambda tx: tx.exec_driver_sql("SELECT amount FROM ledger_entry").scalar()) == 1000


async def test_replacing_an_entry_of_the_ledger_is_changing_it(database: Database) -> None:
    await database.write(_fill_the_ledger)
    replacing = "REPLACE INTO ledger_entry (id, account_id, amount, cause, reference, created_at)"
    if database.place.startswith("postgresql"):
        replacing = "TRUNCATE ledger_entry --"
    with pytest.raises(DBAPIError, match="never changed"):
        await database.write(lambda tx: tx.exec_driver_sql(f"{replacing} VALUES (1, 1, 9, 'x', 'y', 0)"))


def _fill_the_ledger(tx: Connection) -> None:
    tx.exec_driver_sql(
        "INSERT INTO account (id, login, login_key, email, email_key, password_hash, role, language, created_at,"
        " may_omit_stop) VALUES (1, 'a', 'a', 'a', 'a', '', 'user', 'en', 0, false)"
    )
    tx.exec_driver_sql(
        "INSERT INTO ledger_entry (id, account_id, amount, cause, reference, created_at)"
        " VALUES (1, 1, 1000, 'grant', '1', 0)"
    )
