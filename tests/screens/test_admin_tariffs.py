"""Administration › Tariffs, by keyboard: prices by country and type, and files of them."""

from pathlib import Path

import pytest

from smstui.domain.actor import Actor, Role
from smstui.domain.credits import Credits
from smstui.domain.states import MessageType
from smstui.domain.tariff import Tariff
from smstui.screens.admin.tariff_form import TariffForm
from smstui.screens.admin.tariff_import import TariffImportPage
from smstui.screens.admin.tariffs import TariffsPage
from smstui.widgets.labelled import Labelled
from smstui.widgets.modals import ConfirmModal
from tests.screens.administering import choose, label, save, shows
from tests.screens.importing import documents
from tests.screens.stage import Stage

__all__ = ["documents"]
PRO, UNICODE, VOIX = MessageType.PRO, MessageType.UNICODE, MessageType.VOIX


@pytest.fixture
async def page(stage: Stage, shop: Actor, documents: Path) -> TariffsPage:
    await stage.enter(shop, "tariffs")
    page = stage.shell.page
    assert isinstance(page, TariffsPage)
    await stage.until(shows(stage, "221 countries", "Afghanistan"))
    return page


async def tariff(stage: Stage) -> Tariff:
    return await stage.app.backend.tariffs.current()


async def find(stage: Stage, page: TariffsPage, words: str, code: str) -> None:
    await stage.press("slash")
    await stage.type(words)
    await stage.press("enter")
    await stage.until(lambda: page.table.cursor_key == code)


async def test_a_price_is_changed_in_the_form(stage: Stage, page: TariffsPage) -> None:
    await find(stage, page, "belg", "BE")
    await stage.press("enter")
    form = await stage.until_screen(TariffForm)
    assert "Belgium (BE)" in stage.text()
    assert "SMS Voix" not in stage.text()
    await stage.type("2,5")
    await stage.press("enter", "x", "enter")
    row = form.query_one(f"#{UNICODE}-row", Labelled)
    await stage.until(lambda: "between 0.001 and 1,000" in row.error)
    assert stage.focused is form.query_one(f"#{UNICODE}")
    await stage.press("backspace", "enter")
    await stage.until(lambda: stage.app.screen is stage.shell and "2.5" in stage.text())
    now = await tariff(stage)
    assert (now.price("BE", PRO), now.price("BE", UNICODE)) == (Credits(2500), None)
    await stage.until(shows(stage, "–", "2 prices changed."))


async def test_what_only_france_has_is_in_its_form(stage: Stage, page: TariffsPage) -> None:
    await find(stage, page, "france", "FR")
    await stage.press("enter")
    await stage.until_screen(TariffForm)
    await stage.until(shows(stage, "France (FR)", "SMS Réponse", "SMS Voix"))
    await stage.press("tab", "tab", "tab")
    await stage.type("3")
    await stage.press("ctrl+s")
    await stage.until(lambda: stage.app.screen is stage.shell)
    assert (await tariff(stage)).price("FR", VOIX) == Credits.of(3)
    await stage.press("enter")
    await stage.until_screen(TariffForm)
    await stage.press("escape")
    await stage.until(lambda: stage.app.screen is stage.shell)


async def test_countries_are_removed_and_added_again(stage: Stage, page: TariffsPage) -> None:
    await stage.press("space", "space", "delete")
    await stage.until_screen(ConfirmModal)
    await stage.until(shows(stage, "2 countries", "Afghanistan, Albania", "Delete 2 countries"))
    await stage.press("escape")
    await stage.until(lambda: stage.app.screen is stage.shell)
    assert (await tariff(stage)).price("AF", PRO) is not None
    await stage.press("delete")
    await stage.until_screen(ConfirmModal)
    await stage.press("right", "enter")
    await stage.until(lambda: stage.app.screen is stage.shell and "219 countries" in stage.text())
    await stage.press("n")
    form = await stage.until_screen(TariffForm)
    await stage.type("atlantis")
    await stage.press("ctrl+s")
    await stage.until(lambda: "no country that numbers" in form.query_one("#country-row", Labelled).error)
    await stage.fill("#country", "albania")
    await stage.until(shows(stage, "Albania (AL)"))
    await stage.press("ctrl+s")
    await stage.until(lambda: "such as 2.5" in form.query_one(f"#{PRO}-row", Labelled).error)
    await stage.type("4")
    await stage.press("ctrl+s")
    await stage.until(lambda: stage.app.screen is stage.shell and "220 countries" in stage.text())
    now = await tariff(stage)
    assert (now.price("AL", PRO), now.price("AL", UNICODE)) == (Credits.of(4), None)


async def test_an_embargo_is_said_under_the_price(stage: Stage, page: TariffsPage) -> None:
    await stage.press("n")
    form = await stage.until_screen(TariffForm)
    await stage.type("Russia")
    await stage.fill(f"#{PRO}", "2")
    await stage.press("ctrl+s")
    await stage.until(lambda: "Sanctions" in form.query_one(f"#{PRO}-row", Labelled).error)


async def test_the_country_that_is_typed_shows_its_prices(stage: Stage, page: TariffsPage) -> None:
    await stage.press("n")
    form = await stage.until_screen(TariffForm)
    await stage.type("be")
    await stage.until(lambda: form._text(PRO) == "2")
    await stage.type("x")
    await stage.until(lambda: form._text(PRO) == "")


async def test_a_file_is_previewed_and_applied(stage: Stage, page: TariffsPage, documents: Path) -> None:
    (documents / "prices.csv").write_text("BE;pro;3\nLU;pro;2.25\nDE;unicode;none\nFR;pro;1\n")
    await stage.press("i")
    await stage.until(lambda: isinstance(stage.shell.page, TariffImportPage))
    await choose(stage, "prices.csv")
    await stage.until(shows(stage, "4 prices read, 3 would change", "Belgium (BE)", "Luxembourg (LU)", "2.25"))
    assert label(stage, "#apply") == "Change 3 prices"
    assert (await tariff(stage)).price("BE", PRO) == Credits.of(2)
    await stage.press("ctrl+s")
    await stage.until_screen(ConfirmModal)
    await stage.until(shows(stage, "Change 3 prices of all accounts?"))
    await stage.press("enter")
    await stage.until(lambda: stage.shell.page is page and "3 prices changed." in stage.text())
    now = await tariff(stage)
    assert (now.price("BE", PRO), now.price("LU", PRO), now.price("DE", UNICODE)) == (
        Credits.of(3), Credits(2250), None,
    )  # fmt: skip
    await stage.press("i")
    await stage.until(lambda: isinstance(stage.shell.page, TariffImportPage))
    await choose(stage, "prices.csv")
    await stage.until(shows(stage, "nothing would change"))
    assert label(stage, "#apply") == ""


async def test_a_file_with_a_bad_line_changes_nothing(stage: Stage, page: TariffsPage, documents: Path) -> None:
    (documents / "bad.csv").write_text("BE;pro;3\nAtlantis;pro;2\nDE;fax;1\n")
    (documents / "image.csv").write_bytes(b"\x89PNG\0\1")
    await stage.press("i")
    await choose(stage, "image.csv")
    await stage.until(shows(stage, "This is no CSV file"))
    await choose(stage, "bad.csv")
    await stage.until(shows(stage, "2 lines can't be used", "“Atlantis” is no country that numbers belong to"))
    await stage.press("down")
    await stage.until(shows(stage, "“fax” is no type of message: write pro"))
    assert label(stage, "#apply") == ""
    await stage.press("ctrl+s", "escape")
    await stage.until(lambda: label(stage, "#open") != "")
    await stage.press("escape")
    await stage.until(lambda: stage.shell.page is page)
    assert (await tariff(stage)).price("BE", PRO) == Credits.of(2)


async def test_all_prices_are_exported(stage: Stage, page: TariffsPage, tmp_path: Path) -> None:
    await stage.press("x")
    await save(stage, tmp_path / "out.csv")
    assert "BE;pro;2" in (tmp_path / "out.csv").read_text("utf-8-sig").replace(",", ";")


async def test_who_is_no_administrator_any_more_changes_nothing(stage: Stage, page: TariffsPage, shop: Actor) -> None:
    administration = stage.app.backend.administration
    new = await stage.app.backend.accounts.find("ma-boutique")
    assert new.is_admin
    await stage.app.backend.tariffs.set_price(None, "BE", Credits.of(2))
    from tests.screens.conftest import account

    await account(stage.app.backend, "second")
    await administration.set_rights(None, "ma-boutique", role=Role.USER)
    await stage.press("enter")
    form = await stage.until_screen(TariffForm)
    await stage.type("9")
    await stage.press("ctrl+s")
    await stage.until(lambda: "Only an administrator" in form.query_one(f"#{PRO}-row", Labelled).error)
    assert (await tariff(stage)).price("AF", PRO) == Credits.of(3)
