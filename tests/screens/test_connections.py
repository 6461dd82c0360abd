"""Settings › Connections: the form checks each value, the test binds for real, others than administrators only look."""

from collections.abc import AsyncIterator

import pytest
from textual.widgets import Input

from smstui.domain.actor import Actor
from smstui.domain.states import MessageType
from smstui.screens.settings.bind_test import BindTest
from smstui.screens.settings.connection_form import ConnectionForm
from smstui.screens.settings.connections import ConnectionsPage
from smstui.services.accounts import NewAccount
from smstui.services.connection_settings import ConnectionSettings
from smstui.smpp.simulator import Account, Simulator, SimulatorSettings
from smstui.smpp.values import BindSettings
from smstui.widgets.labelled import Labelled
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.tick import Tick
from tests.screens.road import connect
from tests.screens.stage import Stage
from tests.support import PASSWORD


@pytest.fixture
async def smsc() -> AsyncIterator[Simulator]:
    simulator = Simulator(SimulatorSettings(accounts=(Account("boutique", "secret"),)))
    await simulator.start()
    yield simulator
    await simulator.close()


@pytest.fixture
async def page(stage: Stage, shop: Actor) -> ConnectionsPage:
    await stage.enter(shop)
    return await shown(stage)


async def shown(stage: Stage) -> ConnectionsPage:
    await stage.go_to("connections")
    page = stage.shell.page
    assert isinstance(page, ConnectionsPage)
    return page


async def form(stage: Stage, key: str) -> ConnectionForm:
    await stage.press(key)
    await stage.until(lambda: isinstance(stage.shell.page, ConnectionForm) and stage.shell.page.is_mounted)
    page = stage.shell.page
    assert isinstance(page, ConnectionForm)
    await stage.until(lambda: stage.focused is page.query_one("#name"))
    return page


def error(page: ConnectionForm, field: str) -> str:
    return page.query_one(f"#{field}-row", Labelled).error


async def filled(stage: Stage, port: int, password: str = "secret") -> ConnectionForm:
    page = await form(stage, "n")
    for field, value in {
        "name": "Opérateur",
        "host": "127.0.0.1",
        "port": str(port),
        "system_id": "boutique",
        "password": password,
    }.items():
        page.query_one(f"#{field}", Input).value = value
    await stage.pilot.pause()
    return page


async def test_a_connection_is_added_and_tested(stage: Stage, page: ConnectionsPage, smsc: Simulator) -> None:
    assert "press n to enter the host" in stage.text()
    await filled(stage, smsc.port)
    await stage.press("f5")
    await stage.until_screen(BindTest)
    await stage.until(lambda: "The SMSC accepted the bind" in stage.text())
    await stage.press("escape", "ctrl+s")
    await stage.until(lambda: stage.shell.page is page and page.table.row_count == 1)
    saved = await stage.app.backend.connections.get("Opérateur")
    assert (saved.bind.port, saved.bind.system_id, saved.bind.password) == (smsc.port, "boutique", "secret")
    assert "○ not in use" in stage.text()


async def test_a_refused_bind_gives_the_smscs_reason(stage: Stage, page: ConnectionsPage, smsc: Simulator) -> None:
    await filled(stage, smsc.port, password="wrong")
    await stage.press("f5")
    await stage.until_screen(BindTest)
    await stage.until(lambda: "ESME_RINVPASWD" in stage.text())


async def test_a_test_is_given_up_by_escape(stage: Stage, page: ConnectionsPage) -> None:
    await filled(stage, 9)
    stage.app.screen.query_one("#host", Input).value = "192.0.2.1"
    await stage.press("f5")
    await stage.until_screen(BindTest)
    await stage.press("escape")
    await stage.until(lambda: not isinstance(stage.app.screen, BindTest))
    assert not [worker for worker in stage.app.workers if worker.group == "bind-test" and worker.is_running]


async def test_every_broken_rule_stands_beside_its_field(stage: Stage, page: ConnectionsPage) -> None:
    connection = await form(stage, "n")
    connection.query_one("#port", Input).value = "70000"
    await stage.until(lambda: "70000" in error(connection, "port"))
    await stage.press("ctrl+s")
    await stage.until(lambda: error(connection, "name"))
    assert error(connection, "host")
    assert error(connection, "system_id")
    assert error(connection, "password")
    assert not error(connection, "stop_code")
    assert stage.focused is connection.query_one("#name")
    assert await stage.app.backend.connections.list() == ()


async def test_what_marks_voice_messages_is_asked_where_they_are_carried(
    stage: Stage, page: ConnectionsPage, smsc: Simulator
) -> None:
    connection = await filled(stage, smsc.port)
    row, box = connection.query_one("#voice_tag-row", Labelled), connection.query_one("#voix", Tick)
    assert not row.display
    box.value = True
    await stage.until(lambda: row.display and connection.query_one("#voice_service_type-row").display)
    connection.query_one("#voice_service_type", Input).value = "VOIX"
    connection.query_one("#voice_tag", Input).value = "0x12"
    await stage.until(lambda: "0x1400" in error(connection, "voice_tag"))
    connection.query_one("#voice_tag", Input).value = "0x1403"
    await stage.until(lambda: not error(connection, "voice_tag"))
    await stage.press("ctrl+s")
    await stage.until(lambda: stage.shell.page is page and page.table.row_count == 1)
    saved = await stage.app.backend.connections.get("Opérateur")
    assert (saved.voice_service_type, saved.voice_tag) == ("VOIX", 0x1403)
    again = await form(stage, "enter")
    assert again.query_one("#voice_tag", Input).value == "0x1403"
    again.query_one("#voice_tag", Input).value = "nonsense"
    again.query_one("#voix", Tick).value = False
    await stage.until(lambda: not again.query_one("#voice_tag-row").display)
    await stage.press("ctrl+s")
    await stage.until(lambda: stage.shell.page is page)
    saved = await stage.app.backend.connections.get("Opérateur")
    assert (MessageType.VOIX in saved.types, saved.voice_tag) == (False, 0x1403), "what is hidden stays"


async def test_an_edit_keeps_the_password(stage: Stage, page: ConnectionsPage) -> None:
    await connect(stage.app.backend)
    await stage.until(lambda: page.table.row_count == 1)
    connection = await form(stage, "enter")
    assert connection.query_one("#password", Input).value == ""
    connection.query_one("#host", Input).value = "smsc2.example.com"
    await stage.pilot.pause()
    await stage.press("ctrl+s")
    await stage.until(lambda: stage.shell.page is page)
    saved = await stage.app.backend.connections.get("Opérateur")
    assert (saved.bind.host, saved.bind.password) == ("smsc2.example.com", "secret")


async def test_leaving_asks_only_when_something_would_be_lost(stage: Stage, page: ConnectionsPage) -> None:
    await form(stage, "n")
    await stage.press("escape")
    await stage.until(lambda: stage.shell.page is page)
    connection = await form(stage, "n")
    connection.query_one("#host", Input).value = "smsc.example.com"
    await stage.pilot.pause()
    await stage.press("escape")
    await stage.until_screen(ConfirmModal)
    await stage.press("escape")
    await stage.until(lambda: stage.shell.page is connection and not isinstance(stage.app.screen, ConfirmModal))
    await stage.press("escape")
    await stage.until_screen(ConfirmModal)
    await stage.press("right", "enter")
    await stage.until(lambda: stage.shell.page is page)


async def test_a_connection_is_deleted_after_a_question(stage: Stage, page: ConnectionsPage) -> None:
    await connect(stage.app.backend)
    await stage.until(lambda: page.table.row_count == 1)
    await stage.press("delete")
    await stage.until_screen(ConfirmModal)
    await stage.press("right", "enter")
    await stage.until(lambda: page.table.row_count == 0)


async def test_foreign_words_are_shown_as_they_are(stage: Stage, page: ConnectionsPage) -> None:
    bind = BindSettings("smsc.example.com", 2775, "boutique", "secret")
    await stage.app.backend.connections.add(None, ConnectionSettings("[red][@click=app.bell]nom", bind))
    await stage.until(lambda: "[red][@click" in stage.text())


async def test_others_only_look(stage: Stage, shop: Actor) -> None:
    await connect(stage.app.backend)
    user = await stage.app.backend.accounts.create(
        NewAccount("user", "user@example.com", PASSWORD, "en", certified_number="+33601020304")
    )
    await stage.enter(user)
    page = await shown(stage)
    await stage.until(lambda: page.table.row_count == 1)
    assert "Only an administrator may change the connections." in stage.text()
    await stage.press("n", "enter", "delete", "t")
    assert stage.shell.page is page
    assert len(await stage.app.backend.connections.list()) == 1
