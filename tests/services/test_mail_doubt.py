"""E-mail of which nobody knows whether it has left, and servers that fail in the middle of it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.formats import explain
from smstui.services.audit import AuditAction
from smstui.services.backend import Backend
from smstui.services.mail import Attachment, Mail, Mailer
from smstui.services.mail_refusals import (
    MailCertificateRefused,
    MailInDoubt,
    MailRecipientRefused,
    MailRefused,
    MailServerUnreachable,
)
from smstui.services.mail_round import FIRST_PAUSE
from smstui.services.orders import Method
from smstui.storage.database import Database
from tests.faults.post import PostOffice
from tests.mail_house import CERTIFICATE
from tests.payments_support import open_shop
from tests.support import START, FakeClock

each_database = pytest.mark.each_database
FIRST = "F-2026-00001"
MAIL = Mail("client@example.com", "Facture", "Bonjour\n", (Attachment("f.pdf", bytes(100_000)),))


@pytest.fixture
async def house() -> AsyncIterator[PostOffice]:
    async with PostOffice().running() as house:
        yield house


@pytest.fixture
async def mailing(database: Database, clock: FakeClock, house: PostOffice) -> Backend:
    """Services that can send e-mail, on a platform that says who sells."""
    backend = Backend(database, clock, smtp=house.access(security="none", timeout=2.0))
    await open_shop(backend)
    return backend


async def _issue(backend: Backend, actor: Actor) -> None:
    order = await backend.orders.order(actor, 1_000, Method.TRANSFER)
    await backend.orders.confirm(None, order.reference)


async def _mailed(backend: Backend, actor: Actor) -> list[str]:
    """What the audit trail says of invoices sent by a person."""
    return [each.subject for each in await backend.audit.list(actor) if each.action is AuditAction.INVOICE_MAILED]


# What a person sends


@each_database
async def test_what_a_person_may_have_sent_does_not_leave_by_itself(
    mailing: Backend, actor: Actor, house: PostOffice
) -> None:
    await _issue(mailing, actor)
    house.hangs_up_at = "DATA"
    with pytest.raises(MailInDoubt):
        await mailing.invoice_mail.send(actor, FIRST)
    house.hangs_up_at = ""
    await mailing.mail_round.run()
    assert house.recipients == ["shop@example.com"]
    doubtful = await mailing.invoices.get(actor, FIRST)
    assert (doubtful.mailed_at, doubtful.perhaps_mailed) == (None, True)
    assert await _mailed(mailing, actor) == []
    await mailing.invoice_mail.send(actor, FIRST, "compta@example.com")
    known = await mailing.invoices.get(actor, FIRST)
    assert (known.mailed_at, known.perhaps_mailed) == (START, False)
    assert await _mailed(mailing, actor) == [f"{FIRST}: compta@example.com"]


@each_database
async def test_what_a_person_did_not_get_sent_leaves_by_itself(
    mailing: Backend, actor: Actor, house: PostOffice
) -> None:
    await _issue(mailing, actor)
    house.refused["nobody@example.com"] = "550 no"
    with pytest.raises(MailRecipientRefused):
        await mailing.invoice_mail.send(actor, FIRST, "nobody@example.com")
    await mailing.mail_round.run()
    assert house.recipients == ["shop@example.com"]


async def test_what_a_person_is_just_sending_does_not_leave_by_itself(
    mailing: Backend, actor: Actor, house: PostOffice
) -> None:
    await _issue(mailing, actor)
    house.silent_at = "RCPT"
    sending = asyncio.create_task(mailing.invoice_mail.send(actor, FIRST))
    await house.asked.wait()
    await mailing.mail_round.run()
    assert house.connections == 1
    sending.cancel()
    await asyncio.wait({sending})


@each_database
async def test_what_was_sent_once_stays_so_whatever_becomes_of_the_next(
    mailing: Backend, actor: Actor, house: PostOffice, clock: FakeClock
) -> None:
    await _issue(mailing, actor)
    await mailing.invoice_mail.send(actor, FIRST)
    clock.advance(60)
    house.data_answer = "451 later"
    with pytest.raises(MailRefused):
        await mailing.invoice_mail.send(actor, FIRST)
    assert (await mailing.invoices.get(actor, FIRST)).mailed_at == START
    house.data_answer = "250 OK"
    await mailing.mail_round.run()
    assert len(house.received) == 1


# Warnings


@each_database
@pytest.mark.parametrize("trouble", ["hangs_up_at", "silent_at"])
async def test_a_warning_that_may_have_left_is_not_called_sent_until_it_is_asked_for_again(
    mailing: Backend, actor: Actor, house: PostOffice, clock: FakeClock, trouble: str
) -> None:
    await mailing.low_credit.set(actor, Credits.of(500))
    setattr(house, trouble, "DATA")
    await mailing.mail_round.run()
    setattr(house, trouble, "")
    clock.advance(FIRST_PAUSE)
    await mailing.mail_round.run()
    assert house.recipients == ["shop@example.com"]
    assert (await mailing.low_credit.get(actor)).told_at is None
    await mailing.low_credit.set(actor, None)
    await mailing.low_credit.set(actor, Credits.of(500))
    await mailing.mail_round.run()
    assert house.recipients == ["shop@example.com"] * 2
    assert (await mailing.low_credit.get(actor)).told_at == clock.now()


# Servers


async def test_a_server_that_hangs_up_in_the_middle_of_a_message_leaves_it_in_doubt() -> None:
    async with PostOffice(most=20_000).running() as house:
        with pytest.raises(MailInDoubt) as caught:
            await Mailer(FakeClock(), house.access(security="none")).send(MAIL)
    assert "ask the recipient" in explain(caught.value)
    assert house.received == []


@pytest.mark.parametrize(
    ("answer", "refusal", "words"),
    [
        ("421 closing", MailServerUnreachable, "(421 closing): nothing was sent"),
        ("452 no space", MailRefused, "(452 no space): nothing was sent"),
    ],
)
async def test_a_server_that_can_not_take_it_now_has_nothing(
    house: PostOffice, answer: str, refusal: type[Exception], words: str
) -> None:
    house.data_answer = answer
    with pytest.raises(refusal) as caught:
        await Mailer(FakeClock(), house.access(security="none")).send(MAIL)
    assert words in str(explain(caught.value))  # type: ignore[arg-type]


async def test_a_certificate_of_another_host_is_refused(house: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same machine by a name that the certificate has not."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with pytest.raises(MailCertificateRefused) as caught:
        await Mailer(FakeClock(), house.access(host="127.1")).send(MAIL)
    assert "127.1" in explain(caught.value)
    assert house.received == []
