"""Drafts between their table and the values of the program."""

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from smstui.domain.actor import Actor
from smstui.domain.hours import HoursConsent
from smstui.domain.states import MessageType
from smstui.services.composing import Draft
from smstui.services.when import When
from smstui.storage.tables import draft as draft_table


def to_columns(draft: Draft) -> dict[str, object]:
    """The columns of `draft`, without its numbers, account and times."""
    when = draft.when
    return {
        "name": draft.name,
        "type": draft.type,
        "sender": draft.sender,
        "template_id": draft.template_id,
        "text": draft.text,
        "stop": draft.stop,
        "title": draft.title,
        "language": draft.language,
        "validity": draft.validity,
        "groups": json.dumps(draft.group_ids),
        "contacts": json.dumps(draft.contact_ids),
        "at": when.wall.isoformat() if when.wall else None,
        "cron": when.cron or None,
        "last_day": when.last_day.isoformat() if when.last_day else None,
        "runs": when.runs,
        "hours_consent": draft.consent,
        "replaces_id": draft.replaces_id,
    }


def to_draft(row: Row[*tuple[Any, ...]], *, confirmed: bool) -> Draft:
    """The draft of a row; the numbers of a confirmed one are all in E.164, those of another as they were typed."""
    return Draft(
        name=row.name,
        text=row.text,
        numbers_text="" if confirmed else row.numbers,
        numbers=tuple(row.numbers.split()) if confirmed else (),
        type=MessageType(row.type),
        sender=row.sender,
        stop=row.stop,
        validity=row.validity,
        group_ids=tuple(json.loads(row.groups)),
        contact_ids=tuple(json.loads(row.contacts)),
        template_id=row.template_id,
        title=row.title,
        language=row.language,
        when=When(
            wall=datetime.fromisoformat(row.at) if row.at else None,
            cron=row.cron or "",
            last_day=date.fromisoformat(row.last_day) if row.last_day else None,
            runs=row.runs,
        ),
        consent=HoursConsent(row.hours_consent),
        replaces_id=row.replaces_id,
    )


def confirmed_draft(tx: Connection, draft_id: int) -> Draft:
    """What a person confirmed, by the id that its campaign holds."""
    return to_draft(tx.execute(select(draft_table).where(draft_table.c.id == draft_id)).one(), confirmed=True)


def keep_confirmed(
    tx: Connection, actor: Actor, draft: Draft, numbers: tuple[str, ...], draft_id: int | None, at: datetime
) -> int:
    """Keep what is sent as it was confirmed, in the place of the draft `draft_id` of the account if it is there."""
    values = {
        **to_columns(draft),
        "numbers": "\n".join(numbers),
        "pasted": "",
        "updated_at": at,
        "confirmed_at": at,
    }
    if draft_id is not None:
        own = (
            draft_table.c.id == draft_id,
            draft_table.c.account_id == actor.account_id,
            draft_table.c.confirmed_at.is_(None),
        )
        if tx.execute(update(draft_table).where(*own).values(values)).rowcount:
            return draft_id
    new = insert(draft_table).values(account_id=actor.account_id, created_at=at, **values)
    return int(tx.execute(new.returning(draft_table.c.id)).scalar_one())
