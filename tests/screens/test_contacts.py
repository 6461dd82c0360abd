"""Address book › Contacts (the guide, part 4): a list of any length, deletion with undo, groups, free fields."""

import pytest
from textual.widgets import Button, Select, Static

from smstui.domain.actor import Actor
from smstui.screens.contacts.contact_form import ContactForm
from smstui.screens.contacts.contacts import ContactsPage
from smstui.screens.contacts.free_fields import FreeFieldsModal
from smstui.screens.contacts.group_picker import GroupPicker
from smstui.screens.help import HelpModal
from smstui.services.contact_query import ContactKind, ContactQuery
from smstui.services.groups import GroupDetails
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import LineField
from smstui.widgets.modals import ConfirmModal
from tests.screens.book import HOSTILE, crowd, person
from tests.screens.conftest import account
from tests.screens.stage import Stage


async def opened(stage: Stage, actor: Actor) -> ContactsPage:
    """The page, with all that the book holds by now."""
    await stage.enter(actor, "contacts")
    page = stage.shell.page
    assert isinstance(page, ContactsPage)
    await stage.until(lambda: page.note)
    return page


async def four(stage: Stage, shop: Actor) -> ContactsPage:
    backend = stage.app.backend
    await person(backend, shop, "+33601010101", "Dupont", "Hugo", email="hugo@example.com")
    await person(backend, shop, "+33602020202", "Leduc", "Marie", company="Fleurs")
    await person(backend, shop, "+33603030303", "Desmoineau", "Claude")
    await person(backend, shop, "+33604040404", "Henry", "Francis")
    return await opened(stage, shop)


async def book(stage: Stage, actor: Actor) -> list[str]:
    """The names in the book, in alphabetic order."""
    contacts = stage.app.backend.contacts
    ids = await contacts.ids(actor, ContactQuery())
    return [each.details.last_name for each in await contacts.rows(actor, ids)]


def shown(stage: Stage, *names: str) -> bool:
    """Whether the list shows these names in this order, and no other of the four."""
    text = stage.text()
    places = [text.find(name) for name in names]
    others = {"Dupont", "Leduc", "Desmoineau", "Henry"} - set(names)
    return places == sorted(places) and -1 not in places and not any(name in text for name in others)


async def test_an_empty_book_says_what_to_do(stage: Stage, shop: Actor) -> None:
    page = await opened(stage, shop)
    assert "Your address book is empty. Press n" in stage.text()
    assert page.note == "0 contacts"
    await stage.press("n")
    await stage.until(lambda: isinstance(stage.shell.page, ContactForm))


async def test_ticked_contacts_are_deleted_and_brought_back_newest_first(stage: Stage, shop: Actor) -> None:
    page = await four(stage, shop)
    await stage.press("space", "space", "delete")
    await stage.until_screen(ConfirmModal)
    await stage.until(lambda: "Delete 2 contacts?" in stage.text())
    await stage.press("right", "enter")
    await stage.until(lambda: "2 contacts deleted." in stage.text())
    await stage.until(lambda: shown(stage, "Henry", "Leduc"))
    await stage.press("delete")
    await stage.until_screen(ConfirmModal)
    await stage.press("right", "enter")
    await stage.until(lambda: "1 contact deleted." in stage.text() and shown(stage, "Leduc"))
    await stage.press("u")
    await stage.until(lambda: shown(stage, "Henry", "Leduc") and "2 contacts deleted." in stage.text())
    await stage.press("u")
    await stage.until(lambda: shown(stage, "Desmoineau", "Dupont", "Henry", "Leduc"))
    assert not page.query_one("#undo").region
    assert len(await book(stage, shop)) == 4


async def test_escape_deletes_nothing(stage: Stage, shop: Actor) -> None:
    await four(stage, shop)
    await stage.press("a", "delete")
    await stage.until_screen(ConfirmModal)
    await stage.press("escape", "u")
    assert len(await book(stage, shop)) == 4


async def test_what_is_deleted_in_a_search_comes_back_in_it(stage: Stage, shop: Actor) -> None:
    page = await four(stage, shop)
    await stage.press("slash")
    await stage.type("u")
    await stage.until(lambda: "3 / 4" in stage.text())
    await stage.press("enter", "a", "delete")
    await stage.until_screen(ConfirmModal)
    assert "Delete 3 contacts?" in stage.text()
    await stage.press("right", "enter")
    await stage.until(lambda: "0 / 1" in stage.text())
    await stage.press("u")
    await stage.until(lambda: "3 / 4" in stage.text() and page.table.row_count == 3)
    assert len(await book(stage, shop)) == 4


async def test_a_page_that_is_left_forgets_what_was_deleted(stage: Stage, shop: Actor) -> None:
    await four(stage, shop)
    await stage.press("delete")
    await stage.until_screen(ConfirmModal)
    await stage.press("right", "enter")
    await stage.until(lambda: "1 contact deleted." in stage.text())
    await stage.go_to("groups")
    await stage.go_to("contacts")
    await stage.until(lambda: "3 contacts" in stage.text())
    await stage.press("u")
    await stage.settle()
    assert len(await book(stage, shop)) == 3
    kept = "SELECT count(*) FROM deleted_contact"
    assert await stage.app.backend.database.read(lambda tx: tx.exec_driver_sql(kept).scalar()) == 0


async def test_quitting_with_a_deletion_to_undo_is_no_trouble(stage: Stage, shop: Actor) -> None:
    await four(stage, shop)
    await stage.press("delete")
    await stage.until_screen(ConfirmModal)
    await stage.press("right", "enter")
    await stage.until(lambda: "1 contact deleted." in stage.text())
    await stage.press("ctrl+q")


async def test_search_finds_numbers_as_people_write_them_and_the_last_text_wins(stage: Stage, shop: Actor) -> None:
    await four(stage, shop)
    await stage.press("slash")
    await stage.type("060202")
    await stage.until(lambda: shown(stage, "Leduc") and "1 / 4" in stage.text())
    await stage.press(*["backspace"] * 6)
    await stage.type("HÉNRY")
    await stage.until(lambda: shown(stage, "Henry"))
    await stage.press("down")
    assert stage.focused is stage.shell.page.table  # type: ignore[union-attr]


async def test_sorted_by_name_number_and_date_both_ways(stage: Stage, shop: Actor) -> None:
    await four(stage, shop)
    await stage.until(lambda: shown(stage, "Desmoineau", "Dupont", "Henry", "Leduc"))
    await stage.press("s")
    await stage.until(lambda: shown(stage, "Leduc", "Henry", "Dupont", "Desmoineau"))
    await stage.press("s")
    await stage.until(lambda: shown(stage, "Dupont", "Leduc", "Desmoineau", "Henry"))
    await stage.press("s", "s", "s")
    await stage.until(lambda: shown(stage, "Henry", "Desmoineau", "Leduc", "Dupont"))
    assert "newest first" in stage.text()


async def test_filters_by_group_and_by_kind(stage: Stage, shop: Actor) -> None:
    backend = stage.app.backend
    club = await backend.groups.add(shop, GroupDetails("[b]Club"))
    await backend.opt_outs.add(shop, "0603030303")
    page = await four(stage, shop)
    ids = await backend.contacts.ids(shop, ContactQuery(search="u"))
    await backend.groups.add_members(shop, club.id, ids[:2])
    await stage.until(lambda: page.query_one("#group").display)
    await stage.press("f")
    await stage.until(lambda: "[b]Club" in stage.text())
    await stage.press("down", "enter")
    await stage.until(lambda: shown(stage, "Desmoineau", "Dupont") and "2 / 4" in stage.text())
    page.query_one("#kind", Select).value = ContactKind.OPTED_OUT
    await stage.until(lambda: shown(stage, "Desmoineau") and "1 / 4" in stage.text())
    page.query_one("#group", Select).clear()
    await stage.until(lambda: page.list.query_shown.group_id is None)
    await stage.until(lambda: shown(stage, "Desmoineau"))


async def test_a_number_on_the_stop_list_says_so(stage: Stage, shop: Actor) -> None:
    await stage.app.backend.opt_outs.add(shop, "0603030303")
    await four(stage, shop)
    await stage.until(lambda: "+33603030303" in stage.text())
    line = next(line for line in stage.text().splitlines() if "+33603030303" in line)
    assert "STOP" in line


async def test_contacts_are_put_into_a_group_and_taken_out(stage: Stage, shop: Actor) -> None:
    groups = stage.app.backend.groups
    await groups.add(shop, GroupDetails("Club de lecture"))
    await groups.add(shop, GroupDetails("VIP"))
    await groups.add(shop, GroupDetails("Found by words", filter="u"))
    await four(stage, shop)
    await stage.press("space", "space", "g")
    picker = await stage.until_screen(GroupPicker)
    await stage.until(lambda: "Groups of 2 contacts" in stage.text() and "VIP" in stage.text())
    assert "Found by words" not in stage.text()
    assert picker.query_one("#confirm", Button).disabled
    await stage.press("slash")
    await stage.type("vip")
    await stage.press("enter", "space", "slash", "backspace", "backspace", "backspace", "enter", "home", "enter")
    await stage.until(lambda: stage.focused is picker.query_one("#confirm"))
    await stage.press("enter")
    await stage.until(lambda: "4 contacts put in." in stage.text())
    assert [(each.name, each.contacts) for each in await groups.list(shop) if not each.is_dynamic] == [
        ("Club de lecture", 2),
        ("VIP", 2),
    ]
    await stage.press("g")
    picker = await stage.until_screen(GroupPicker)
    await stage.until(lambda: "VIP" in stage.text())
    await stage.press("shift+tab", "shift+tab", "right", "tab", "tab", "end", "enter")
    await stage.until(lambda: stage.focused is picker.query_one("#confirm"))
    await stage.press("ctrl+s")
    await stage.until(lambda: "2 contacts taken out." in stage.text())
    assert (await groups.find(shop, "VIP")).contacts == 0


async def test_free_fields_are_added_and_deleted(stage: Stage, shop: Actor) -> None:
    await four(stage, shop)
    await stage.press("p")
    modal = await stage.until_screen(FreeFieldsModal)
    await stage.type("Mobile")
    await stage.until(lambda: "already" in modal.query_one("#name-row", Labelled).error)
    await stage.fill("#name", "Magasin")
    await stage.press("enter", "enter")
    await stage.until(lambda: "Magasin" in stage.text())
    await stage.press("shift+tab", "delete")
    await stage.until_screen(ConfirmModal)
    await stage.press("right", "enter")
    await stage.until_screen(FreeFieldsModal)
    await stage.until(lambda: "Magasin" not in stage.text())
    assert await stage.app.backend.free_fields.list(shop) == ()
    await stage.press("escape")
    await stage.until(lambda: not isinstance(stage.app.screen, FreeFieldsModal))


async def test_names_that_other_people_wrote_do_nothing(stage: Stage, shop: Actor) -> None:
    await person(stage.app.backend, shop, "+33601010101", HOSTILE, HOSTILE, company=HOSTILE)
    await opened(stage, shop)
    await stage.until(lambda: "[@click=app" in stage.text())
    assert "\x1b" not in stage.text()
    assert "\u202e" not in stage.text()
    await stage.press("e")
    await stage.until(lambda: isinstance(stage.shell.page, ContactForm) and "[@click=app.quit]" in stage.text())
    assert "\x1b" not in stage.text()
    await stage.press("escape")
    await stage.until(lambda: isinstance(stage.shell.page, ContactsPage))
    assert await book(stage, shop) == [HOSTILE]


async def test_the_book_of_another_account_is_never_seen(stage: Stage, shop: Actor) -> None:
    rival = await account(stage.app.backend, "rival")
    await stage.app.backend.groups.add(rival, GroupDetails("Secret"))
    await person(stage.app.backend, rival, "+33609090909", "Concurrent")
    page = await four(stage, shop)
    await stage.press("slash")
    await stage.type("concurrent")
    await stage.until(lambda: "0 / 4" in stage.text())
    assert not page.query_one("#group").display


async def test_fifty_thousand_contacts_scrolled_to_both_ends(stage: Stage, shop: Actor) -> None:
    await crowd(stage.app.backend, shop, 50_000)
    page = await opened(stage, shop)
    await stage.until(lambda: "50,000 contacts" in stage.text() and "Nom 0000000" in stage.text())
    await stage.press("end")
    await stage.until(lambda: "Nom 0049999" in stage.text())
    await stage.press("a", "space")
    await stage.until(lambda: "49,999 ticked" in stage.text())
    await stage.press("home")
    await stage.until(lambda: "Nom 0000000" in stage.text())
    await stage.press("slash")
    await stage.type("4999")
    await stage.until(lambda: "/ 50,000" in stage.text() and page.table.mark_count == 0)
    await stage.until(lambda: all(f"Nom 00{place}" in stage.text() for place in ("04999", "14999", "24999")))


async def test_a_search_typed_while_the_list_is_still_read(stage: Stage, shop: Actor) -> None:
    await crowd(stage.app.backend, shop, 20_000)
    page = await opened(stage, shop)
    await stage.press("s", "slash")
    for letter in "nom 0012345":
        page.query_one(LineField).insert_text_at_cursor(letter)
    await stage.until(lambda: "1 / 20,000" in stage.text() and "Nom 0012345" in stage.text())
    assert page.query_one(LineField).value == "nom 0012345"


@pytest.mark.parametrize("action", ["create", "edit"])
async def test_a_key_pressed_twice_opens_one_page(stage: Stage, shop: Actor, action: str) -> None:
    page = await four(stage, shop)
    for _ in range(2):  # before the page that it opens is there
        await stage.app.run_action(action, page)
    await stage.until(lambda: isinstance(stage.shell.page, ContactForm))
    await stage.settle()
    await stage.press("escape")
    await stage.until(lambda: isinstance(stage.shell.page, ContactsPage))


@pytest.mark.parametrize("key", ["delete", "g", "p"])
async def test_a_key_pressed_twice_asks_once(stage: Stage, shop: Actor, key: str) -> None:
    await four(stage, shop)
    await stage.press(key, key)
    await stage.until(lambda: len(stage.app.screen_stack) > 2)
    await stage.press("escape")
    await stage.until(lambda: stage.app.screen is stage.shell)


async def test_help_names_every_key(stage: Stage, shop: Actor) -> None:
    await four(stage, shop)
    await stage.press("f1")
    help_ = await stage.until_screen(HelpModal)
    keys = "\n".join(str(line.content) for line in help_.query(Static))
    for words in ("Create contact", "Edit", "Delete", "Put into a group", "Free fields", "Filter"):
        assert words in keys
    assert "Undo the deletion" not in keys
