"""The version of the schema: read it cheaply, and bring an empty or older database to the one that this program knows.

alembic takes a quarter of a second to import, so it is only when a database is not at the head.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from sqlalchemy import Connection

from smstui.domain.errors import Refusal
from smstui.i18n import N_
from smstui.storage.statements import Statement

HEAD: Final = "0007"
"""The newest revision in `migrations/versions`; revisions are numbers of four digits, in order."""
MIGRATIONS: Final = Path(__file__).parent / "migrations"
_TABLES: Final = Statement(
    "SELECT name FROM sqlite_master WHERE type = 'table'",
    """
    SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend
            WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
    """,
)
"""Without those that came with an extension of PostgreSQL."""
_REVISION: Final = Statement("SELECT version_num FROM alembic_version")


@dataclass(eq=False)
class DatabaseTooNew(Refusal):
    """A newer program has upgraded the database."""

    place: str
    sentence: ClassVar[str] = N_(
        "The database {place} was upgraded by a newer smstui: upgrade this program to open it."
    )


@dataclass(eq=False)
class DatabaseForeign(Refusal):
    """The database is another program's."""

    place: str
    sentence: ClassVar[str] = N_("The database {place} belongs to another program: choose another one.")


@dataclass(frozen=True, slots=True)
class Schema:
    """The version of a database's schema; None is an empty one."""

    revision: str | None

    @property
    def is_current(self) -> bool:
        """Whether it is the one that this program knows."""
        return self.revision == HEAD


def read_schema(tx: Connection, place: str) -> Schema:
    """The schema of the database at `place`. Raises DatabaseTooNew, DatabaseForeign."""
    tables = {name for (name,) in _TABLES.rows(tx)}
    if not tables:
        return Schema(None)
    revision: str | None = None
    if "alembic_version" in tables:
        revision = _REVISION.value(tx)
    if revision is None or "account" not in tables or not revision.isdecimal():
        raise DatabaseForeign(place)
    if revision > HEAD:
        raise DatabaseTooNew(place)
    return Schema(revision)


def run_migrations(tx: Connection) -> None:
    """Bring the database to the head, in the transaction of `tx`."""
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": tx})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, "head")
