"""The part of the product that queues, over the database whose address is the argument.

Takes a command a line: `prepare PORT WINDOW` makes an account and a connection and prints `ready`, `send NAME COUNT`
queues a campaign to COUNT numbers and prints its id. It ends with its input.
"""

import asyncio
import sys
from pathlib import Path

from benchmarks.peers.task import PASSWORD, SOURCE, SYSTEM_ID, TEXT, number
from smstui.domain.credits import Credits
from smstui.services.accounts import NewAccount
from smstui.services.backend import Backend
from smstui.services.campaigns import Draft
from smstui.services.connection_settings import ConnectionSettings
from smstui.settings import Settings
from smstui.smpp.values import BindSettings

LOGIN = "bench"
ACCOUNT_PASSWORD = "Correct-Horse7"
RICH = 1_000_000


async def prepare(backend: Backend, port: int, window: int) -> str:
    """An account that may send without STOP mention, its sender, and the only connection."""
    new = NewAccount(
        login=LOGIN,
        email="bench@example.com",
        password=ACCOUNT_PASSWORD,
        language="en",
        admin=True,
        certified_number="+33612345678",
        credits=Credits.of(RICH),
        may_omit_stop=True,
    )
    actor = await backend.accounts.create(new)
    await backend.senders.add(actor, SOURCE)
    bind = BindSettings("127.0.0.1", port, SYSTEM_ID, PASSWORD, window=window)
    await backend.connections.add(None, ConnectionSettings("main", bind))
    return "ready"


async def send(backend: Backend, name: str, count: int) -> str:
    """Queue a campaign; its id."""
    actor = await backend.accounts.find(LOGIN)
    numbers = tuple(f"+{number(index)}" for index in range(count))
    draft = Draft(name=name, text=TEXT, numbers=numbers, sender=SOURCE, stop=False)
    return str((await backend.campaigns.send(actor, draft)).id)


async def _run(url: str) -> None:
    settings = Settings(database_url=url, account=LOGIN, language="en", data_directory=Path())
    async with Backend.open(settings) as backend:
        while line := await asyncio.to_thread(sys.stdin.readline):
            verb, one, two = line.split()
            answer = prepare(backend, int(one), int(two)) if verb == "prepare" else send(backend, one, int(two))
            print(await answer, flush=True)


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1]))
