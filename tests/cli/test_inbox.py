"""`smstui inbox`: what came back, and an answer to it."""

import asyncio
from datetime import UTC, datetime

from smstui.services.inbound import record_inbound
from smstui.smpp.values import Inbound
from smstui.storage.database import Database
from tests.cli.conftest import Cli

PHONE = "+33612345670"


def _came(database_url: str, text: str) -> None:
    """A campaign that is queued has left, and the phone answers."""

    async def work() -> None:
        database = await Database.open(database_url)
        await database.write(lambda tx: tx.exec_driver_sql("UPDATE batch SET sent_upto = last_id"))
        inbound = Inbound(PHONE, "33700000000", text.encode(), "utf-8", text.encode())
        await database.write(lambda tx: record_inbound(tx, 1, inbound, datetime.now(UTC)))
        await database.close()

    asyncio.run(work())


def test_an_answer_is_queued_in_the_newest_conversation(cli: Cli, database_url: str) -> None:
    account = ("account", "create", "shop", "--email", "s@example.com", "--password-env", "ACCOUNT_PASSWORD")
    assert cli(*account, "--credits", "10").code == 0
    connection = ("connection", "add", "main", "--host", "127.0.0.1", "--port", "2775", "--system-id", "x")
    options = ("--types", "pro,reponse", "--reply-number", "33700000000", "--password-env", "SMSC_PASSWORD")
    assert cli(*connection, *options).code == 0
    sent = cli("campaign", "send", "News", "--type", "reponse", "--text", "Hello", "--to", PHONE, "--account", "shop")
    assert sent.code == 0, sent.err
    assert cli("inbox", "reply", PHONE, "--text", "Hi", "--account", "shop").refuses("has sent you nothing")
    _came(database_url, "Yes")
    (received,) = cli("inbox", "list", "--json", "--account", "shop").document  # type: ignore[misc]
    assert received.pop("at")
    assert received == {"from": PHONE, "to": "33700000000", "text": "Yes", "campaign": "News"}
    answer = cli("inbox", "reply", "06 12 34 56 70", "--text", "é" * 161, "--json", "--account", "shop")
    assert answer.document == {
        "to": PHONE,
        "from": "33700000000",
        "text": "é" * 161,
        "segments": 2,
        "cost": 2,
    }
    balance = cli("credit", "balance", "--json", "--account", "shop").document
    assert isinstance(balance, dict)
    assert balance["balance"] == 7
    assert cli("inbox", "reply", PHONE, "--text", "x" * 1377, "--account", "shop").refuses("credits")
    cli("optout", "add", PHONE, "--account", "shop")
    assert cli("inbox", "reply", PHONE, "--text", "Hi", "--account", "shop").refuses("STOP list")
