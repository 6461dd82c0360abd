"""`smstui invoice mail`."""

from collections.abc import Iterator

import pytest

from tests.cli.conftest import Cli
from tests.cli.test_invoice import paid
from tests.mail_house import CERTIFICATE, PASSWORD, SENDER, USER, MailHouse, attached

__all__ = ["paid"]
NUMBER = "F-2026-00001"


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailHouse]:
    with MailHouse().in_a_thread() as house:
        monkeypatch.setenv("SMSTUI_SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("SMSTUI_SMTP_PORT", str(house.port))
        monkeypatch.setenv("SMSTUI_SMTP_USER", USER)
        monkeypatch.setenv("SMSTUI_SMTP_PASSWORD", PASSWORD)
        monkeypatch.setenv("SMSTUI_SMTP_FROM", SENDER)
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        yield house


@pytest.fixture
def number(shop: Cli, paid: str) -> str:
    (one,) = shop("invoice", "list", "--json").document  # type: ignore[misc]
    assert one["order"] == paid
    assert one["mailed_at"] is None
    return str(one["number"])


def test_an_invoice_is_sent(shop: Cli, number: str, house: MailHouse) -> None:
    assert shop("invoice", "mail", number, "--json").document == {"sent_to": "shop@example.com"}
    sent = shop("invoice", "mail", number.lower(), "--to", "compta@example.com")
    assert sent.out == "Sent to compta@example.com.\n"
    assert house.recipients == ["shop@example.com", "compta@example.com"]
    assert list(attached(house.received[0])) == [f"{number}.pdf"]
    (one,) = shop("invoice", "list", "--json").document  # type: ignore[misc]
    assert one["mailed_at"] is not None


def test_what_can_not_be_sent_says_why(
    shop: Cli, cli: Cli, number: str, house: MailHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shop("invoice", "mail", number, "--to", "nobody").refuses("not an e-mail address")
    assert shop("invoice", "mail", "F-2020-00001").refuses("no invoice")
    monkeypatch.setenv("SMSTUI_SMTP_PASSWORD", "Other-Secret")
    wrong = shop("invoice", "mail", number)
    assert wrong.refuses("refuses the login", "SMSTUI_SMTP_PASSWORD")
    assert "Other-Secret" not in wrong.err
    monkeypatch.delenv("SSL_CERT_FILE")
    assert shop("invoice", "mail", number).refuses("certificate", "nothing was sent")
    monkeypatch.delenv("SMSTUI_SMTP_HOST")
    assert shop("invoice", "mail", number).refuses("not configured", "SMSTUI_SMTP_HOST")
    assert house.received == []
