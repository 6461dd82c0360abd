"""What administrators set for all accounts: sending hours, the most recipients of a campaign."""

import json
from datetime import time
from typing import ClassVar, Final

from sqlalchemy import Connection, select

from smstui.domain.actor import Actor
from smstui.domain.campaign_rules import RECIPIENT_LIMIT, NoRecipients, TooManyRecipients
from smstui.domain.errors import Refusal
from smstui.domain.hours import SendingHours, check_hours
from smstui.i18n import N_
from smstui.storage.database import Database
from smstui.storage.tables import platform_setting
from smstui.storage.upsert import insert

SENDING_HOURS: Final = "sending_hours"
MOST_RECIPIENTS: Final = "recipient_limit"
_HIGHEST_LIMIT: Final = 2_000_000


class AdministratorsOnly(Refusal):
    """Somebody else wanted to change what all accounts share."""

    sentence: ClassVar[str] = N_("Only an administrator may change this: ask one.")


class InvalidRecipientLimit(Refusal):
    """No number of recipients that a campaign could have."""

    sentence: ClassVar[str] = N_("The most recipients of a campaign must be between 1 and 2,000,000.")


def setting(tx: Connection, name: str) -> str | None:
    """The value of a setting; None while nobody has set it."""
    stored: str | None = tx.execute(select(platform_setting.c.value).where(platform_setting.c.name == name)).scalar()
    return stored


def put_setting(tx: Connection, name: str, value: str) -> None:
    """Give a setting a value."""
    row = insert(tx, platform_setting).values(name=name, value=value)
    tx.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": row.excluded.value}))


def sending_hours(tx: Connection) -> SendingHours:
    """The sending hours of all marketing campaigns."""
    stored = setting(tx, SENDING_HOURS)
    if stored is None:
        return SendingHours()
    values = json.loads(stored)
    opens, closes = time.fromisoformat(values["opens"]), time.fromisoformat(values["closes"])
    return SendingHours(opens=opens, closes=closes, always=bool(values["always"]))


def recipient_limit(tx: Connection) -> int:
    """The most recipients of one campaign."""
    stored = setting(tx, MOST_RECIPIENTS)
    return RECIPIENT_LIMIT if stored is None else int(stored)


def check_recipient_count(tx: Connection, count: int) -> None:
    """Raise NoRecipients, TooManyRecipients unless a campaign may have so many."""
    if not count:
        raise NoRecipients
    limit = recipient_limit(tx)
    if count > limit:
        raise TooManyRecipients(count, limit)


class PlatformSettings:
    """The settings that all accounts share: everybody sees them, administrators change them.

    Where an actor is None, whoever may open the database acts: the demo, the command line without an account.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sending_hours(self) -> SendingHours:
        """The sending hours of all marketing campaigns."""
        return await self._database.read(sending_hours)

    async def set_sending_hours(self, actor: Actor | None, hours: SendingHours) -> None:
        """Let marketing campaigns go out within `hours` from now on. Raises AdministratorsOnly, InvalidHours."""
        check_administrator(actor)
        check_hours(hours)
        value = {"opens": f"{hours.opens:%H:%M}", "closes": f"{hours.closes:%H:%M}", "always": hours.always}
        await self._database.write(lambda tx: put_setting(tx, SENDING_HOURS, json.dumps(value)))

    async def recipient_limit(self) -> int:
        """The most recipients of one campaign."""
        return await self._database.read(recipient_limit)

    async def set_recipient_limit(self, actor: Actor | None, limit: int) -> None:
        """Let campaigns have up to `limit` recipients. Raises AdministratorsOnly, InvalidRecipientLimit."""
        check_administrator(actor)
        if not 1 <= limit <= _HIGHEST_LIMIT:
            raise InvalidRecipientLimit
        await self._database.write(lambda tx: put_setting(tx, MOST_RECIPIENTS, str(limit)))


def check_administrator(actor: Actor | None) -> None:
    """That `actor` may change what all accounts share; see `PlatformSettings`. Raises AdministratorsOnly."""
    if actor is not None and not actor.is_admin:
        raise AdministratorsOnly
