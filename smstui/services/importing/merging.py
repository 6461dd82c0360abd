"""Writing the contacts of a file into the book, in one transaction."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from smstui.domain.actor import Actor
from smstui.domain.contact import has_plain_names, search_text
from smstui.services.contact_rows import extra_text
from smstui.services.importing.sifting import Row
from smstui.storage.book_tables import SEARCHED
from smstui.storage.columns import to_milliseconds
from smstui.storage.statements import Statement, as_list, with_list

_CHUNK: Final = 2000
_TEXTS: Final = "mobile, last_name, first_name, email, title, birth_date, company, address, extra, search, plain_names"
_INTO: Final = f"INSERT INTO contact (account_id, created_at, updated_at, {_TEXTS})"
_INSERT: Final = Statement(
    _INTO + " VALUES (?" + ", ?" * 13 + ")",
    arrays=_INTO
    + " SELECT * FROM unnest(?::bigint[], ?::bigint[], ?::bigint[]"
    + ", ?::text[]" * 10
    + ", ?::boolean[])",
)
_UPDATE: Final = Statement(
    "UPDATE contact SET updated_at = ?, last_name = ?, first_name = ?, email = ?, title = ?, birth_date = ?,"
    " company = ?, address = ?, extra = ?, search = ?, plain_names = ? WHERE id = ?",
    arrays="UPDATE contact SET updated_at = new.at, last_name = new.c1, first_name = new.c2, email = new.c3,"
    " title = new.c4, birth_date = new.c5, company = new.c6, address = new.c7, extra = new.c8, search = new.c9,"
    " plain_names = new.plain FROM unnest(?::bigint[]" + ", ?::text[]" * 9 + ", ?::boolean[], ?::bigint[])"
    " AS new (at, c1, c2, c3, c4, c5, c6, c7, c8, c9, plain, id) WHERE contact.id = new.id",
)
_ANY: Final = Statement("SELECT id FROM contact WHERE account_id = ? LIMIT 1")
_KNOWN: Final = with_list(f"SELECT id, {_TEXTS} FROM contact WHERE account_id = ? AND mobile IN {{texts}}")  # noqa: S608
_LAST_ID: Final = Statement("SELECT coalesce(max(id), 0) FROM contact")
_JOIN: Final = "INSERT INTO group_member (group_id, contact_id) SELECT CAST(? AS bigint), id FROM contact WHERE "
_JOIN_KNOWN: Final = with_list(_JOIN + "account_id = ? AND id IN {ids} ON CONFLICT DO NOTHING")
_JOIN_NEW: Final = Statement(_JOIN + "account_id = ? AND id > ?")
Counted = tuple[int, int, int]
"""Created, updated, unchanged."""


def merge(
    tx: Connection,
    actor: Actor,
    contacts: Mapping[str, Row],
    group_ids: Collection[int],
    at: datetime,
    told: Callable[[int], None],
) -> Counted:
    """Put `contacts`, by number, into the account's book and into its groups.

    What a file does not know of a contact stays as it is in the book. `told` hears how many contacts are done.
    """
    now, mobiles = to_milliseconds(at), sorted(contacts)
    if tx.dialect.name == "sqlite":
        tx.exec_driver_sql("PRAGMA cache_size=-131072")
    last_id = _LAST_ID.value(tx)
    is_new_book = _ANY.first(tx, actor.account_id) is None
    created = updated = unchanged = 0
    for start in range(0, len(mobiles), _CHUNK):
        chunk = mobiles[start : start + _CHUNK]
        known = {} if is_new_book else _known(tx, actor, chunk)
        new = [(actor.account_id, now, now, *contacts[each]) for each in chunk if each not in known]
        changed = [row for each, (id_, old) in known.items() if (row := _changed(now, id_, old, contacts[each]))]
        _INSERT.run_each(tx, new)
        _UPDATE.run_each(tx, changed)
        if known:
            for group_id in group_ids:
                _JOIN_KNOWN.run(tx, group_id, actor.account_id, as_list(id_ for id_, _old in known.values()))
        created, updated = created + len(new), updated + len(changed)
        unchanged += len(known) - len(changed)
        told(start + len(chunk))
    for group_id in group_ids:
        _JOIN_NEW.run(tx, group_id, actor.account_id, last_id)
    return created, updated, unchanged


def _known(tx: Connection, actor: Actor, mobiles: Sequence[str]) -> dict[str, tuple[int, Row]]:
    """The contacts of these numbers that the book has, with their ids."""
    rows = _KNOWN.rows(tx, actor.account_id, as_list(mobiles))
    return {mobile: (id_, Row(mobile, *texts)) for id_, mobile, *texts in rows}


def _changed(now: int, contact_id: int, old: Row, new: Row) -> tuple[object, ...] | None:
    """The parameters that bring the book's row up to date with that of the file; None when nothing changes."""
    texts = [after or before for before, after in zip(old[1:8], new[1:8], strict=True)]
    extra = old.extra
    if new.extra and new.extra != old.extra:
        values = {**(json.loads(old.extra) if old.extra else {}), **json.loads(new.extra)}
        extra = extra_text(tuple(values.items()))
    if (*texts, extra) == (*old[1:8], old.extra):
        return None
    last_name, first_name, email, _title, _birth_date, company, _address = texts
    search = search_text(old.mobile, last_name, first_name, email, company)[:SEARCHED]
    return (now, *texts, extra, search, has_plain_names(last_name, first_name), contact_id)
