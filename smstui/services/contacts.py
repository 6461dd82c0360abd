"""The contacts of an account's address book: one for each number."""

import secrets
from array import array
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from sqlalchemy import Connection, select, update

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.contact import ContactDetails
from smstui.domain.errors import Refusal
from smstui.domain.phone import parse_number
from smstui.i18n import N_
from smstui.services.audit import AuditAction, record
from smstui.services.contact_query import ContactQuery, contact_ids, count_contacts
from smstui.services.contact_rows import Contact, Facts, to_columns, to_contact
from smstui.services.groups import check_own_groups, put_into_groups, take_out_of_groups
from smstui.services.removal import delete_contacts, forget_removals, restore_contacts
from smstui.storage.database import Database
from smstui.storage.tables import contact, contact_group, group_member, opt_out
from smstui.storage.upsert import insert

_CHUNK: Final = 2000
_AT_ONCE: Final = 20_000
"""Contacts deleted in one transaction: other writers wait for no longer."""
_UNDOABLE: Final = timedelta(days=1)
"""After which a deletion can't be undone, even if its page was never left: the program was killed."""


@dataclass(eq=False)
class MobileTaken(Refusal):
    """The book has this number already."""

    mobile: str
    sentence: ClassVar[str] = N_("{mobile} is in the address book already: edit that contact.")


@dataclass(eq=False)
class UnknownContact(Refusal):
    """The book has no such contact, or no longer."""

    mobile: str
    sentence: ClassVar[str] = N_("{mobile} is not in the address book.")


@dataclass(frozen=True, slots=True)
class Removal:
    """A deletion that can be undone."""

    id: str
    contacts: int


class Contacts:
    """The accounts' books."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def ids(self, actor: Actor, query: ContactQuery, limit: int | None = None) -> "array[int]":
        """The ids of the contacts that `query` lets through, in its order. Raises UnknownGroup."""
        return await self._database.read(lambda tx: contact_ids(tx, actor, query, limit))

    async def count(self, actor: Actor, query: ContactQuery) -> int:
        """How many contacts `query` lets through. Raises UnknownGroup."""
        return await self._database.read(lambda tx: count_contacts(tx, actor, query))

    async def rows(self, actor: Actor, ids: Sequence[int]) -> tuple[Contact, ...]:
        """Those of the contacts `ids` (a page of them) that are there, in that order."""
        return await self._database.read(lambda tx: _rows(tx, actor, ids))

    async def all(self, actor: Actor, query: ContactQuery) -> AsyncIterator[tuple[Contact, ...]]:
        """The contacts that `query` lets through, in its order, some at a time. Raises UnknownGroup."""
        ids = await self.ids(actor, query)
        for start in range(0, len(ids), _CHUNK):
            yield await self.rows(actor, ids[start : start + _CHUNK])

    async def get(self, actor: Actor, contact_id: int) -> Contact:
        """One contact. Raises UnknownContact."""
        found = await self.rows(actor, [contact_id])
        if not found:
            raise UnknownContact(str(contact_id))
        return found[0]

    async def find(self, actor: Actor, number_text: str) -> Contact | None:
        """The contact of a number, if the book has one. Raises InvalidNumber."""
        mobile = parse_number(number_text)
        return await self._database.read(lambda tx: contact_with_mobile(tx, actor, mobile))

    async def add(self, actor: Actor, details: ContactDetails, group_ids: Collection[int] = ()) -> Contact:
        """Add a contact, and put it into groups. Raises MobileTaken, UnknownGroup, DynamicGroup."""
        now = self._clock.now()

        def work(tx: Connection) -> Contact:
            check_own_groups(tx, actor, group_ids)
            row = insert(tx, contact).values(
                account_id=actor.account_id, created_at=now, updated_at=now, **to_columns(details)
            )
            new = tx.execute(row.on_conflict_do_nothing().returning(contact.c.id)).scalar()
            if new is None:
                raise MobileTaken(details.mobile)
            put_into_groups(tx, group_ids, [new])
            return _rows(tx, actor, [new])[0]

        return await self._database.write(work)

    async def edit(
        self, actor: Actor, contact_id: int, details: ContactDetails, group_ids: Collection[int] | None = None
    ) -> Contact:
        """Give a contact other details, and exactly these groups unless None.

        Raises MobileTaken, UnknownContact, UnknownGroup, DynamicGroup.
        """
        now = self._clock.now()

        def work(tx: Connection) -> Contact:
            other = contact_with_mobile(tx, actor, details.mobile)
            if other is not None and other.id != contact_id:
                raise MobileTaken(details.mobile)
            own = (contact.c.id == contact_id, contact.c.account_id == actor.account_id)
            created_at = tx.execute(select(contact.c.created_at).where(*own)).scalar()
            at = max(now, (created_at or now) + timedelta(milliseconds=1))  # both times alike: never changed
            if not tx.execute(update(contact).where(*own).values(updated_at=at, **to_columns(details))).rowcount:
                raise UnknownContact(details.mobile)
            if group_ids is not None:
                check_own_groups(tx, actor, group_ids)
                take_out_of_groups(tx, actor, contact_id, keep=group_ids)
                put_into_groups(tx, group_ids, [contact_id])
            return _rows(tx, actor, [contact_id])[0]

        return await self._database.write(work)

    async def remove(self, actor: Actor, ids: Sequence[int]) -> Removal:
        """Delete those of the contacts `ids` that exist; their numbers stay on the STOP list. `restore` undoes it."""
        removal, now, count = secrets.token_hex(16), self._clock.now(), 0

        def work(tx: Connection) -> int:
            forget_removals(tx, before=now - _UNDOABLE)
            deleted = delete_contacts(tx, actor, removal, chunk, now)
            if deleted:
                record(tx, actor, now, AuditAction.CONTACTS_DELETED, str(deleted))
            return deleted

        for start in range(0, len(ids), _AT_ONCE):
            chunk = ids[start : start + _AT_ONCE]
            count += await self._database.write(work)
        return Removal(removal, count)

    async def restore(self, actor: Actor, removal: Removal) -> int:
        """Bring back what `remove` deleted within a day, with its groups; how many.

        A number added again meanwhile stays so.
        """
        now = self._clock.now()

        def work(tx: Connection) -> int:
            forget_removals(tx, before=now - _UNDOABLE)
            return restore_contacts(tx, actor, removal.id)

        return await self._database.write(work)

    async def forget(self, removal: Removal) -> None:
        """A deletion need not be undone any more."""
        await self._database.write(lambda tx: forget_removals(tx, removal.id))

    async def remove_numbers(self, actor: Actor, number_texts: Iterable[str]) -> int:
        """Delete the contacts of these numbers, all or none; how many. Raises InvalidNumber, UnknownContact."""
        mobiles = list(dict.fromkeys(map(parse_number, number_texts)))
        now = self._clock.now()

        def work(tx: Connection) -> int:
            ids = []
            for mobile in mobiles:
                found = contact_with_mobile(tx, actor, mobile)
                if found is None:
                    raise UnknownContact(mobile)
                ids.append(found.id)
            removal = secrets.token_hex(16)
            count = delete_contacts(tx, actor, removal, ids, now)
            forget_removals(tx, removal)
            record(tx, actor, now, AuditAction.CONTACTS_DELETED, str(count))
            return count

        return await self._database.write(work)


def contact_with_mobile(tx: Connection, actor: Actor, mobile: str) -> Contact | None:
    """The contact of a number (E.164), if the account's book has one."""
    own = select(contact.c.id).where(contact.c.account_id == actor.account_id, contact.c.mobile == mobile)
    found = tx.execute(own).scalar()
    return None if found is None else _rows(tx, actor, [found])[0]


def _rows(tx: Connection, actor: Actor, ids: Sequence[int]) -> tuple[Contact, ...]:
    own = select(contact).where(contact.c.account_id == actor.account_id, contact.c.id.in_(ids))
    rows = {row.id: row for row in tx.execute(own)}
    facts = Facts(_groups_of(tx, rows), _opted_out(tx, actor, [row.mobile for row in rows.values()]))
    return tuple(to_contact(rows[each], facts) for each in ids if each in rows)


def _groups_of(tx: Connection, ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The names of the groups that each contact was put into."""
    memberships = (
        select(group_member.c.contact_id, contact_group.c.name)
        .join_from(group_member, contact_group, contact_group.c.id == group_member.c.group_id)
        .where(group_member.c.contact_id.in_(ids))
        .order_by(contact_group.c.name_key)
    )
    groups: dict[int, tuple[str, ...]] = {}
    for contact_id, name in tx.execute(memberships):
        groups[contact_id] = (*groups.get(contact_id, ()), name)
    return groups


def _opted_out(tx: Connection, actor: Actor, mobiles: Collection[str]) -> frozenset[str]:
    listed = select(opt_out.c.number).where(opt_out.c.account_id == actor.account_id, opt_out.c.number.in_(mobiles))
    return frozenset(tx.execute(listed).scalars())
