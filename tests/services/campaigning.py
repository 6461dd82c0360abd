"""What the tests of campaigns share: a connection, contacts in groups, and looking into the books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from smstui.domain.actor import Actor
from smstui.domain.contact import ContactDetails
from smstui.domain.states import MessageType
from smstui.services.backend import Backend
from smstui.services.connection_settings import ConnectionSettings
from smstui.services.groups import GroupDetails
from smstui.services.scheduler import Scheduler
from smstui.smpp.values import BindSettings
from smstui.storage.tables import message

ALL_BUT_VOICE = frozenset({MessageType.PRO, MessageType.UNICODE, MessageType.REPONSE})


@dataclass(frozen=True)
class Sent:
    """A message, as it waits to be sent."""

    number: str
    text: str | None
    segments: int | None
    price: int | None


async def connect(backend: Backend) -> None:
    """A connection that nobody dispatches."""
    bind = BindSettings("smsc.example.com", 2775, "boutique", "secret")
    await backend.connections.add(None, ConnectionSettings("main", bind, ALL_BUT_VOICE, "+33600000000"))


async def group_of(backend: Backend, actor: Actor, name: str, contacts: Sequence[ContactDetails]) -> int:
    """A group of these contacts, which are added to the book where it hasn't them yet; its id."""
    group = await backend.groups.add(actor, GroupDetails(name))
    ids = []
    for details in contacts:
        known = await backend.contacts.find(actor, details.mobile)
        ids.append((known or await backend.contacts.add(actor, details)).id)
    await backend.groups.add_members(actor, group.id, ids)
    return group.id


async def messages_of(backend: Backend, campaign_id: int) -> list[Sent]:
    """The messages of a campaign, by number."""
    rows = select(message).where(message.c.campaign_id == campaign_id).order_by(message.c.destination)
    found = await backend.database.read(lambda tx: tx.execute(rows).all())
    return [Sent(row.destination, row.text, row.segments, row.price) for row in found]


async def look(backend: Backend) -> None:
    """What a dispatcher does every second: prepare what is due."""
    await Scheduler(backend.database, backend.clock, lambda: None).look()


def person(number: int, first_name: str = "", last_name: str = "", **more: str) -> ContactDetails:
    """A contact whose number ends in `number`."""
    return ContactDetails(f"+336{number:08}", last_name=last_name, first_name=first_name, **more)  # type: ignore[arg-type]


def at(text: str) -> datetime:
    """A wall time."""
    return datetime.fromisoformat(text)
