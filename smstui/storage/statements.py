"""SQL written out, for the statements that run for every few messages.

Building them, and wrapping their results, would cost more than running them: they go to the driver directly. Parameters
are written `?`. Where the two databases differ there is a text for each.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError

Parameters = tuple[object, ...]
Values = tuple[Any, ...]
"""A row, by position."""
_POSTGRESQL: Final = "postgresql"
_LISTS_OF_SQLITE: Final = ("(SELECT value FROM json_each(?))",) * 2
_LISTS_OF_POSTGRESQL: Final = (
    "(SELECT value::bigint FROM json_array_elements_text(?::json) AS chosen (value))",
    "(SELECT value FROM json_array_elements_text(?::json) AS chosen (value))",
)
"""Of ids, and of texts: what a parameter in JSON holds."""


class Statement:
    """One statement, for SQLite and for PostgreSQL (`postgresql` when its text differs).

    `arrays` is what PostgreSQL runs for many rows: all at once, from an array for each of their columns, such as
    `UPDATE t SET b = new.b FROM unnest(?::bigint[], ?::text[]) AS new (id, b) WHERE t.id = new.id`. Of two rows that
    change the same one, either counts. Without it they are run one by one: psycopg's executemany is a pipeline, and a
    process stopped inside one is never idle to the server, which then can't take its locks away. Every way to run a
    statement raises what SQLAlchemy raises.
    """

    def __init__(self, sqlite: str, postgresql: str | None = None, *, arrays: str | None = None) -> None:
        self._sqlite = sqlite
        self._postgresql = _psycopg(postgresql or sqlite)
        self._arrays = arrays and _psycopg(arrays)

    def run(self, tx: Connection, *parameters: object) -> int:
        """Run it once; how many rows it changed. Parameters are in the order of the marks."""
        with self._cursor(tx) as cursor:
            cursor.execute(self._text(tx), parameters)
            return cursor.rowcount

    def run_each(self, tx: Connection, rows: Sequence[Parameters]) -> None:
        """Run it for each of `rows`."""
        if rows:
            with self._cursor(tx) as cursor:
                if tx.dialect.name != _POSTGRESQL:
                    cursor.executemany(self._sqlite, rows)
                elif self._arrays:
                    cursor.execute(self._arrays, [list(column) for column in zip(*rows, strict=True)])
                else:
                    for row in rows:
                        cursor.execute(self._postgresql, row)

    def rows(self, tx: Connection, *parameters: object) -> Sequence[Values]:
        """All rows of its result."""
        with self._cursor(tx) as cursor:
            cursor.execute(self._text(tx), parameters)
            return cursor.fetchall()

    def first(self, tx: Connection, *parameters: object) -> Values | None:
        """The first row of its result; None when there is none."""
        with self._cursor(tx) as cursor:
            cursor.execute(self._text(tx), parameters)
            row: Values | None = cursor.fetchone()
            return row

    def value(self, tx: Connection, *parameters: object) -> Any:
        """The first value of the first row of its result; None when there is none."""
        row = self.first(tx, *parameters)
        return None if row is None else row[0]

    def _text(self, tx: Connection) -> str:
        return self._postgresql if tx.dialect.name == _POSTGRESQL else self._sqlite

    @contextmanager
    def _cursor(self, tx: Connection) -> Iterator[DBAPICursor]:
        driver_error = tx.dialect.loaded_dbapi.Error
        try:
            cursor = tx.connection.cursor()
            try:
                yield cursor
            finally:
                cursor.close()
        except driver_error as error:
            dialect = tx.dialect
            raise DBAPIError.instance(
                self._sqlite, None, error, driver_error, hide_parameters=True, dialect=dialect
            ) from error


def with_list(text: str) -> Statement:
    """The statement `text`, in which {ids} or {texts} stands for a list that is one parameter (see `as_list`)."""
    return Statement(_filled(text, _LISTS_OF_SQLITE), _filled(text, _LISTS_OF_POSTGRESQL))


def as_list(values: Iterable[int] | Iterable[str]) -> str:
    """The parameter for the {ids} or {texts} of `with_list`: JSON."""
    return json.dumps(list(values))


def _filled(text: str, lists: tuple[str, str]) -> str:
    return text.replace("{ids}", lists[0]).replace("{texts}", lists[1])


def _psycopg(text: str) -> str:
    """`text` with the marks of psycopg."""
    return text.replace("%", "%%").replace("?", "%s")
