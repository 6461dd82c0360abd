"""Which contacts of a book a list, a group or an export holds, and in which order."""

from array import array
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Final

from sqlalchemy import ColumnElement, Connection, Select, SelectBase, Text, and_, cast, exists, func, or_, select

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.domain.folding import folded
from smstui.domain.states import CampaignKind, MessageState
from smstui.domain.storable import storable
from smstui.i18n import N_
from smstui.smpp.status import INVALID_DESTINATION
from smstui.storage.tables import campaign, contact, contact_group, group_member, message, opt_out

MOST_WORDS: Final = 50
"""Of a search; what is pasted into its field may be anything."""
_PIECE: Final = 16_384
"""Characters."""


@dataclass(eq=False)
class UnknownGroup(Refusal):
    """The account has no such group."""

    name: str
    sentence: ClassVar[str] = N_("There is no group “{name}”: create it first.")


class ContactKind(StrEnum):
    """Which contacts, by what is known of their number."""

    ALL = "all"
    OPTED_OUT = "opted_out"
    """On the STOP list."""
    INVALID = "invalid"
    """The network refused a message to it because of its number, or could not deliver one for good."""


class ContactSort(StrEnum):
    """By what contacts are sorted."""

    NAME = "name"
    MOBILE = "mobile"
    CREATED = "created"


@dataclass(frozen=True, slots=True)
class ContactQuery:
    """A part of a book."""

    search: str = ""
    """Words, each of which must be found, whatever their case and accents."""
    group_id: int | None = None
    kind: ContactKind = ContactKind.ALL
    sort: ContactSort = ContactSort.NAME
    descending: bool = False


def contact_ids(tx: Connection, actor: Actor, query: ContactQuery, limit: int | None = None) -> "array[int]":
    """The ids of the account's contacts that `query` lets through, in its order. Raises UnknownGroup."""
    return id_array(tx, matching(tx, actor, query, contact.c.id).order_by(*_order(query)).limit(limit))


def id_array(tx: Connection, ids: SelectBase) -> "array[int]":
    """What a SELECT of one column `id` gives, in its order: as one text, which costs a tenth of as many rows."""
    chosen = ids.subquery()
    if tx.dialect.name == "postgresql":
        joined = func.string_agg(cast(chosen.c.id, Text), ",")
    else:
        joined = func.group_concat(chosen.c.id, ",")
    return _numbers(tx.execute(select(joined)).scalar_one() or "")


def _numbers(text: str) -> "array[int]":
    """The numbers that `text` joins by commas, in pieces: a million at once would keep all other threads waiting."""
    numbers, start = array("q"), 0
    while start < len(text):
        end = text.find(",", start + _PIECE)
        end = len(text) if end < 0 else end
        numbers.extend(map(int, text[start:end].split(",")))
        start = end + 1
    return numbers


def count_contacts(tx: Connection, actor: Actor, query: ContactQuery) -> int:
    """How many contacts of the account `query` lets through. Raises UnknownGroup."""
    return int(tx.execute(matching(tx, actor, query, func.count())).scalar_one())


def matching(tx: Connection, actor: Actor, query: ContactQuery, *columns: Any) -> Select[Any]:
    """A SELECT of `columns` of the account's contacts that `query` lets through. Raises UnknownGroup."""
    chosen = select(*columns).select_from(contact).where(contact.c.account_id == actor.account_id)
    chosen = chosen.where(*containing(tx, query.search))
    if query.group_id is not None:
        chosen = _in_group(tx, actor, query.group_id, chosen)
    match query.kind:
        case ContactKind.OPTED_OUT:
            chosen = chosen.where(is_opted_out())
        case ContactKind.INVALID:
            chosen = chosen.where(_is_invalid())
        case ContactKind.ALL:
            pass
    return chosen


def search_words(search: str) -> tuple[str, ...]:
    """The words of `search`, each once, as they are looked for; at most MOST_WORDS."""
    words = dict.fromkeys(folded(storable(search)).split())
    return tuple(words)[:MOST_WORDS]


def is_opted_out() -> ColumnElement[bool]:
    """In a query on `contact`: its number is on its account's STOP list."""
    return exists().where(opt_out.c.account_id == contact.c.account_id, opt_out.c.number == contact.c.mobile)


def _in_group(tx: Connection, actor: Actor, group_id: int, chosen: Select[Any]) -> Select[Any]:
    own = select(contact_group.c.filter).where(
        contact_group.c.id == group_id, contact_group.c.account_id == actor.account_id
    )
    row = tx.execute(own).first()
    if row is None:
        raise UnknownGroup(str(group_id))
    if row.filter is not None:
        return chosen.where(*containing(tx, row.filter))
    member = and_(group_member.c.contact_id == contact.c.id, group_member.c.group_id == group_id)
    return chosen.join(group_member, member)


def containing(tx: Connection, search: str) -> list[ColumnElement[bool]]:
    """In a query on `contact`: that `contact.search` holds every word of `search`."""
    position = func.strpos if tx.dialect.name == "postgresql" else func.instr
    return [position(contact.c.search, word) > 0 for word in search_words(search)]


def _is_invalid() -> ColumnElement[bool]:
    failed = or_(
        and_(message.c.state == MessageState.REJECTED, message.c.status == INVALID_DESTINATION),
        message.c.state == MessageState.UNDELIVERED,
    )
    return exists().where(
        message.c.destination == contact.c.mobile,
        failed,
        message.c.campaign_id == campaign.c.id,
        campaign.c.account_id == contact.c.account_id,
        campaign.c.kind == CampaignKind.CAMPAIGN,
    )


def _order(query: ContactQuery) -> tuple[ColumnElement[Any], ...]:
    match query.sort:
        case ContactSort.NAME:
            columns = [contact.c.search, contact.c.id]
        case ContactSort.MOBILE:
            columns = [contact.c.mobile]
        case ContactSort.CREATED:
            columns = [contact.c.id]
    return tuple(column.desc() if query.descending else column.asc() for column in columns)
