import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import argon2
import pytest
from sqlalchemy import update

from smstui import theme
from smstui.domain.actor import Actor
from smstui.domain.company import Billing
from smstui.domain.errors import Refusal
from smstui.domain.identity import InvalidEmail
from smstui.domain.preferences import (
    THEMES,
    UnknownLanguage,
    UnknownTheme,
    UnknownTimeZone,
    check_time_zone,
    time_zones,
)
from smstui.domain.states import CampaignState
from smstui.formats import explain
from smstui.services import passwords
from smstui.services.accounts import WeakPassword, WrongLogin
from smstui.services.audit import AuditAction
from smstui.services.backend import Backend
from smstui.services.campaigns import Draft
from smstui.services.login_attempts import TooManyAttempts
from smstui.services.passwords import PasswordTooLong
from smstui.services.profile import EmailOfAnother, SamePassword, WrongPassword
from smstui.services.sessions import Origin, SessionEnded, Way
from smstui.services.when import When
from smstui.storage.database import Database
from smstui.storage.tables import account
from tests.conftest import NewAccountFixture
from tests.services.campaigning import at, connect, look
from tests.support import PASSWORD, FakeClock

NEW = "Other-Horse8"
HERE = Origin(Way.BROWSER)


async def trail(backend: Backend, actor: Actor) -> list[tuple[str, str]]:
    return [(each.action, each.subject) for each in await backend.audit.list(actor)]


@pytest.mark.each_database
async def test_the_password_is_changed_by_who_knows_the_old_one(backend: Backend, actor: Actor) -> None:
    with pytest.raises(WrongPassword):
        await backend.profiles.set_password(actor, "Wrong-Horse9", NEW)
    await backend.accounts.log_in("shop", PASSWORD)
    assert await backend.profiles.set_password(actor, PASSWORD, NEW) == 0
    with pytest.raises(WrongLogin):
        await backend.accounts.log_in("shop", PASSWORD)
    assert await backend.accounts.log_in("shop", NEW) == actor
    assert await trail(backend, actor) == [(AuditAction.PASSWORD_CHANGED, "shop")]


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [
        (PASSWORD, "weak", WeakPassword),
        (PASSWORD, "Aa1!" * 300, PasswordTooLong),
        ("Aa1!" * 300, NEW, PasswordTooLong),
        (PASSWORD, PASSWORD, SamePassword),
        ("", NEW, WrongPassword),
    ],
)
async def test_a_password_that_can_not_be_is_refused(
    backend: Backend, actor: Actor, old: str, new: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal) as refused:
        await backend.profiles.set_password(actor, old, new)
    assert explain(refused.value)
    assert await backend.accounts.log_in("shop", PASSWORD) == actor
    assert await trail(backend, actor) == []


@pytest.mark.each_database
async def test_guessing_at_an_open_screen_is_slowed_as_at_the_login(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    for _ in range(2):
        with pytest.raises(WrongPassword):
            await backend.profiles.set_password(actor, "Wrong-Horse9", NEW)
    with pytest.raises(WrongPassword):
        await backend.profiles.set_email(actor, "new@example.com", "Wrong-Horse9")
    for attempt in (
        backend.profiles.set_password(actor, PASSWORD, NEW),
        backend.profiles.set_email(actor, "new@example.com", PASSWORD),
        backend.accounts.log_in("shop", PASSWORD),
    ):
        with pytest.raises(TooManyAttempts):
            await attempt
    clock.advance(1)
    await backend.profiles.set_password(actor, PASSWORD, NEW)
    for _ in range(2):
        with pytest.raises(WrongPassword):
            await backend.profiles.set_password(actor, "Wrong-Horse9", PASSWORD)
    await backend.accounts.log_in("shop", NEW)


@pytest.mark.each_database
async def test_a_login_during_the_change_is_refused_or_ended(backend: Backend, actor: Actor) -> None:
    """Whichever comes first: nobody stays logged in by the old password."""
    for old, new in ((PASSWORD, NEW), (NEW, PASSWORD)) * 3:
        answers = await asyncio.gather(
            backend.accounts.log_in("shop", old, HERE),
            backend.profiles.set_password(actor, old, new),
            return_exceptions=True,
        )
        assert isinstance(answers[0], Actor | WrongLogin)
        assert isinstance(answers[1], int)
        assert await backend.sessions.list(actor) == ()


@pytest.mark.each_database
async def test_a_login_that_was_verified_before_the_change_does_not_outlive_it(
    backend: Backend, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is held where it renews the hash of the old password."""
    outdated = argon2.PasswordHasher(time_cost=1, memory_cost=128).hash(PASSWORD)
    await backend.database.write(lambda tx: tx.execute(update(account).values(password_hash=outdated)))
    hashed, verified, changed = passwords.hashed, asyncio.Event(), asyncio.Event()

    async def held(password: str) -> str:
        if password == PASSWORD:
            verified.set()
            await changed.wait()
        return await hashed(password)

    monkeypatch.setattr(passwords, "hashed", held)
    login = asyncio.create_task(backend.accounts.log_in("shop", PASSWORD, HERE))
    await verified.wait()
    await backend.profiles.set_password(actor, PASSWORD, NEW)
    changed.set()
    with pytest.raises(WrongLogin):
        await login
    assert await backend.sessions.list(actor) == ()
    await backend.accounts.log_in("shop", NEW)


@pytest.mark.each_database
async def test_of_two_changes_at_once_one_is_made(backend: Backend, actor: Actor) -> None:
    others = [backend.profiles.set_password(actor, PASSWORD, new) for new in (NEW, "Third-Horse9")]
    answers = await asyncio.gather(*others, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["WrongPassword", "int"]


@pytest.mark.each_database
async def test_the_e_mail_address_is_nobody_elses(backend: Backend, actor: Actor, other: Actor) -> None:
    assert await backend.profiles.set_email(actor, " New@Example.com ", PASSWORD) == "New@Example.com"
    assert (await backend.profiles.read(actor)).email == "New@Example.com"
    with pytest.raises(EmailOfAnother) as refused:
        await backend.profiles.set_email(other, "new@example.COM", PASSWORD)
    assert "new@example.COM" in explain(refused.value)
    assert await backend.profiles.set_email(actor, "new@example.com", PASSWORD) == "new@example.com"
    with pytest.raises(WrongPassword):
        await backend.profiles.set_email(actor, "third@example.com", "Wrong-Horse9")
    assert await trail(backend, actor) == [
        (AuditAction.EMAIL_CHANGED, "New@Example.com → new@example.com"),
        (AuditAction.EMAIL_CHANGED, "shop@example.com → New@Example.com"),
    ]
    assert (await backend.profiles.read(other)).email == "rival@example.com"


@pytest.mark.parametrize("email", ["", "not an address", "\ufdfa" * 60 + "@example.com", "a@b\x1b.com"])
async def test_what_is_no_address_is_refused(backend: Backend, actor: Actor, email: str) -> None:
    with pytest.raises(InvalidEmail):
        await backend.profiles.set_email(actor, email, PASSWORD)


@pytest.mark.each_database
async def test_one_address_asked_for_at_once_is_given_once(
    backend: Backend, database_url: str, clock: FakeClock, new_account: NewAccountFixture
) -> None:
    actors = [await new_account(f"shop{number}") for number in range(4)]
    second = await Database.open(database_url)
    profiles = [backend.profiles, Backend(second, clock).profiles] * 2
    wanted = [each.set_email(who, "one@example.com", PASSWORD) for each, who in zip(profiles, actors, strict=True)]
    answers = await asyncio.gather(*wanted, return_exceptions=True)
    await second.close()
    assert sorted(type(answer).__name__ for answer in answers) == ["EmailOfAnother"] * 3 + ["str"]


@pytest.mark.each_database
async def test_preferences_are_kept_and_only_changes_are_told(backend: Backend, actor: Actor, other: Actor) -> None:
    before = await backend.profiles.read(actor)
    assert (before.language, before.time_zone, before.theme, before.billing) == ("en", "Europe/Paris", None, None)
    await backend.profiles.set_preferences(actor, language="fr", time_zone="Indian/Reunion", theme="smstui-light")
    await backend.profiles.set_preferences(actor, language="fr", theme="ansi-dark")
    await backend.profiles.set_preferences(actor, theme="ansi-dark")
    after = await backend.profiles.read(actor)
    assert (after.language, after.time_zone, after.theme) == ("fr", "Indian/Reunion", "ansi-dark")
    assert (await backend.accounts.log_in("shop", PASSWORD)).language == "fr"
    assert await trail(backend, actor) == [
        (AuditAction.PREFERENCES_CHANGED, "theme: smstui-light → ansi-dark"),
        (
            AuditAction.PREFERENCES_CHANGED,
            "language: en → fr, time_zone: Europe/Paris → Indian/Reunion, theme: – → smstui-light",
        ),
    ]
    assert (await backend.profiles.read(other)).language == "en"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"language": "de"}, UnknownLanguage),
        ({"theme": "nord"}, UnknownTheme),
        ({"time_zone": "Europe/Lutetia"}, UnknownTimeZone),
        ({"time_zone": "../etc/passwd"}, UnknownTimeZone),
        ({"time_zone": "Europe"}, UnknownTimeZone),
        ({"time_zone": "localtime"}, UnknownTimeZone),
        ({"time_zone": "\x1b[31m"}, UnknownTimeZone),
        ({"time_zone": ""}, UnknownTimeZone),
    ],
)
async def test_what_is_no_choice_is_refused(
    backend: Backend, actor: Actor, change: dict[str, str], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal) as refused:
        await backend.profiles.set_preferences(actor, **change)
    assert "\x1b" not in explain(refused.value)
    assert (await backend.profiles.read(actor)).time_zone == "Europe/Paris"


def test_the_colours_are_those_of_the_application() -> None:
    assert theme.CHOICES == THEMES


def test_zones_are_found_once_by_place_in_the_language() -> None:
    french, english = ({each.key: each.place for each in time_zones(language)} for language in ("fr", "en"))
    assert french["Europe/London"] == "Londres, Royaume-Uni"
    assert english["Europe/London"] == "London, United Kingdom"
    assert french["Indian/Reunion"] == "La Réunion"
    assert "Asia/Kolkata" in french
    assert not {"Asia/Calcutta", "US/Pacific", "Etc/GMT+1", "localtime", "Factory"} & french.keys()
    assert {"UTC", "Europe/Paris"} <= french.keys()
    assert all(ZoneInfo(key) and check_time_zone(key) for key in french)


@pytest.mark.each_database
async def test_whom_the_invoices_are_for_is_told(backend: Backend, actor: Actor, other: Actor) -> None:
    billing = Billing("Ma Boutique", ("1 rue Neuve", "13001 Marseille"))
    await backend.company.set_billing(actor, billing)
    assert (await backend.profiles.read(actor)).billing == billing
    assert (await backend.profiles.read(other)).billing is None
    assert await trail(backend, actor) == [(AuditAction.BILLING_CHANGED, "Ma Boutique")]


@pytest.mark.each_database
async def test_who_may_open_the_database_needs_no_password(backend: Backend, actor: Actor) -> None:
    logged_in = await backend.accounts.log_in("shop", PASSWORD, HERE)
    for _ in range(3):
        with pytest.raises(WrongLogin):
            await backend.accounts.log_in("shop", "wrong")
    assert await backend.profiles.set_password(actor, None, NEW) == 1
    await backend.profiles.set_email(actor, "new@example.com", None)
    with pytest.raises(SessionEnded):
        await backend.sessions.attend(logged_in)
    await backend.accounts.log_in("shop", NEW)


@pytest.mark.each_database
async def test_another_time_zone_moves_nothing_that_is_scheduled(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    """A date keeps its instant and a series its clocks; what is confirmed from now on is on the new ones."""
    await connect(backend)
    text = Draft("Paris", "Bonjour", numbers=("+33600000001",), when=When(wall=at("2026-11-23T10:00")))
    once = await backend.campaigns.send(actor, text)
    daily = await backend.campaigns.send(actor, replace(text, name="Daily", when=When(cron="0 10 * * *")))
    await backend.profiles.set_preferences(actor, time_zone="Indian/Reunion")
    later = await backend.campaigns.send(actor, replace(text, name="Réunion"))
    assert [each.due_at for each in (once, daily, later)] == [
        datetime(2026, 11, 23, hour, tzinfo=UTC) for hour in (9, 9, 6)
    ]
    clock.advance(datetime(2026, 11, 23, 9, tzinfo=UTC) - clock.now())
    await look(backend)
    found = {each.name: each for each in await backend.campaigns.list(actor)}
    assert found["Paris"].state is CampaignState.SENDING
    assert found["Daily 2026-11-23 10:00"].state is CampaignState.SENDING
    assert found["Daily"].due_at == datetime(2026, 11, 24, 9, tzinfo=UTC)
