"""The page of one contact: checked as one types, never loses what was written, knows a number that is there already."""

from datetime import date

import pytest
from textual.widgets import Button, Input

from smstui.domain.actor import Actor
from smstui.domain.contact import ContactField
from smstui.screens.contacts.contact_field import ContactLine
from smstui.screens.contacts.contact_form import ContactForm
from smstui.screens.contacts.contacts import ContactsPage
from smstui.screens.contacts.group_picker import GroupPicker
from smstui.services.contact_rows import Contact
from smstui.services.groups import GroupDetails
from smstui.widgets.modals import ConfirmModal
from tests.screens.book import HOSTILE, person
from tests.screens.conftest import account
from tests.screens.stage import Stage
from tests.screens.test_contacts import opened


async def form(stage: Stage, actor: Actor, key: str) -> ContactForm:
    """The form that `key` opens, once it has read what it shows."""
    await opened(stage, actor)
    await stage.press(key)
    await stage.until(lambda: isinstance(stage.shell.page, ContactForm))
    await stage.settle()
    page = stage.shell.page
    assert isinstance(page, ContactForm)
    await stage.until(lambda: isinstance(stage.focused, Input))
    return page


def error(page: ContactForm, field: str) -> str:
    return next(line.error for line in page.query(ContactLine) if line.input.id == field)


async def contact(stage: Stage, actor: Actor, mobile: str) -> Contact:
    found = await stage.app.backend.contacts.find(actor, mobile)
    assert found is not None
    return found


async def back_in_the_list(stage: Stage) -> None:
    await stage.until(lambda: isinstance(stage.shell.page, ContactsPage) and stage.shell.page.display)


async def test_a_contact_is_created_by_enter_from_field_to_field(stage: Stage, shop: Actor) -> None:
    await stage.app.backend.free_fields.add(shop, "Magasin")
    page = await form(stage, shop, "n")
    for text in ("Dupont", "Hugo", "hugo@example.com", "06 01 01 01 01", "Mr", "31.12.1990", "Fleurs", "1 rue", "Nice"):
        await stage.type(text)
        await stage.press("enter")
    assert stage.focused is page.query_one("#groups")
    await stage.press("ctrl+s")
    await back_in_the_list(stage)
    await stage.until(lambda: "Dupont" in stage.text() and "1 contact" in stage.text())
    created = await contact(stage, shop, "0601010101")
    assert created.details.name == "Hugo Dupont"
    assert created.details.birth_date == date(1990, 12, 31)
    assert created.details.extra == (("Magasin", "Nice"),)


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        (ContactField.MOBILE, "060102", "short number"),
        (ContactField.MOBILE, "0144556677", "landline"),
        (ContactField.EMAIL, "hugo@", "e-mail"),
        (ContactField.BIRTH_DATE, "31/12/2990", "not a birth date"),
        (ContactField.LAST_NAME, "x" * 201, "too long"),
    ],
)
async def test_what_is_wrong_is_said_beside_the_field(
    stage: Stage, shop: Actor, field: ContactField, typed: str, words: str
) -> None:
    page = await form(stage, shop, "n")
    await stage.fill(f"#{field}", typed)
    await stage.until(lambda: words in error(page, field))
    await stage.press("ctrl+s")
    await stage.settle()
    assert stage.shell.page is page
    await stage.fill(f"#{field}", "")
    await stage.until(lambda: not error(page, field))


async def test_a_contact_without_a_number_is_not_created(stage: Stage, shop: Actor) -> None:
    page = await form(stage, shop, "n")
    await stage.type("Dupont")
    await stage.press("ctrl+s")
    await stage.until(lambda: error(page, "mobile"))
    assert stage.focused is page.query_one("#mobile")


async def test_a_contact_is_edited_and_put_into_a_group(stage: Stage, shop: Actor) -> None:
    backend = stage.app.backend
    await backend.groups.add(shop, GroupDetails("Club de lecture"))
    await person(backend, shop, "+33601010101", "Dupont", "Hugo")
    page = await form(stage, shop, "enter")
    assert page.heading == "Hugo Dupont"
    await stage.press("end")
    await stage.type("-Martin")
    page.query_one("#groups").focus()
    await stage.press("enter")
    picker = await stage.until_screen(GroupPicker)
    await stage.until(lambda: "Club de lecture" in stage.text())
    await stage.press("enter")
    await stage.until(lambda: stage.focused is picker.query_one("#confirm"))
    await stage.press("enter")
    await stage.until(lambda: str(page.query_one("#groups", Button).label) == "Club de lecture")
    await stage.press("ctrl+s", "ctrl+s")
    await back_in_the_list(stage)
    edited = await contact(stage, shop, "0601010101")
    assert edited.details.last_name == "Dupont-Martin"
    assert edited.groups == ("Club de lecture",)


async def test_leaving_asks_when_something_would_be_lost(stage: Stage, shop: Actor) -> None:
    page = await form(stage, shop, "n")
    await stage.type("Dupont")
    await stage.press("escape")
    await stage.until_screen(ConfirmModal)
    await stage.press("enter")
    await stage.until(lambda: stage.app.screen is stage.shell)
    assert stage.shell.page is page
    await stage.press("escape")
    await stage.until_screen(ConfirmModal)
    await stage.press("right", "enter")
    await back_in_the_list(stage)


async def test_leaving_an_untouched_form_asks_nothing(stage: Stage, shop: Actor) -> None:
    await person(stage.app.backend, shop, "+33601010101", HOSTILE, HOSTILE)
    page = await form(stage, shop, "enter")
    for _ in range(2):  # faster than the page goes
        await stage.app.run_action("back", page)
    await back_in_the_list(stage)
    await stage.until(lambda: "[@click" in stage.text())


async def test_what_was_not_written_anew_is_kept_as_it_is(stage: Stage, shop: Actor) -> None:
    await person(stage.app.backend, shop, "+33601010101", HOSTILE)
    await form(stage, shop, "enter")
    await stage.fill("#company", "Fleurs")
    await stage.press("ctrl+s")
    await back_in_the_list(stage)
    details = (await contact(stage, shop, "0601010101")).details
    assert details.last_name == " ".join(HOSTILE.split())
    assert details.company == "Fleurs"


async def test_a_number_that_is_there_already_leads_to_its_contact(stage: Stage, shop: Actor) -> None:
    await person(stage.app.backend, shop, "+33601010101", "Dupont", "Hugo")
    page = await form(stage, shop, "n")
    await stage.fill("#mobile", "06 01 01 01 01")
    await stage.until(lambda: "in the address book already" in error(page, "mobile"))
    await stage.until(lambda: page.query_one("#open-other").region)
    await stage.press("f4")
    await stage.until(lambda: stage.shell.page is not page and stage.shell.page.heading == "Hugo Dupont")  # type: ignore[union-attr]
    await stage.press("escape")
    await stage.until(lambda: stage.shell.page is page)
    assert page.query_one("#mobile", Input).value == "06 01 01 01 01"
    await stage.press("ctrl+s")
    await stage.until(lambda: "in the address book already" in error(page, "mobile"))
    assert stage.shell.page is page


async def test_the_same_number_in_another_account_is_no_matter(stage: Stage, shop: Actor) -> None:
    rival = await account(stage.app.backend, "rival")
    await person(stage.app.backend, rival, "+33601010101", "Concurrent")
    await form(stage, shop, "n")
    await stage.fill("#mobile", "0601010101")
    await stage.press("ctrl+s")
    await back_in_the_list(stage)
    assert (await contact(stage, shop, "0601010101")).details.last_name == ""


async def test_says_whether_the_number_wants_messages(stage: Stage, shop: Actor) -> None:
    await stage.app.backend.opt_outs.add(shop, "0601010101")
    await person(stage.app.backend, shop, "+33601010101", "Dupont")
    await form(stage, shop, "enter")
    await stage.until(lambda: "On the STOP list since 22/11/2026 15:15" in stage.text())
    assert "Created on 22/11/2026 15:15" in stage.text()
    assert "Changed on" not in stage.text()


async def test_a_contact_deleted_meanwhile_is_said(stage: Stage, shop: Actor) -> None:
    gone = await person(stage.app.backend, shop, "+33601010101", "Dupont")
    page = await opened(stage, shop)
    await stage.until(lambda: page.table.row_count == 1)
    await stage.app.backend.contacts.remove(shop, [gone])
    await stage.press("enter")
    await stage.until(lambda: "This contact is no longer" in stage.text())
    await back_in_the_list(stage)
    await stage.until(lambda: page.note == "0 contacts")


async def test_the_focus_is_always_in_sight(stage: Stage, shop: Actor) -> None:
    for index in range(8):
        await stage.app.backend.free_fields.add(shop, f"Free {index}")
    page = await form(stage, shop, "n")
    for _ in range(8 + len(ContactField)):
        await stage.press("enter")
        assert stage.focused is not None
        assert page.region.contains_region(stage.focused.region)
    assert stage.focused is page.query_one("#groups")
