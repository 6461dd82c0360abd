"""The texts of a campaign with merge fields: one for each recipient, with what it costs."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Final, NamedTuple

from sqlalchemy import Connection, select

from smstui.domain.actor import Actor
from smstui.domain.campaign_rules import SEGMENT_LIMIT, is_metropolitan
from smstui.domain.contact import ContactDetails
from smstui.domain.country import country_of
from smstui.domain.states import MessageType
from smstui.domain.tariff import Tariff
from smstui.domain.text import Encoding, is_gsm7, quick_measure, transliterate
from smstui.services.audience import Members
from smstui.services.composing import Composition
from smstui.services.contact_rows import extra_values
from smstui.services.exclusions import Exclusion
from smstui.storage.database import Database
from smstui.storage.lists import listed_texts
from smstui.storage.statements import as_list, with_list
from smstui.storage.tables import opt_out

CHUNK: Final = 4000
"""Recipients whose texts are written at a time."""
_CONTACTS: Final = with_list(
    """
    SELECT mobile, last_name, first_name, email, title, birth_date, company, address, extra FROM contact
    WHERE account_id + 0 = ? AND id IN {ids} AND NOT EXISTS (
        SELECT 1 FROM opt_out WHERE opt_out.account_id = contact.account_id AND opt_out.number = contact.mobile)
    """
)
"""By ids alone: by account, the whole book would be looked at for every chunk."""


class Written(NamedTuple):
    """The text of one recipient."""

    number: str
    country: str
    text: str
    segments: int
    price: int
    """Thousandths of a credit."""
    plainer: bool
    """Whether letters were replaced, such as ê by e, so that SMS Pro carries it."""


@dataclass(slots=True)
class Chunk:
    """What was written for some of the recipients, and who was left out."""

    written: list[Written] = field(default_factory=list)
    excluded: list[tuple[str, Exclusion]] = field(default_factory=list)
    lacking: list[tuple[str, str]] = field(default_factory=list)
    """Number and merge field, for each field without value nor fallback."""
    plainer: int = 0
    """Recipients in whose texts letters were replaced, such as ê by e, so that SMS Pro carries them."""

    def counts(self) -> Counter[Exclusion]:
        """How many were left out, by reason."""
        return Counter(why for _, why in self.excluded)


async def written_texts(
    database: Database, actor: Actor, composed: Composition, tariff: Tariff, members: Members
) -> AsyncIterator[Chunk]:
    """The texts of all `members`, some at a time; each chunk is read and written in a reader of the database."""
    ids, numbers = members.contact_ids, members.numbers
    for start in range(0, len(ids), CHUNK):
        yield await database.read(partial(_of_contacts, actor, composed, tariff, ids[start : start + CHUNK]))
    for start in range(0, len(numbers), CHUNK):
        yield await database.read(partial(_of_numbers, actor, composed, tariff, numbers[start : start + CHUNK]))


def _of_contacts(actor: Actor, composed: Composition, tariff: Tariff, ids: Sequence[int], tx: Connection) -> Chunk:
    rows = sorted(_CONTACTS.rows(tx, actor.account_id, as_list(ids)))
    chunk = Chunk()
    for mobile, last_name, first_name, email, title, birth_date, company, address, extra in rows:
        details = ContactDetails(
            mobile,
            last_name,
            first_name,
            email,
            title,
            date.fromisoformat(birth_date) if birth_date else None,
            company,
            address,
            extra_values(extra),
        )
        _write(chunk, composed, tariff, mobile, details)
    chunk.excluded += _opted_out(tx, actor, ids, len(rows))
    return chunk


def _of_numbers(actor: Actor, composed: Composition, tariff: Tariff, numbers: Sequence[str], tx: Connection) -> Chunk:
    listed = select(opt_out.c.number).where(
        opt_out.c.account_id == actor.account_id, opt_out.c.number.in_(listed_texts(tx, numbers))
    )
    unwanted = frozenset(tx.execute(listed).scalars())
    chunk = Chunk(excluded=[(number, Exclusion.OPTED_OUT) for number in numbers if number in unwanted])
    for number in sorted(numbers):
        if number not in unwanted:
            _write(chunk, composed, tariff, number, None)
    return chunk


_OPTED_OUT: Final = with_list(
    """
    SELECT contact.mobile FROM contact JOIN opt_out
        ON opt_out.account_id = contact.account_id AND opt_out.number = contact.mobile
    WHERE contact.account_id + 0 = ? AND contact.id IN {ids}
    """
)


def _opted_out(tx: Connection, actor: Actor, ids: Sequence[int], found: int) -> Iterator[tuple[str, Exclusion]]:
    """Those of the contacts that were not found because they want nothing more."""
    if found < len(ids):
        for (mobile,) in _OPTED_OUT.rows(tx, actor.account_id, as_list(ids)):
            yield mobile, Exclusion.OPTED_OUT


def written_text(
    composed: Composition, tariff: Tariff, number: str, details: ContactDetails | None
) -> Written | Exclusion:
    """The text for one recipient, or why there is none."""
    country = country_of(number)
    price = tariff.price(country, composed.type)
    if composed.type is MessageType.REPONSE and not is_metropolitan(number):
        return Exclusion.OUTSIDE_FRANCE
    if price is None:
        return Exclusion.NO_TARIFF
    text, plainer = composed.text_for(details), False
    if composed.type is MessageType.PRO and not is_gsm7(text):
        text, plainer = transliterate(text).text, True
        if not is_gsm7(text):
            return Exclusion.UNWRITABLE
    encoding = Encoding.UCS2 if composed.type is MessageType.UNICODE else None
    segments = quick_measure(text, encoding)[2]
    if segments > SEGMENT_LIMIT:
        return Exclusion.TOO_LONG
    return Written(number, country, text, segments, price.milli * segments, plainer)


def _write(chunk: Chunk, composed: Composition, tariff: Tariff, number: str, details: ContactDetails | None) -> None:
    """Put the text of one recipient into the chunk, or why there is none."""
    written = written_text(composed, tariff, number, details)
    if isinstance(written, Exclusion):
        chunk.excluded.append((number, written))
        return
    assert composed.merge is not None
    chunk.lacking += [(number, name) for name in composed.merge.missing(details)]
    chunk.written.append(written)
    chunk.plainer += written.plainer
