import asyncio
from dataclasses import replace
from datetime import timedelta

import argon2
import pytest
from sqlalchemy import select, update

from smstui.domain.actor import Actor, Role
from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from smstui.domain.identity import InvalidEmail
from smstui.formats import explain
from smstui.services import passwords
from smstui.services.accounts import (
    EmailTaken,
    LoginTaken,
    NegativeGrant,
    NewAccount,
    SignUp,
    TermsNotAccepted,
    UnknownAccount,
    WeakPassword,
    WrongLogin,
)
from smstui.services.backend import Backend
from smstui.services.login_attempts import TooManyAttempts, delay_after
from smstui.services.passwords import PasswordTooLong
from smstui.storage.database import Database
from smstui.storage.tables import account, login_failure
from tests.support import PASSWORD, START, FakeClock

FORM = SignUp("mon-entreprise", "mon-entreprise@gmail.com", PASSWORD, terms_accepted=True, language="fr")


@pytest.fixture(autouse=True)
def quick_hashes() -> None:
    """None here: these are the hashes of the product."""


async def _fail(backend: Backend, login: str, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(WrongLogin):
            await backend.accounts.log_in(login, "wrong")


@pytest.mark.each_database
async def test_who_signs_up_can_log_in_in_any_case(backend: Backend) -> None:
    signed_up = await backend.accounts.sign_up(FORM)
    assert await backend.accounts.log_in("mon-entreprise", PASSWORD) == signed_up
    assert await backend.accounts.log_in(" MON-Entreprise ", PASSWORD) == signed_up
    assert (signed_up.login, signed_up.language) == ("mon-entreprise", "fr")


async def test_the_first_who_signs_up_is_the_administrator(backend: Backend) -> None:
    forms = [replace(FORM, login=f"shop{number}", email=f"{number}@example.com") for number in range(5)]
    actors = await asyncio.gather(*map(backend.accounts.sign_up, forms))
    assert sorted(actor.role for actor in actors) == [Role.ADMIN] + [Role.USER] * 4


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"login": "MON-ENTREPRISE", "email": "other@example.com"}, LoginTaken),
        ({"login": "other", "email": "Mon-Entreprise@GMAIL.com"}, EmailTaken),
        ({"login": "other", "email": "o@example.com", "terms_accepted": False}, TermsNotAccepted),
        ({"login": "other", "email": "o@example.com", "password": "password"}, WeakPassword),
        ({"login": "other", "email": "o@example.com", "password": "Aa1!" * 300}, PasswordTooLong),
        ({"login": "no spaces", "email": "o@example.com"}, Refusal),
        ({"login": "other", "email": "not an address"}, Refusal),
        ({"login": "other", "email": "\ufdfa" * 60 + "@example.com"}, InvalidEmail),
    ],
)
async def test_a_form_that_can_not_be_is_refused(
    backend: Backend, change: dict[str, str], refusal: type[Refusal]
) -> None:
    await backend.accounts.sign_up(FORM)
    with pytest.raises(refusal) as refused:
        await backend.accounts.sign_up(replace(FORM, **change))  # type: ignore[arg-type]
    assert explain(refused.value)


@pytest.mark.each_database
async def test_one_login_asked_for_at_once_is_given_once(backend: Backend) -> None:
    forms = [replace(FORM, email=f"{number}@example.com") for number in range(4)]
    results = await asyncio.gather(*map(backend.accounts.sign_up, forms), return_exceptions=True)
    assert sum(isinstance(result, Actor) for result in results) == 1
    assert sum(isinstance(result, LoginTaken) for result in results) == 3


async def test_passwords_are_stored_as_argon2id(backend: Backend, database: Database) -> None:
    await backend.accounts.sign_up(FORM)
    stored = await database.read(lambda tx: tx.execute(select(account.c.password_hash)).scalar_one())
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in repr(FORM)


async def test_an_unknown_login_gets_the_same_answer_and_costs_the_same_work(backend: Backend, actor: Actor) -> None:
    answers = []
    for login in (actor.login, "nobody"):
        with pytest.raises(WrongLogin) as refused:
            await backend.accounts.log_in(login, "wrong")
        answers.append(explain(refused.value))
    assert answers[0] == answers[1]
    assert argon2.extract_parameters(passwords.NOBODY) == argon2.extract_parameters(await passwords.hashed("any"))


@pytest.mark.parametrize("login", ["shop", "nobody", "nobody" * 100, "\ufb03" * 60])
async def test_failures_make_the_next_try_wait_ever_longer(
    backend: Backend, actor: Actor, clock: FakeClock, login: str
) -> None:
    await _fail(backend, login, 3)
    for wait in (1, 2, 4, 8):
        with pytest.raises(TooManyAttempts) as refused:
            await backend.accounts.log_in(login, PASSWORD)
        assert refused.value.retry_at == clock.now() + timedelta(seconds=wait)
        clock.advance(wait)
        await _fail(backend, login)


def test_the_wait_stops_growing_at_a_quarter_of_an_hour() -> None:
    assert [delay_after(failures).total_seconds() for failures in (0, 1, 2, 3, 4, 12)] == [0, 0, 0, 1, 2, 512]
    assert delay_after(13) == delay_after(100_000) == timedelta(minutes=15)


async def test_a_restart_forgets_no_failure(
    backend: Backend, actor: Actor, database_url: str, clock: FakeClock
) -> None:
    await _fail(backend, actor.login, 3)
    reopened = await Database.open(database_url)
    with pytest.raises(TooManyAttempts):
        await Backend(reopened, clock).accounts.log_in(actor.login, PASSWORD)
    await reopened.close()


async def test_a_right_password_clears_the_failures(backend: Backend, actor: Actor, clock: FakeClock) -> None:
    await _fail(backend, actor.login, 3)
    clock.advance(1)
    await backend.accounts.log_in(actor.login, PASSWORD)
    await _fail(backend, actor.login, 2)
    await backend.accounts.log_in(actor.login, PASSWORD)


@pytest.mark.each_database
async def test_many_guesses_at_once_gain_nothing(backend: Backend, actor: Actor) -> None:
    guesses = (backend.accounts.log_in(actor.login, f"guess {number}") for number in range(12))
    results = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(isinstance(result, WrongLogin) for result in results) == 3
    assert sum(isinstance(result, TooManyAttempts) for result in results) == 9


async def test_old_failures_are_forgotten(backend: Backend, actor: Actor, clock: FakeClock) -> None:
    await _fail(backend, actor.login, 2)
    await _fail(backend, "nobody")
    clock.advance(timedelta(days=2))
    await backend.accounts.log_in(actor.login, PASSWORD)
    assert await backend.database.read(lambda tx: tx.execute(select(login_failure)).all()) == []


async def test_an_enormous_password_is_refused_before_any_work(backend: Backend, actor: Actor) -> None:
    with pytest.raises(PasswordTooLong):
        await backend.accounts.log_in(actor.login, "x" * 1025)


@pytest.mark.parametrize("password", ["", "\0", "\ud800", "é" * 1024])
async def test_strange_passwords_are_only_wrong(backend: Backend, actor: Actor, password: str) -> None:
    with pytest.raises(WrongLogin):
        await backend.accounts.log_in(actor.login, password)


async def test_an_outdated_hash_is_renewed_at_login(backend: Backend, actor: Actor) -> None:
    old = argon2.PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    await backend.database.write(lambda tx: tx.execute(update(account).values(password_hash=old)))
    await backend.accounts.log_in(actor.login, PASSWORD)
    stored = await backend.database.read(lambda tx: tx.execute(select(account.c.password_hash)).scalar_one())
    assert stored != old
    assert not passwords.is_outdated(stored)
    assert await passwords.matches(stored, PASSWORD)


async def test_the_command_line_creates_accounts_as_it_is_told(backend: Backend) -> None:
    new = NewAccount(
        "boss", "boss@example.com", PASSWORD, "en", admin=True, certified_number="+33601020304",
        credits=Credits.of("212.5"), may_omit_stop=True,
    )  # fmt: skip
    boss = await backend.accounts.create(new)
    profile = await backend.accounts.profile(boss)
    assert boss.is_admin
    assert (profile.certified_number, profile.may_omit_stop, profile.welcome_due) == ("+33601020304", True, False)
    assert (await backend.credits.balance(boss)).available == Credits.of("212.5")
    assert await backend.accounts.find("BOSS") == boss
    with pytest.raises(NegativeGrant):
        await backend.accounts.create(replace(new, login="debtor", email="d@example.com", credits=Credits(-1)))
    with pytest.raises(UnknownAccount):
        await backend.accounts.find("debtor")


async def test_the_pop_up_of_the_test_credits_is_shown_until_it_is_answered(
    backend: Backend, actor: Actor, other: Actor
) -> None:
    assert (await backend.accounts.profile(actor)).welcome_due
    await backend.accounts.dismiss_welcome(actor)
    assert not (await backend.accounts.profile(actor)).welcome_due
    assert (await backend.accounts.profile(other)).welcome_due
    assert (await backend.accounts.profile(other)).login == "rival"


async def test_the_terms_are_dated(backend: Backend) -> None:
    await backend.accounts.sign_up(FORM)
    accepted = select(account.c.terms_accepted_at)
    assert await backend.database.read(lambda tx: tx.execute(accepted).scalar_one()) == START
