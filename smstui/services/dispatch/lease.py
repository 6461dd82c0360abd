"""Who holds a bind of a connection: one owner at a time, over all processes and hosts.

The lease row lives LEASE_TIME and is renewed every HEARTBEAT seconds. Its token is raised at each change of owner, and
every write of a dispatcher checks it in its own transaction: an owner that was stopped, and replaced, changes nothing
when it wakes up. Instants are those of a clock that nobody sets: the monotonic one of the host that all processes of a
SQLite file share, or that of the PostgreSQL server.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import Connection, case, literal, select, update

from smstui.domain.clock import Clock
from smstui.smpp.values import BindState, BindStatus
from smstui.storage.columns import Instant
from smstui.storage.statements import Statement
from smstui.storage.tables import lease
from smstui.storage.upsert import insert

LEASE_TIME: Final = 5.0
"""Seconds."""
HEARTBEAT: Final = 1.0
"""Seconds."""
_HOLDER = Statement("SELECT token FROM lease WHERE connection_id = ? AND bind = ?")
DATABASE_CLOCK = "database"
_DATABASE_TIME = Statement("", "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)")


class LeaseLost(Exception):
    """Another dispatcher has taken over the bind."""


class LeaseTime(NamedTuple):
    """An instant, comparable with others of the same clock only."""

    clock: str
    milliseconds: int

    def plus_lease(self) -> int:
        """The instant when a lease that is taken or renewed now runs out, in milliseconds."""
        return self.milliseconds + round(LEASE_TIME * 1000)

    def before(self, clock: str, expires_at: int) -> bool:
        """Whether a lease until `expires_at` of `clock` holds; one of another clock, or of its future, is void."""
        return clock == self.clock and self.milliseconds < expires_at <= self.plus_lease()


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to use one bind of a connection."""

    connection_id: int
    bind: int
    """From 1."""
    owner: str
    token: int


def lease_time(tx: Connection, clock: Clock) -> LeaseTime:
    """The present, by the clock that all owners of the database share."""
    if tx.dialect.name == "postgresql":
        return LeaseTime(DATABASE_CLOCK, int(_DATABASE_TIME.value(tx)))
    return LeaseTime(clock.machine, round(clock.monotonic() * 1000))


def is_free(tx: Connection, connection_id: int, bind: int, clock: Clock) -> bool:
    """Whether nobody holds the lease of a bind at this moment."""
    held = select(lease.c.clock, lease.c.expires_at).where(lease.c.connection_id == connection_id, lease.c.bind == bind)
    row = tx.execute(held).first()
    return row is None or not lease_time(tx, clock).before(row.clock, row.expires_at)


def acquire(tx: Connection, connection_id: int, bind: int, owner: str, clock: Clock) -> Lease | None:
    """Take the lease of a bind if nobody holds it; None when somebody does."""
    row = tx.execute(
        select(lease.c.token, lease.c.expires_at, lease.c.clock)
        .where(lease.c.connection_id == connection_id, lease.c.bind == bind)
        .with_for_update()
    ).first()
    now = lease_time(tx, clock)
    if row is not None and now.before(row.clock, row.expires_at):
        return None
    token = 1 if row is None else row.token + 1
    values = {
        "owner": owner,
        "token": token,
        "expires_at": now.plus_lease(),
        "clock": now.clock,
        "bind_state": BindState.CONNECTING,
        "bind_reason": "",
        "bind_since": clock.now(),
        "rate": 0,
    }
    statement = insert(tx, lease).values(connection_id=connection_id, bind=bind, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=[lease.c.connection_id, lease.c.bind], set_=values))
    return Lease(connection_id, bind, owner, token)


def check(tx: Connection, held: Lease) -> None:
    """Raise LeaseLost unless `held` is still the lease; it can't change before the transaction ends."""
    if _HOLDER.value(tx, held.connection_id, held.bind) != held.token:
        raise LeaseLost


def renew(tx: Connection, held: Lease, status: BindStatus, clock: Clock, rate: int = 0) -> None:
    """Live on for LEASE_TIME, and show others the state of the bind and its `rate` in submit_sm/s. Raises LeaseLost."""
    since = case((lease.c.bind_state == status.state, lease.c.bind_since), else_=literal(clock.now(), Instant))
    values = {"bind_state": status.state, "bind_reason": status.reason, "bind_since": since, "rate": rate}
    _write(tx, held, {**values, "expires_at": lease_time(tx, clock).plus_lease()})


def release(tx: Connection, held: Lease) -> None:
    """Leave the bind to whoever wants it. Raises LeaseLost."""
    _write(tx, held, {"bind_state": BindState.CLOSED, "bind_reason": "", "rate": 0, "expires_at": 0})


def _write(tx: Connection, held: Lease, values: dict[str, object]) -> None:
    written = tx.execute(
        update(lease)
        .where(lease.c.connection_id == held.connection_id, lease.c.bind == held.bind, lease.c.token == held.token)
        .values(values)
    )
    if written.rowcount != 1:
        raise LeaseLost
