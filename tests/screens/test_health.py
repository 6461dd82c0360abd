"""Settings › Connections › Health: what dispatchers wrote about a connection, live, for administrators."""

import math
import os
import re
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, update
from textual.containers import VerticalScroll

from smstui.app import SmstuiApp
from smstui.domain.actor import Actor
from smstui.domain.states import MessageState
from smstui.screens.settings.connection_health import ConnectionHealthPage
from smstui.services.accounts import NewAccount
from smstui.services.backend import Backend
from smstui.services.campaigns import Draft
from smstui.services.dispatch.lease import acquire, renew
from smstui.services.health_records import BindSample, count_refusals, note_receipts, record_sample
from smstui.settings import Settings
from smstui.smpp.values import BindState, BindStatus, Receipt
from smstui.storage.tables import connection, message, parked_receipt
from smstui.widgets.trend_line import sparkline
from tests.screens.road import connect, on_the_road, seed_campaign
from tests.screens.stage import WIDE, Stage
from tests.screens.test_messaging_snapshots import entered, french_app, shopkeeper  # noqa: F401
from tests.screens.test_snapshots import SnapCompare, played
from tests.support import PASSWORD, START

RECEIPTS = (
    Receipt("4012887", MessageState.DELIVERED, "DELIVRD", "000"),
    Receipt("4012888", MessageState.UNDELIVERED, "UNDELIV", "069"),
    Receipt("4012889", None, "ACCEPTD", "000"),
    Receipt("[b]4012890[/b]", MessageState.EXPIRED, "EXPIRED", "\x1b[2J"),
)


async def busy(backend: Backend) -> None:
    """Two binds of three: one at work, throttled a moment ago, one that the SMSC refuses; five minutes behind them."""

    def work(tx: Connection) -> None:
        tx.execute(update(connection).values(binds=3))
        for bind, rate, status in (
            (1, 42, BindStatus(BindState.BOUND)),
            (2, 0, BindStatus(BindState.WAITING, "0x0000000E ESME_RINVPASWD: invalid password")),
        ):
            held = acquire(tx, 1, bind, f"smsc-1:{4000 + bind}:5c9a", backend.clock)
            assert held is not None
            renew(tx, held, status, backend.clock, rate)
        for second in range(300, 0, -1):
            throttled = 12 if second == 100 else 0
            sample = BindSample(
                in_flight=7,
                accepted=round(25 + 20 * math.sin(second / 30)),
                rejected=0,
                throttled=throttled,
                unknown=0,
                response_ms=None if second > 240 else round(60 + 40 * math.cos(second / 40)),
                allowed_rate=50,
            )
            record_sample(tx, 1, 1, sample, START - timedelta(seconds=second))
        count_refusals(tx, 1, [0x0B] * 1234 + [0x450] * 3, START)
        count_refusals(tx, 1, [0x08], START - timedelta(days=3))
        note_receipts(tx, 1, RECEIPTS, START)

    await backend.database.write(work)


async def left_open(backend: Backend, actor: Actor) -> None:
    """Two messages in doubt and a receipt of nobody's."""
    await seed_campaign(backend, actor, "Soldes", [MessageState.UNKNOWN] * 3)
    parked = {"connection_id": 1, "smsc_id": "9", "smsc_id_key": "9", "state": "delivered", "received_at": START}

    def work(tx: Connection) -> None:
        tx.execute(update(message).values(connection_id=1))
        tx.execute(update(message).where(message.c.id == 1).values(resent_by=7))
        tx.execute(insert(parked_receipt).values(parked))

    await backend.database.write(work)


async def opened(stage: Stage) -> ConnectionHealthPage:
    """The page of the only connection, from the list."""
    await stage.until(lambda: "Opérateur" in stage.text())
    await stage.press("h")
    await stage.until(lambda: isinstance(stage.shell.page, ConnectionHealthPage) and stage.shell.page.is_mounted)
    page = stage.shell.page
    assert isinstance(page, ConnectionHealthPage)
    return page


@pytest.fixture
async def page(stage: Stage, shop: Actor) -> ConnectionHealthPage:
    await connect(stage.app.backend)
    await stage.enter(shop, "connections")
    return await opened(stage)


async def test_a_quiet_connection_says_so(stage: Stage, page: ConnectionHealthPage) -> None:
    await stage.until(lambda: "not in use" in stage.text())
    for words in (
        "The SMSC has refused nothing.",
        "No receipt yet.",
        "none in 5 min",
        "0 messages in doubt, 0 unmatched receipts",
    ):
        assert words in stage.text()
    assert "0/s of 100/s" in stage.text()


async def test_it_shows_what_happens_while_it_is_shown(stage: Stage, page: ConnectionHealthPage, shop: Actor) -> None:
    await stage.until(lambda: "not in use" in stage.text())
    await busy(stage.app.backend)
    await left_open(stage.app.backend, shop)
    await stage.until(lambda: "● bound" in stage.text())
    shown = stage.text()
    for words in ("7/10", "42/s of 100/s", "12 in 5 min, now at most 50/s", "2 messages in doubt, 1 unmatched receipt"):
        assert words in shown
    assert "✕ unavailable" in shown
    assert "Bind 2: 0x0000000E ESME_RINVPASWD: invalid password" in shown
    assert "0x0B   invalid destination" in shown
    assert "1,234" in shown
    assert "19/11" in shown, "an error of three days ago has its day"
    await stage.press("end")
    await stage.until(lambda: "[b]401289" in stage.text() and "␛[2J" in stage.text())


async def test_it_goes_back_to_the_list(stage: Stage, page: ConnectionHealthPage) -> None:
    assert isinstance(stage.focused, VerticalScroll)
    await stage.press("escape")
    await stage.until(lambda: stage.shell.page is not page)
    await stage.until(lambda: "100/s" in stage.text())


async def test_a_connection_that_is_deleted_meanwhile(stage: Stage, page: ConnectionHealthPage) -> None:
    await stage.app.backend.connections.remove(None, "Opérateur")
    await stage.until(lambda: "There is no connection “Opérateur”." in stage.text())


async def test_only_administrators_get_there(stage: Stage, shop: Actor) -> None:
    await connect(stage.app.backend)
    user = await stage.app.backend.accounts.create(
        NewAccount("user", "user@example.com", PASSWORD, "en", certified_number="+33601020304")
    )
    await stage.enter(user, "connections")
    await stage.until(lambda: "Opérateur" in stage.text())
    listed = stage.shell.page
    await stage.press("h")
    await stage.settle()
    assert stage.shell.page is listed


async def test_a_dispatcher_at_work_is_seen(settings: Settings) -> None:
    async with on_the_road(settings) as road:
        stage = road.stage
        numbers = tuple(f"+336010203{index:02}" for index in range(20))
        await stage.app.backend.campaigns.send(road.actor, Draft(name="One", text="Bonjour", numbers=numbers))
        await stage.go_to("connections")
        await stage.until(lambda: "Simulateur" in stage.text())
        await stage.press("h")
        await stage.until(lambda: "● bound" in stage.text() and "DELIVRD" in stage.text())
        await stage.until(lambda: re.search(r"Response .*[▁-▇].*ms · max", stage.text()))
        health = await stage.app.backend.health.of(road.actor, "Simulateur")
        assert len(health.receipts) <= 20
        assert str(os.getpid()) in health.binds[0].owner


def test_a_sparkline_keeps_the_highest_of_what_shares_a_cell() -> None:
    assert sparkline([0, 7, 14, None, 7], 9) == "▁▄▇ ▄"
    assert sparkline([14, 0, 0, 0, 7, None, None, None, 0], 3) == "▇▄▁"
    assert sparkline([5, 1, 2], 2) == "▇▃"
    assert sparkline([None, 0.0], 2) == " ▁"
    assert sparkline([], 5) == sparkline([1], 0) == ""


async def scene(stage: Stage) -> None:
    await connect(stage.app.backend)
    actor = await entered(stage, "connections")
    await busy(stage.app.backend)
    await left_open(stage.app.backend, actor)
    await opened(stage)
    await stage.until(lambda: "● liée" in stage.text() and "SMPP lié 42/s" in stage.text())
    await stage.settle()


def test_looks_as_before(snap_compare: SnapCompare, french_app: SmstuiApp) -> None:  # noqa: F811
    assert snap_compare(french_app, terminal_size=WIDE, run_before=played(scene))
