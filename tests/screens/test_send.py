"""Messaging › Send: the text, its counter, the numbers, the confirmation, and the campaign that goes out."""

from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from textual.widgets import Input, Select, TextArea

from smstui.screens.messaging.campaign import CampaignPage
from smstui.screens.messaging.list_modal import ListModal
from smstui.screens.messaging.preview import PreviewModal
from smstui.screens.messaging.reckoning_table import ReckoningTable
from smstui.screens.messaging.send import SendPage
from smstui.screens.messaging.sending_modal import SendingModal
from smstui.screens.settings.sender_form import SenderForm
from smstui.services.accounts import NewAccount
from smstui.settings import Settings
from smstui.widgets.choice_line import ChoiceLine
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.phone_preview import PhonePreview
from smstui.widgets.recipients_area import LARGE_PASTE
from smstui.widgets.tick import Tick
from tests.faults.locks import file_lock, is_entered
from tests.screens.composing import add_numbers, compose, error, go_on, to_confirmation, to_numbers, write
from tests.screens.road import BLACK_FRIDAY, Road, connect, on_the_road
from tests.screens.stage import WIDE, Stage
from tests.support import PASSWORD


@pytest.fixture
async def road(settings: Settings) -> AsyncIterator[Road]:
    async with on_the_road(settings) as road:
        await compose(road.stage)
        yield road


async def test_a_campaign_goes_out_by_keyboard_only(road: Road) -> None:
    stage = road.stage
    await write(road)
    await add_numbers(road, "06 01 02 03 04\n0612345678\n0612345678")
    await stage.until(lambda: "recipients: 2 · 1 SMS each" in stage.text() and "1 duplicate" in stage.text())
    await go_on(stage)
    await go_on(stage)
    await stage.until(lambda: "2 recipients · 1 SMS each" in stage.text())
    await stage.press("ctrl+s")
    question = await stage.until_screen(SendingModal)
    assert "Send now to 2 numbers, 2 credits?" in stage.text()
    assert str(question.query_one("#confirm").render()).strip() == "Send now to 2 numbers"
    await stage.press("enter")
    await stage.until(lambda: isinstance(stage.shell.page, CampaignPage))
    await stage.until(lambda: "● 2" in stage.text())
    assert {phone.number for phone in road.demo.handsets.received()} == {"+33601020304", "+33612345678"}
    await stage.press("escape")
    await stage.until(lambda: isinstance(stage.shell.page, SendPage) and "1/4 Text" in stage.text())
    assert stage.app.screen.query_one("#name", Input).value == ""


async def test_pressed_again_while_the_database_is_busy_it_is_sent_once(road: Road) -> None:
    stage = road.stage
    await write(road)
    await to_confirmation(road)
    await stage.press("ctrl+s")
    await stage.until_screen(SendingModal)
    path = Path(str(make_url(road.demo.settings.database_url).database))
    with ExitStack() as held:
        await stage.until(lambda: is_entered(held, file_lock(path)))
        await stage.press("enter", "ctrl+s", "ctrl+s")
        assert not isinstance(stage.app.screen, SendingModal)
    await stage.until(lambda: isinstance(stage.shell.page, CampaignPage) and "● 1" in stage.text())
    assert len(await stage.app.backend.campaigns.list(road.actor)) == 1


async def test_escape_at_the_confirmation_sends_nothing_and_loses_nothing(road: Road) -> None:
    stage = road.stage
    await write(road)
    page = await to_confirmation(road)
    await stage.press("ctrl+s")
    await stage.until_screen(SendingModal)
    await stage.press("escape")
    await stage.until(lambda: not isinstance(stage.app.screen, SendingModal))
    assert await stage.app.backend.campaigns.list(road.actor) == ()
    assert page.written.name == "Black Friday"
    assert page.whole_draft().numbers == ("+33601020304",)


async def test_the_guides_text_costs_3_sms_and_2_once_replaced(road: Road) -> None:
    stage = road.stage
    await write(road, text=BLACK_FRIDAY)
    await stage.until(lambda: "183 characters - 3 SMS   Unicode because of “ô ë”" in stage.text())
    assert "F6 replaces 2 characters → 2 SMS" in stage.text()
    await stage.press("ctrl+s")
    await stage.until(lambda: error(stage, "text"))
    assert "1/4 Text" in stage.text()
    await stage.press("f6")
    await stage.until(lambda: "183 characters - 2 SMS" in stage.text() and not error(stage, "text"))
    await stage.press("ctrl+z")
    await stage.until(lambda: "183 characters - 3 SMS" in stage.text())


async def test_an_empty_text_counts_its_stop_mention(road: Road) -> None:
    assert "10 characters - 1 SMS" in road.stage.text()


async def test_what_costs_double_is_named(road: Road) -> None:
    await write(road, text="5€ [promo]")
    await road.stage.until(lambda: "“€ [ ]” count twice" in road.stage.text())


async def test_unicode_is_counted_as_such(road: Road) -> None:
    stage = road.stage
    stage.app.screen.query_one("#type", ChoiceLine).focus()
    await stage.press("right")
    await stage.until(lambda: "Unicode, not needed here" in stage.text())


async def test_a_type_without_connection_is_closed_and_says_why(road: Road) -> None:
    stage = road.stage
    choice = stage.app.screen.query_one("#type", ChoiceLine)
    assert choice.unavailable == {"voix"}
    assert "Not carried by any connection: Voix" in stage.text()
    choice.focus()
    await stage.press("left")
    assert choice.value == "reponse"
    select = stage.app.screen.query_one("#sender", Select)
    assert (select.value, select.disabled) == ("36105", True)


async def test_stop_stays_ticked_without_the_right(road: Road) -> None:
    stop = road.stage.app.screen.query_one("#stop", Tick)
    assert (stop.value, stop.disabled) == (True, True)
    assert "Required, unless an administrator gave the right" in road.stage.text()


async def test_says_what_is_missing_only_once_asked(road: Road) -> None:
    stage = road.stage
    assert not error(stage, "name")
    await stage.press("ctrl+s")
    await stage.until(lambda: error(stage, "name") == "✕ Give the campaign a name.")
    assert error(stage, "text")
    assert stage.focused is stage.app.screen.query_one("#name")


async def test_bad_lines_are_listed_with_line_and_reason(road: Road) -> None:
    await write(road)
    stage = road.stage
    area = await add_numbers(road, "0601020304\n+336010304\nbonjour")
    await stage.until(lambda: "2 refused" in stage.text() and "Refused lines" in stage.text())
    assert [each.line for each in area.recipients.refused] == [2, 3]
    stage.app.screen.query_one(ReckoningTable).focus()
    await stage.press("home", "enter")
    await stage.until_screen(ListModal)
    await stage.until(lambda: "“+336010304” is not a valid number" in stage.text())
    await stage.press("escape")
    await stage.until(lambda: not isinstance(stage.app.screen, ListModal))


async def test_a_large_paste_is_added_and_can_be_taken_out(road: Road) -> None:
    stage = road.stage
    await write(road)
    lines = "\n".join(f"06{index:08}" for index in range(10_000_000, 10_000_000 + LARGE_PASTE))
    area = await add_numbers(road, lines)
    assert len(area.recipients.numbers) == LARGE_PASTE
    await stage.type("0610000000,0798765432")
    await stage.press("enter")
    await stage.until(lambda: len(area.recipients.numbers) == LARGE_PASTE + 1)
    assert area.recipients.duplicates == 1
    await stage.press("f8")
    await stage.until_screen(ConfirmModal)
    assert f"Take out {LARGE_PASTE + 1} numbers" in stage.text()
    await stage.press("right", "enter")
    await stage.until(lambda: not area.recipients.numbers)
    assert not area.written.pasted


async def test_too_few_credits_say_how_many_are_missing_and_where_to_buy(road: Road) -> None:
    stage = road.stage
    await write(road)
    await add_numbers(road, "\n".join(f"06{index:08}" for index in range(10_000_000, 10_001_003)))
    await stage.until(lambda: "3 credits missing: F3 buys credits" in stage.text())
    await go_on(stage)
    await go_on(stage)
    await stage.until(lambda: "3 credits missing" in stage.text())
    await stage.press("ctrl+s")
    await stage.settle()
    assert not isinstance(stage.app.screen, SendingModal)
    await stage.press("f3")
    await stage.until(lambda: stage.shell.section == "buy")


async def test_what_is_written_survives_a_walk_through_the_menu(road: Road) -> None:
    stage = road.stage
    await write(road, text="Bonjour à tous")
    await add_numbers(road, "0601020304")
    await stage.type("06123")
    await stage.go_to("senders")
    page = await compose(stage)
    assert stage.app.screen.query_one("#name", Input).value == "Black Friday"
    assert stage.app.screen.query_one("#text", TextArea).text == "Bonjour à tous"
    await to_numbers(stage)
    assert page.whole_draft().numbers == ("+33601020304",)
    assert stage.app.screen.query_one("#numbers", Input).value == "06123"


async def test_escape_goes_back_a_step(road: Road) -> None:
    stage = road.stage
    await write(road)
    await to_confirmation(road)
    for note in ("3/4 Date", "2/4 Recipients", "1/4 Text"):
        await stage.press("escape")
        await stage.until(lambda note=note: note in stage.text())  # type: ignore[misc]
    assert stage.focused is stage.app.screen.query_one("#text")


async def test_a_sender_is_added_on_the_way(road: Road) -> None:
    stage = road.stage
    stage.app.screen.query_one("#add-sender").focus()
    await stage.press("enter")
    await stage.until_screen(SenderForm)
    await stage.type("Promo")
    await stage.press("enter")
    await stage.until(lambda: stage.app.screen.query_one("#sender", Select).value == "Promo")


async def test_the_preview_is_in_front_when_narrow(road: Road) -> None:
    stage = road.stage
    await write(road, text="Bonjour [bold]à\ntous[/bold]")
    await stage.press("f4")
    preview = await stage.until_screen(PreviewModal)
    await stage.until(lambda: "Bonjour [bold]à" in stage.text())
    assert "⏎" not in stage.text()
    assert preview.query_one(".phone--bubble").region.height == 2
    await stage.press("escape")
    await stage.until(lambda: not isinstance(stage.app.screen, PreviewModal))


async def test_the_preview_is_beside_the_form_when_wide(settings: Settings) -> None:
    async with on_the_road(settings, WIDE) as road:
        page = await compose(road.stage)
        await write(road, text="Bonjour à tous")
        await road.stage.until(lambda: page.query_one(PhonePreview).region.width > 20)
        await road.stage.until(lambda: "Bonjour à tous STOP" in road.stage.text())


async def test_who_has_the_right_unticks_stop(stage: Stage) -> None:
    backend = stage.app.backend
    await connect(backend)
    new = NewAccount("info", "info@example.com", PASSWORD, "en", certified_number="+33601020304", may_omit_stop=True)
    await stage.enter(await backend.accounts.create(new), "send")
    await stage.until(lambda: "Untick it for an informational message only." in stage.text())
    stage.app.screen.query_one("#stop", Tick).focus()
    await stage.press("space")
    await stage.until(lambda: "0 characters" in stage.text() and "STOP 36034" not in stage.text())
