"""The texts of a campaign with merge fields, written by the database itself: most texts of most campaigns.

It writes those whose fields hold nothing but characters that cost one unit in every encoding, and in SMS Pro those of
a Noëlle, whose ë becomes an e; the others, such as that of an Ольга, are for `personal_texts`, which says what each is
to be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Final

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Integer,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    true,
)

from smstui.domain.campaign_rules import SEGMENT_LIMIT
from smstui.domain.contact import ContactField
from smstui.domain.gsm7 import BASIC_CHARACTERS, is_gsm7
from smstui.domain.merge import MERGE_NAMES, MergeSlot
from smstui.domain.states import MessageType
from smstui.domain.text import Encoding, capacities, quick_measure, transliterate
from smstui.services.composing import Composition
from smstui.storage.tables import contact

_FREQUENT: Final = "eaisnrtoulcmdpvgbfhqjxykz EAISNRTOULCMDPVGBFHQJXYKZW-0123456789é"
_USUAL: Final = _FREQUENT + "".join(sorted(BASIC_CHARACTERS - frozenset(_FREQUENT)))
"""The characters that cost one unit, the frequent ones first: they are looked for one after the other."""
UNWRITTEN: Final = 0
"""The segments of a text that the database can't write."""
_REPLACED: Final = {letter: transliterate(letter).text for letter in "’âêîôûëïöçáíóúãõÿÀÂÊÎÔÛÈËÏÁÍÓÚŠšŽž"}
"""Letters of names for which SMS Pro carries another one, wherever they stand."""
_NAMES: Final = frozenset({ContactField.LAST_NAME, ContactField.FIRST_NAME})


@dataclass(frozen=True, slots=True)
class DatabaseTexts:
    """The text of each contact, as columns of a query on `contact`."""

    text: ColumnElement[str]
    segments: ColumnElement[int]
    """UNWRITTEN where text and segments are `personal_texts`'s to say."""
    missing: tuple[tuple[str, ColumnElement[bool]], ...]
    """For each field without fallback, whether the contact has no value for it."""
    plainer: ColumnElement[bool]
    """Whether letters are replaced in what the database writes."""


def database_texts(tx: Connection, composed: Composition) -> DatabaseTexts:
    """What the recipients of `composed`, a message with merge fields, receive."""
    assert composed.merge is not None
    slots = composed.merge.slots
    around = composed.around_fields()
    names = [slot for slot in slots if slot.name in _NAMES and BASIC_CHARACTERS.issuperset(slot.fallback or "")]
    is_replaced = composed.type is MessageType.PRO and is_gsm7("".join(around))
    stored = {slot: _value(slot, _stored(tx, slot.name)) for slot in slots}
    text: ColumnElement[str] = literal(around[0], Text)
    for slot, following in zip(slots, around[1:], strict=True):
        value = _value(slot, _plain(contact.c[slot.name])) if is_replaced and slot in names else stored[slot]
        text = text + value + literal(following, Text)
    encoding, alone, several, most = _capacity(composed.type, "".join(around))
    units = quick_measure("".join(around), encoding)[1] + sum(
        (func.length(stored[slot], type_=Integer) for slot in slots), literal(0, Integer)
    )
    missing = {slot.name: _stored(tx, slot.name) == "" for slot in slots if slot.fallback is None}
    named = [stored[slot] for slot in names]
    is_usual = and_(
        or_(contact.c.plain_names, _are_all(named, _USUAL + "".join(_REPLACED) if is_replaced else _USUAL)),
        _are_all([stored[slot] for slot in slots if slot not in names], _USUAL),
    )
    segments = case(
        (and_(is_usual, units <= alone), 1),
        (and_(is_usual, units <= most), (units + (several - 1)) // several),
        else_=UNWRITTEN,
    )
    plainer = and_(~contact.c.plain_names, ~_are_all(named, _USUAL)) if is_replaced else false()
    return DatabaseTexts(text, segments, tuple(missing.items()), plainer)


def _are_all(values: Sequence[ColumnElement[str]], letters: str) -> ColumnElement[bool]:
    """Whether nothing but `letters` is in the values."""
    return func.ltrim(reduce(add, values), letters) == "" if values else true()


def _capacity(kind: MessageType, around: str) -> tuple[Encoding, int, int, int]:
    """Encoding; units in a segment, alone and as one of several; in how many the database can count the segments.

    Where a pair could be cut in two, segments are not full: those texts are counted only when they have no cut.
    """
    encoding = Encoding.GSM7 if kind is not MessageType.UNICODE and is_gsm7(around) else Encoding.UCS2
    alone, several = capacities(encoding)
    has_pairs = quick_measure(around, encoding)[1] != len(around)
    return encoding, alone, several, alone if has_pairs else several * SEGMENT_LIMIT


def _plain(name: ColumnElement[str]) -> ColumnElement[str]:
    """A name of a contact as SMS Pro carries it, one letter for one, where that is enough."""
    replaced = func.translate(name, "".join(_REPLACED), "".join(_REPLACED.values()), type_=Text)
    return case((contact.c.plain_names, name), else_=replaced)


def _value(slot: MergeSlot, stored: ColumnElement[str]) -> ColumnElement[str]:
    return func.coalesce(func.nullif(stored, ""), literal(slot.fallback, Text)) if slot.fallback else stored


def _stored(tx: Connection, name: str) -> ColumnElement[str]:
    """What a contact has for a field; empty for nothing."""
    if name == ContactField.BIRTH_DATE:
        return _day(contact.c.birth_date)
    if name in MERGE_NAMES:
        return contact.c[name]
    extra = contact.c.extra
    if tx.dialect.name == "postgresql":
        found: ColumnElement[str] = cast(func.nullif(extra, ""), JSON).op("->>")(literal(name, Text))
    else:
        found = func.json_extract(func.nullif(extra, ""), f'$."{name}"')
    return func.coalesce(found, literal("", Text))


def _day(stored: ColumnElement[str]) -> ColumnElement[str]:
    """1990-12-31 as 31/12/1990."""
    day, month, year = (func.substr(stored, start, length) for start, length in ((9, 2), (6, 2), (1, 4)))
    slash = literal("/", Text)
    return case((stored == "", literal("", Text)), else_=day + slash + month + slash + year)
