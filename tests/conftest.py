"""Fixtures that all parts may use.

database_url   the address of a database of this test's own, its schema at the head, without sending hours: tests run
               at any hour of any day. With `--database=postgresql` (or SMSTUI_TEST_DATABASE=postgresql) one of a real
               PostgreSQL server; a test marked `each_database` runs on both, with all the fixtures that follow
empty_database_url   the same, where nothing was created yet: a SQLite file that does not exist
settings       Settings with that address, in English
database       an open Database at that address, its schema at the head
clock          a FakeClock at tests.support.START; `clock.advance(seconds)` moves it
backend        a Backend over `database` and `clock`
new_account    `await new_account("name", balance=20)` creates an account with tests.support.PASSWORD, returns its Actor
admin          the Actor of an administrator, "boss", with 1,000 credits
actor          the Actor of an ordinary account, "shop", with 100 credits
other          the Actor of another ordinary account, "rival", with 100 credits
"""

import gc
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import argon2
import hypothesis
import pytest

from smstui import formats, i18n
from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.services.accounts import NewAccount
from smstui.services.backend import Backend
from smstui.settings import Settings
from smstui.storage.database import Database
from tests.postgresql import Server, running_server
from tests.support import PASSWORD, FakeClock, prepare_template

hypothesis.settings.register_profile(
    "unhurried",
    hypothesis.settings(),
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
hypothesis.settings.load_profile("unhurried")

NewAccountFixture = Callable[..., Awaitable[Actor]]
SQLITE, POSTGRESQL = DATABASES = "sqlite", "postgresql"


def pytest_addoption(parser: pytest.Parser) -> None:
    chosen = os.environ.get("SMSTUI_TEST_DATABASE", SQLITE)
    parser.addoption("--database", choices=DATABASES, default=chosen, help="where the tests without a mark run")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "each_database: runs on SQLite and on PostgreSQL")


def pytest_collection_finish() -> None:
    """What is imported by now stays: looking through it for garbage again and again would be a quarter of all work."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 10)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("each_database"):
        metafunc.parametrize("database_kind", DATABASES)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    i18n.use_language("en")
    yield
    i18n.use_language("en")
    formats.use_time_zone(None)


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed with less work than a third of a second; test_accounts.py has the real one."""
    quick = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr("smstui.services.passwords._hasher", quick)


@pytest.fixture
def database_kind(pytestconfig: pytest.Config) -> str:
    return str(pytestconfig.getoption("--database"))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database at the head, open at all hours, that tests copy."""
    template = tmp_path_factory.mktemp("template") / "smstui.db"
    prepare_template(f"sqlite:///{template}")
    return template


@pytest.fixture
def database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    if database_kind == SQLITE:
        copied = tmp_path / "smstui.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), copied)
        yield f"sqlite:///{copied}"
        return
    with request.getfixturevalue("postgresql_server").database(migrated=True) as url:
        yield url


@pytest.fixture
def empty_database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    if database_kind == SQLITE:
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with request.getfixturevalue("postgresql_server").database(migrated=False) as url:
        yield url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, account=None, language="en", data_directory=tmp_path)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = await Database.open(database_url)
    yield database
    await database.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def backend(database: Database, clock: FakeClock) -> Backend:
    return Backend(database, clock)


@pytest.fixture
def new_account(backend: Backend) -> NewAccountFixture:
    async def create(login: str, *, balance: int = 0, admin: bool = False, may_omit_stop: bool = False) -> Actor:
        return await backend.accounts.create(
            NewAccount(
                login=login,
                email=f"{login}@example.com",
                password=PASSWORD,
                language="en",
                admin=admin,
                credits=Credits.of(balance),
                may_omit_stop=may_omit_stop,
            )
        )

    return create


@pytest.fixture
async def admin(new_account: NewAccountFixture) -> Actor:
    return await new_account("boss", balance=1000, admin=True)


@pytest.fixture
async def actor(new_account: NewAccountFixture) -> Actor:
    return await new_account("shop", balance=100)


@pytest.fixture
async def other(new_account: NewAccountFixture) -> Actor:
    return await new_account("rival", balance=100)
