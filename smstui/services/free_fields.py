"""The fields that an account adds to its contacts, such as a customer's number or a shop."""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import Connection, delete, func, select

from smstui.domain.actor import Actor
from smstui.domain.contact import LONGEST_FIELD_NAME, MOST_FREE_FIELDS, check_field_name
from smstui.domain.errors import Refusal
from smstui.domain.folding import folded
from smstui.domain.storable import storable
from smstui.domain.visible import excerpt
from smstui.i18n import N_
from smstui.storage.database import Database
from smstui.storage.tables import free_field
from smstui.storage.upsert import insert


@dataclass(eq=False)
class FreeFieldTaken(Refusal):
    """The account has a field of this name, whatever its case and accents."""

    name: str
    sentence: ClassVar[str] = N_("There is a field “{name}” already.")


@dataclass(eq=False)
class TooManyFreeFields(Refusal):
    """As many as an account may have."""

    limit: int
    sentence: ClassVar[str] = N_("There are {limit} fields already, which is the most: delete one first.")


class FreeFields:
    """The accounts' own fields, by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, actor: Actor) -> tuple[str, ...]:
        """Their names, in the order in which they were added."""
        return await self._database.read(lambda tx: free_field_names(tx, actor))

    async def add(self, actor: Actor, name: str) -> str:
        """Add a field; its name as kept.

        Raises InvalidFieldName, FieldNameTaken, FreeFieldTaken, TooManyFreeFields.
        """
        checked = check_field_name(name)

        def work(tx: Connection) -> str:
            own = select(func.count()).select_from(free_field).where(free_field.c.account_id == actor.account_id)
            if tx.execute(own).scalar_one() >= MOST_FREE_FIELDS:
                raise TooManyFreeFields(MOST_FREE_FIELDS)
            new = insert(tx, free_field).values(account_id=actor.account_id, name=checked, name_key=_key(checked))
            if tx.execute(new.on_conflict_do_nothing().returning(free_field.c.id)).first() is None:
                raise FreeFieldTaken(excerpt(checked))
            return checked

        return await self._database.write(work)

    async def remove(self, actor: Actor, name: str) -> None:
        """Take a field away; what contacts have in it is kept, and shown again when it is added again."""
        own = (free_field.c.account_id == actor.account_id, free_field.c.name_key == _key(name))
        await self._database.write(lambda tx: tx.execute(delete(free_field).where(*own)).rowcount)


def free_field_names(tx: Connection, actor: Actor) -> tuple[str, ...]:
    """The names of the account's fields, in the order in which they were added."""
    own = select(free_field.c.name).where(free_field.c.account_id == actor.account_id).order_by(free_field.c.id)
    return tuple(tx.execute(own).scalars())


def _key(name: str) -> str:
    return folded(storable(name))[:LONGEST_FIELD_NAME]
