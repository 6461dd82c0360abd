"""From an address to the kind of database that is there."""

from pathlib import Path

from smstui.storage.address import read_address, without_secrets
from smstui.storage.sqlite import SqliteStore
from smstui.storage.store import Store


def store_at(url: str) -> Store:
    """The database at `url`, not connected yet. Raises InvalidDatabaseUrl, UnsupportedDatabase."""
    address = read_address(url)
    if isinstance(address, Path):
        return SqliteStore(address)
    from smstui.storage.postgresql import PostgresqlStore

    return PostgresqlStore(address, without_secrets(url))
