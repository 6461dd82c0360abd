"""Accounts: signing up, logging in, and what an account knows about itself."""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy import Connection, Row, Select, select, update

from smstui.domain.actor import Actor, Role
from smstui.domain.clock import Clock
from smstui.domain.credits import NO_CREDITS, Credits
from smstui.domain.errors import Refusal
from smstui.domain.identity import InvalidEmail, check_email, check_login
from smstui.domain.password import PasswordRule, broken_rules
from smstui.domain.visible import printable
from smstui.i18n import N_
from smstui.services import login_attempts, passwords
from smstui.services.blocking import AccountBlocked, refuse_blocked
from smstui.services.credits import Cause, post
from smstui.services.sessions import Origin, open_session
from smstui.storage.database import Database
from smstui.storage.tables import account
from smstui.storage.upsert import insert

_EMAIL_KEY_LENGTH: Final = 254
"""Characters; folding makes some of them longer."""
Known = Row[tuple[int, str, str, str, str, str]]
"""Of an account: its id, login, password hash, role, language."""


@dataclass(eq=False)
class LoginTaken(Refusal):
    """Another account has this identifier, in whatever case."""

    login: str
    sentence: ClassVar[str] = N_("The identifier “{login}” is taken: choose another one.")


@dataclass(eq=False)
class EmailTaken(Refusal):
    """Another account has this e-mail address, in whatever case."""

    email: str
    sentence: ClassVar[str] = N_("An account with the e-mail address {email} exists already: log in to it.")


@dataclass(eq=False)
class TermsNotAccepted(Refusal):
    """The box of the terms is not ticked."""

    sentence: ClassVar[str] = N_("Accept the terms of use to create your account.")


@dataclass(eq=False)
class WeakPassword(Refusal):
    """The password breaks some of the rules."""

    rules: tuple[PasswordRule, ...]
    sentence: ClassVar[str] = N_(
        "The password needs at least 8 characters, with a special one, a lower-case letter, a digit and a capital."
    )


@dataclass(eq=False)
class WrongLogin(Refusal):
    """No account has this login and this password; which of the two is wrong is not told."""

    sentence: ClassVar[str] = N_("Wrong identifier or password.")


@dataclass(eq=False)
class UnknownAccount(Refusal):
    """The command line named an account that does not exist."""

    login: str
    sentence: ClassVar[str] = N_("There is no account “{login}”.")


@dataclass(eq=False)
class NegativeGrant(Refusal):
    """An account can't start with a debt."""

    sentence: ClassVar[str] = N_("An account can't be given a negative number of credits.")


@dataclass(frozen=True, slots=True)
class SignUp:
    """What the sign-up form holds."""

    login: str
    email: str
    password: str = field(repr=False)
    terms_accepted: bool
    language: str


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What the command line says about an account to create."""

    login: str
    email: str
    password: str = field(repr=False)
    language: str
    admin: bool = False
    certified_number: str | None = None
    """E.164, taken as certified without a code; earns no test credits."""
    credits: Credits = NO_CREDITS
    may_omit_stop: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """What an account knows about itself."""

    login: str
    email: str
    certified_number: str | None
    welcome_due: bool
    """Whether the pop-up of the test credits is still to be shown."""
    may_omit_stop: bool


class Accounts:
    """The accounts of the platform."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def sign_up(self, form: SignUp, origin: Origin | None = None) -> Actor:
        """Create an account; the first of all is an administrator's. `origin` opens a session from there.

        Raises TermsNotAccepted, WeakPassword, PasswordTooLong, LoginTaken, EmailTaken, and the refusals of
        `smstui.domain.identity`.
        """
        if not form.terms_accepted:
            raise TermsNotAccepted
        login, email = check_login(form.login.strip()), check_email(form.email.strip())
        password_hash, now = await hash_of_new(form.password), self._clock.now()

        def work(tx: Connection) -> Actor:
            first = tx.execute(select(account.c.id).limit(1)).first() is None
            actor = _insert(
                tx,
                login=login,
                email=email,
                password_hash=password_hash,
                role=Role.ADMIN if first else Role.USER,
                language=form.language,
                created_at=now,
                terms_accepted_at=now,
            )
            return actor if origin is None else open_session(tx, actor, origin, now)

        return await self._database.write(work)

    async def create(self, new: NewAccount) -> Actor:
        """Create an account without a form, for who may open the database. Raises like `sign_up`, and NegativeGrant."""
        if new.credits < NO_CREDITS:
            raise NegativeGrant
        login, email = check_login(new.login), check_email(new.email)
        password_hash, now = await hash_of_new(new.password), self._clock.now()

        def work(tx: Connection) -> Actor:
            actor = _insert(
                tx,
                login=login,
                email=email,
                password_hash=password_hash,
                role=Role.ADMIN if new.admin else Role.USER,
                language=new.language,
                created_at=now,
                certified_number=new.certified_number,
                certified_at=now if new.certified_number else None,
                may_omit_stop=new.may_omit_stop,
            )
            if new.credits:
                post(tx, actor.account_id, new.credits, Cause.GRANT, str(actor.account_id), now)
            return actor

        return await self._database.write(work)

    async def log_in(self, login: str, password: str, origin: Origin | None = None) -> Actor:
        """Who has this login and password. `origin` opens a session from there.

        Raises WrongLogin, AccountBlocked, TooManyAttempts, PasswordTooLong.
        """
        now = self._clock.now()
        row = await verified(self._database, login, password, now)
        outdated = passwords.is_outdated(row.password_hash)
        renewed = await passwords.hashed(password) if outdated else row.password_hash
        actor = Actor(row.id, row.login, Role(row.role), row.language, time_zone=row.time_zone)

        def work(tx: Connection) -> Actor | AccountBlocked | None:
            if not is_password_still(tx, row):
                return None
            login_attempts.succeeded(tx, fold(login))
            if outdated:
                tx.execute(update(account).where(account.c.id == row.id).values(password_hash=renewed))
            try:
                refuse_blocked(tx, actor)
            except AccountBlocked as refusal:
                return refusal
            return actor if origin is None else open_session(tx, actor, origin, now)

        answer = await self._database.write(work)
        if isinstance(answer, AccountBlocked):
            raise answer
        return answer or await self.log_in(login, password, origin)

    async def find(self, login: str) -> Actor:
        """The account that the command line acts for, without a password. Raises UnknownAccount."""
        row = await self._database.read(lambda tx: tx.execute(_by_login(fold(login))).first())
        if row is None:
            raise UnknownAccount(login)
        return Actor(row.id, row.login, Role(row.role), row.language, time_zone=row.time_zone)

    async def profile(self, actor: Actor) -> Profile:
        """What the account knows about itself."""
        mine = select(account).where(account.c.id == actor.account_id)
        row = await self._database.read(lambda tx: tx.execute(mine).one())
        welcome_due = row.welcomed_at is None and row.certified_number is None
        return Profile(row.login, row.email, row.certified_number, welcome_due, row.may_omit_stop)

    async def dismiss_welcome(self, actor: Actor) -> None:
        """Never show the pop-up of the test credits again."""
        unanswered = account.c.id == actor.account_id, account.c.welcomed_at.is_(None)
        now = self._clock.now()
        await self._database.write(lambda tx: tx.execute(update(account).where(*unanswered).values(welcomed_at=now)))


def fold(identity: str) -> str:
    """What makes two logins or e-mail addresses the same: compatibility forms and case don't count."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", identity.strip()).casefold())


def email_key_of(email: str) -> str:
    """By which two e-mail addresses are the same. Raises InvalidEmail."""
    key = fold(email)
    if len(key) > _EMAIL_KEY_LENGTH:
        raise InvalidEmail(printable(email))
    return key


async def verified(database: Database, login: str, password: str, now: datetime) -> Known:
    """The account of this login and password; the attempt counts as a failure until `login_attempts.succeeded`.

    What follows in a transaction of its own asks `is_password_still`. Raises WrongLogin, TooManyAttempts,
    PasswordTooLong.
    """
    passwords.check_length(password)
    key = fold(login)
    await database.write(lambda tx: login_attempts.begin(tx, key, now))
    row = await database.read(lambda tx: tx.execute(_by_login(key)).first())
    right = await passwords.matches(passwords.NOBODY if row is None else row.password_hash, password)
    if row is None or not right:
        raise WrongLogin
    return row


def is_password_still(tx: Connection, known: Known) -> bool:
    """Whether the password is the one that was verified: it may have been changed while it was hashed."""
    stored = tx.execute(select(account.c.password_hash).where(account.c.id == known.id)).scalar()
    return bool(stored == known.password_hash)


def _by_login(key: str) -> Select[tuple[int, str, str, str, str, str]]:
    mine = account.c
    columns = mine.id, mine.login, mine.password_hash, mine.role, mine.language, mine.time_zone
    return select(*columns).where(mine.login_key == key)


async def hash_of_new(password: str) -> str:
    """The hash of a password to be. Raises PasswordTooLong, WeakPassword."""
    passwords.check_length(password)
    if broken := broken_rules(password):
        raise WeakPassword(broken)
    return await passwords.hashed(password)


def _insert(tx: Connection, *, login: str, email: str, role: Role, language: str, **columns: object) -> Actor:
    """Insert an account whose login and e-mail address nobody has. Raises LoginTaken, EmailTaken, InvalidEmail."""
    key, email_key = fold(login), email_key_of(email)
    new = insert(tx, account).values(
        login=login, login_key=key, email=email, email_key=email_key, role=role, language=language, **columns
    )
    made = tx.execute(new.on_conflict_do_nothing().returning(account.c.id, account.c.time_zone)).first()
    if made is None:
        raise LoginTaken(login) if tx.execute(_by_login(key)).first() else EmailTaken(email)
    return Actor(made.id, login, role, language, time_zone=made.time_zone)
