"""The SMSC connections, shared by all accounts and edited by administrators."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Literal

from sqlalchemy import Connection, func, select, update

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.errors import Refusal
from smstui.domain.states import CampaignState, MessageState
from smstui.i18n import N_
from smstui.services.connection_rows import UNLEARNED, ConnectionRow, from_row, to_row
from smstui.services.connection_settings import ConnectionSettings, checked
from smstui.services.dispatch.lease import LeaseTime, lease_time
from smstui.services.platform_settings import require_administrator
from smstui.smpp.values import BindSettings, BindState
from smstui.storage.database import Database
from smstui.storage.tables import campaign, connection, lease, message_count
from smstui.storage.upsert import insert

NO_DISPATCHER: Final = "no dispatcher"
_BEST_FIRST: Final = (
    BindState.BOUND,
    BindState.DRAINING,
    BindState.CONNECTING,
    BindState.WAITING,
    BindState.CLOSED,
    NO_DISPATCHER,
)


@dataclass(eq=False)
class ConnectionNameTaken(Refusal):
    """Another connection has this name."""

    name: str
    sentence: ClassVar[str] = N_("The connection “{name}” exists already: choose another name.")


@dataclass(eq=False)
class UnknownConnection(Refusal):
    """There is no connection of this name."""

    name: str
    sentence: ClassVar[str] = N_("There is no connection “{name}”.")


@dataclass(eq=False)
class ConnectionInUse(Refusal):
    """Messages still wait to be sent over it."""

    name: str
    waiting: int
    sentence: ClassVar[str] = N_(
        "The connection “{name}” still has messages to send ({waiting}): let them go or cancel their campaigns first."
    )


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """How a connection is doing, as the process that holds it last wrote."""

    name: str
    state: BindState | Literal["no dispatcher"]
    """NO_DISPATCHER when no running process holds it."""
    reason: str
    """The last refusal or loss in the SMSC's words, "" when there is none."""
    enabled: bool
    rate: int
    """submit_sm a second lately."""


class Connections:
    """The connections. Those who edit them are administrators, or the command line (an actor of None)."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def list(self) -> tuple[ConnectionSettings, ...]:
        """All connections, the oldest first: the order in which they are chosen."""
        statement = select(connection).where(connection.c.removed_at.is_(None)).order_by(connection.c.id)
        rows = await self._database.read(lambda tx: tx.execute(statement).all())
        return tuple(from_row(row) for row in rows)

    async def get(self, name: str) -> ConnectionSettings:
        """The connection `name`. Raises UnknownConnection."""
        return from_row(await self._database.read(lambda tx: _find(tx, name)))

    async def add(self, actor: Actor | None, settings: ConnectionSettings) -> None:
        """Add a connection. Raises AdministratorsOnly, ConnectionNameTaken, InvalidConnection."""
        settings, now = checked(settings), self._clock.now()
        values = to_row(settings)

        def work(tx: Connection) -> None:
            require_administrator(tx, actor)
            row = insert(tx, connection).values(**values, receipt_id_form=UNLEARNED, created_at=now)
            if tx.execute(row.on_conflict_do_nothing().returning(connection.c.id)).first() is None:
                raise ConnectionNameTaken(settings.name)

        await self._database.write(work)

    async def update(self, actor: Actor | None, name: str, settings: ConnectionSettings) -> None:
        """Change the connection `name`, its name included; an empty password keeps the one it has.

        Raises AdministratorsOnly, UnknownConnection, ConnectionNameTaken, InvalidConnection.
        """

        def work(tx: Connection) -> None:
            require_administrator(tx, actor)
            row = _find(tx, name)
            new = checked(_with_password(settings, row.password))
            if new.name != name and _named(tx, new.name) is not None:
                raise ConnectionNameTaken(new.name)
            tx.execute(update(connection).where(connection.c.id == row.id).values(**to_row(new)))

        await self._database.write(work)

    async def remove(self, actor: Actor | None, name: str) -> None:
        """Retire the connection `name`: its campaigns keep it, its password is erased, its name is free again.

        Raises AdministratorsOnly, UnknownConnection, ConnectionInUse.
        """
        now = self._clock.now()

        def work(tx: Connection) -> None:
            require_administrator(tx, actor)
            row = _find(tx, name)
            if waiting := _waiting(tx, row.id):
                raise ConnectionInUse(name, waiting)
            retired = update(connection).where(connection.c.id == row.id)
            tx.execute(retired.values(removed_at=now, enabled=False, password=""))

        await self._database.write(work)

    async def test(self, target: str | ConnectionSettings) -> None:
        """Bind to a known connection, or to one that is being entered, and unbind.

        An empty password stands for the stored one only when it goes where it always goes. Raises UnknownConnection,
        InvalidConnection, and the refusals of `try_bind` with the SMSC's words.
        """
        from smstui.smpp.connection import try_bind

        if isinstance(target, str):
            settings = await self.get(target)
        else:
            stored = await self._database.read(lambda tx: _named(tx, target.name.strip()))
            settings = target
            if stored is not None and _same_place(from_row(stored).bind, target.bind):
                settings = _with_password(target, stored.password)
            settings = checked(settings)
        await try_bind(settings.bind)

    async def statuses(self) -> tuple[ConnectionStatus, ...]:
        """How each connection is doing, in the order of `list`."""
        statement = (
            select(
                connection,
                lease.c.expires_at,
                lease.c.clock.label("lease_clock"),
                lease.c.bind_state,
                lease.c.bind_reason,
                lease.c.rate.label("lease_rate"),
            )
            .outerjoin_from(connection, lease, lease.c.connection_id == connection.c.id)
            .where(connection.c.removed_at.is_(None))
            .order_by(connection.c.id, lease.c.bind)
        )

        def work(tx: Connection) -> tuple[ConnectionStatus, ...]:
            now = lease_time(tx, self._clock)
            by_name: dict[str, list[ConnectionStatus]] = {}
            for row in tx.execute(statement):
                by_name.setdefault(row.name, []).append(_status(row, now))
            return tuple(_together(binds) for binds in by_name.values())

        return await self._database.read(work)


def _named(tx: Connection, name: str) -> ConnectionRow | None:
    found = select(connection).where(connection.c.name == name, connection.c.removed_at.is_(None))
    return tx.execute(found).first()


def _find(tx: Connection, name: str) -> ConnectionRow:
    row = _named(tx, name)
    if row is None:
        raise UnknownConnection(name)
    return row


def _waiting(tx: Connection, connection_id: int) -> int:
    """How many messages of the connection's unfinished campaigns are still queued or in flight."""
    waiting = (
        select(func.coalesce(func.sum(message_count.c.messages), 0))
        .select_from(campaign)
        .join(message_count, message_count.c.campaign_id == campaign.c.id)
        .where(
            campaign.c.connection_id == connection_id,
            campaign.c.state.not_in((CampaignState.DONE, CampaignState.CANCELLED)),
            message_count.c.state == MessageState.QUEUED,
        )
    )
    return int(tx.execute(waiting).scalar_one())


def _with_password(settings: ConnectionSettings, password: str) -> ConnectionSettings:
    if settings.bind.password:
        return settings
    return replace(settings, bind=replace(settings.bind, password=password))


def _same_place(one: BindSettings, other: BindSettings) -> bool:
    return (one.host, one.port, one.tls, one.system_id) == (other.host, other.port, other.tls, other.system_id)


def _together(binds: Sequence[ConnectionStatus]) -> ConnectionStatus:
    """The connection's state: that of its best bind, and their rates together."""
    best = min(binds, key=lambda one: _BEST_FIRST.index(one.state))
    reason = best.reason or next((one.reason for one in binds if one.reason), "")
    return replace(best, reason=reason, rate=sum(one.rate for one in binds))


def _status(row: ConnectionRow, now: LeaseTime) -> ConnectionStatus:
    held = row.lease_clock is not None and now.before(row.lease_clock, row.expires_at)
    return ConnectionStatus(
        name=row.name,
        state=BindState(row.bind_state) if held else NO_DISPATCHER,
        reason=row.bind_reason if held else "",
        enabled=row.enabled,
        rate=row.lease_rate if held else 0,
    )
