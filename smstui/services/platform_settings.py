"""What administrators set for all accounts: sending hours, the most recipients of a campaign; who is one of them."""

import json
from dataclasses import dataclass
from datetime import time
from typing import ClassVar, Final

from sqlalchemy import Connection, select

from smstui.domain.actor import Actor, Role
from smstui.domain.campaign_rules import RECIPIENT_LIMIT, NoRecipients, TooManyRecipients
from smstui.domain.clock import Clock
from smstui.domain.errors import Refusal
from smstui.domain.hours import SendingHours, check_hours
from smstui.i18n import N_
from smstui.services.audit import AuditAction, record
from smstui.storage.database import Database
from smstui.storage.tables import account, platform_setting
from smstui.storage.upsert import insert

SENDING_HOURS: Final = "sending_hours"
MOST_RECIPIENTS: Final = "recipient_limit"
HIGHEST_LIMIT: Final = 2_000_000
"""Recipients of one campaign, whatever is set."""


class AdministratorsOnly(Refusal):
    """Somebody else wanted to change, or to see, what all accounts share."""

    sentence: ClassVar[str] = N_("Only an administrator may do this: ask one.")


@dataclass(eq=False)
class InvalidRecipientLimit(Refusal):
    """No number of recipients that a campaign could have."""

    most: int = HIGHEST_LIMIT
    sentence: ClassVar[str] = N_("The most recipients of a campaign must be a whole number from 1 to {most}.")


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

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def sending_hours(self) -> SendingHours:
        """The sending hours of all marketing campaigns."""
        return await self._database.read(sending_hours)

    async def set_sending_hours(self, actor: Actor | None, hours: SendingHours) -> None:
        """Let marketing campaigns go out within `hours` from now on. Raises AdministratorsOnly, InvalidHours."""
        check_hours(hours)
        opens, closes = f"{hours.opens:%H:%M}", f"{hours.closes:%H:%M}"
        value = json.dumps({"opens": opens, "closes": closes, "always": hours.always})
        await self._put(actor, SENDING_HOURS, value, "always" if hours.always else f"{opens}–{closes}")

    async def recipient_limit(self) -> int:
        """The most recipients of one campaign."""
        return await self._database.read(recipient_limit)

    async def set_recipient_limit(self, actor: Actor | None, limit: int) -> None:
        """Let campaigns have up to `limit` recipients. Raises AdministratorsOnly, InvalidRecipientLimit."""
        check_recipient_limit(limit)
        await self._put(actor, MOST_RECIPIENTS, str(limit), str(limit))

    async def _put(self, actor: Actor | None, name: str, value: str, told: str) -> None:
        """Give a setting a value, unless it has it; `told` is what the audit trail says of it."""
        at = self._clock.now()

        def work(tx: Connection) -> None:
            require_administrator(tx, actor)
            if setting(tx, name) == value:
                return
            put_setting(tx, name, value)
            if actor is not None:
                record(tx, actor, at, AuditAction.SETTINGS_CHANGED, f"{name}: {told}")

        await self._database.write(work)


def check_recipient_limit(limit: int) -> None:
    """Raise InvalidRecipientLimit unless that many recipients can be the most of a campaign."""
    if not 1 <= limit <= HIGHEST_LIMIT:
        raise InvalidRecipientLimit


def check_administrator(actor: Actor | None) -> None:
    """That `actor` may change what all accounts share; see `PlatformSettings`. Raises AdministratorsOnly."""
    if actor is not None and not actor.is_admin:
        raise AdministratorsOnly


def require_administrator(tx: Connection, actor: Actor | None) -> None:
    """`check_administrator`, by what the account is now: not blocked, and still an administrator's.

    Raises AdministratorsOnly.
    """
    check_administrator(actor)
    if actor is None:
        return
    row = tx.execute(select(account.c.role, account.c.blocked_at).where(account.c.id == actor.account_id)).first()
    if row is None or row.role != Role.ADMIN or row.blocked_at is not None:
        raise AdministratorsOnly
