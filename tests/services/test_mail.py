"""E-mail, to a real server over loopback."""

import asyncio
import socket
import string
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.headerregistry import Address
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smstui.domain.errors import Refusal
from smstui.domain.identity import InvalidEmail
from smstui.formats import explain
from smstui.services.mail import Attachment, Mail, Mailer, composed
from smstui.services.mail_refusals import (
    InvalidMailSetting,
    MailCertificateRefused,
    MailInDoubt,
    MailLoginRefused,
    MailNotEncrypted,
    MailNotSetUp,
    MailRecipientRefused,
    MailRefused,
    MailServerSilent,
    MailServerUnreachable,
)
from smstui.services.mail_server import checked
from smstui.settings import NO_SMTP, SECRET_VARIABLES, Settings, SmtpAccess
from tests.mail_house import CERTIFICATE, PASSWORD, SENDER, USER, MailHouse, attached, text_of
from tests.support import START, FakeClock

MAIL = Mail("client@example.com", "Facture é", "Bonjour,\nvoilà.\n", (Attachment("f.pdf", b"%PDF-1"),))
FROM = Address("Envoi", addr_spec=SENDER)


@pytest.fixture
async def house() -> AsyncIterator[MailHouse]:
    async with MailHouse().running() as house:
        yield house


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine trusts the server's certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))


async def _refused(access: SmtpAccess, mail: Mail = MAIL) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await Mailer(FakeClock(), access).send(mail)
    explain(caught.value)
    return caught.value


@pytest.mark.usefixtures("trusted")
async def test_a_message_arrives_encrypted_and_whole(house: MailHouse) -> None:
    access = house.access(user=USER, password=PASSWORD, sender="Envoi SAS <facturation@envoi.example>")
    await Mailer(FakeClock(), access).send(MAIL)
    (message,) = house.received
    assert house.encrypted == [True]
    assert house.logins == [(USER, PASSWORD)]
    assert house.recipients == ["client@example.com"]
    assert (message["Subject"], message["To"]) == ("Facture é", "client@example.com")
    assert message["From"] == "Envoi SAS <facturation@envoi.example>"
    assert message["Date"].datetime == START
    assert message["Message-ID"].endswith("@envoi.example>")
    assert text_of(message) == MAIL.text
    assert attached(message) == {"f.pdf": b"%PDF-1"}


@pytest.mark.usefixtures("trusted")
async def test_tls_from_the_first_byte() -> None:
    async with MailHouse(implicit_tls=True).running() as house:
        await Mailer(FakeClock(), house.access(security="tls", user=USER, password=PASSWORD)).send(MAIL)
    assert house.encrypted == [True]
    assert house.logins == [(USER, PASSWORD)]


async def test_in_clear_only_where_it_is_said(house: MailHouse) -> None:
    await Mailer(FakeClock(), house.access(security="none")).send(MAIL)
    assert house.encrypted == [False]


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_that_nobody_signed_is_refused(security: str) -> None:
    async with MailHouse(implicit_tls=security == "tls").running() as house:
        refusal = await _refused(house.access(security=security, user=USER, password=PASSWORD))
    assert isinstance(refusal, MailCertificateRefused)
    assert "self-signed" in refusal.reason
    assert (house.received, house.logins) == ([], [])


@pytest.mark.usefixtures("trusted")
async def test_a_certificate_of_another_name_is_refused(house: MailHouse) -> None:
    assert isinstance(await _refused(house.access(host="127.0.0.2")), MailCertificateRefused | MailServerUnreachable)


async def test_without_starttls_nothing_is_sent_in_clear() -> None:
    async with MailHouse(starttls=False).running() as house:
        refusal = await _refused(house.access(user=USER, password=PASSWORD))
    assert isinstance(refusal, MailNotEncrypted)
    assert "SMSTUI_SMTP_SECURITY" in explain(refusal)
    assert (house.received, house.logins) == ([], [])


@pytest.mark.usefixtures("trusted")
async def test_a_wrong_password_is_said_without_it(house: MailHouse) -> None:
    refusal = await _refused(house.access(user=USER, password="Other-Secret"))
    assert isinstance(refusal, MailLoginRefused)
    assert "SMSTUI_SMTP_PASSWORD" in explain(refusal)
    assert "Other-Secret" not in explain(refusal) + repr(refusal) + repr(house.access(password="Other-Secret"))
    assert house.received == []


async def test_a_login_that_is_not_offered_is_said(house: MailHouse) -> None:
    assert isinstance(await _refused(house.access(security="none", user=USER, password="x")), MailLoginRefused)
    assert house.logins == []


async def test_an_address_that_is_refused_is_named_and_the_next_one_is_taken(house: MailHouse) -> None:
    house.refused["nobody@example.com"] = "550 no such \x1b[31mbox"
    mailer = Mailer(FakeClock(), house.access(security="none"))
    async with mailer.session() as session:
        with pytest.raises(MailRecipientRefused) as caught:
            await session.send(Mail("nobody@example.com", "a", "b"))
        await session.send(MAIL)
    assert "nobody@example.com" in explain(caught.value)
    assert "550" in explain(caught.value)
    assert "\x1b" not in explain(caught.value)
    assert house.recipients == ["client@example.com"]
    assert house.connections == 1


async def test_a_message_that_is_refused_was_not_sent(house: MailHouse) -> None:
    house.data_answer = "554 looks like spam"
    refusal = await _refused(house.access(security="none"))
    assert isinstance(refusal, MailRefused)
    assert "spam" in explain(refusal)


@pytest.mark.parametrize("command", ["EHLO", "MAIL", "RCPT"])
async def test_a_server_that_says_nothing_is_left_at_the_deadline(house: MailHouse, command: str) -> None:
    house.silent_at = command
    refusal = await _refused(house.access(security="none", timeout=0.2))
    assert isinstance(refusal, MailServerSilent)
    assert "0.2" in explain(refusal)


async def test_a_server_that_greets_nobody_is_left_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        access = SmtpAccess("127.0.0.1", str(listening.getsockname()[1]), sender=SENDER, timeout=0.2)
        assert isinstance(await _refused(access), MailServerSilent)


@pytest.mark.parametrize("trouble", ["silent_at", "hangs_up_at"])
async def test_what_was_handed_over_and_not_answered_is_in_doubt(house: MailHouse, trouble: str) -> None:
    setattr(house, trouble, "DATA")
    assert isinstance(await _refused(house.access(security="none", timeout=0.5)), MailInDoubt)
    assert len(house.received) == 1


async def test_a_server_that_hangs_up_before_has_nothing(house: MailHouse) -> None:
    house.hangs_up_at = "RCPT"
    assert isinstance(await _refused(house.access(security="none")), MailServerUnreachable)
    assert house.received == []


async def test_nobody_at_the_port(house: MailHouse, unused_port: int) -> None:
    refusal = await _refused(house.access(port=str(unused_port)))
    assert isinstance(refusal, MailServerUnreachable)
    assert "127.0.0.1" in explain(refusal)


@pytest.fixture
def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


async def test_an_end_of_the_program_waits_for_no_server(house: MailHouse) -> None:
    house.silent_at = "RCPT"
    sending = asyncio.create_task(Mailer(FakeClock(), house.access(security="none", timeout=600)).send(MAIL))
    await house.asked.wait()
    sending.cancel()
    async with asyncio.timeout(5):
        await asyncio.wait({sending})
    assert sending.cancelled()


@pytest.mark.parametrize("utf8", [True, False])
async def test_addresses_beyond_ascii(utf8: bool) -> None:
    async with MailHouse(utf8=utf8).running() as house:
        mailer = Mailer(FakeClock(), house.access(security="none"))
        await mailer.send(Mail("client@bücher.example", "a", "b"))
        assert house.recipients == ["client@xn--bcher-kva.example"]
        if utf8:
            await mailer.send(Mail("zoé@example.com", "a", "é"))
            assert house.recipients[1:] == ["zoé@example.com"]
            assert text_of(house.received[1]) == "é\n"
        else:
            with pytest.raises(MailRecipientRefused):
                await mailer.send(Mail("zoé@example.com", "a", "b"))


@pytest.mark.parametrize(
    ("access", "words"),
    [
        (NO_SMTP, "SMSTUI_SMTP_HOST"),
        (SmtpAccess("h"), "SMSTUI_SMTP_FROM"),
        (SmtpAccess("h", user="mailer"), "SMSTUI_SMTP_FROM"),
    ],
)
async def test_what_is_not_configured_is_named(access: SmtpAccess, words: str) -> None:
    refusal = await _refused(access)
    assert isinstance(refusal, MailNotSetUp)
    assert words in explain(refusal)


@pytest.mark.parametrize(
    "access",
    [
        SmtpAccess("h", port="0", sender=SENDER),
        SmtpAccess("h", port="65536", sender=SENDER),
        SmtpAccess("h", port="²5", sender=SENDER),
        SmtpAccess("h", security="ssl", sender=SENDER),
        SmtpAccess("h", sender="nobody"),
        SmtpAccess("h", sender="a@example.com\nBcc: b@example.com"),
        SmtpAccess("h" * 64, sender=SENDER),
        SmtpAccess("h\nx", sender=SENDER),
    ],
)
async def test_settings_that_cannot_be_are_named(access: SmtpAccess) -> None:
    assert isinstance(await _refused(access), InvalidMailSetting)


def test_ports_follow_the_security() -> None:
    ports = {name: checked(SmtpAccess("h", security=name, sender=SENDER)).port for name in ("", "tls", "none")}
    assert ports == {"": 587, "tls": 465, "none": 25}
    assert checked(SmtpAccess("h", user="a@example.com")).sender.addr_spec == "a@example.com"


def test_the_environment_says_it_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    environment = {
        "SMSTUI_SMTP_HOST": " h ",
        "SMSTUI_SMTP_PORT": "26",
        "SMSTUI_SMTP_USER": "u",
        "SMSTUI_SMTP_PASSWORD": " p ",
        "SMSTUI_SMTP_SECURITY": "TLS",
        "SMSTUI_SMTP_FROM": SENDER,
    }
    settings = Settings.load(environment=environment)
    assert settings.smtp == SmtpAccess("h", "26", "u", " p ", "tls", SENDER)
    assert " p " not in repr(settings)
    assert Settings.load(environment={}).smtp == NO_SMTP
    assert "SMSTUI_SMTP_PASSWORD" in SECRET_VARIABLES


@given(st.text(), st.text(), st.text(max_size=40))
def test_no_text_gets_into_the_head(subject: str, text: str, name: str) -> None:
    mail = Mail("client@example.com", f"a\r\nBcc: b@example.com\r\n{subject}", text, (Attachment(name or "x", b"1"),))
    message = message_from_bytes(composed(mail, FROM, START).as_bytes(), policy=default)
    assert message["Bcc"] is None
    assert {key.lower() for key in message} == {
        "from", "to", "subject", "date", "message-id", "auto-submitted", "mime-version", "content-type",
    }  # fmt: skip
    assert message["To"].addresses[0].addr_spec == "client@example.com"
    assert len(list(message.iter_attachments())) == 1  # type: ignore[attr-defined]


@given(st.text(string.printable, max_size=30))
def test_no_address_gets_another_recipient(written: str) -> None:
    for address in (written, f"a@example.com{written}", f"{written}@example.com"):
        try:
            message = composed(Mail(address, "a", "b"), FROM, START)
        except InvalidEmail:
            continue
        (to,) = message["To"].addresses
        assert to.addr_spec.lower() == address.lower()
