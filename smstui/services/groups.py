"""Groups of contacts: chosen one by one, or found by words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import Connection, Row, delete, func, select, update

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.errors import Refusal
from smstui.domain.folding import folded
from smstui.domain.storable import storable
from smstui.domain.visible import excerpt
from smstui.i18n import N_
from smstui.services.contact_query import ContactQuery, UnknownGroup, count_contacts, search_words
from smstui.services.removal import forget_group
from smstui.storage.database import Database
from smstui.storage.statements import Statement, as_list, with_list
from smstui.storage.tables import contact_group, group_member
from smstui.storage.upsert import insert

LONGEST_NAME: Final = 100
LONGEST_DESCRIPTION: Final = 500
_AT_ONCE: Final = 20_000
"""Members put in or taken out in one transaction."""


@dataclass(eq=False)
class InvalidGroupName(Refusal):
    """Empty or too long."""

    limit: int
    sentence: ClassVar[str] = N_("Give the group a name of {limit} characters at most.")


@dataclass(eq=False)
class DescriptionTooLong(Refusal):
    """More than a description holds."""

    limit: int
    sentence: ClassVar[str] = N_("The description is too long: {limit} characters at most.")


@dataclass(eq=False)
class GroupNameTaken(Refusal):
    """The account has a group of this name, whatever its case and accents."""

    name: str
    sentence: ClassVar[str] = N_("A group is already named “{name}”; choose another name.")


@dataclass(eq=False)
class EmptyFilter(Refusal):
    """A dynamic group without words would hold everybody."""

    sentence: ClassVar[str] = N_("Write the words that the contacts of this group must hold.")


@dataclass(eq=False)
class DynamicGroup(Refusal):
    """Its members are found, not chosen."""

    name: str
    sentence: ClassVar[str] = N_("The contacts of “{name}” are found by its words: it takes none by hand.")


@dataclass(frozen=True, slots=True)
class GroupDetails:
    """What a person says about a group."""

    name: str
    description: str = ""
    filter: str | None = None
    """Words that find its members (a dynamic group); None when they are chosen one by one."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of an account."""

    id: int
    name: str
    description: str
    filter: str | None
    created_at: datetime
    contacts: int

    @property
    def is_dynamic(self) -> bool:
        """Whether its members are found by words."""
        return self.filter is not None


class Groups:
    """The groups of accounts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def list(self, actor: Actor) -> tuple[Group, ...]:
        """The account's groups, by name, with the number of their contacts now."""

        def work(tx: Connection) -> tuple[Group, ...]:
            own = contact_group.c.account_id == actor.account_id
            members = (
                select(group_member.c.group_id, func.count())
                .join(contact_group, contact_group.c.id == group_member.c.group_id)
                .where(own)
                .group_by(group_member.c.group_id)
            )
            counts: dict[int, int] = dict(tx.execute(members).all())
            rows = tx.execute(select(contact_group).where(own).order_by(contact_group.c.name_key)).all()
            return tuple(_group(tx, actor, row, counts.get(row.id, 0)) for row in rows)

        return await self._database.read(work)

    async def get(self, actor: Actor, group_id: int) -> Group:
        """One group. Raises UnknownGroup."""
        return await self._database.read(lambda tx: _group(tx, actor, _own(tx, actor, group_id)))

    async def find(self, actor: Actor, name: str) -> Group:
        """The group of that name, whatever its case and accents. Raises UnknownGroup."""

        def work(tx: Connection) -> Group:
            own = select(contact_group).where(
                contact_group.c.account_id == actor.account_id, contact_group.c.name_key == _key(name)
            )
            row = tx.execute(own).first()
            if row is None:
                raise UnknownGroup(excerpt(name))
            return _group(tx, actor, row)

        return await self._database.read(work)

    async def add(self, actor: Actor, details: GroupDetails) -> Group:
        """Create a group. Raises InvalidGroupName, DescriptionTooLong, GroupNameTaken, EmptyFilter."""
        checked, now = check_group(details), self._clock.now()

        def work(tx: Connection) -> Group:
            new = _insert(tx, actor, checked, now)
            if new is None:
                raise GroupNameTaken(excerpt(checked.name))
            return _group(tx, actor, _own(tx, actor, new))

        return await self._database.write(work)

    async def edit(self, actor: Actor, group_id: int, details: GroupDetails) -> Group:
        """Rename and describe a group. A group that becomes dynamic loses the members chosen for it.

        Raises UnknownGroup and the refusals of `add`.
        """
        checked = check_group(details)

        def work(tx: Connection) -> Group:
            _own(tx, actor, group_id)
            same = select(contact_group.c.id).where(
                contact_group.c.account_id == actor.account_id, contact_group.c.name_key == _key(checked.name)
            )
            if tx.execute(same).scalar() not in {None, group_id}:
                raise GroupNameTaken(excerpt(checked.name))
            tx.execute(update(contact_group).where(contact_group.c.id == group_id).values(**_columns(checked)))
            if checked.filter is not None:
                tx.execute(delete(group_member).where(group_member.c.group_id == group_id))
            return _group(tx, actor, _own(tx, actor, group_id))

        return await self._database.write(work)

    async def remove(self, actor: Actor, group_ids: Collection[int]) -> int:
        """Delete those of the groups that exist; how many. Their contacts stay in the book."""

        def work(tx: Connection) -> int:
            own = select(contact_group.c.id).where(
                contact_group.c.account_id == actor.account_id, contact_group.c.id.in_(group_ids)
            )
            ids = tx.execute(own).scalars().all()
            tx.execute(delete(group_member).where(group_member.c.group_id.in_(ids)))
            forget_group(tx, ids)
            return tx.execute(delete(contact_group).where(contact_group.c.id.in_(ids))).rowcount

        return await self._database.write(work)

    async def add_members(self, actor: Actor, group_id: int, contact_ids: Sequence[int]) -> int:
        """Put contacts into the group; how many were not in it. Raises UnknownGroup, DynamicGroup."""
        return await self._change_members(actor, group_id, contact_ids, _ADD)

    async def remove_members(self, actor: Actor, group_id: int, contact_ids: Sequence[int]) -> int:
        """Take contacts out of the group; how many were in it. Raises UnknownGroup, DynamicGroup."""
        return await self._change_members(actor, group_id, contact_ids, _REMOVE)

    async def _change_members(
        self, actor: Actor, group_id: int, contact_ids: Sequence[int], statement: Statement
    ) -> int:
        def work(tx: Connection) -> int:
            check_own_groups(tx, actor, [group_id])
            return statement.run(tx, group_id, actor.account_id, as_list(chunk))

        changed = 0
        for start in range(0, len(contact_ids), _AT_ONCE):
            chunk = contact_ids[start : start + _AT_ONCE]
            changed += await self._database.write(work)
        return changed


def check_group(details: GroupDetails) -> GroupDetails:
    """`details` without the spaces around them. Raises InvalidGroupName, DescriptionTooLong, EmptyFilter."""
    name, description = " ".join(storable(details.name).split()), storable(details.description).strip()
    if not 0 < len(name) <= LONGEST_NAME or not _key(name):
        raise InvalidGroupName(LONGEST_NAME)
    if len(description) > LONGEST_DESCRIPTION:
        raise DescriptionTooLong(LONGEST_DESCRIPTION)
    words = None if details.filter is None else " ".join(storable(details.filter).split())
    if words is not None and not search_words(words):
        raise EmptyFilter
    return GroupDetails(name, description, words)


def group_named(tx: Connection, actor: Actor, name: str, at: datetime) -> int:
    """The id of the account's group of that name, created when there is none. Raises InvalidGroupName."""
    checked = check_group(GroupDetails(name))
    new = _insert(tx, actor, checked, at)
    if new is not None:
        return new
    same = select(contact_group.c.id).where(
        contact_group.c.account_id == actor.account_id, contact_group.c.name_key == _key(checked.name)
    )
    return int(tx.execute(same).scalar_one())


def check_own_groups(tx: Connection, actor: Actor, group_ids: Collection[int]) -> None:
    """That all of these are groups of the account that take members by hand. Raises UnknownGroup, DynamicGroup."""
    for group_id in group_ids:
        row = _own(tx, actor, group_id)
        if row.filter is not None:
            raise DynamicGroup(row.name)


def put_into_groups(tx: Connection, group_ids: Collection[int], contact_ids: Collection[int]) -> None:
    """Put contacts into groups, all of one account."""
    rows = [{"group_id": group, "contact_id": each} for group in group_ids for each in contact_ids]
    if rows:
        tx.execute(insert(tx, group_member).values(rows).on_conflict_do_nothing())


def take_out_of_groups(tx: Connection, actor: Actor, contact_id: int, keep: Collection[int]) -> None:
    """Take one contact out of all groups of the account but those to `keep`."""
    others = select(contact_group.c.id).where(
        contact_group.c.account_id == actor.account_id, contact_group.c.id.not_in(keep)
    )
    tx.execute(delete(group_member).where(group_member.c.contact_id == contact_id, group_member.c.group_id.in_(others)))


_ADD: Final = with_list(
    "INSERT INTO group_member (group_id, contact_id)"
    " SELECT CAST(? AS bigint), id FROM contact WHERE account_id = ? AND id IN {ids} ON CONFLICT DO NOTHING"
)
_REMOVE: Final = with_list(
    "DELETE FROM group_member WHERE group_id = ?"
    " AND contact_id IN (SELECT id FROM contact WHERE account_id = ? AND id IN {ids})"
)


def _own(tx: Connection, actor: Actor, group_id: int) -> Row[Any]:
    own = select(contact_group).where(contact_group.c.id == group_id, contact_group.c.account_id == actor.account_id)
    row = tx.execute(own).first()
    if row is None:
        raise UnknownGroup(str(group_id))
    return row


def _insert(tx: Connection, actor: Actor, checked: GroupDetails, at: datetime) -> int | None:
    """The id of a new group; None when its name is taken."""
    new = insert(tx, contact_group).values(account_id=actor.account_id, created_at=at, **_columns(checked))
    return tx.execute(new.on_conflict_do_nothing().returning(contact_group.c.id)).scalar()


def _group(tx: Connection, actor: Actor, row: Row[Any], members: int | None = None) -> Group:
    """`members`: how many were chosen for it, if that is known."""
    if row.filter is not None:
        contacts = count_contacts(tx, actor, ContactQuery(search=row.filter))
    elif members is not None:
        contacts = members
    else:
        chosen = select(func.count()).select_from(group_member).where(group_member.c.group_id == row.id)
        contacts = int(tx.execute(chosen).scalar_one())
    return Group(row.id, row.name, row.description, row.filter, row.created_at, contacts)


def _columns(details: GroupDetails) -> dict[str, object]:
    return {
        "name": details.name,
        "name_key": _key(details.name),
        "description": details.description,
        "filter": details.filter,
    }


def _key(name: str) -> str:
    return folded(" ".join(storable(name).split()))[:LONGEST_NAME]
