"""Address book › Groups (the guide, part 4): created, described anew, deleted; their contacts put in and taken out."""

from textual.widgets import Button

from smstui.domain.actor import Actor
from smstui.screens.contacts.contact_form import ContactForm
from smstui.screens.contacts.contact_picker import ContactPicker
from smstui.screens.contacts.group import GroupPage
from smstui.screens.contacts.group_form import GroupForm
from smstui.screens.contacts.groups import GroupsPage
from smstui.services.contact_query import ContactQuery
from smstui.services.groups import Group, GroupDetails
from smstui.widgets.labelled import Labelled
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.windowed_table import WindowedTable
from tests.screens.book import HOSTILE, crowd, person
from tests.screens.conftest import account
from tests.screens.stage import Stage


async def opened(stage: Stage, actor: Actor) -> GroupsPage:
    await stage.enter(actor, "groups")
    page = stage.shell.page
    assert isinstance(page, GroupsPage)
    await stage.until(lambda: page.note)
    return page


async def names(stage: Stage, actor: Actor) -> list[str]:
    return [group.name for group in await stage.app.backend.groups.list(actor)]


async def club(stage: Stage, shop: Actor, *members: str) -> Group:
    """The group "Club de lecture", with contacts of these names in it, and Henry in the book."""
    backend = stage.app.backend
    group = await backend.groups.add(shop, GroupDetails("Club de lecture", "Les mardis"))
    await person(backend, shop, "+33604040404", "Henry")
    ids = [await person(backend, shop, f"+3360101010{place}", name) for place, name in enumerate(members)]
    await backend.groups.add_members(shop, group.id, ids)
    return await backend.groups.get(shop, group.id)


async def members_page(stage: Stage, shop: Actor) -> GroupPage:
    """The page of the first group."""
    await opened(stage, shop)
    await stage.press("enter")
    await stage.until(lambda: isinstance(stage.shell.page, GroupPage) and stage.shell.page.note)
    page = stage.shell.page
    assert isinstance(page, GroupPage)
    await stage.settle()
    return page


async def members(stage: Stage, actor: Actor, group: Group) -> list[str]:
    contacts = stage.app.backend.contacts
    ids = await contacts.ids(actor, ContactQuery(group_id=group.id))
    return [each.details.last_name for each in await contacts.rows(actor, ids)]


async def test_a_group_is_created(stage: Stage, shop: Actor) -> None:
    page = await opened(stage, shop)
    assert "No group yet: press n" in stage.text()
    await stage.press("n", "n")
    form = await stage.until_screen(GroupForm)
    await stage.fill("#name", "Groupe 1")
    await stage.press("enter")
    await stage.type("Premier")
    await stage.press("ctrl+s", "ctrl+s")
    await stage.until(lambda: page.note == "1 group" and "Groupe 1" in stage.text())
    assert "22/11/2026 15:15" in stage.text()
    assert not form.is_current
    group = await stage.app.backend.groups.find(shop, "groupe 1")
    assert (group.description, group.is_dynamic) == ("Premier", False)


async def test_what_is_wrong_with_a_group_is_said(stage: Stage, shop: Actor) -> None:
    await club(stage, shop)
    await opened(stage, shop)
    await stage.press("n")
    form = await stage.until_screen(GroupForm)
    await stage.press("ctrl+s")
    await stage.until(lambda: "a name" in form.query_one("#name-row", Labelled).error)
    await stage.fill("#name", "CLUB DE LECTURE")
    await stage.press("ctrl+s")
    await stage.until(lambda: "already named" in form.query_one("#name-row", Labelled).error)
    await stage.fill("#description", "x" * 501)
    await stage.until(lambda: "too long" in form.query_one("#description-row", Labelled).error)
    await stage.press("escape")
    await stage.until(lambda: stage.app.screen is stage.shell)
    assert await names(stage, shop) == ["Club de lecture"]


async def test_a_group_found_by_words_counts_them_as_one_types(stage: Stage, shop: Actor) -> None:
    await crowd(stage.app.backend, shop, 30)
    await opened(stage, shop)
    await stage.press("n")
    form = await stage.until_screen(GroupForm)
    await stage.fill("#name", "Vingt")
    await stage.fill("#words", "nom 000002")
    await stage.until(lambda: "11 contacts found now" in stage.text())
    form.query_one("#words").focus()
    await stage.press("enter")
    await stage.until(lambda: stage.app.screen is stage.shell and "Vingt" in stage.text())
    await stage.press("enter")
    await stage.until(lambda: isinstance(stage.shell.page, GroupPage) and stage.shell.page.note == "11 contacts")
    assert "Contacts found by: nom 000002" in stage.text()
    await stage.press("n", "delete")
    await stage.settle()
    assert stage.app.screen is stage.shell


async def test_a_group_is_named_anew(stage: Stage, shop: Actor) -> None:
    group = await club(stage, shop, "Dupont")
    await opened(stage, shop)
    await stage.press("e")
    await stage.until_screen(GroupForm)
    await stage.fill("#name", "Lecteurs")
    await stage.press("ctrl+s")
    await stage.until(lambda: "Lecteurs" in stage.text())
    assert await members(stage, shop, group) == ["Dupont"]


async def test_chosen_contacts_leave_a_group_for_words_only_after_a_question(stage: Stage, shop: Actor) -> None:
    group = await club(stage, shop, "Dupont")
    await opened(stage, shop)
    await stage.press("e")
    await stage.until_screen(GroupForm)
    await stage.fill("#words", "henry")
    await stage.press("ctrl+s")
    await stage.until_screen(ConfirmModal)
    assert "The 1 contact chosen" in stage.text()
    await stage.press("escape")
    await stage.until_screen(GroupForm)
    assert await members(stage, shop, group) == ["Dupont"]
    await stage.press("ctrl+s")
    await stage.until_screen(ConfirmModal)
    await stage.press("right", "enter")
    await stage.until(lambda: stage.app.screen is stage.shell)
    assert await members(stage, shop, group) == ["Henry"]


async def test_ticked_groups_are_deleted_and_their_contacts_stay(stage: Stage, shop: Actor) -> None:
    await club(stage, shop, "Dupont")
    await stage.app.backend.groups.add(shop, GroupDetails("VIP"))
    await opened(stage, shop)
    await stage.press("a", "delete")
    await stage.until_screen(ConfirmModal)
    assert "Delete 2 groups? Their contacts stay" in stage.text()
    await stage.press("escape")
    assert len(await names(stage, shop)) == 2
    await stage.press("delete")
    await stage.until_screen(ConfirmModal)
    await stage.press("right", "enter")
    await stage.until(lambda: "No group yet" in stage.text())
    assert await stage.app.backend.contacts.count(shop, ContactQuery()) == 2


async def test_search_and_refresh(stage: Stage, shop: Actor) -> None:
    groups = stage.app.backend.groups
    await groups.add(shop, GroupDetails("Club de lecture"))
    page = await opened(stage, shop)
    await groups.add(shop, GroupDetails("Été"))
    await stage.press("r")
    await stage.until(lambda: page.note == "2 groups")
    await stage.press("slash")
    await stage.type("ete")
    await stage.until(lambda: "Été" in stage.text() and "Club de lecture" not in stage.text())


async def test_contacts_are_chosen_by_search_and_ticks(stage: Stage, shop: Actor) -> None:
    group = await club(stage, shop)
    await person(stage.app.backend, shop, "+33601010101", "Dupont")
    await person(stage.app.backend, shop, "+33602020202", "Leduc")
    page = await members_page(stage, shop)
    assert "Nobody is in this group yet" in stage.text()
    await stage.press("n", "n")
    picker = await stage.until_screen(ContactPicker)
    await stage.until(lambda: "Leduc" in stage.text())
    await stage.press("slash")
    await stage.type("leduc")
    await stage.until(lambda: "1 / 3" in stage.text())
    await stage.press("enter", "space", "slash", "home", "ctrl+k")
    await stage.type("dup")
    await stage.until(lambda: "Dupont" in stage.text() and "1 / 3" in stage.text())
    await stage.press("enter", "enter")
    await stage.until(lambda: stage.focused is picker.query_one("#confirm"))
    assert "Add 2 contacts" in stage.text()
    await stage.press("enter")
    await stage.until(lambda: page.note == "2 contacts" and "2 contacts put in." in stage.text())
    assert await members(stage, shop, group) == ["Dupont", "Leduc"]


async def test_all_that_a_search_finds_is_put_in(stage: Stage, shop: Actor) -> None:
    group = await club(stage, shop)
    await crowd(stage.app.backend, shop, 1_000)
    page = await members_page(stage, shop)
    await stage.press("n")
    picker = await stage.until_screen(ContactPicker)
    await stage.press("slash")
    await stage.type("nom 00004")
    await stage.press("tab")
    await stage.until(lambda: "111 / 1,001" in stage.text())
    picker.query_one("#all", Button).press()
    await stage.until(lambda: "Add 111 contacts" in stage.text())
    await stage.press("ctrl+s", "ctrl+s")
    await stage.until(lambda: page.note == "111 contacts")
    assert len(await members(stage, shop, group)) == 111


async def test_contacts_are_taken_out_and_stay_in_the_book(stage: Stage, shop: Actor) -> None:
    group = await club(stage, shop, "Dupont", "Leduc", "Martin")
    page = await members_page(stage, shop)
    await stage.press("space", "space", "delete", "delete")
    await stage.until_screen(ConfirmModal)
    assert "Take 2 contacts out of this group?" in stage.text()
    await stage.press("right", "enter")
    await stage.until(lambda: page.note == "1 contact")
    assert await members(stage, shop, group) == ["Martin"]
    assert await stage.app.backend.contacts.count(shop, ContactQuery()) == 4
    await stage.press("escape")
    await stage.until(lambda: isinstance(stage.shell.page, GroupsPage))


async def test_a_member_is_edited_from_the_group(stage: Stage, shop: Actor) -> None:
    await club(stage, shop, "Dupont")
    page = await members_page(stage, shop)
    await stage.press("e")
    await stage.until(lambda: isinstance(stage.shell.page, ContactForm))
    await stage.settle()
    await stage.fill("#last_name", "Durand")
    await stage.press("ctrl+s")
    await stage.until(lambda: stage.shell.page is page and "Durand" in stage.text())


async def test_a_group_deleted_meanwhile_is_said(stage: Stage, shop: Actor) -> None:
    group = await club(stage, shop, "Dupont")
    await opened(stage, shop)
    await stage.app.backend.groups.remove(shop, [group.id])
    await stage.press("enter")
    await stage.until(lambda: "This group no longer exists" in stage.text())
    await stage.until(lambda: isinstance(stage.shell.page, GroupsPage) and "No group yet" in stage.text())


async def test_hostile_names_do_nothing(stage: Stage, shop: Actor) -> None:
    await stage.app.backend.groups.add(shop, GroupDetails(HOSTILE[:100], HOSTILE))
    await members_page(stage, shop)
    assert "[@click=app" in stage.text()
    await stage.press("escape")
    await stage.until(lambda: isinstance(stage.shell.page, GroupsPage) and isinstance(stage.focused, WindowedTable))
    assert "[@click=app" in stage.text()
    assert "\x1b" not in stage.text()
    await stage.press("e")
    await stage.until_screen(GroupForm)
    await stage.press("ctrl+s")
    await stage.until(lambda: stage.app.screen is stage.shell)
    assert await names(stage, shop) == [" ".join(HOSTILE[:100].split())]


async def test_the_groups_of_another_account_are_never_seen(stage: Stage, shop: Actor) -> None:
    rival = await account(stage.app.backend, "rival")
    await stage.app.backend.groups.add(rival, GroupDetails("Secret"))
    await opened(stage, shop)
    assert "No group yet" in stage.text()
