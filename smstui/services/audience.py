"""Whom a draft is for: groups, contacts and numbers together, each number once."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Select,
    Subquery,
    and_,
    exists,
    func,
    or_,
    select,
    union,
)

from smstui.domain.actor import Actor
from smstui.services.contact_query import UnknownGroup, containing, id_array
from smstui.services.ranges import in_order
from smstui.storage.lists import listed_ids, listed_texts
from smstui.storage.tables import contact, contact_group, group_member, opt_out

_AT_ONCE: Final = 20_000
"""Numbers looked up in the book by one statement."""


@dataclass(frozen=True, slots=True)
class Audience:
    """The three ways to choose recipients (the guide, part 2, "ETAPE 3"), combined."""

    group_ids: tuple[int, ...] = ()
    contact_ids: tuple[int, ...] = ()
    numbers: tuple[str, ...] = ()
    """In E.164, each once."""


@dataclass(frozen=True, slots=True)
class Members:
    """An audience, by contact where the book has one."""

    contact_ids: "array[int]"
    numbers: Sequence[str]
    """Those that no contact has."""


def recipients(tx: Connection, actor: Actor, audience: Audience) -> Subquery:
    """A subquery whose column `number` holds each number of the audience once, opted out or not."""
    ways: list[Select[Any]] = []
    if audience.group_ids or audience.contact_ids:
        ways.append(
            select(contact.c.mobile.label("number")).where(
                contact.c.account_id == actor.account_id, contact.c.id.in_(chosen_contacts(tx, actor, audience))
            )
        )
    if audience.numbers or not ways:
        given = listed_texts(tx, audience.numbers).subquery()
        ways.append(select(given.c.value.label("number")))
    return (union(*ways) if len(ways) > 1 else ways[0]).subquery("recipient")


def wants_nothing(actor: Actor, audience: Subquery) -> Any:
    """In a query on `recipients`: the number is on the account's STOP list."""
    return exists().where(opt_out.c.account_id == actor.account_id, opt_out.c.number == audience.c.number)


def count_named(tx: Connection, actor: Actor, audience: Audience) -> int:
    """How often the audience names a number: members of each group, contacts and numbers added up."""
    static, dynamic = _groups(tx, actor, audience.group_ids)
    members = select(func.count()).select_from(group_member).where(group_member.c.group_id.in_(static))
    named = tx.execute(members).scalar_one() if static else 0
    for words in dynamic:
        found = select(func.count()).select_from(contact).where(contact.c.account_id == actor.account_id)
        named += tx.execute(found.where(*containing(tx, words))).scalar_one()
    chosen = (
        select(func.count())
        .select_from(contact)
        .where(contact.c.account_id == actor.account_id, contact.c.id.in_(listed_ids(tx, audience.contact_ids)))
    )
    return int(named + (tx.execute(chosen).scalar_one() if audience.contact_ids else 0) + len(audience.numbers))


def members(tx: Connection, actor: Actor, audience: Audience) -> Members:
    """The contacts of the audience, those that a number brings too, and the other numbers."""
    own = select(contact.c.id).where(contact.c.account_id == actor.account_id)
    chosen = own.where(contact.c.id.in_(chosen_contacts(tx, actor, audience)))
    ids = id_array(tx, chosen.order_by(in_order(tx, contact.c.mobile)))
    known = set(ids) if audience.numbers else set()
    bare: dict[str, None] = dict.fromkeys(audience.numbers)
    numbers = iter(audience.numbers)
    while chunk := tuple(islice(numbers, _AT_ONCE)):
        found = own.add_columns(contact.c.mobile).where(contact.c.mobile.in_(listed_texts(tx, chunk)))
        for contact_id, mobile in tx.execute(found):
            del bare[mobile]
            if contact_id not in known:
                ids.append(contact_id)
    return Members(ids, tuple(bare))


def check_groups(tx: Connection, actor: Actor, audience: Audience) -> None:
    """That the account has all groups of the audience. Raises UnknownGroup."""
    own = select(contact_group.c.id).where(
        contact_group.c.account_id == actor.account_id, contact_group.c.id.in_(audience.group_ids)
    )
    lost = set(audience.group_ids) - set(tx.execute(own).scalars()) if audience.group_ids else ()
    for group_id in lost:
        raise UnknownGroup(str(group_id))


def named_twice(tx: Connection, actor: Actor, audience: Audience) -> Select[Any]:
    """A SELECT of (number) of what the audience names more than once."""
    static, dynamic = _groups(tx, actor, audience.group_ids)
    ways = [select(group_member.c.contact_id.label("id")).where(group_member.c.group_id == each) for each in static]
    ways += [
        select(contact.c.id).where(contact.c.account_id == actor.account_id, *containing(tx, words))
        for words in dynamic
    ]
    ways.append(select(listed_ids(tx, audience.contact_ids).subquery().c.value.label("id")))
    given = listed_texts(tx, audience.numbers).subquery()
    ways.append(
        select(contact.c.id).where(
            contact.c.account_id == actor.account_id, contact.c.mobile.in_(select(given.c.value))
        )
    )
    named = ways[0].union_all(*ways[1:]).subquery()
    repeated = select(named.c.id).group_by(named.c.id).having(func.count() > 1)
    return select(contact.c.mobile.label("number")).where(
        contact.c.account_id == actor.account_id, contact.c.id.in_(repeated)
    )


def chosen_contacts(tx: Connection, actor: Actor, audience: Audience) -> CompoundSelect[Any] | Select[Any]:
    """A SELECT of the ids of all contacts that are chosen, as members or one by one."""
    static, dynamic = _groups(tx, actor, audience.group_ids)
    ways: list[Select[Any]] = []
    if static:
        ways.append(select(group_member.c.contact_id.label("id")).where(group_member.c.group_id.in_(static)))
    if dynamic:
        found = or_(*(and_(*containing(tx, words)) for words in dynamic))
        ways.append(select(contact.c.id).where(contact.c.account_id == actor.account_id, found))
    if audience.contact_ids or not ways:
        chosen = listed_ids(tx, audience.contact_ids).subquery()
        ways.append(select(chosen.c.value.label("id")))
    return union(*ways) if len(ways) > 1 else ways[0]


def _groups(tx: Connection, actor: Actor, group_ids: Sequence[int]) -> tuple[list[int], list[str]]:
    """The account's groups among these: the ids of those whose members are chosen, the words of the others."""
    if not group_ids:
        return [], []
    own = select(contact_group.c.id, contact_group.c.filter).where(
        contact_group.c.account_id == actor.account_id, contact_group.c.id.in_(group_ids)
    )
    rows = tx.execute(own).all()
    return [row.id for row in rows if row.filter is None], [row.filter for row in rows if row.filter is not None]
