"""What administrators do to accounts, and what of it an open session, the scheduler and the dispatcher notice."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from smstui.domain.actor import Actor, Role
from smstui.domain.campaign_rules import StopRequired
from smstui.domain.company import Billing
from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from smstui.domain.states import CampaignKind, CampaignState, HoldReason
from smstui.formats import explain
from smstui.services.account_query import AccountFilter, AccountQuery, AccountSort
from smstui.services.accounts import UnknownAccount, WrongLogin
from smstui.services.administration import (
    BalanceTooSmall,
    InvalidAdjustment,
    LastAdministrator,
    NotBlocked,
    OwnAccount,
)
from smstui.services.audit import AuditAction, record_for
from smstui.services.audit_search import AuditQuery
from smstui.services.backend import Backend
from smstui.services.blocking import AccountBlocked
from smstui.services.campaigns import Draft
from smstui.services.credits import Cause
from smstui.services.opt_outs import ReasonMissing
from smstui.services.orders import Method
from smstui.services.outgoing import enqueue_system
from smstui.services.platform_settings import AdministratorsOnly
from smstui.services.when import When
from smstui.smpp.simulator import Hazards
from smstui.storage.tables import account, audit_entry, batch
from tests.conftest import NewAccountFixture
from tests.dispatch.conftest import OpenPlatform, Platform, numbers, opened
from tests.payments_support import open_shop
from tests.services.campaigning import at, connect, group_of, look, person
from tests.support import PASSWORD, FakeClock

__all__ = ["opened"]

FRENCH = "+33612345678"


async def available(backend: Backend, actor: Actor) -> Credits:
    return (await backend.credits.balance(actor)).available


async def logins(backend: Backend, **query: object) -> list[str]:
    ids = await backend.administration.ids(None, AccountQuery(**query))  # type: ignore[arg-type]
    return [one.login for one in await backend.administration.rows(None, ids)]


@pytest.mark.each_database
async def test_accounts_are_found_by_login_address_and_number(
    backend: Backend, admin: Actor, actor: Actor, other: Actor
) -> None:
    certified = update(account).where(account.c.id == actor.account_id).values(certified_number=FRENCH)
    await backend.database.write(lambda tx: tx.execute(certified))
    assert await logins(backend) == ["boss", "rival", "shop"]
    for search, found in {
        "SHO": ["shop"], "example rival": ["rival"], "0612345": ["shop"], "+3361234": ["shop"], "%": [], "_": [],
        "boss@": ["boss"], "nobody": [], "\0": ["boss", "rival", "shop"],
    }.items():  # fmt: skip
        assert await logins(backend, search=search) == found, search
    await backend.administration.block(None, "rival", "unpaid")
    assert await logins(backend, only=AccountFilter.BLOCKED) == ["rival"]
    assert await logins(backend, only=AccountFilter.ADMINISTRATORS) == ["boss"]
    assert await logins(backend, sort=AccountSort.BALANCE, descending=True) == ["boss", "rival", "shop"]
    assert (await backend.administration.ids(None, AccountQuery(), limit=2)) == [admin.account_id, other.account_id]
    found = await backend.administration.find(admin, "Shop")
    assert (found.login, found.balance, found.certified_number) == ("shop", Credits.of(100), FRENCH)
    with pytest.raises(UnknownAccount):
        await backend.administration.find(admin, "nobody")


async def test_only_administrators_do_any_of_it(backend: Backend, admin: Actor, actor: Actor, tmp_path: Path) -> None:
    """Nor does one whose rights were taken while the session was open."""
    administration, search = backend.administration, backend.audit_search

    def all_of_it(who: Actor) -> list[Callable[[], Awaitable[object]]]:
        return [
            lambda: administration.ids(who, AccountQuery()),
            lambda: administration.rows(who, [1]),
            lambda: administration.find(who, "shop"),
            lambda: administration.count(who),
            lambda: administration.about(who, "shop"),
            lambda: administration.block(who, "shop", "why"),
            lambda: administration.unblock(who, "shop"),
            lambda: administration.set_rights(who, "shop", role=Role.ADMIN),
            lambda: administration.adjust_credits(who, "shop", Credits.of(1), "why"),
            lambda: search.lines(who, AuditQuery()),
            lambda: search.export(who, AuditQuery(), tmp_path / "a.csv"),
        ]

    for act in all_of_it(actor):
        with pytest.raises(AdministratorsOnly):
            await act()
    await administration.set_rights(None, "shop", role=Role.ADMIN)
    await administration.set_rights(None, "boss", role=Role.USER)
    for act in all_of_it(admin):
        with pytest.raises(AdministratorsOnly):
            await act()
    await administration.set_rights(None, "boss", role=Role.ADMIN)
    await administration.block(None, "boss", "why")
    for act in all_of_it(admin):
        with pytest.raises(AdministratorsOnly):
            await act()
    assert await available(backend, actor) == Credits.of(100)


@pytest.mark.each_database
async def test_a_blocked_account_logs_in_no_more_and_is_told_why(backend: Backend, admin: Actor, actor: Actor) -> None:
    blocked = await backend.administration.block(admin, "shop", "  Unpaid\n\x1b[31m invoices ")
    assert blocked.blocked_reason == "Unpaid \x1b[31m invoices"
    with pytest.raises(AccountBlocked) as refused:
        await backend.accounts.log_in("shop", PASSWORD)
    assert "Unpaid" in explain(refused.value)
    assert "\x1b" not in explain(refused.value)
    with pytest.raises(WrongLogin):
        await backend.accounts.log_in("shop", "Wrong-Horse7")
    await backend.administration.unblock(admin, "shop")
    assert await backend.accounts.log_in("shop", PASSWORD) == actor
    with pytest.raises(NotBlocked):
        await backend.administration.unblock(admin, "shop")
    with pytest.raises(ReasonMissing):
        await backend.administration.block(admin, "shop", " ")


@pytest.mark.each_database
async def test_an_open_session_sends_and_spends_nothing_more(backend: Backend, actor: Actor) -> None:
    await connect(backend)
    await backend.database.write(
        lambda tx: tx.execute(update(account).where(account.c.id == actor.account_id).values(certified_number=FRENCH))
    )
    group = await group_of(backend, actor, "Club", [person(1, "Ana")])
    paused = await backend.campaigns.send(actor, Draft("Before", "Bonjour", numbers=(FRENCH,)))
    await backend.campaigns.pause(actor, paused.id)
    draft, later = Draft("x", "Bonjour", numbers=(FRENCH,)), When(at("2026-11-27T14:15"))
    tries: list[Callable[[], Awaitable[object]]] = [
        lambda: backend.campaigns.send(actor, draft),
        lambda: backend.campaigns.send(actor, Draft("p", "Bonjour {first_name}", group_ids=(group,))),
        lambda: backend.campaigns.send(actor, Draft("l", "Bonjour", numbers=(FRENCH,), when=later)),
        lambda: backend.campaigns.send(actor, Draft("c", "Bonjour", numbers=(FRENCH,), when=When(cron="0 10 * * *"))),
        lambda: backend.campaigns.send_test(actor, Draft("t", "Bonjour")),
        lambda: backend.campaigns.resume(actor, paused.id),
        lambda: backend.campaigns.resend(actor, paused.id),
    ]
    before = await available(backend, actor)
    await backend.administration.block(None, "shop", "unpaid")
    for act in tries:
        with pytest.raises(AccountBlocked):
            await act()
    assert isinstance((await backend.campaigns.plan(actor, draft)).problems[0], AccountBlocked)
    assert await available(backend, actor) == before
    assert [one.name for one in await backend.campaigns.list(actor)] == ["Before"]
    await backend.administration.unblock(None, "shop")
    for act in tries[:-1]:
        await act()


@pytest.mark.each_database
async def test_what_is_scheduled_waits_while_its_account_is_blocked(
    backend: Backend, actor: Actor, other: Actor, clock: FakeClock
) -> None:
    """What has become late meanwhile asks first, as after any silence; of a series one date only."""
    await connect(backend)
    soon, noon = When(at("2026-11-22T15:20")), When(at("2026-11-22T17:00"))
    for who, when, name in ((actor, soon, "Soon"), (actor, noon, "Noon"), (other, soon, "Theirs")):
        await backend.campaigns.send(who, Draft(name, "Bonjour", numbers=(FRENCH,), when=when))
    await backend.campaigns.send(actor, Draft("Daily", "Bonjour", numbers=(FRENCH,), when=When(cron="30 15 * * *")))
    await backend.administration.block(None, "shop", "unpaid")
    clock.advance(600)
    await look(backend)

    async def states() -> dict[str, tuple[CampaignState, HoldReason | None]]:
        return {one.name: (one.state, one.hold) for one in await backend.campaigns.list(actor)}

    scheduled = (CampaignState.SCHEDULED, None)
    assert await states() == {"Soon": scheduled, "Noon": scheduled, "Daily": scheduled}
    assert (await backend.campaigns.find(other, "Theirs")).state == CampaignState.SENDING
    clock.advance(2 * 86400)
    await look(backend)
    await backend.administration.unblock(None, "shop")
    await look(backend)
    held = (CampaignState.PAUSED, HoldReason.MISSED)
    assert await states() == {
        "Soon": held, "Noon": held, "Daily": scheduled, "Daily 2026-11-22 15:30": held,
    }  # fmt: skip
    assert await available(backend, actor) == Credits.of(98)


async def test_what_is_scheduled_leaves_when_it_was_unblocked_in_time(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    await connect(backend)
    await backend.campaigns.send(actor, Draft("Soon", "Hi", numbers=(FRENCH,), when=When(at("2026-11-22T15:20"))))
    await backend.administration.block(None, "shop", "a mistake")
    clock.advance(600)
    await look(backend)
    await backend.administration.unblock(None, "shop")
    await look(backend)
    assert (await backend.campaigns.find(actor, "Soon")).state == CampaignState.SENDING


async def _at_rest(platform: Platform) -> int:
    """How many phones had a message when nothing is in flight any more."""

    async def nothing_in_flight() -> bool:
        return not any(one.in_flight for dispatcher, _ in platform.dispatchers for one in dispatcher.binds())

    await platform.until(nothing_in_flight)
    return len(platform.received())


@pytest.mark.each_database
async def test_the_dispatcher_stops_within_one_window_and_goes_on_afterwards(opened: OpenPlatform) -> None:
    platform = await opened(Hazards(response_delay=0.02), window=5)
    backend, rival = platform.backend, await platform.account("rival")
    mine = await platform.send("Mine", numbers(300))
    paused = await platform.send("Paused", numbers(10, first=500))
    await backend.campaigns.pause(platform.actor, paused.id)
    platform.dispatch()

    async def begun() -> bool:
        return len(platform.received()) >= 20

    await platform.until(begun)
    await backend.administration.block(None, "shop", "unpaid")
    left = len(platform.received())
    assert await _at_rest(platform) <= left + 5
    theirs = await platform.send("Theirs", numbers(20, first=1000), actor=rival)
    assert (await platform.settled(theirs, rival)).delivered == 20, "other accounts go on"
    await backend.database.write(
        lambda tx: enqueue_system(
            tx,
            account_id=platform.actor.account_id,
            kind=CampaignKind.CONFIRMATION,
            destination="+33699999999",
            text="STOP",
            at=backend.clock.now(),
        )
    )

    async def confirmed() -> bool:
        return "+33699999999" in platform.received()

    await platform.until(confirmed)
    counts = await platform.counts(mine)
    assert counts.queued > 200
    assert (await backend.campaigns.find(platform.actor, "Mine")).state == CampaignState.SENDING
    await backend.administration.unblock(None, "shop")
    assert (await platform.settled(mine)).delivered == 300
    assert len(platform.received()) == len(set(platform.received())) == 321
    assert (await platform.counts(paused)).queued == 10, "what was paused stays so"
    await backend.campaigns.resume(platform.actor, paused.id)
    assert (await platform.settled(paused)).delivered == 10
    assert await platform.balance() == 100_000 - 310


async def test_what_is_held_can_be_cancelled(opened: OpenPlatform) -> None:
    platform = await opened()
    mine = await platform.send("Mine", numbers(50))
    await platform.backend.administration.block(None, "shop", "unpaid")
    platform.dispatch()

    async def held() -> bool:
        states = await platform.backend.database.read(lambda tx: tx.execute(select(batch.c.state)).scalars().all())
        return set(states) == {"held"}

    await platform.until(held)
    await platform.backend.campaigns.cancel(platform.actor, mine.id)
    assert (await platform.settled(mine)).cancelled == 50
    await platform.backend.administration.unblock(None, "shop")
    assert platform.received() == []
    assert await platform.balance() == 100_000


@pytest.mark.each_database
async def test_credits_are_given_and_taken_back_as_far_as_there_are_some(
    backend: Backend, admin: Actor, actor: Actor, other: Actor
) -> None:
    adjust = backend.administration.adjust_credits
    assert (await adjust(admin, "shop", Credits(12_500), "a gift")).balance == Credits(112_500)
    assert (await adjust(None, "shop", Credits.of(-112), "error")).balance == Credits(500)
    with pytest.raises(BalanceTooSmall) as refused:
        await adjust(admin, "shop", Credits(-501), "error")
    assert "only 0.5" in explain(refused.value)
    for amount in (Credits(0), Credits.of(10_000_001), Credits.of(-10_000_001)):
        with pytest.raises(InvalidAdjustment):
            await adjust(admin, "shop", amount, "error")
    with pytest.raises(ReasonMissing):
        await adjust(admin, "shop", Credits.of(1), "")
    with pytest.raises(UnknownAccount):
        await adjust(admin, "nobody", Credits.of(1), "x")
    assert await available(backend, other) == Credits.of(100)
    history = await backend.credits.history(actor)
    assert [(one.cause, one.amount.milli) for one in history[:2]] == [(Cause.ADMIN, -112_000), (Cause.ADMIN, 12_500)]
    assert [one.subject for one in await backend.audit.list(actor)] == [
        "shop: -112 (0.5): error",
        "shop: +12.5 (112.5): a gift (← boss)",
    ]
    assert [(one.action, one.subject) for one in await backend.audit.list(admin)] == [
        (AuditAction.CREDITS_ADJUSTED, "shop: +12.5 (112.5): a gift")
    ]


@pytest.mark.each_database
async def test_rights_are_given_and_taken(backend: Backend, admin: Actor, actor: Actor) -> None:
    await connect(backend)
    draft = Draft("x", "Bonjour", numbers=(FRENCH,), stop=False)
    with pytest.raises(StopRequired):
        await backend.campaigns.send(actor, draft)
    row = await backend.administration.set_rights(admin, "shop", may_omit_stop=True, role=Role.ADMIN)
    assert (row.may_omit_stop, row.role) == (True, Role.ADMIN)
    await backend.campaigns.send(actor, draft)
    assert (await backend.accounts.log_in("shop", PASSWORD)).is_admin
    (entry,) = await backend.audit.list(actor)
    assert entry.subject == "shop: role: admin, may_omit_stop: True (← boss)"
    await backend.administration.set_rights(admin, "shop", may_omit_stop=True)
    assert len(await backend.audit.list(actor)) == 1, "nothing was changed"
    await backend.administration.set_rights(admin, "shop", may_omit_stop=False)
    assert len(await backend.audit.list(actor)) == 2


async def test_nobody_shuts_themselves_out_and_one_administrator_is_left(
    backend: Backend, admin: Actor, actor: Actor
) -> None:
    for act in (
        lambda: backend.administration.block(admin, "boss", "x"),
        lambda: backend.administration.set_rights(admin, "boss", role=Role.USER),
    ):
        with pytest.raises(OwnAccount):
            await act()
    for alone in (
        lambda: backend.administration.block(None, "boss", "x"),
        lambda: backend.administration.set_rights(None, "boss", role=Role.USER),
    ):
        with pytest.raises(LastAdministrator):
            await alone()
    await backend.administration.set_rights(admin, "shop", role=Role.ADMIN)
    await backend.administration.block(admin, "shop", "x")
    with pytest.raises(LastAdministrator):
        await backend.administration.set_rights(None, "boss", role=Role.USER)
    await backend.administration.unblock(None, "shop")
    assert (await backend.administration.set_rights(None, "boss", role=Role.USER)).role is Role.USER


@pytest.mark.each_database
async def test_the_trail_of_all_accounts_is_searched(
    backend: Backend, admin: Actor, actor: Actor, clock: FakeClock
) -> None:
    began = clock.now()
    await backend.administration.adjust_credits(admin, "shop", Credits.of(1), "Été 100%")
    clock.advance(86400)
    await backend.administration.block(admin, "shop", "unpaid")

    async def found(**query: object) -> list[tuple[str, str]]:
        lines = await backend.audit_search.lines(admin, AuditQuery(**query))  # type: ignore[arg-type]
        return [(one.login, one.action) for one in lines]

    blocked, adjusted = [("boss", "account_blocked"), ("shop", "account_blocked")], [
        ("boss", "credits_adjusted"), ("shop", "credits_adjusted"),
    ]  # fmt: skip
    assert await found() == blocked + adjusted
    assert await found(account="SHOP") == [blocked[1], adjusted[1]]
    assert await found(action=AuditAction.CREDITS_ADJUSTED) == adjusted
    assert await found(text="UNPAID shop") == blocked
    assert await found(text="100%") == adjusted
    assert await found(text="_npaid") == []
    assert await found(since=began + timedelta(hours=1)) == blocked
    assert await found(until=began + timedelta(days=1)) == adjusted
    first = await backend.audit_search.lines(admin, AuditQuery(), limit=3)
    rest = await backend.audit_search.lines(admin, AuditQuery(), limit=3, before_id=first[-1].id)
    assert [one.login for one in first + rest] == ["boss", "shop"] * 2


async def test_the_trail_is_exported_whole_and_holds_no_formula(
    backend: Backend, admin: Actor, actor: Actor, tmp_path: Path
) -> None:
    def work(tx: object) -> None:
        for number in range(1203):
            at_once = datetime.fromisoformat("2026-11-22T10:00:00+00:00") + timedelta(seconds=number)
            subject = f"=HYPERLINK({number})"
            record_for(tx, actor.account_id, at_once, AuditAction.CONTACTS_EXPORTED, subject)  # type: ignore[arg-type]

    await backend.database.write(work)
    file = tmp_path / "audit.csv"
    assert await backend.audit_search.export(admin, AuditQuery(account="shop"), file) == 1203
    header, *lines = file.read_text(encoding="utf-8-sig").splitlines()
    assert header == "Date (UTC);Account;Action;Subject"
    assert lines[0] == "2026-11-22 10:20:02;shop;contacts_exported;'=HYPERLINK(1202)"
    assert len(set(lines)) == 1203
    with pytest.raises(Refusal):
        await backend.audit_search.export(admin, AuditQuery(), file)
    stored = await backend.database.read(lambda tx: tx.execute(select(func.count()).select_from(audit_entry)).scalar())
    assert stored == 1203


async def test_an_account_that_does_not_exist_is_not_blocked(backend: Backend, new_account: NewAccountFixture) -> None:
    await new_account("boss", admin=True)
    with pytest.raises(UnknownAccount):
        await backend.administration.block(None, "nobody", "x")


@pytest.mark.each_database
async def test_all_about_an_account(backend: Backend, admin: Actor, actor: Actor, other: Actor) -> None:
    await open_shop(backend)
    orders = [await backend.orders.order(actor, amount, Method.TRANSFER) for amount in (500, 1_000)]
    await backend.orders.order(other, 500, Method.TRANSFER)
    await backend.company.set_billing(actor, Billing("Ma Boutique", ("1 rue X",)))
    about = await backend.administration.about(admin, "SHOP")
    assert about.row == await backend.administration.find(admin, "shop")
    assert about.orders == (orders[1], orders[0])
    assert about.billing == Billing("Ma Boutique", ("1 rue X",))
    assert (await backend.administration.about(None, "boss")).billing is None
    assert await backend.administration.count(admin) == 3
    with pytest.raises(UnknownAccount):
        await backend.administration.about(admin, "nobody")
