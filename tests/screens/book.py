"""What the tests of the address book's screens share: books written past the services, for they are long."""

from sqlalchemy import Connection, insert

from smstui.domain.actor import Actor
from smstui.domain.contact import ContactDetails
from smstui.services.backend import Backend
from smstui.services.contact_rows import to_columns
from smstui.storage.tables import contact
from tests.support import START

HOSTILE = "[@click=app.quit]x[/]\x1b]0;owned\x07\u202egnp.exe 🇫🇷👩‍👧 " + "é" * 120
"""A name that would be a link, a terminal's title, text that runs backwards, emoji, and too long for any column."""


async def person(backend: Backend, actor: Actor, mobile: str, last_name: str, first_name: str = "", **more: str) -> int:
    """A contact; its id."""
    details = ContactDetails(mobile, last_name, first_name, **more)  # type: ignore[arg-type]
    return (await backend.contacts.add(actor, details)).id


async def crowd(backend: Backend, actor: Actor, count: int) -> None:
    """`count` contacts: Nom 0000000 with +33600000000, and so on."""

    def work(tx: Connection) -> None:
        for start in range(0, count, 5000):
            tx.execute(
                insert(contact),
                [
                    {
                        "account_id": actor.account_id,
                        "created_at": START,
                        "updated_at": START,
                        **to_columns(ContactDetails(f"+336{index:08}", f"Nom {index:07}", "Jean")),
                    }
                    for index in range(start, min(count, start + 5000))
                ],
            )

    await backend.database.write(work)
