"""How a connection is doing, as its dispatchers write it down: right whichever process holds its binds.

Only administrators look at it, or the command line: it counts what all accounts send.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.states import CampaignState, MessageState
from smstui.services.connections import NO_DISPATCHER, UnknownConnection
from smstui.services.dispatch.lease import DATABASE_CLOCK, LeaseTime, lease_time
from smstui.services.health_values import (
    RECEIPTS_SHOWN,
    SLOT,
    SLOTS,
    BindHealth,
    ConnectionHealth,
    Moment,
    RecentReceipt,
    SmscRefusal,
)
from smstui.services.outgoing import BatchState
from smstui.services.platform_settings import require_administrator
from smstui.smpp.values import BindState
from smstui.storage.columns import from_milliseconds, to_milliseconds
from smstui.storage.database import Database
from smstui.storage.statements import Statement
from smstui.storage.tables import (
    ERASED,
    batch,
    bind_sample,
    campaign,
    connection,
    lease,
    ledger_entry,
    message,
    message_count,
    parked_receipt,
    recent_receipt,
    smsc_refusal,
)

_FRESH: Final = timedelta(seconds=5)
"""A sample older than this says nothing about now."""
_LATE: Final = timedelta(minutes=1)
"""A campaign that a dispatcher knows of is begun sooner."""
_HISTORY = Statement("""
    SELECT at / ? AS slot, SUM(accepted) AS accepted, SUM(throttled) AS throttled,
        SUM(response_ms * (accepted + rejected + throttled)) AS waited,
        SUM(CASE WHEN response_ms IS NULL THEN 0 ELSE accepted + rejected + throttled END) AS answered
    FROM bind_sample WHERE connection_id = ? AND at BETWEEN ? AND ? GROUP BY 1
""")


class Health:
    """Reads the health of connections. Those who ask are administrators, or the command line (an actor of None)."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def of(self, actor: Actor | None, name: str) -> ConnectionHealth:
        """The connection `name`, now. Raises AdministratorsOnly, UnknownConnection."""
        found = await self._read(actor, name)
        if not found:
            raise UnknownConnection(name)
        return found[0]

    async def of_all(self, actor: Actor | None) -> tuple[ConnectionHealth, ...]:
        """Every connection, now, the oldest first. Raises AdministratorsOnly."""
        return await self._read(actor, None)

    async def queued(self) -> Mapping[str, int]:
        """Messages without an outcome yet, paused ones too, by connection; those that have none are left out."""
        counts = (
            select(connection.c.name, func.sum(message_count.c.messages))
            .select_from(connection)
            .join(campaign, campaign.c.connection_id == connection.c.id)
            .join(message_count, message_count.c.campaign_id == campaign.c.id)
            .where(campaign.c.state.not_in((CampaignState.DONE, CampaignState.CANCELLED)))
            .where(message_count.c.state == MessageState.QUEUED, message_count.c.messages > 0)
            .group_by(connection.c.name)
        )
        rows = await self._database.read(lambda tx: tx.execute(counts).all())
        return {str(name): int(count) for name, count in rows}

    async def overdue(self) -> int:
        """Scheduled campaigns whose time came a while ago, and that nobody has begun or left to a person."""
        late = select(func.count()).where(
            campaign.c.state == CampaignState.SCHEDULED,
            campaign.c.hold.is_(None),
            campaign.c.due_at < self._clock.now() - _LATE,
        )
        return await self._database.read(lambda tx: int(tx.execute(late).scalar_one()))

    async def clock_lag(self) -> timedelta:
        """How far this machine's clock is behind the newest thing stored, or behind that of the database's server."""

        def work(tx: Connection) -> timedelta:
            now, present = self._clock.now(), lease_time(tx, self._clock)
            known = [
                tx.execute(select(func.max(column))).scalar() for column in (bind_sample.c.at, smsc_refusal.c.last_at)
            ]
            newest = select(ledger_entry.c.created_at).order_by(ledger_entry.c.id.desc()).limit(1)
            known.append(tx.execute(newest).scalar())
            if present.clock == DATABASE_CLOCK:
                known.append(from_milliseconds(present.milliseconds))
            return max((one - now for one in known if one is not None), default=timedelta(0))

        return await self._database.read(work)

    async def _read(self, actor: Actor | None, name: str | None) -> tuple[ConnectionHealth, ...]:
        rows = select(connection).where(connection.c.removed_at.is_(None)).order_by(connection.c.id)
        if name is not None:
            rows = rows.where(connection.c.name == name)

        def work(tx: Connection) -> tuple[ConnectionHealth, ...]:
            require_administrator(tx, actor)
            present, now = lease_time(tx, self._clock), self._clock.now()
            return tuple(_health(tx, row, present, now) for row in tx.execute(rows).all())

        return await self._database.read(work)


def _health(tx: Connection, row: Row[Any], present: LeaseTime, now: datetime) -> ConnectionHealth:
    parked = select(func.count()).select_from(parked_receipt).where(parked_receipt.c.connection_id == row.id)
    in_doubt = select(func.count()).where(
        message.c.connection_id == row.id,
        message.c.destination != ERASED,
        message.c.state == MessageState.UNKNOWN,
        message.c.resent_by.is_(None),
    )
    waiting = select(batch.c.id).where(batch.c.connection_id == row.id, batch.c.state == BatchState.FREE).limit(1)
    return ConnectionHealth(
        name=row.name,
        enabled=row.enabled,
        window=row.window,
        contracted_rate=row.rate,
        binds=_binds(tx, row, present, now),
        history=_history(tx, row.id, now),
        refusals=_refusals(tx, row.id),
        receipts=_receipts(tx, row.id),
        parked=tx.execute(parked).scalar_one(),
        in_doubt=tx.execute(in_doubt).scalar_one(),
        waiting=tx.execute(waiting).first() is not None,
    )


def _binds(tx: Connection, row: Row[Any], present: LeaseTime, now: datetime) -> tuple[BindHealth, ...]:
    """The binds that the connection wants, and those that are still held beyond them."""
    rows = tx.execute(select(lease).where(lease.c.connection_id == row.id)).all()
    held = {one.bind: one for one in rows if present.before(one.clock, one.expires_at)}
    samples = _last_samples(tx, row.id, now)
    return tuple(
        _bind(held[bind], samples.get(bind)) if bind in held else BindHealth(bind, NO_DISPATCHER)
        for bind in sorted({*range(1, row.binds + 1), *held})
    )


def _last_samples(tx: Connection, connection_id: int, now: datetime) -> dict[int, Row[Any]]:
    """The newest sample of each bind that is of now."""
    column = bind_sample.c
    recent = select(bind_sample).where(column.connection_id == connection_id, column.at.between(now - _FRESH, now))
    return {one.bind: one for one in tx.execute(recent.order_by(column.at))}


def _bind(held: Row[Any], sample: Row[Any] | None) -> BindHealth:
    return BindHealth(
        bind=held.bind,
        state=BindState(held.bind_state),
        reason=held.bind_reason,
        owner=":".join(held.owner.split(":")[:2]),
        since=held.bind_since,
        rate=held.rate,
        in_flight=sample.in_flight if sample else 0,
        allowed_rate=sample.allowed_rate if sample else None,
    )


def _history(tx: Connection, connection_id: int, now: datetime) -> tuple[Moment, ...]:
    length = to_milliseconds(now) - to_milliseconds(now - SLOT)
    end = to_milliseconds(now) // length
    first = end - SLOTS
    rows = _HISTORY.rows(tx, length, connection_id, first * length, end * length - 1)
    by_slot = {int(slot): _moment(*sums) for slot, *sums in rows}
    return tuple(by_slot.get(slot, Moment(0.0, None, 0)) for slot in range(first, end))


def _moment(accepted: int, throttled: int, waited: int, answered: int) -> Moment:
    """From the sums of a slot; `waited` is the milliseconds of all `answered` submit_sm together."""
    # PostgreSQL gives its sums as decimals.
    response_ms = int(waited) / int(answered) if answered else None
    return Moment(int(accepted) / SLOT.total_seconds(), response_ms, int(throttled))


def _refusals(tx: Connection, connection_id: int) -> tuple[SmscRefusal, ...]:
    column = smsc_refusal.c
    rows = select(column.status, column.count, column.last_at).where(column.connection_id == connection_id)
    return tuple(SmscRefusal(*row) for row in tx.execute(rows.order_by(column.count.desc(), column.status)))


def _receipts(tx: Connection, connection_id: int) -> tuple[RecentReceipt, ...]:
    column = recent_receipt.c
    rows = (
        select(column.smsc_id, column.state, column.word, column.received_at)
        .where(column.connection_id == connection_id)
        .order_by(column.id.desc())
        .limit(RECEIPTS_SHOWN)
    )
    return tuple(
        RecentReceipt(row.smsc_id, MessageState(row.state) if row.state else None, row.word, row.received_at)
        for row in tx.execute(rows)
    )
