"""The demo: a database of its own with a sample account, and an SMSC simulator with phones, in this event loop."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_urlsafe
from typing import Self

from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.domain.hours import SendingHours
from smstui.domain.states import MessageType
from smstui.services.accounts import NewAccount, UnknownAccount
from smstui.services.backend import Backend
from smstui.services.connection_settings import DEFAULT_STOP_CODE, ConnectionSettings
from smstui.services.connections import UnknownConnection
from smstui.services.handsets import HandsetService
from smstui.settings import NO_SMTP, Settings
from smstui.smpp.simulator import Account, Simulator, SimulatorSettings
from smstui.smpp.values import BindSettings

LOGIN = "demo"
PASSWORD = "Demo-2026!"  # noqa: S105
EMAIL = "demo@example.com"
CERTIFIED_NUMBER = "+33698765432"
"""It is never written to, except by whoever tries the demo, through the simulator."""
CREDITS = Credits.of(1000)
SENDER = "MaBoutique"
CONNECTION = "Simulateur"
SYSTEM_ID = "smstui-demo"
REPLY_NUMBER = "36105"
RECEIPT_DELAY = 2.0
"""Seconds: long enough to see the receipts arrive."""
DATABASE_FILE = "demo.db"


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo."""

    settings: Settings
    """Those of the application, on the demo's database."""
    handsets: HandsetService
    """The simulated phones."""
    login: str = LOGIN
    password: str = PASSWORD
    """Of the sample account, to be shown: it opens nothing else."""

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings, *, keep: bool) -> AsyncIterator[Self]:
        """A demo, ended with the context.

        Its database is in the data folder of `settings` when it is to `keep` from one demo to the next, else in a
        temporary folder. Raises the refusals of `Database.open`.
        """
        password = token_urlsafe(6)
        simulator = Simulator(SimulatorSettings(accounts=(Account(SYSTEM_ID, password),), receipt_delay=RECEIPT_DELAY))
        with tempfile.TemporaryDirectory(prefix="smstui-demo-") as temporary:
            folder = settings.data_directory if keep else Path(temporary)
            own = replace(settings, database_url=f"sqlite:///{folder / DATABASE_FILE}", smtp=NO_SMTP)
            await simulator.start()
            try:
                bind = BindSettings("127.0.0.1", simulator.port, SYSTEM_ID, password)
                await _prepare(own, bind)
                yield cls(own, HandsetService(simulator, DEFAULT_STOP_CODE))
            finally:
                await simulator.close()


async def _prepare(settings: Settings, bind: BindSettings) -> None:
    """Put what a newcomer needs into the database, beside what an earlier demo left there."""
    async with Backend.open(settings) as backend:
        try:
            await backend.accounts.find(LOGIN)
        except UnknownAccount:
            await _fill(backend, settings.language)
        connection = ConnectionSettings(CONNECTION, bind, frozenset(MessageType) - {MessageType.VOIX}, REPLY_NUMBER)
        try:
            await backend.connections.update(None, CONNECTION, connection)
        except UnknownConnection:
            await backend.connections.add(None, connection)


async def _fill(backend: Backend, language: str) -> Actor:
    """The sample account and its sender, and no sending hours: the demo is tried at any hour of any day."""
    new = NewAccount(LOGIN, EMAIL, PASSWORD, language, admin=True, certified_number=CERTIFIED_NUMBER, credits=CREDITS)
    actor = await backend.accounts.create(new)
    await backend.senders.add(actor, SENDER, default=True)
    await backend.platform.set_sending_hours(None, SendingHours(always=True))
    return actor
