"""Lists of values as one parameter of a query built by SQLAlchemy; `statements.with_list` is for SQL written out."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import JSON, BigInteger, Connection, Select, Text, cast, func, literal, select
from sqlalchemy import column as sql_column


def listed_ids(tx: Connection, ids: Iterable[int]) -> Select[Any]:
    """A SELECT of `ids`, in its column `value`."""
    return _listed(tx, json.dumps(list(ids)), BigInteger)


def listed_texts(tx: Connection, texts: Iterable[str]) -> Select[Any]:
    """A SELECT of `texts`, in its column `value`."""
    return _listed(tx, json.dumps(list(texts)), Text)


def _listed(tx: Connection, document: str, kind: type[BigInteger] | type[Text]) -> Select[Any]:
    value = sql_column("value", kind)
    if tx.dialect.name == "postgresql":
        # A cast in SQL: what the driver would bind as JSON is a text already.
        elements = func.json_array_elements_text(cast(literal(document, Text), JSON)).table_valued(value)
        return select(cast(elements.c.value, kind).label("value"))
    return select(func.json_each(document).table_valued(value).c.value.label("value"))
