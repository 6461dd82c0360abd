"""The schema of the database at an address, for the command line."""

from smstui.storage.schema import HEAD, Schema
from smstui.storage.stores import store_at

__all__ = ["HEAD", "Schema", "check", "upgrade"]


def upgrade(url: str) -> Schema:
    """Bring the database at `url` to the head, creating it if need be; return the schema it had before.

    Raises the refusals of `address`, `failures` and `schema`.
    """
    store = store_at(url)
    try:
        return store.prepare()
    finally:
        store.close()


def check(url: str) -> Schema:
    """The schema of an existing database whose pages and references are sound; changes nothing.

    Raises DatabaseCorrupt when they are not, DatabaseUnavailable without a file, and the refusals of `upgrade`.
    """
    store = store_at(url)
    try:
        return store.check()
    finally:
        store.close()
