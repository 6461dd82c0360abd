import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from smstui.domain.actor import Actor, Role
from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import explain
from smstui.services.accounts import SignUp
from smstui.services.attendance import Attendance
from smstui.services.audit import AuditAction
from smstui.services.backend import Backend
from smstui.services.blocking import AccountBlocked
from smstui.services.sessions import (
    GONE_AFTER,
    KEPT,
    SEEN_EVERY,
    Origin,
    PasswordChanged,
    RightsChanged,
    SessionEnded,
    UnknownSession,
    Way,
    origin_here,
    origin_words,
)
from smstui.storage.database import Database
from smstui.storage.tables import login_session
from tests.support import PASSWORD, FakeClock

SSH = Origin(Way.SSH, "10.0.0.5")
BROWSER = Origin(Way.BROWSER)
A_SECOND = timedelta(seconds=1)


async def log_in(backend: Backend, origin: Origin = SSH, login: str = "shop") -> Actor:
    return await backend.accounts.log_in(login, PASSWORD, origin)


async def origins(backend: Backend, actor: Actor) -> list[str]:
    return [str(each.origin) for each in await backend.sessions.list(actor)]


async def count(backend: Backend) -> int:
    rows = select(func.count()).select_from(login_session)
    return await backend.database.read(lambda tx: tx.execute(rows).scalar_one())


@pytest.mark.each_database
async def test_who_logs_in_sees_where_else_the_account_is_logged_in(
    backend: Backend, actor: Actor, other: Actor, clock: FakeClock
) -> None:
    first = await log_in(backend)
    clock.advance(60)
    second = await log_in(backend, BROWSER)
    await log_in(backend, login="rival")
    seen = await backend.sessions.list(second)
    assert [(each.origin, each.is_own) for each in seen] == [(BROWSER, True), (SSH, False)]
    assert seen[0].started_at - seen[1].started_at == timedelta(minutes=1)
    assert first.session != second.session
    assert first == second == actor
    assert not any(each.is_own for each in await backend.sessions.list(actor))


async def test_only_a_program_that_says_where_it_is_opens_a_session(backend: Backend, actor: Actor) -> None:
    await backend.accounts.log_in("shop", PASSWORD)
    await backend.accounts.find("shop")
    assert await count(backend) == 0
    form = SignUp("new", "new@example.com", PASSWORD, terms_accepted=True, language="en")
    new = await backend.accounts.sign_up(form, BROWSER)
    assert [each.id for each in await backend.sessions.list(new)] == [new.session]


@pytest.mark.each_database
async def test_a_blocked_account_opens_none(backend: Backend, actor: Actor) -> None:
    await backend.administration.block(None, "shop", "Unpaid")
    for _ in range(4):  # no guesses
        with pytest.raises(AccountBlocked):
            await log_in(backend)
    assert await count(backend) == 0


@pytest.mark.each_database
async def test_one_session_is_ended_from_another(backend: Backend, actor: Actor, other: Actor) -> None:
    first, second, rival = await log_in(backend), await log_in(backend, BROWSER), await log_in(backend, login="rival")
    assert first.session is not None
    with pytest.raises(UnknownSession):
        await backend.sessions.end(rival, first.session)
    await backend.sessions.attend(first)
    await backend.sessions.end(second, first.session)
    with pytest.raises(SessionEnded) as ended:
        await backend.sessions.attend(first)
    assert not isinstance(ended.value, PasswordChanged)
    assert "from another one" in explain(ended.value)
    assert await origins(backend, second) == ["browser"]
    with pytest.raises(UnknownSession):
        await backend.sessions.end(second, first.session)
    await backend.sessions.attend(second)
    await backend.sessions.attend(rival)
    assert [(each.action, each.subject) for each in await backend.audit.list(actor)] == [
        (AuditAction.SESSION_ENDED, "ssh 10.0.0.5")
    ]


@pytest.mark.each_database
async def test_all_others_are_ended_at_once(backend: Backend, actor: Actor, other: Actor) -> None:
    others, own = [await log_in(backend) for _ in range(3)], await log_in(backend, BROWSER)
    rival = await log_in(backend, login="rival")
    assert await backend.sessions.end_others(own) == 3
    assert await backend.sessions.end_others(own) == 0
    for each in others:
        with pytest.raises(SessionEnded):
            await backend.sessions.attend(each)
    await backend.sessions.attend(own)
    await backend.sessions.attend(rival)
    assert [(each.action, each.subject) for each in await backend.audit.list(actor)] == [
        (AuditAction.SESSION_ENDED, "3")
    ]


@pytest.mark.each_database
async def test_a_new_password_ends_all_others(backend: Backend, actor: Actor, other: Actor) -> None:
    first, own, rival = await log_in(backend), await log_in(backend, BROWSER), await log_in(backend, login="rival")
    assert await backend.profiles.set_password(own, PASSWORD, "Other-Horse8") == 1
    with pytest.raises(PasswordChanged):
        await backend.sessions.attend(first)
    await backend.sessions.attend(own)
    await backend.sessions.attend(rival)
    assert await origins(backend, own) == ["browser"]


@pytest.mark.each_database
async def test_blocking_the_account_is_the_end_of_each(backend: Backend, actor: Actor) -> None:
    first = await log_in(backend)
    await backend.administration.block(None, "shop", "Unpaid")
    with pytest.raises(AccountBlocked) as blocked:
        await backend.sessions.attend(first)
    assert "Unpaid" in explain(blocked.value)


@pytest.mark.each_database
async def test_another_role_is_the_end_of_each(backend: Backend, admin: Actor, actor: Actor) -> None:
    """Nobody goes on seeing what only administrators see."""
    first, boss = await log_in(backend), await log_in(backend, login="boss")
    await backend.administration.set_rights(boss, "shop", may_omit_stop=True)
    await backend.sessions.attend(first)
    await backend.administration.set_rights(boss, "shop", role=Role.ADMIN)
    with pytest.raises(RightsChanged) as promoted:
        await backend.sessions.attend(first)
    assert "log in again" in explain(promoted.value)
    second = await log_in(backend)
    await backend.sessions.attend(second)
    await backend.administration.set_rights(second, "boss", role=Role.USER)
    with pytest.raises(RightsChanged):
        await backend.sessions.attend(boss)
    await backend.sessions.attend(second)


@pytest.mark.each_database
async def test_one_that_is_not_seen_for_some_minutes_is_gone_until_it_is(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    """A program that was killed ends nothing; a machine that slept goes on when it wakes."""
    killed, sleeping, own = [await log_in(backend) for _ in range(3)]
    clock.advance(GONE_AFTER - A_SECOND)
    await backend.sessions.attend(own)
    assert len(await backend.sessions.list(own)) == 3
    clock.advance(A_SECOND)
    assert [each.id for each in await backend.sessions.list(own)] == [own.session]
    await backend.sessions.attend(sleeping)
    assert [each.id for each in await backend.sessions.list(own)] == [own.session, sleeping.session]
    assert await backend.sessions.end_others(own) == 1  # of which anybody knew
    for each in (killed, sleeping):
        with pytest.raises(SessionEnded):
            await backend.sessions.attend(each)


@pytest.mark.each_database
async def test_being_seen_is_written_once_a_minute(backend: Backend, actor: Actor, clock: FakeClock) -> None:
    own = await log_in(backend)
    (before,) = await backend.sessions.list(own)
    clock.advance(SEEN_EVERY - A_SECOND)
    await backend.sessions.attend(own)
    assert (await backend.sessions.list(own)) == (before,)
    clock.advance(A_SECOND)
    await backend.sessions.attend(own)
    (after,) = await backend.sessions.list(own)
    assert (after.seen_at, after.started_at) == (clock.now(), before.started_at)


@pytest.mark.each_database
async def test_logging_out_ends_ones_own(backend: Backend, actor: Actor) -> None:
    first, second = await log_in(backend), await log_in(backend, BROWSER)
    await backend.sessions.close(first)
    await backend.sessions.close(first)
    assert await origins(backend, second) == ["browser"]
    assert await backend.audit.list(actor) == ()


@pytest.mark.each_database
async def test_what_is_long_over_is_deleted(backend: Backend, actor: Actor, other: Actor, clock: FakeClock) -> None:
    old = await log_in(backend)
    await log_in(backend, login="rival")
    clock.advance(KEPT)
    await log_in(backend)
    assert await count(backend) == 3
    clock.advance(A_SECOND)
    await log_in(backend)
    assert await count(backend) == 2
    with pytest.raises(SessionEnded):
        await backend.sessions.attend(old)


@pytest.mark.parametrize(
    ("environment", "expected", "words"),
    [
        ({"SSH_CONNECTION": "10.0.0.5 51234 10.0.0.1 22", "TERM": "xterm"}, SSH, "SSH from 10.0.0.5"),
        ({"SSH_CONNECTION": "fe80::1%eth0 1 fe80::2 22"}, Origin(Way.SSH, "fe80::1%eth0"), "SSH from fe80::1%eth0"),
        ({"TEXTUAL_DRIVER": "x:Web", "SSH_CONNECTION": "10.0.0.5 1 10.0.0.1 22"}, BROWSER, "Browser"),
        ({"TERM": "xterm", "TERM_PROGRAM": "iTerm.app"}, Origin(Way.TERMINAL, "iTerm.app"), "Terminal iTerm.app"),
        ({"TERM": "linux", "SSH_CONNECTION": " "}, Origin(Way.TERMINAL, "linux"), "Terminal linux"),
        ({}, Origin(Way.MACHINE), "This machine"),
    ],
)
def test_where_a_program_is(environment: dict[str, str], expected: Origin, words: str) -> None:
    assert origin_here(environment) == expected
    assert origin_words(expected) == words


@given(st.text(), st.text())
def test_what_an_environment_says_is_foreign_text(address: str, terminal: str) -> None:
    for environment in ({"SSH_CONNECTION": address}, {"TERM": terminal}):
        words = origin_words(origin_here(environment))
        assert words == printable(words)
        assert words == words.strip()


@pytest.mark.each_database
async def test_foreign_origins_are_kept(backend: Backend, actor: Actor) -> None:
    strange = origin_here({"TERM": "[b]\x1b[31m\0 \ud800" + "x" * 200})
    own = await log_in(backend, strange)
    (kept,) = await backend.sessions.list(own)
    assert kept.origin == strange
    assert len(strange.name) == 64
    await backend.database.write(lambda tx: tx.execute(update(login_session).values(origin="carrier pigeon")))
    (kept,) = await backend.sessions.list(own)
    assert origin_words(kept.origin) == "Terminal carrier pigeon"


Over = list[tuple[Actor, Refusal]]


@asynccontextmanager
async def attended(backend: Backend) -> AsyncIterator[tuple[Attendance, Over]]:
    over: Over = []
    async with Attendance(backend.sessions, lambda actor, refusal: over.append((actor, refusal))) as attendance:
        yield attendance, over


async def until(condition: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(30):
        while not await condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.mark.each_database
async def test_a_program_notices_that_its_session_was_ended_by_another_one(
    backend: Backend, actor: Actor, database_url: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smstui.services.attendance.LOOK", 0.02)
    elsewhere = await Database.open(database_url)
    other_program = Backend(elsewhere, clock)
    async with attended(backend) as (attendance, over):
        own = await log_in(backend)
        attendance.begin(own)
        clock.advance(SEEN_EVERY)

        async def is_seen() -> bool:
            return (await other_program.sessions.list(actor))[0].seen_at == clock.now()

        await until(is_seen)
        assert over == []
        assert await other_program.sessions.end_others(await log_in(other_program, BROWSER)) == 1

        async def is_told() -> bool:
            return bool(over)

        await until(is_told)
    assert [(who.session, type(why)) for who, why in over] == [(own.session, SessionEnded)]
    assert await origins(other_program, actor) == ["browser"]
    await elsewhere.close()


async def test_a_session_ends_with_its_program_and_with_the_next_login(backend: Backend, actor: Actor) -> None:
    async with attended(backend) as (attendance, over):
        attendance.begin(await log_in(backend))
        attendance.begin(await log_in(backend, BROWSER))

        async def one_is_left() -> bool:
            return await origins(backend, actor) == ["browser"]

        await until(one_is_left)
        attendance.end()
        attendance.end()
    assert await origins(backend, actor) == []
    async with attended(backend) as (attendance, over):
        attendance.begin(await log_in(backend))
    assert await origins(backend, actor) == []
    assert over == []


async def test_a_database_that_is_away_ends_no_session(
    backend: Backend, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smstui.services.attendance.LOOK", 0.01)
    read, looks = backend.database.read, 0

    class Away(Refusal):
        sentence = "away"

    async def away(_work: object) -> None:
        nonlocal looks
        looks += 1
        raise Away if looks % 2 else OSError("unforeseen")

    async def was_looked_at() -> bool:
        return looks > 4

    async def is_told() -> bool:
        return bool(over)

    async with attended(backend) as (attendance, over):
        attendance.begin(await log_in(backend))
        monkeypatch.setattr(backend.database, "read", away)
        await until(was_looked_at)
        assert over == []
        monkeypatch.setattr(backend.database, "read", read)
        await backend.profiles.set_password(actor, None, "Other-Horse8")
        await until(is_told)
    assert isinstance(over[0][1], PasswordChanged)
