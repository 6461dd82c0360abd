"""Address book › STOP list: numbers are added by hand and taken out after a question."""

from smstui.domain.actor import Actor
from smstui.screens.contacts.opt_out_form import OptOutForm
from smstui.screens.contacts.opt_outs import OptOutsPage
from smstui.widgets.labelled import Labelled
from smstui.widgets.modals import ConfirmModal
from tests.screens.stage import Stage


async def opened(stage: Stage, shop: Actor, *numbers: str) -> OptOutsPage:
    for number in numbers:
        await stage.app.backend.opt_outs.add(shop, number)
    await stage.enter(shop)
    await stage.go_to("opt-outs")
    page = stage.shell.page
    assert isinstance(page, OptOutsPage)
    await stage.until(lambda: page.table.row_count == len(numbers))
    return page


async def test_a_number_is_added_by_hand(stage: Stage, shop: Actor) -> None:
    page = await opened(stage, shop)
    assert "Nobody has answered STOP" in stage.text()
    await stage.press("n")
    form = await stage.until_screen(OptOutForm)
    await stage.type("060102")
    await stage.press("enter")
    await stage.until(lambda: "short number" in form.query_one("#number-row", Labelled).error)
    await stage.fill("#number", "06 01 02 03 04")
    await stage.press("enter")
    await stage.until(lambda: page.table.keys(0, 1) == ("+33601020304",))
    assert "added by hand" in stage.text()
    assert "22/11 15:15" in stage.text()


async def test_numbers_are_taken_off_after_a_question(stage: Stage, shop: Actor) -> None:
    page = await opened(stage, shop, "0601020304", "0601020305")
    await stage.press("a", "delete")
    await stage.until_screen(ConfirmModal)
    assert "Take 2 numbers off the STOP list" in stage.text()
    await stage.press("right", "enter")
    await stage.until(lambda: page.table.row_count == 0)
    assert await stage.app.backend.opt_outs.list(shop) == ()


async def test_is_found_as_people_write_it(stage: Stage, shop: Actor) -> None:
    page = await opened(stage, shop, "0601020304", "0768987654")
    await stage.press("slash")
    await stage.type("0768")
    await stage.until(lambda: page.table.keys(0, 2) == ("+33768987654",))
