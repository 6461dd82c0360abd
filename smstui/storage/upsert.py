"""INSERT … ON CONFLICT, which SQLite and PostgreSQL both know, each through a construct of its own dialect."""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert(tx: Connection, table: Table) -> sqlite.Insert:
    """An INSERT into `table` that has `on_conflict_do_nothing` and `on_conflict_do_update`."""
    if tx.dialect.name == "postgresql":
        return postgresql.insert(table)  # type: ignore[return-value]  # the same methods, without a common base
    return sqlite.insert(table)
