"""Address book › STOP list: numbers are added by hand or from a file, and taken out with a reason."""

from pathlib import Path

from textual import events
from textual.widgets import Input

from smstui.domain.actor import Actor
from smstui.screens.contacts.opt_out_form import OptOutForm
from smstui.screens.contacts.opt_out_import import OptOutImportPage
from smstui.screens.contacts.opt_outs import OptOutsPage
from smstui.screens.reason_modal import ReasonModal
from smstui.services.opt_out_query import OptOutSource
from smstui.widgets.file_chooser import FileChooser
from smstui.widgets.labelled import Labelled
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.recipients_area import RecipientsArea
from smstui.widgets.row_store import PAGE_ROWS
from tests.screens.importing import documents
from tests.screens.stage import Stage

__all__ = ["documents"]

MANY = 5 * PAGE_ROWS


async def opened(stage: Stage, shop: Actor, *numbers: str) -> OptOutsPage:
    for number in numbers:
        await stage.app.backend.opt_outs.add(shop, number)
    await stage.enter(shop, "opt-outs")
    page = stage.shell.page
    assert isinstance(page, OptOutsPage)
    await stage.until(lambda: page.table.row_count == len(numbers) and page.note)
    return page


async def listed(stage: Stage, shop: Actor) -> dict[str, str]:
    return {each.number: each.source for each in await stage.app.backend.opt_outs.list(shop)}


async def test_a_number_is_added_by_hand(stage: Stage, shop: Actor) -> None:
    page = await opened(stage, shop)
    assert "Nobody has answered STOP" in stage.text()
    await stage.press("n")
    form = await stage.until_screen(OptOutForm)
    await stage.type("060102")
    await stage.press("ctrl+s")
    await stage.until(lambda: "short number" in stage.text())
    assert isinstance(stage.app.screen, OptOutForm)
    await stage.type("0304")
    assert form.query_one(RecipientsArea).written.typed == "0601020304"
    await stage.press("ctrl+s")
    await stage.until(lambda: page.table.keys(0, 1) == ("+33601020304",))
    await stage.until(lambda: "added by hand" in stage.text() and "22/11 15:15" in stage.text())


async def test_many_numbers_are_pasted_and_counted(stage: Stage, shop: Actor) -> None:
    page = await opened(stage, shop, "0601020304")
    await stage.press("n")
    form = await stage.until_screen(OptOutForm)
    stage.app.post_message(events.Paste("0601020304\n06 01 02 03 05\n0601020305\nhello"))
    await stage.until(lambda: "2 numbers" in stage.text() and "1 duplicate" in stage.text())
    assert "1 refused" in stage.text()
    await stage.press("ctrl+s")
    question = await stage.until_screen(ConfirmModal)
    assert "1 line is no number that can be used" in stage.text()
    assert stage.focused is question.query_one("#confirm")
    await stage.press("escape")
    await stage.until(lambda: stage.app.screen is form)
    await stage.press("ctrl+s")
    await stage.until_screen(ConfirmModal)
    await stage.press("enter")
    await stage.until(lambda: page.table.row_count == 2)
    await stage.until(lambda: "1 number added to the STOP list." in stage.text())


async def test_a_long_list_is_set_aside_and_can_be_taken_out(stage: Stage, shop: Actor) -> None:
    await opened(stage, shop)
    await stage.press("n")
    form = await stage.until_screen(OptOutForm)
    stage.app.post_message(events.Paste("\n".join(f"06{index:08}" for index in range(1000))))
    await stage.until(lambda: len(form.query_one(RecipientsArea).recipients.numbers) == 1000)
    await stage.press("f8")
    await stage.until(lambda: not form.query_one(RecipientsArea).recipients.numbers)
    await stage.press("escape")
    await stage.until(lambda: not isinstance(stage.app.screen, OptOutForm))
    assert await listed(stage, shop) == {}


async def test_numbers_are_taken_off_with_a_reason(stage: Stage, shop: Actor) -> None:
    page = await opened(stage, shop, "0601020304", "0601020305")
    await stage.press("a", "delete")
    question = await stage.until_screen(ReasonModal)
    assert "Take 2 numbers off the STOP list" in stage.text()
    assert stage.focused is question.query_one(Input)
    await stage.press("enter")
    await stage.until(lambda: "Say why" in question.query_one(Labelled).error)
    await stage.type("they wrote")
    await stage.press("enter")
    await stage.until(lambda: page.table.row_count == 0 and "Nobody has answered" in stage.text())
    assert await listed(stage, shop) == {}
    assert (await stage.app.backend.audit.list(shop))[0].subject == "2: they wrote"


async def test_escape_leaves_them_on_the_list(stage: Stage, shop: Actor) -> None:
    await opened(stage, shop, "0601020304")
    await stage.press("delete")
    await stage.until_screen(ReasonModal)
    await stage.type("because")
    await stage.press("escape")
    assert len(await listed(stage, shop)) == 1


async def test_a_number_is_found_as_people_write_it(stage: Stage, shop: Actor) -> None:
    page = await opened(stage, shop, "0601020304", "0768987654")
    await stage.press("slash")
    await stage.type("0768")
    await stage.until(lambda: page.table.keys(0, 2) == ("+33768987654",))
    assert "1 / 2" in stage.text()


async def test_the_list_is_filtered_by_source_and_sorted(stage: Stage, shop: Actor) -> None:
    page = await opened(stage, shop, "0600000003")
    await stage.app.backend.opt_outs.add_numbers(shop, ["+33600000002", "+33600000001"], OptOutSource.IMPORT)
    page.list.read_soon()
    await stage.until(lambda: page.table.row_count == 3)
    await stage.press("s")
    await stage.until(lambda: page.table.keys(0, 3) == ("+33600000001", "+33600000002", "+33600000003"))
    await stage.press("f", "down", "down", "down", "enter")
    await stage.until(lambda: page.table.row_count == 2)
    await stage.until(lambda: "from a file" in stage.text() and "by hand" not in stage.text())


async def test_a_long_list_is_read_as_it_is_seen_and_emptied_as_one(stage: Stage, shop: Actor) -> None:
    numbers = [f"+336{index:08}" for index in range(MANY)]
    await stage.app.backend.opt_outs.add_numbers(shop, numbers, OptOutSource.IMPORT)
    await stage.enter(shop, "opt-outs")
    page = stage.shell.page
    assert isinstance(page, OptOutsPage)
    await stage.until(lambda: page.table.row_count == MANY)
    await stage.press("end")
    await stage.until(lambda: numbers[-1] in stage.text())
    await stage.press("a", "delete")
    await stage.until_screen(ReasonModal)
    assert "Take 1,000 numbers off" in stage.text()
    await stage.type("wrong file")
    await stage.press("enter")
    await stage.until(lambda: page.table.row_count == 0)
    assert await stage.app.backend.opt_outs.count(shop) == 0


async def import_page(stage: Stage) -> OptOutImportPage:
    await stage.press("i")
    await stage.until(lambda: isinstance(stage.shell.page, OptOutImportPage) and stage.shell.page.has_focus_within)
    page = stage.shell.page
    assert isinstance(page, OptOutImportPage)
    return page


async def test_a_file_is_put_on_the_list_and_its_refused_lines_are_shown(
    stage: Stage, shop: Actor, documents: Path
) -> None:
    (documents / "stop.csv").write_text("Name;Mobile\nA;0601020304\nB;0601020304\nC;0144556677\nD;0601020305\n")
    page = await opened(stage, shop, "0601020305")
    await import_page(stage)
    await stage.until(lambda: "stop.csv" in stage.text())
    await stage.press("end", "enter")
    counts = ("1 number added", "1 on the list already", "1 duplicate", "1 refused")
    await stage.until(lambda: all(words in stage.text() for words in counts))
    assert "is a landline: it can't receive SMS." in " ".join(stage.text().split())
    assert "Another file" in stage.text()
    assert "Apply" not in stage.text()
    await stage.press("escape")
    await stage.until(lambda: stage.shell.page is page and page.table.row_count == 2)
    assert await listed(stage, shop) == {"+33601020304": "import", "+33601020305": "manual"}


async def test_a_file_without_numbers_is_refused_beside_its_choice(stage: Stage, shop: Actor, documents: Path) -> None:
    (documents / "names.csv").write_text("Name;Town\nA;Paris\n")
    await opened(stage, shop)
    page = await import_page(stage)
    await stage.until(lambda: "names.csv" in stage.text())
    await stage.press("end", "enter")
    chooser = page.query_one(FileChooser)
    await stage.until(lambda: "No column of the file" in chooser.query_one("#path-row", Labelled).error)
    assert await listed(stage, shop) == {}


async def test_a_long_list_of_another_account_is_not_seen(stage: Stage, shop: Actor) -> None:
    from tests.screens.conftest import account

    rival = await account(stage.app.backend, "rival", certified=False)
    await stage.app.backend.opt_outs.add(rival, "0601020304")
    await opened(stage, shop)
    assert "Nobody has answered STOP" in stage.text()
