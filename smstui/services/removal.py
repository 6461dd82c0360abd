"""Contacts taken out of the book, kept aside for as long as that can be undone."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, select, tuple_

from smstui.domain.actor import Actor
from smstui.storage.columns import to_milliseconds
from smstui.storage.statements import Statement, as_list, with_list
from smstui.storage.tables import deleted_contact, deleted_member

_COLUMNS: Final = (
    "id, account_id, mobile, last_name, first_name, email, title, birth_date, company, address, extra, search,"
    " plain_names, created_at, updated_at"
)


_KEEP_CONTACTS: Final = with_list(
    f"INSERT INTO deleted_contact (removal, removed_at, {_COLUMNS}) SELECT ?, ?, {_COLUMNS} FROM contact"  # noqa: S608
    " WHERE account_id = ? AND id IN {ids}"
)
_KEEP_MEMBERS: Final = Statement(
    "INSERT INTO deleted_member (removal, group_id, contact_id) SELECT removal, group_id, contact_id FROM group_member"
    " JOIN deleted_contact ON contact_id = id WHERE removal = ? ON CONFLICT DO NOTHING",
)
_DELETE_MEMBERS: Final = Statement(
    "DELETE FROM group_member WHERE contact_id IN (SELECT id FROM deleted_contact WHERE removal = ?)"
)
_DELETE_CONTACTS: Final = Statement(
    "DELETE FROM contact WHERE id IN (SELECT id FROM deleted_contact WHERE removal = ?)"
)
_RESTORE_CONTACTS: Final = Statement(
    f"INSERT INTO contact ({_COLUMNS}) SELECT {_COLUMNS} FROM deleted_contact"  # noqa: S608
    " WHERE removal = ? AND account_id = ? ON CONFLICT DO NOTHING"
)
_RESTORE_MEMBERS: Final = Statement(
    "INSERT INTO group_member (group_id, contact_id) SELECT d.group_id, d.contact_id FROM deleted_member d"
    " JOIN contact_group g ON g.id = d.group_id JOIN contact c ON c.id = d.contact_id"
    " WHERE d.removal = ? AND g.account_id = ? AND g.filter IS NULL AND c.account_id = ? ON CONFLICT DO NOTHING"
)


def delete_contacts(tx: Connection, actor: Actor, removal: str, ids: Sequence[int], at: datetime) -> int:
    """Take the account's contacts `ids` out of the book and its groups, kept aside under `removal`; how many."""
    count = _KEEP_CONTACTS.run(tx, removal, to_milliseconds(at), actor.account_id, as_list(ids))
    _KEEP_MEMBERS.run(tx, removal)
    _DELETE_MEMBERS.run(tx, removal)
    _DELETE_CONTACTS.run(tx, removal)
    return count


def restore_contacts(tx: Connection, actor: Actor, removal: str) -> int:
    """Put back what the account kept under `removal` and is not in the book again; how many."""
    count = _RESTORE_CONTACTS.run(tx, removal, actor.account_id)
    _RESTORE_MEMBERS.run(tx, removal, actor.account_id, actor.account_id)
    _forget(tx, deleted_contact.c.removal == removal, deleted_contact.c.account_id == actor.account_id)
    return count


def forget_removals(tx: Connection, removal: str | None = None, *, before: datetime | None = None) -> None:
    """Forget what was kept under `removal`, or longer ago than `before`."""
    if before is not None:
        _forget(tx, deleted_contact.c.removed_at < before)
    if removal is not None:
        _forget(tx, deleted_contact.c.removal == removal)


def forget_group(tx: Connection, group_ids: Collection[int]) -> None:
    """Nobody comes back into these groups any more: a group that is created later may have the id of a deleted one."""
    tx.execute(delete(deleted_member).where(deleted_member.c.group_id.in_(group_ids)))


def _forget(tx: Connection, *chosen: ColumnElement[bool]) -> None:
    kept = tuple_(deleted_member.c.removal, deleted_member.c.contact_id)
    tx.execute(
        delete(deleted_member).where(kept.in_(select(deleted_contact.c.removal, deleted_contact.c.id).where(*chosen)))
    )
    tx.execute(delete(deleted_contact).where(*chosen))
