"""Database addresses: what one means, and how to show it without its secrets."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from smstui.domain.errors import Refusal
from smstui.i18n import N_

_POSTGRESQL: Final = "postgresql+psycopg"
_SPELLINGS: Final = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": _POSTGRESQL,
    "postgresql": _POSTGRESQL,
}
"""What else than itself a scheme may be called."""


@dataclass(eq=False)
class InvalidDatabaseUrl(Refusal):
    """The text is not an address of a database."""

    url: str
    """Without secrets."""
    sentence: ClassVar[str] = N_(
        "“{url}” is not the address of a database: write one such as sqlite:////home/me/smstui.db or "
        "postgresql://me:password@host/smstui."
    )


@dataclass(eq=False)
class UnsupportedDatabase(Refusal):
    """The address names a kind of database that can't hold the data."""

    kind: str
    sentence: ClassVar[str] = N_(
        "Databases of the kind “{kind}” are not supported: use an address such as sqlite:////home/me/smstui.db or "
        "postgresql://me:password@host/smstui."
    )


def without_secrets(url: str) -> str:
    """`url` as it may be shown: no user, no password, no query, whatever characters the password holds."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return "…" if "@" in url else url
    if scheme.partition("+")[0] == "sqlite":
        return url
    shown, _, query = rest.partition("?")
    if "@" in query:
        return f"{scheme}://…"
    _, at, place = shown.rpartition("@")
    return f"{scheme}://…@{place}" if at else f"{scheme}://{place}"


def read_address(url: str) -> Path | URL:
    """The absolute path of the SQLite file that `url` names, or the address of its PostgreSQL database.

    Characters of a password that mean something in an address are written as %40 and the like. Raises
    InvalidDatabaseUrl, UnsupportedDatabase.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise InvalidDatabaseUrl(without_secrets(url)) from None
    driver = _SPELLINGS.get(parsed.drivername, parsed.drivername)
    if driver == "sqlite" and _names_a_file(parsed):
        return Path(parsed.database or "").absolute()
    # With two @ it is the password that is cut in the middle, and its end taken for a host.
    if driver == _POSTGRESQL and url.count("@") <= 1 and "\0" not in url:
        return parsed.set(drivername=driver)
    if parsed.get_backend_name() not in ("sqlite", "postgresql", "postgres"):
        raise UnsupportedDatabase(parsed.get_backend_name())
    raise InvalidDatabaseUrl(without_secrets(url))


def sqlite_path(url: str) -> Path | None:
    """The file that `url` names; None when it names a database of a server. Raises like `read_address`."""
    address = read_address(url)
    return address if isinstance(address, Path) else None


def _names_a_file(parsed: URL) -> bool:
    name = parsed.database or ""
    return name not in ("", ":memory:") and "\0" not in name and not (parsed.host or parsed.query)
