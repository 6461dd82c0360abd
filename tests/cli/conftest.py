"""The command line as a person runs it: with a data folder, a database and an environment of its own."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from smstui.cli.main import run
from smstui.smpp.simulator import Account, Hazards, Simulator, SimulatorSettings

PASSWORD = "Secret-2026"
SMSC_PASSWORD = "bindpass"


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> object:
        return json.loads(self.out)

    def refuses(self, *words: str) -> bool:
        """Whether it said no, in one line without a traceback that holds `words`."""
        one_line = self.err.count("\n") == 1 and "Traceback" not in self.err
        return self.code == 1 and self.out == "" and one_line and all(word in self.err for word in words)


Cli = Callable[..., Answer]


@pytest.fixture
def environment(tmp_path: Path, database_url: str) -> dict[str, str]:
    return {
        "LANG": "en_US.UTF-8",
        "LC_ALL": "en_US.UTF-8",
        "XDG_DATA_HOME": str(tmp_path),
        "SMSTUI_DATABASE_URL": database_url,
        "ACCOUNT_PASSWORD": PASSWORD,
        "SMSC_PASSWORD": SMSC_PASSWORD,
    }


@pytest.fixture
def cli(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """`cli("account", "create", …)` runs a command in this process."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("SMSTUI_ACCOUNT", raising=False)

    def call(*arguments: str) -> Answer:
        capsys.readouterr()
        code = run(arguments)
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return call


@pytest.fixture
def shop(cli: Cli) -> Cli:
    """The command line with an account "shop" that acts."""
    created = cli("account", "create", "shop", "--email", "shop@example.com", "--password-env", "ACCOUNT_PASSWORD")
    assert created.code == 0, created.err
    return lambda *arguments: cli(*arguments, "--account", "shop")


@pytest.fixture
def hazards() -> Hazards:
    """What the simulated SMSC does wrong: nothing, unless a module has a fixture of its own."""
    return Hazards()


@pytest.fixture
def smsc_port(hazards: Hazards) -> Iterator[int]:
    """The port of a simulated SMSC that accepts "client" with SMSC_PASSWORD, in a thread of its own."""
    simulator = Simulator(SimulatorSettings(accounts=(Account("client", SMSC_PASSWORD),), hazards=hazards))
    started, loop = threading.Event(), asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        await simulator.start()
        started.set()
        await stop.wait()
        await simulator.close()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert started.wait(10)
    yield simulator.port
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    loop.close()


@pytest.fixture
def add_connection(cli: Cli, smsc_port: int) -> Callable[..., Answer]:
    """Add the connection "main" to the simulated SMSC; further arguments replace the usual ones."""

    def add(*arguments: str) -> Answer:
        usual = ("--host", "127.0.0.1", "--port", str(smsc_port), "--system-id", "client")
        return cli("connection", "add", "main", *usual, "--password-env", "SMSC_PASSWORD", *arguments)

    return add


@pytest.fixture
def rich(cli: Cli) -> Cli:
    """An account "rich" that acts, with 100 credits."""
    arguments = ("--email", "rich@example.com", "--password-env", "ACCOUNT_PASSWORD", "--credits", "100")
    assert cli("account", "create", "rich", *arguments).code == 0
    return lambda *arguments: cli(*arguments, "--account", "rich")


@pytest.fixture
def sending(rich: Cli, add_connection: Callable[..., Answer]) -> Cli:
    """The same, with a sender and a connection to the simulated SMSC."""
    assert add_connection().code == 0
    assert rich("sender", "add", "MaBoutique", "--default").code == 0
    return rich
