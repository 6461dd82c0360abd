"""smsc     a scripted SMSC that listens
client   `client(window=5)` starts a connection to it; all are cancelled at the end
"""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from smstui.smpp.values import BindSettings
from tests.smpp.smsc import Client, Smsc

StartClient = Callable[..., Client]


def bind_settings(port: int, **changes: Any) -> BindSettings:
    values: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "system_id": "smstui",
        "password": "secret",
        **changes,
    }
    return BindSettings(**values)


@pytest.fixture
async def smsc() -> AsyncIterator[Smsc]:
    smsc = Smsc()
    await smsc.start()
    yield smsc
    await smsc.close()


@pytest.fixture
async def client(smsc: Smsc) -> AsyncIterator[StartClient]:
    clients: list[Client] = []

    def start(**changes: Any) -> Client:
        started = Client(bind_settings(changes.pop("port", smsc.port), **changes))
        clients.append(started)
        return started

    yield start
    for started in clients:
        await started.close()


@pytest.fixture(autouse=True)
def _quick_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second bind comes after milliseconds instead of seconds."""
    monkeypatch.setattr("smstui.smpp.backoff._FIRST", 0.02)
