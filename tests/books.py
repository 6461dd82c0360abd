"""A real database that outlives the examples of a property; each gets an SMSC connection and an account of its own.

books          a Books of this test module's own (import the fixture), on SQLite or as `--database` says; a test that is
               parametrized with it indirectly chooses the database
"""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from typing import TypeVar

import pytest
from sqlalchemy import Connection, func, insert, select

from smstui.domain.actor import Actor, Role
from smstui.domain.credits import Credits
from smstui.domain.states import MessageType
from smstui.services.connection_settings import ConnectionSettings
from smstui.services.connections import Connections
from smstui.services.credits import Cause, post
from smstui.smpp.values import BindSettings
from smstui.storage.database import Database, Work
from smstui.storage.tables import account, connection
from tests.support import START, FakeClock

T = TypeVar("T")


class Books:
    """The database, for tests that are not coroutines because hypothesis calls them many times."""

    def __init__(self, runner: asyncio.Runner, database: Database) -> None:
        self._runner = runner
        self._database = database
        self._numbers = count(1)
        self.account = self.new_account(Credits(0))
        """Of those tests that need none of their own."""

    def write(self, work: Work[T]) -> T:
        """What `work` returns, once committed."""
        return self._runner.run(self._database.write(work))

    def read(self, work: Work[T]) -> T:
        return self._runner.run(self._database.read(work))

    def new_connection(self, **bind: object) -> int:
        """The id of a connection that nothing was sent over yet."""
        settings = ConnectionSettings(
            name=f"smsc {next(self._numbers)}",
            bind=BindSettings("127.0.0.1", 2775, "test", "secret", **bind),  # type: ignore[arg-type]
            types=frozenset({MessageType.PRO}),
        )
        self._runner.run(Connections(self._database, FakeClock()).add(None, settings))
        return self.read(lambda tx: int(tx.execute(select(func.max(connection.c.id))).scalar_one()))

    def new_account(self, amount: Credits) -> Actor:
        """An account with `amount`, to which nobody can log in."""
        login = f"account-{next(self._numbers)}"
        values = {"login": login, "login_key": login, "email": login, "email_key": login, "password_hash": "!"}
        new = insert(account).values(**values, role=Role.USER, language="en", created_at=START)

        def work(tx: Connection) -> Actor:
            account_id = tx.execute(new.returning(account.c.id)).scalar_one()
            if amount:
                post(tx, account_id, amount, Cause.GRANT, login, START)
            return Actor(account_id, login, Role.USER, "en")

        return self.write(work)


@pytest.fixture(scope="module")
def books(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    with ExitStack() as stack:
        if getattr(request, "param", request.config.getoption("--database")) == "postgresql":
            server = request.getfixturevalue("postgresql_server")
            url = stack.enter_context(server.database(migrated=True))
        else:
            url = f"sqlite:///{tmp_path_factory.mktemp('books') / 'smstui.db'}"
        runner = stack.enter_context(asyncio.Runner())
        database = runner.run(Database.open(url))
        stack.callback(lambda: runner.run(database.close()))
        yield Books(runner, database)
