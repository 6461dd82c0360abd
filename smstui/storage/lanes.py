"""Who may write at the same time as whom.

On SQLite there is one writer. On PostgreSQL all writes are done one after the other too, in the general lane; only what
a dispatcher writes about a connection has a lane of its own, so that it waits neither for other connections nor for the
screens. What the general lane changes of a connection's queue (its batches, its queued messages), it changes after
`enter`. A write in a lane touches the queue of its own connection only, and never enters another lane: nobody waits in
a circle.
"""

from typing import Final

from sqlalchemy import Connection

LOCKS: Final = 0x736D73
"""The class of our advisory locks (PostgreSQL, 9.28.10); the second key is a connection's id, or GENERAL."""
GENERAL: Final = 0
_IDLE: Final = 4000
"""Milliseconds after which a process that was stopped while it holds a lane loses it: before its lease runs out."""


def enter(tx: Connection, *connection_ids: int) -> None:
    """In the general lane: wait until nobody writes in the lanes of these connections, and hold them until the end.

    Once in a transaction, with all that it needs. Raises DatabaseBusy.
    """
    if tx.dialect.name == "postgresql" and connection_ids:
        tx.exec_driver_sql("; ".join(taking(one) for one in sorted(set(connection_ids))))


def taking(lane: int) -> str:
    """The statements of PostgreSQL that take a lane until the end of the transaction."""
    taken = f"SELECT pg_advisory_xact_lock({LOCKS:d}, {lane:d})"
    return taken if lane == GENERAL else f"SET LOCAL idle_in_transaction_session_timeout = {_IDLE:d}; {taken}"
