"""Message templates of an account: a title, a sender, a text with merge fields (the guide, part 6)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import Connection, Row, Select, delete, select, update

from smstui.domain.actor import Actor
from smstui.domain.campaign_rules import SEGMENT_LIMIT, EmptyText, TextTooLong
from smstui.domain.clock import Clock
from smstui.domain.errors import Refusal
from smstui.domain.folding import folded
from smstui.domain.merge import MergeText
from smstui.domain.storable import storable
from smstui.domain.text import quick_measure
from smstui.domain.visible import excerpt
from smstui.i18n import N_
from smstui.services.free_fields import free_field_names
from smstui.services.senders import own_sender
from smstui.storage.database import Database
from smstui.storage.tables import template
from smstui.storage.upsert import insert

LONGEST_TITLE: Final = 100


@dataclass(eq=False)
class InvalidTitle(Refusal):
    """Empty or too long."""

    limit: int
    sentence: ClassVar[str] = N_("Give the template a title of {limit} characters at most.")


@dataclass(eq=False)
class TitleTaken(Refusal):
    """The account has a template of this title, whatever its case and accents."""

    title: str
    sentence: ClassVar[str] = N_("A template is already called “{title}”; choose another title.")


@dataclass(eq=False)
class UnknownTemplate(Refusal):
    """The account has no such template, or no longer."""

    title: str
    sentence: ClassVar[str] = N_("There is no template “{title}”.")


@dataclass(frozen=True, slots=True)
class TemplateDetails:
    """What a person says about a template."""

    title: str
    text: str
    """With its merge fields, without STOP mention."""
    sender: str | None = None
    """None is the account's default."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template of an account."""

    id: int
    title: str
    sender: str | None
    """None is the account's default."""
    text: str
    created_at: datetime
    updated_at: datetime


class Templates:
    """The templates of accounts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def list(self, actor: Actor) -> tuple[Template, ...]:
        """The account's templates, by title."""
        rows = await self._database.read(lambda tx: tx.execute(_own(actor).order_by(template.c.title_key)).all())
        return tuple(map(_template, rows))

    async def get(self, actor: Actor, template_id: int) -> Template:
        """One template. Raises UnknownTemplate."""
        return await self._database.read(lambda tx: _one(tx, actor, template_id))

    async def find(self, actor: Actor, title: str) -> Template:
        """The template of that title, whatever its case and accents. Raises UnknownTemplate."""
        same = _own(actor).where(template.c.title_key == _key(title))
        row = await self._database.read(lambda tx: tx.execute(same).first())
        if row is None:
            raise UnknownTemplate(excerpt(title))
        return _template(row)

    async def add(self, actor: Actor, details: TemplateDetails) -> Template:
        """Create a template.

        Raises InvalidTitle, TitleTaken, EmptyText, TextTooLong, UnknownMergeField, UnknownSender.
        """
        now = self._clock.now()

        def work(tx: Connection) -> Template:
            values = _checked(tx, actor, details)
            new = insert(tx, template).values(account_id=actor.account_id, created_at=now, updated_at=now, **values)
            added = tx.execute(new.on_conflict_do_nothing().returning(template.c.id)).scalar()
            if added is None:
                raise TitleTaken(excerpt(details.title))
            return _one(tx, actor, added)

        return await self._database.write(work)

    async def edit(self, actor: Actor, template_id: int, details: TemplateDetails) -> Template:
        """Give a template another title, sender or text. Raises UnknownTemplate and the refusals of `add`."""
        now = self._clock.now()

        def work(tx: Connection) -> Template:
            _one(tx, actor, template_id)
            values = _checked(tx, actor, details)
            same = _own(actor).where(template.c.title_key == values["title_key"], template.c.id != template_id)
            if tx.execute(same).first() is not None:
                raise TitleTaken(excerpt(details.title))
            tx.execute(update(template).where(template.c.id == template_id).values(updated_at=now, **values))
            return _one(tx, actor, template_id)

        return await self._database.write(work)

    async def remove(self, actor: Actor, template_ids: Collection[int]) -> int:
        """Delete those of the templates that exist; how many. Campaigns begun from them keep their text."""
        these = (template.c.account_id == actor.account_id, template.c.id.in_(template_ids))
        return await self._database.write(lambda tx: tx.execute(delete(template).where(*these)).rowcount)


def check_title(title: str) -> str:
    """`title` without superfluous spaces. Raises InvalidTitle."""
    title = " ".join(storable(title).split())
    if not 0 < len(title) <= LONGEST_TITLE or not _key(title):
        raise InvalidTitle(LONGEST_TITLE)
    return title


def check_template_text(text: str, free_fields: Collection[str]) -> MergeText:
    """The text of a template, with the account's `free_fields`. Raises EmptyText, TextTooLong, UnknownMergeField.

    Of a text with merge fields, what it is with all of them unknown is counted: with values it may be longer.
    """
    if not text.strip():
        raise EmptyText
    merge = MergeText.parse(text, free_fields)
    segments = quick_measure(merge.render(None))[2]
    if segments > SEGMENT_LIMIT:
        raise TextTooLong(segments, SEGMENT_LIMIT)
    return merge


def _checked(tx: Connection, actor: Actor, details: TemplateDetails) -> dict[str, object]:
    """The columns of `details`."""
    title, text = check_title(details.title), storable(details.text)
    check_template_text(text, free_field_names(tx, actor))
    sender = own_sender(tx, actor, details.sender)
    return {"title": title, "title_key": _key(title), "sender": sender, "text": text}


def _own(actor: Actor) -> Select[Any]:
    return select(template).where(template.c.account_id == actor.account_id)


def _one(tx: Connection, actor: Actor, template_id: int) -> Template:
    row = tx.execute(_own(actor).where(template.c.id == template_id)).first()
    if row is None:
        raise UnknownTemplate(str(template_id))
    return _template(row)


def _template(row: Row[Any]) -> Template:
    return Template(row.id, row.title, row.sender, row.text, row.created_at, row.updated_at)


def _key(title: str) -> str:
    return folded(" ".join(storable(title).split()))[:LONGEST_TITLE]
