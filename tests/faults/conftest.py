"""Fixtures of the fault tests, which run on both databases: `pytestmark = pytest.mark.each_database`.

sites   opener of Sites, each with an SMSC that has these options of `smstui simulator`, and a database of its own:
        `await sites([("--response-delay", "0.05")] * 3, binds=2)`; to wait in several at once takes no longer;
        None instead of options is an SMSC that nobody has started
"""

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

import pytest

from tests.faults.site import Site
from tests.support import prepare_template

OpenSites = Callable[..., Awaitable[list[Site]]]
NewDatabase = Callable[[Path], str]


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "smstui.db"
    prepare_template(f"sqlite:///{path}")
    return path


@pytest.fixture
def new_database(database_kind: str, request: pytest.FixtureRequest) -> Iterator[NewDatabase]:
    """Makes a database, a file in the folder that is given or on the server, and says its address."""
    with ExitStack() as stack:

        def new(folder: Path) -> str:
            if database_kind == "sqlite":
                shutil.copy(request.getfixturevalue("migrated_file"), folder / "smstui.db")
                return f"sqlite:///{folder / 'smstui.db'}"
            return str(stack.enter_context(request.getfixturevalue("postgresql_server").database(migrated=True)))

        yield new


@pytest.fixture
async def sites(new_database: NewDatabase, tmp_path: Path) -> AsyncIterator[OpenSites]:
    async with AsyncExitStack() as stack:

        async def enter(
            smscs: Sequence[Sequence[str] | None], database_folder: Path | None = None, **connection: float
        ) -> list[Site]:
            opened = []
            for number, hazards in enumerate(smscs):
                folder = tmp_path / f"site-{number}"
                folder.mkdir()
                site = Site(folder, new_database(database_folder or folder), secrets.randbelow(10**6), **connection)
                stack.push_async_callback(site.close)
                await site.open(*(hazards or ()))
                opened.append(site)
            running = [site for site, hazards in zip(opened, smscs, strict=True) if hazards is not None]
            await asyncio.gather(*(site.start_smsc() for site in running))
            return opened

        yield enter
