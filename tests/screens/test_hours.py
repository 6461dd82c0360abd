"""Settings › Sending hours: administrators set them within the charter, the others look."""

from datetime import time

import pytest
from textual.widgets import Button, Input

from smstui.domain.actor import Actor
from smstui.domain.hours import DEFAULT_HOURS, SendingHours
from smstui.screens.settings.hours import HoursPage
from smstui.services.accounts import NewAccount
from smstui.widgets.labelled import Labelled
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.tick import Tick
from smstui.widgets.time_field import TimeField
from tests.screens.stage import Stage
from tests.support import PASSWORD


async def shown(stage: Stage, actor: Actor, hours: SendingHours = DEFAULT_HOURS) -> HoursPage:
    await stage.app.backend.platform.set_sending_hours(None, hours)
    await stage.enter(actor, "hours")
    page = stage.shell.page
    assert isinstance(page, HoursPage)
    await stage.until(lambda: page.query_one("#closes", TimeField).value)
    return page


@pytest.fixture
async def page(stage: Stage, shop: Actor) -> HoursPage:
    return await shown(stage, shop)


def error(page: HoursPage, field: str) -> str:
    return page.query_one(f"#{field}-row", Labelled).error


async def stored(stage: Stage) -> SendingHours:
    return await stage.app.backend.platform.sending_hours()


async def test_the_hours_are_set_by_keyboard(stage: Stage, page: HoursPage) -> None:
    assert [field.value for field in page.query(TimeField)] == ["08:00", "20:00"]
    assert stage.focused is page.query_one("#opens")
    await stage.press("up", "up", "enter")
    assert stage.focused is page.query_one("#closes")
    await stage.press(*["delete"] * 5)
    await stage.type("2130")
    await stage.press("enter", "enter", "ctrl+s")
    await stage.until(lambda: "Sending hours saved." in stage.text())
    assert await stored(stage) == SendingHours(time(8, 10), time(21, 30))
    assert page.query_one("#closes", TimeField).value == "21:30"


async def test_a_platform_that_only_informs_has_none(stage: Stage, page: HoursPage) -> None:
    page.query_one("#always").focus()
    await stage.press("space", "enter", "enter", "enter")
    await stage.until(lambda: "Sending hours saved." in stage.text())
    assert (await stored(stage)).always


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("opens", "7:55", "no marketing SMS before 08:00"),
        ("closes", "21:31", "no marketing SMS after 21:30"),
        ("closes", "8h", "must end after they begin"),
        ("opens", "25", "from 0 to 23"),
        ("closes", "", "such as 14:15"),
    ],
)
async def test_what_the_charter_does_not_allow_is_said_at_once(
    stage: Stage, page: HoursPage, field: str, text: str, words: str
) -> None:
    await stage.fill(f"#{field}", text)
    assert words in error(page, field)
    assert [error(page, other) for other in ("opens", "closes") if other != field] == [""]
    page.query_one("#always").focus()
    await stage.press("ctrl+s")
    assert stage.focused is page.query_one(f"#{field}")
    assert await stored(stage) == SendingHours()
    await stage.fill(f"#{field}", "12:00")
    assert error(page, field) == ""


async def test_leaving_asks_only_when_something_would_be_lost(stage: Stage, page: HoursPage) -> None:
    await stage.fill("#closes", "19:00")
    stage.app.go_to("balance")
    await stage.until_screen(ConfirmModal)
    await stage.press("escape")
    await stage.until(lambda: stage.app.screen is stage.shell)
    assert stage.shell.page is page
    await stage.fill("#closes", "20:00")
    await stage.go_to("balance")


async def test_the_most_recipients_of_a_campaign(stage: Stage, page: HoursPage) -> None:
    platform = stage.app.backend.platform
    await stage.until(lambda: page.query_one("#recipients", Input).value == "200,000")
    for wrong in ("0", "2,000,001", "many", ""):
        await stage.fill("#recipients", wrong)
        assert "from 1 to 2,000,000" in error(page, "recipients")
    await stage.press("ctrl+s")
    assert stage.focused is page.query_one("#recipients")
    assert await platform.recipient_limit() == 200_000
    await stage.fill("#recipients", "1 500")
    await stage.press("ctrl+s")
    await stage.until(lambda: "A campaign may have 1,500" in stage.text())
    assert await platform.recipient_limit() == 1_500
    assert "Sending hours saved." not in stage.text()
    await stage.go_to("balance")


async def test_others_look_and_change_nothing(stage: Stage) -> None:
    new = NewAccount("clerk", "clerk@example.com", PASSWORD, "en", certified_number="+33639980002")
    clerk = await stage.app.backend.accounts.create(new)
    page = await shown(stage, clerk)
    assert "Only an administrator may change the sending hours." in stage.text()
    assert [field.disabled for field in page.query(TimeField)] == [True, True]
    assert page.query_one("#always", Tick).disabled
    assert page.query_one("#recipients", Input).disabled
    assert not page.query(Button)
    await stage.press("ctrl+s")
    assert await stored(stage) == SendingHours()


async def test_in_french(stage: Stage, shop: Actor) -> None:
    await shown(stage, shop, SendingHours(time(9), time(19)))
    stage.app.speak("fr")
    await stage.until(lambda: "Ouverture" in stage.text() and "09:00" in stage.text())
    assert "Plages d’envoi" in stage.text()
    assert "Toujours : cette plateforme ne fait qu’informer" in stage.text().replace("\u00a0", " ")
