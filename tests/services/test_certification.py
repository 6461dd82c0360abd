import asyncio
import re
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, update

from smstui.domain.actor import Actor
from smstui.domain.credits import NO_CREDITS, Credits
from smstui.domain.phone import InvalidNumber
from smstui.domain.states import CampaignKind, MessageState, MessageType
from smstui.domain.text import Encoding, measure
from smstui.formats import explain
from smstui.i18n import LANGUAGES, translated
from smstui.services.backend import Backend
from smstui.services.certification import (
    LIMIT,
    TEXT,
    TRIES,
    Certified,
    CodeExpired,
    MalformedCode,
    NoCodeRequested,
    ResendTooSoon,
    TooManyCodes,
    WrongCode,
)
from smstui.services.connection_settings import ConnectionSettings
from smstui.services.outgoing import NoConnection
from smstui.smpp.values import BindSettings
from smstui.storage.tables import account, batch, campaign, certification_code, message
from tests.conftest import NewAccountFixture
from tests.support import FakeClock

NUMBER = "+33601020304"


@pytest.fixture(autouse=True)
async def _connection(backend: Backend) -> None:
    bind = BindSettings("localhost", 2775, "smstui", "secret")
    await backend.connections.add(None, ConnectionSettings("main", bind, frozenset({MessageType.PRO})))


async def _code(backend: Backend) -> str:
    """The code in the newest message that waits to be sent."""
    newest = select(campaign.c.text).order_by(campaign.c.id.desc()).limit(1)
    text = await backend.database.read(lambda tx: tx.execute(newest).scalar_one())
    found = re.search(r"\b[0-9]{6}\b", text)
    assert found is not None
    return found[0]


async def _wrong(backend: Backend) -> str:
    return f"{(int(await _code(backend)) + 1) % 10**6:06}"


async def _certify(backend: Backend, actor: Actor, number: str = NUMBER) -> Certified:
    await backend.certification.request_code(actor, number)
    return await backend.certification.confirm(actor, await _code(backend))


async def _available(backend: Backend, actor: Actor) -> Credits:
    return (await backend.credits.balance(actor)).available


@pytest.mark.each_database
async def test_the_right_code_certifies_the_number_and_earns_twenty_credits(backend: Backend, actor: Actor) -> None:
    sent = await backend.certification.request_code(actor, "06 01 02 03 04")
    assert sent.number == NUMBER
    assert await backend.certification.confirm(actor, await _code(backend)) == Certified(NUMBER, Credits.of(20))
    assert (await backend.accounts.profile(actor)).certified_number == NUMBER
    assert await _available(backend, actor) == Credits.of(120)
    assert await backend.certification.pending(actor) is None


async def test_the_code_is_queued_before_all_campaigns_and_costs_nothing(backend: Backend, actor: Actor) -> None:
    await backend.certification.request_code(actor, NUMBER)

    def queued(tx: Connection) -> tuple[object, ...]:
        sending = tx.execute(select(campaign)).one()
        row = tx.execute(select(message)).one()
        free = tx.execute(select(batch)).one()
        assert (free.first_id, free.last_id, free.sent_upto, free.state) == (row.id, row.id, row.id - 1, "free")
        assert free.priority == sending.priority > 0
        return sending.account_id, sending.kind, sending.price, row.destination, row.state

    assert await backend.database.read(queued) == (
        actor.account_id, CampaignKind.CERTIFICATION, 0, NUMBER, MessageState.QUEUED
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_message_is_one_sms_in_every_language(language: str) -> None:
    measured = measure(translated(TEXT, language).format(code="123456"))
    assert (measured.encoding, measured.segments) == (Encoding.GSM7, 1)


async def test_the_code_is_not_stored(backend: Backend, actor: Actor) -> None:
    await backend.certification.request_code(actor, NUMBER)
    row = await backend.database.read(lambda tx: tx.execute(select(certification_code)).one())
    assert (await _code(backend)).encode() not in row.code_hash + row.salt


async def test_the_guides_own_number_is_refused(backend: Backend, actor: Actor) -> None:
    with pytest.raises(InvalidNumber):
        await backend.certification.request_code(actor, "+336010304")


async def test_without_a_connection_no_code_is_counted(backend: Backend, actor: Actor) -> None:
    await backend.connections.remove(None, "main")
    with pytest.raises(NoConnection) as refused:
        await backend.certification.request_code(actor, NUMBER)
    assert "Settings › Connections" in explain(refused.value)
    assert await backend.certification.pending(actor) is None


async def test_another_code_waits_a_minute_and_voids_the_first(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    sent = await backend.certification.request_code(actor, NUMBER)
    first = await _code(backend)
    with pytest.raises(ResendTooSoon) as refused:
        await backend.certification.request_code(actor, NUMBER)
    assert refused.value.at == sent.resend_at == clock.now() + timedelta(seconds=60)
    clock.advance(60)
    await backend.certification.request_code(actor, NUMBER)
    if first != await _code(backend):
        with pytest.raises(WrongCode):
            await backend.certification.confirm(actor, first)
    assert await backend.certification.confirm(actor, await _code(backend))


async def test_an_account_gets_five_codes_an_hour_whatever_the_numbers(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    first = clock.now()
    for index in range(LIMIT):
        sent = await backend.certification.request_code(actor, f"+3360102030{index}")
        assert sent.sends_left == LIMIT - 1 - index
        clock.advance(60)
    assert sent.resend_at == first + timedelta(hours=1)
    with pytest.raises(TooManyCodes) as refused:
        await backend.certification.request_code(actor, NUMBER)
    assert refused.value.at == first + timedelta(hours=1)
    clock.advance(refused.value.at - clock.now())
    assert await backend.certification.request_code(actor, NUMBER)


async def test_a_number_gets_five_codes_an_hour_whatever_the_accounts(
    backend: Backend, new_account: NewAccountFixture
) -> None:
    for index in range(LIMIT):
        await backend.certification.request_code(await new_account(f"shop{index}"), NUMBER)
    with pytest.raises(TooManyCodes):
        await backend.certification.request_code(await new_account("last"), NUMBER)


@pytest.mark.each_database
async def test_requests_at_once_send_one_code(backend: Backend, actor: Actor) -> None:
    requests = (backend.certification.request_code(actor, NUMBER) for _ in range(5))
    results = await asyncio.gather(*requests, return_exceptions=True)
    assert sum(isinstance(result, ResendTooSoon) for result in results) == 4
    assert len(await backend.database.read(lambda tx: tx.execute(select(message)).all())) == 1


async def test_five_wrong_codes_are_too_many(backend: Backend, actor: Actor) -> None:
    await backend.certification.request_code(actor, NUMBER)
    wrong = await _wrong(backend)
    for left in reversed(range(TRIES)):
        with pytest.raises(WrongCode) as refused:
            await backend.certification.confirm(actor, wrong)
        assert refused.value.tries_left == left
    with pytest.raises(CodeExpired):
        await backend.certification.confirm(actor, await _code(backend))
    assert await backend.certification.pending(actor) is None


@pytest.mark.each_database
async def test_many_tries_at_once_are_still_five(backend: Backend, actor: Actor) -> None:
    await backend.certification.request_code(actor, NUMBER)
    wrong = await _wrong(backend)
    tries = (backend.certification.confirm(actor, wrong) for _ in range(20))
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(result, WrongCode) for result in results) == TRIES
    assert sum(isinstance(result, CodeExpired) for result in results) == 20 - TRIES


@pytest.mark.each_database
async def test_one_code_confirmed_twice_at_once_earns_once(backend: Backend, actor: Actor) -> None:
    await backend.certification.request_code(actor, NUMBER)
    code = await _code(backend)
    confirmations = (backend.certification.confirm(actor, code) for _ in range(4))
    results = await asyncio.gather(*confirmations, return_exceptions=True)
    assert sum(isinstance(result, Certified) for result in results) == 1
    assert await _available(backend, actor) == Credits.of(120)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12a456", "١٢٣٤٥٦", "-12345"])
async def test_what_is_no_code_costs_no_try(backend: Backend, actor: Actor, code: str) -> None:
    await backend.certification.request_code(actor, NUMBER)
    with pytest.raises(MalformedCode):
        await backend.certification.confirm(actor, code)
    with pytest.raises(WrongCode) as refused:
        await backend.certification.confirm(actor, await _wrong(backend))
    assert refused.value.tries_left == TRIES - 1


async def test_a_code_may_be_typed_in_groups(backend: Backend, actor: Actor) -> None:
    await backend.certification.request_code(actor, NUMBER)
    code = await _code(backend)
    assert await backend.certification.confirm(actor, f" {code[:3]} {code[3:]} ")


async def test_a_code_lives_ten_minutes(backend: Backend, actor: Actor, clock: FakeClock) -> None:
    sent = await backend.certification.request_code(actor, NUMBER)
    assert await backend.certification.pending(actor) == sent
    clock.advance(timedelta(minutes=10))
    assert await backend.certification.pending(actor) is None
    with pytest.raises(CodeExpired):
        await backend.certification.confirm(actor, await _code(backend))


async def test_without_a_request_there_is_nothing_to_confirm(backend: Backend, actor: Actor, other: Actor) -> None:
    with pytest.raises(NoCodeRequested):
        await backend.certification.confirm(actor, "123456")
    await backend.certification.request_code(other, NUMBER)
    with pytest.raises(NoCodeRequested):
        await backend.certification.confirm(actor, await _code(backend))
    assert await backend.certification.pending(actor) is None
    await backend.certification.confirm(other, await _code(backend))
    with pytest.raises(NoCodeRequested):
        await backend.certification.confirm(other, await _code(backend))


async def test_a_number_earns_its_credits_once_over_all_accounts(backend: Backend, actor: Actor, other: Actor) -> None:
    await _certify(backend, actor)
    assert await _certify(backend, other) == Certified(NUMBER, NO_CREDITS)
    assert (await backend.accounts.profile(other)).certified_number == NUMBER
    assert await _available(backend, other) == Credits.of(100)


async def test_an_account_earns_credits_once_over_all_its_numbers(
    backend: Backend, actor: Actor, other: Actor, clock: FakeClock
) -> None:
    await _certify(backend, actor)
    clock.advance(60)
    assert await _certify(backend, actor, "+33601020305") == Certified("+33601020305", NO_CREDITS)
    assert (await backend.accounts.profile(actor)).certified_number == "+33601020305"
    assert await _certify(backend, other, "+33601020305") == Certified("+33601020305", Credits.of(20))


async def test_a_number_certified_by_the_command_line_has_earned_nothing(backend: Backend, actor: Actor) -> None:
    certified = update(account).where(account.c.id == actor.account_id).values(certified_number=NUMBER)
    await backend.database.write(lambda tx: tx.execute(certified))
    assert (await _certify(backend, actor)).granted == Credits.of(20)
