"""Administration › Audit trail, by keyboard: searched, read on, looked at, taken out."""

from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Connection, insert

from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.screens.admin.audit import AuditPage, EntryModal
from smstui.screens.admin.audit_list import READ_AT_ONCE
from smstui.screens.admin.audit_words import ACTION_WORDS
from smstui.screens.credits.period_modal import PeriodModal
from smstui.services.accounts import NewAccount
from smstui.services.audit import AuditAction
from smstui.storage.tables import audit_entry
from smstui.widgets.pick_list import PickModal
from tests.screens.administering import save, shows
from tests.screens.stage import Stage
from tests.support import PASSWORD, FakeClock


@pytest.fixture
async def rival(stage: Stage, shop: Actor) -> Actor:
    """Whose credits were changed, and who was blocked the next day for a hostile reason."""
    backend = stage.app.backend
    new = NewAccount("rival", "rival@example.com", PASSWORD, "en", credits=Credits.of(10))
    rival = await backend.accounts.create(new)
    await backend.administration.adjust_credits(shop, "rival", Credits.of(5), "Gift")
    assert isinstance(backend.clock, FakeClock)
    backend.clock.advance(timedelta(days=1).total_seconds())
    await backend.administration.block(shop, "rival", "Spam [b]x[/] \u202e and much more of that")
    return rival


async def opened(stage: Stage, shop: Actor) -> AuditPage:
    await stage.enter(shop, "audit")
    page = stage.shell.page
    assert isinstance(page, AuditPage)
    await stage.until(lambda: page.list.table.row_count > 0)
    return page


def test_every_action_has_words() -> None:
    assert set(AuditAction) == set(ACTION_WORDS)
    assert len(set(ACTION_WORDS.values())) == len(ACTION_WORDS)


async def test_the_trail_is_searched_by_words_account_action_and_period(
    stage: Stage, shop: Actor, rival: Actor
) -> None:
    page = await opened(stage, shop)
    rows = lambda count: lambda: page.list.table.row_count == count  # noqa: E731
    await stage.until(rows(4))
    await stage.until(shows(stage, "account blocked", "credits given", "23/11/2026", "22/11/2026"))
    await stage.press("slash")
    await stage.type("gift")
    await stage.until(rows(2))
    await stage.press(*["backspace"] * 4, "enter")
    await stage.until(rows(4))
    await stage.press("c")
    await stage.type("RIVAL")
    await stage.until(rows(2))
    await stage.press(*["backspace"] * 5, "enter")
    await stage.until(rows(4))
    await stage.press("f")
    await stage.until_screen(PickModal)
    await stage.press("a", "a", "a", "enter")
    await stage.until(lambda: page.list.table.row_count == 2 and "credits given" not in stage.text())
    await stage.press("f")
    await stage.until_screen(PickModal)
    await stage.press("home", "enter")
    await stage.until(rows(4))
    await stage.press("p")
    await stage.until_screen(PeriodModal)
    await stage.type("23/11/2026")
    await stage.press("enter", "enter")
    await stage.until(lambda: page.list.table.row_count == 2 and "credits given" not in stage.text())
    await stage.press("p")
    await stage.until_screen(PeriodModal)
    await stage.fill("#first", "")
    await stage.fill("#last", "22/11/2026")
    await stage.press("enter", "enter")
    await stage.until(lambda: page.list.table.row_count == 2 and "account blocked" not in stage.text())


async def test_an_entry_is_shown_whole_and_as_data(stage: Stage, shop: Actor, rival: Actor) -> None:
    await opened(stage, shop)
    await stage.until(shows(stage, "Spam [b]x[/] ‹U+202E› and"))
    await stage.press("enter")
    await stage.until_screen(EntryModal)
    await stage.until(shows(stage, "Monday, November 23, 2026", "account_blocked", "Spam [b]x[/] ‹U+202E›"))
    await stage.press("escape")
    await stage.until(lambda: stage.app.screen is stage.shell)


async def test_what_is_shown_is_exported(stage: Stage, shop: Actor, rival: Actor, tmp_path: Path) -> None:
    page = await opened(stage, shop)
    await stage.press("slash")
    await stage.type("spam")
    await stage.until(lambda: page.list.table.row_count == 2)
    await stage.press("enter", "x")
    await save(stage, tmp_path / "audit.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "audit.xlsx").active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert len(rows) == 3
    assert {row[2] for row in rows[1:]} == {"account_blocked"}


async def test_older_entries_are_read_as_they_are_reached(stage: Stage, shop: Actor) -> None:
    many, at = 2 * READ_AT_ONCE + 10, stage.app.backend.clock.now()
    entries = [
        {"account_id": shop.account_id, "at": at, "action": AuditAction.OPT_OUT_ADDED, "subject": f"number {index}"}
        for index in range(many)
    ]

    def add(tx: Connection) -> None:
        tx.execute(insert(audit_entry), entries)

    await stage.app.backend.database.write(add)
    page = await opened(stage, shop)
    table = page.list.table
    await stage.until(lambda: table.row_count == READ_AT_ONCE and f"{READ_AT_ONCE}+" in stage.text())
    await stage.press("end")
    await stage.until(lambda: table.row_count == 2 * READ_AT_ONCE)
    await stage.press("end")
    await stage.until(lambda: table.row_count == many)
    await stage.press("end")
    await stage.until(shows(stage, "number 0", "1,010"))
    assert "1,010+" not in stage.text()
    await stage.app.backend.opt_outs.add_numbers(shop, ["+33601020304"])
    await stage.press("home", "r")
    await stage.until(lambda: table.row_count == READ_AT_ONCE)
