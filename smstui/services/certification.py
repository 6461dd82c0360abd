"""Certifying a mobile number: a code of six digits by SMS, and the test credits that a number earns once.

Codes are stored as HMAC-SHA256 with a salt of each row. No hash protects a million possible codes from who holds the
file; what protects them is that a code lives ten minutes and is compared five times.
"""

import asyncio
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from sqlalchemy import Column, Connection, Row, insert, select, update

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.credits import ONE_CREDIT, Credits
from smstui.domain.errors import Refusal
from smstui.domain.phone import parse_number
from smstui.domain.states import CampaignKind
from smstui.i18n import N_, translated
from smstui.services.credits import Cause, post
from smstui.services.outgoing import enqueue_system
from smstui.storage.database import Database
from smstui.storage.tables import account, certification_code, ledger_entry

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=10)
TRIES = 5
RESEND_AFTER = timedelta(seconds=60)
LIMIT = 5
"""Codes an hour, for an account and for a number."""
LIMIT_PERIOD = timedelta(hours=1)
TEST_CREDITS: Final = ONE_CREDIT * 20
TEXT = N_("{code} is your smstui certification code. It is valid for 10 minutes.")
"""Its translations stay within GSM-7 and one segment."""


@dataclass(eq=False)
class ResendTooSoon(Refusal):
    """The last code may still be on its way."""

    at: datetime
    sentence: ClassVar[str] = N_("A code was just sent: you can ask for another one at {at}.")


@dataclass(eq=False)
class TooManyCodes(Refusal):
    """This account, or this number, was sent as many codes as it may be in an hour."""

    at: datetime
    sentence: ClassVar[str] = N_("Too many codes were sent within an hour: you can ask for another one at {at}.")


@dataclass(eq=False)
class NoCodeRequested(Refusal):
    """No code of this account waits for its confirmation."""

    sentence: ClassVar[str] = N_("No code is awaited: ask for one first.")


@dataclass(eq=False)
class CodeExpired(Refusal):
    """The code is too old, or was tried too often."""

    sentence: ClassVar[str] = N_("This code is no longer valid: ask for a new one.")


@dataclass(eq=False)
class MalformedCode(Refusal):
    """What was entered can't be a code; it costs no try."""

    digits: int = CODE_DIGITS
    sentence: ClassVar[str] = N_("The code has {digits} digits: enter those of the message that you received.")


@dataclass(eq=False)
class WrongCode(Refusal):
    """The code is not the one that was sent."""

    tries_left: int
    sentence: ClassVar[str] = N_("This is not the code that was sent. Tries left: {tries_left}.")


@dataclass(frozen=True, slots=True)
class CodeSent:
    """A code that waits for its confirmation."""

    number: str
    expires_at: datetime
    resend_at: datetime
    """From when on another one may be asked for."""
    sends_left: int
    """How many more may be asked for within the hour."""


@dataclass(frozen=True, slots=True)
class Certified:
    """A number that is certified now."""

    number: str
    granted: Credits
    """Zero when the number, or the account, has earned its test credits before."""


class Certification:
    """The certification of accounts' numbers."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def request_code(self, actor: Actor, number_text: str) -> CodeSent:
        """Send a code to a number; the codes sent before are void.

        Raises ResendTooSoon, TooManyCodes, NoConnection, and the refusals of `parse_number`.
        """
        number = await asyncio.to_thread(parse_number, number_text)
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        salt = secrets.token_bytes(16)
        now = self._clock.now()

        def work(tx: Connection) -> CodeSent:
            _check_limits(tx, actor.account_id, number, now)
            tx.execute(
                insert(certification_code).values(
                    account_id=actor.account_id,
                    number=number,
                    code_hash=_hash(salt, code),
                    salt=salt,
                    sent_at=now,
                    expires_at=now + CODE_LIFE,
                    tries_left=TRIES,
                )
            )
            enqueue_system(
                tx,
                account_id=actor.account_id,
                kind=CampaignKind.CERTIFICATION,
                destination=number,
                text=translated(TEXT, actor.language).format(code=code),
                at=now,
                validity=CODE_LIFE // timedelta(seconds=1),
            )
            return _code_sent(tx, actor.account_id, number, now, now)

        return await self._database.write(work)

    async def pending(self, actor: Actor) -> CodeSent | None:
        """The code that waits for its confirmation, if one does."""
        now = self._clock.now()

        def work(tx: Connection) -> CodeSent | None:
            row = _newest(tx, actor.account_id)
            if row is None or row.used_at is not None or row.expires_at <= now or row.tries_left <= 0:
                return None
            return _code_sent(tx, actor.account_id, row.number, row.sent_at, now)

        return await self._database.read(work)

    async def confirm(self, actor: Actor, code: str) -> Certified:
        """Certify the number to which `code` was sent, and grant the test credits if it earns them.

        A wrong code costs a try, whatever happens next. Raises MalformedCode, NoCodeRequested, CodeExpired, WrongCode.
        """
        digits = "".join(code.split())
        if not (digits.isascii() and digits.isdigit() and len(digits) == CODE_DIGITS):
            raise MalformedCode
        now = self._clock.now()
        answer = await self._database.write(lambda tx: _verify(tx, actor, digits, now))
        if isinstance(answer, Refusal):
            raise answer
        return answer


CodeRow = Row[tuple[object, ...]]


def _hash(salt: bytes, code: str) -> bytes:
    return hmac.new(salt, code.encode("ascii"), hashlib.sha256).digest()


def _newest(tx: Connection, account_id: int) -> CodeRow | None:
    mine = select(certification_code).where(certification_code.c.account_id == account_id)
    return tx.execute(mine.order_by(certification_code.c.id.desc()).limit(1)).first()


def _sent_within_hour(
    tx: Connection, column: Column[int] | Column[str], value: int | str, now: datetime
) -> list[datetime]:
    """When the codes of an account or of a number were sent, the newest first."""
    sent_at = certification_code.c.sent_at
    recent = select(sent_at).where(column == value, sent_at > now - LIMIT_PERIOD).order_by(sent_at.desc())
    return list(tx.execute(recent.limit(LIMIT)).scalars())


def _recent(tx: Connection, account_id: int, number: str, now: datetime) -> tuple[list[datetime], list[datetime]]:
    columns = certification_code.c
    return (
        _sent_within_hour(tx, columns.account_id, account_id, now),
        _sent_within_hour(tx, columns.number, number, now),
    )


def _check_limits(tx: Connection, account_id: int, number: str, now: datetime) -> None:
    tx.execute(select(account.c.id).where(account.c.id == account_id).with_for_update(key_share=True))
    by_account, by_number = _recent(tx, account_id, number, now)
    full = [sent[LIMIT - 1] + LIMIT_PERIOD for sent in (by_account, by_number) if len(sent) >= LIMIT]
    if full:
        raise TooManyCodes(max(full))
    if by_account and now < by_account[0] + RESEND_AFTER:
        raise ResendTooSoon(by_account[0] + RESEND_AFTER)


def _code_sent(tx: Connection, account_id: int, number: str, sent_at: datetime, now: datetime) -> CodeSent:
    recent = _recent(tx, account_id, number, now)
    allowed = [sent[LIMIT - 1] + LIMIT_PERIOD for sent in recent if len(sent) >= LIMIT]
    return CodeSent(
        number=number,
        expires_at=sent_at + CODE_LIFE,
        resend_at=max([sent_at + RESEND_AFTER, *allowed]),
        sends_left=LIMIT - max(len(sent) for sent in recent),
    )


def _verify(tx: Connection, actor: Actor, digits: str, now: datetime) -> Certified | Refusal:
    """The answer to a code; a refusal is returned, not raised, so that the try it cost is committed."""
    row = _newest(tx, actor.account_id)
    if row is None or row.used_at is not None:
        return NoCodeRequested()
    if now >= row.expires_at:
        return CodeExpired()
    this = certification_code.c.id == row.id
    taken = update(certification_code).where(this, certification_code.c.tries_left > 0)
    tries_left = tx.execute(
        taken.values(tries_left=certification_code.c.tries_left - 1).returning(certification_code.c.tries_left)
    ).scalar()
    if tries_left is None:
        return CodeExpired()
    if not hmac.compare_digest(_hash(row.salt, digits), row.code_hash):
        return WrongCode(tries_left)
    tx.execute(update(certification_code).where(this).values(used_at=now))
    mine = update(account).where(account.c.id == actor.account_id)
    tx.execute(mine.values(certified_number=row.number, certified_at=now))
    return Certified(row.number, _grant(tx, actor.account_id, row.number, now))


def _grant(tx: Connection, account_id: int, number: str, now: datetime) -> Credits:
    """Post the test credits that a number earns once over all accounts, and an account once over all its numbers."""
    earned = select(ledger_entry.c.id).where(
        ledger_entry.c.account_id == account_id, ledger_entry.c.cause == Cause.CERTIFICATION
    )
    if tx.execute(earned).first() is None and post(tx, account_id, TEST_CREDITS, Cause.CERTIFICATION, number, now):
        return TEST_CREDITS
    return Credits(0)
