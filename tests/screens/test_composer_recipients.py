"""The composer's recipients: groups, contacts and numbers together, who is left out, what it costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets import Static

from smstui.domain.actor import Actor
from smstui.domain.recipients import read_recipients
from smstui.screens.contacts.contact_picker import ContactPicker
from smstui.screens.contacts.group_picker import GroupPicker
from smstui.screens.messaging.list_modal import ListModal
from smstui.screens.messaging.reckoning_table import ReckoningTable
from smstui.services.groups import GroupDetails
from smstui.widgets import recipients_area
from smstui.widgets.recipients_area import NOTHING, RecipientsArea
from tests.screens.book import crowd, person
from tests.screens.composing import compose, composer, go_on
from tests.screens.conftest import account
from tests.screens.road import connect
from tests.screens.stage import Stage


@pytest.fixture
async def shop(stage: Stage) -> Actor:
    """In the composer's second step, with a text and a book of four people in two groups."""
    backend = stage.app.backend
    await connect(backend)
    actor = await account(backend, "ma-boutique")
    clients = await backend.groups.add(actor, GroupDetails("Clients"))
    club = await backend.groups.add(actor, GroupDetails("Club"))
    await backend.groups.add(actor, GroupDetails("Nobody"))
    await backend.groups.add(actor, GroupDetails("Everybody called Leduc", filter="leduc"))
    people = [("Leduc", "Marie"), ("Dupont", "Hugo"), ("Henry", "Francis"), ("Payet", "")]
    for index, (last, first) in enumerate(people):
        mobile = "+262692123456" if last == "Payet" else f"+3360102030{index}"
        contact = await person(backend, actor, mobile, last, first)
        await backend.groups.add_members(actor, clients.id, [contact])
        if index < 2:
            await backend.groups.add_members(actor, club.id, [contact])
    await backend.opt_outs.add(actor, "+33601020301")
    await stage.enter(actor)
    await compose(stage)
    await stage.type("Promo")
    await stage.press("enter")
    await stage.type("Bonjour")
    await go_on(stage)
    return actor


async def choose_groups(stage: Stage, search: str, *keys: str) -> GroupPicker:
    """Search groups, tick by `keys`."""
    stage.app.screen.query_one("#pick-groups").focus()
    await stage.press("enter")
    picker = await stage.until_screen(GroupPicker)
    await stage.until(lambda: "Clients" in stage.text())
    await stage.type(search)
    await stage.press("enter", *keys)
    return picker


async def confirm(stage: Stage) -> None:
    screen = stage.app.screen
    await stage.press("ctrl+s")
    await stage.until(lambda: stage.app.screen is not screen)
    await stage.settle()


def row(stage: Stage, words: str) -> str:
    """The line of the reckoning that begins so, its spaces made one."""
    lines = (" ".join(line.split()) for line in stage.text().splitlines())
    return next((line.partition("▕ ")[2] for line in lines if f" {words}" in line), "")


@pytest.mark.usefixtures("shop")
async def test_the_three_ways_together_name_each_number_once(stage: Stage) -> None:
    page = composer(stage)
    await choose_groups(stage, "cl", "space", "space")
    await confirm(stage)
    await stage.until(lambda: "Clients (4), Club (2)" in stage.text())
    stage.app.screen.query_one("#pick-contacts").focus()
    await stage.press("enter")
    await stage.until_screen(ContactPicker)
    await stage.until(lambda: "Henry" in stage.text())
    await stage.type("henry")
    await stage.press("enter", "space")
    await confirm(stage)
    await stage.until(lambda: "1 contact" in stage.text())
    stage.app.screen.query_one("#numbers").focus()
    await stage.type("0601020300")
    await stage.press("enter")
    await stage.type("0698000000")
    await stage.press("enter")
    await stage.until(lambda: "recipients: 4 · 1 SMS each" in stage.text())
    await stage.until(lambda: row(stage, "On the STOP list").endswith("1"))
    assert row(stage, "Duplicates").endswith("4")
    assert row(stage, "France").endswith("3 3 3")
    assert row(stage, "Réunion").endswith("1 1 1.5")
    assert page.plans.whole is not None
    assert page.plans.whole.recipients == 4


@pytest.mark.usefixtures("shop")
async def test_groups_without_contacts_cant_be_ticked_and_those_found_by_words_can(stage: Stage) -> None:
    page = composer(stage)
    picker = await choose_groups(stage, "body", "space", "space")
    await stage.until(lambda: picker.query_one("#hint", Static).has_class("-error"))
    assert "Groups without contacts can't be selected." in stage.text()
    await confirm(stage)
    await stage.until(lambda: "Everybody called Leduc (1)" in stage.text())
    assert len(page.written.group_ids) == 1


@pytest.mark.usefixtures("shop")
async def test_every_line_that_leaves_somebody_out_opens(stage: Stage) -> None:
    await choose_groups(stage, "cl", "space", "space")
    await confirm(stage)
    stage.app.screen.query_one("#numbers").focus()
    await stage.type("+79161234567")
    await stage.press("enter")
    await stage.until(lambda: "No tariff" in stage.text())
    table = stage.app.screen.query_one(ReckoningTable)
    table.focus()
    expected = {"On the STOP list": "Hugo Dupont", "Duplicates": "Marie Leduc", "No tariff": "Russia"}
    for index, (words, shown) in enumerate(expected.items()):
        assert words in stage.text()
        await stage.press("home", *["down"] * index, "enter")
        await stage.until_screen(ListModal)
        await stage.until(lambda shown=shown: shown in stage.text())  # type: ignore[misc]
        await stage.press("escape")
        await stage.until(lambda: not isinstance(stage.app.screen, ListModal))


async def test_who_has_no_value_for_a_field_and_whose_letters_change_are_counted(stage: Stage, shop: Actor) -> None:
    await person(stage.app.backend, shop, "+33601020399", "Wałęsa", "Łukasz")
    page = composer(stage)
    await stage.press("escape")
    area = stage.app.screen.query_one("#text")
    area.focus()
    await stage.press("ctrl+end", *" {first_name}")
    await stage.until(lambda: page.written.text == "Bonjour {first_name}")
    await go_on(stage)
    stage.app.screen.query_one("#pick-contacts").focus()
    await stage.press("enter")
    await stage.until_screen(ContactPicker)
    await stage.until(lambda: "Henry" in stage.text())
    await stage.press("enter", "a")
    await confirm(stage)
    await stage.until(lambda: row(stage, "Without “First name”").endswith("1"))
    assert row(stage, "Plainer letters").endswith("1")
    stage.app.screen.query_one(ReckoningTable).focus()
    await stage.press("home", "down", "enter")
    await stage.until_screen(ListModal)
    await stage.until(lambda: "+262692123456" in stage.text() and "Payet" in stage.text())


@pytest.mark.usefixtures("shop")
async def test_what_was_chosen_can_be_taken_out_again(stage: Stage) -> None:
    page = composer(stage)
    stage.app.screen.query_one("#pick-contacts").focus()
    await stage.press("enter")
    await stage.until_screen(ContactPicker)
    await stage.until(lambda: "Henry" in stage.text())
    await stage.press("enter", "a")
    await confirm(stage)
    assert len(page.written.contact_ids) == 4
    stage.app.screen.query_one("#list-contacts").focus()
    await stage.press("enter")
    await stage.until_screen(ListModal)
    await stage.until(lambda: "Henry" in stage.text())
    await stage.press("space", "delete")
    await confirm(stage)
    assert len(page.written.contact_ids) == 3
    stage.app.screen.query_one("#numbers").focus()
    await stage.type("0698000000,0698000001")
    await stage.press("enter", "tab", "tab", "enter")
    await stage.until_screen(ListModal)
    await stage.press("delete", "escape")
    area = stage.app.screen.query_one(RecipientsArea)
    assert len(area.recipients.numbers) == 2
    await stage.press("enter")
    await stage.until_screen(ListModal)
    await stage.press("delete")
    await confirm(stage)
    assert area.recipients.numbers == ("+33698000001",)


@pytest.mark.usefixtures("shop")
async def test_nobody_is_said_and_a_bad_number_stays_in_its_field(stage: Stage) -> None:
    await stage.press("ctrl+s")
    await stage.until(lambda: "No number can receive this campaign" in stage.text())
    stage.app.screen.query_one("#numbers").focus()
    await stage.type("+336010304")
    await stage.press("ctrl+s")
    await stage.until(lambda: "“+336010304” is not a valid number" in stage.text())
    assert "2/4" in composer(stage).note
    assert stage.focused is stage.app.screen.query_one("#numbers")
    await stage.press("ctrl+u")
    await stage.type("0698000000")
    await stage.press("ctrl+s")
    await stage.until(lambda: "3/4" in composer(stage).note)


async def test_more_contacts_than_a_campaign_may_have_are_refused(stage: Stage, shop: Actor) -> None:
    await stage.app.backend.platform.set_recipient_limit(None, 3)
    await stage.go_to("campaigns")
    page = await compose(stage)
    await go_on(stage)
    await stage.until(lambda: "limited to 3 contacts" in stage.text())
    stage.app.screen.query_one("#pick-contacts").focus()
    await stage.press("enter")
    await stage.until_screen(ContactPicker)
    await stage.until(lambda: "Henry" in stage.text())
    await stage.press("enter", "a")
    await confirm(stage)
    await stage.until(lambda: "4 contacts are too many: 3 at most." in stage.text())
    assert page.written.contact_ids == ()
    assert shop == page.actor


async def test_groups_of_thousands_that_overlap(stage: Stage, shop: Actor) -> None:
    backend = stage.app.backend
    await crowd(backend, shop, 3000)
    everybody = [contact_id async for contact_id in ids(stage, shop)]
    for index in range(4):
        group = await backend.groups.add(shop, GroupDetails(f"Thousands {index}"))
        await backend.groups.add_members(shop, group.id, everybody[index * 500 : index * 500 + 1500])
    page = composer(stage)
    await choose_groups(stage, "thousands", "a")
    await confirm(stage)
    await stage.until(lambda: page.plans.whole is not None and page.plans.whole.recipients == 3000)
    await stage.until(lambda: "recipients: 3,000" in stage.text())
    assert row(stage, "Duplicates").endswith("3,000")


async def ids(stage: Stage, actor: Actor):  # type: ignore[no-untyped-def]
    from smstui.services.contact_query import ContactQuery

    for contact_id in await stage.app.backend.contacts.ids(actor, ContactQuery(search="nom")):
        yield contact_id


LINES = st.lists(
    st.sampled_from(["0601020304", "06 12 34 56 78", "+33601020304", "bonjour", "", "0698000000;0698000000", "12"]),
    max_size=6,
).map("\n".join)


@given(st.lists(LINES, max_size=5))
def test_lists_added_one_after_the_other_are_read_as_one(lists: list[str]) -> None:
    joined, known, lines = NOTHING, set[str](), 0
    for text in lists:
        joined, lines = recipients_area._joined(joined, known, text, lines)
    at_once = read_recipients("\n".join(lists))
    assert joined.numbers == at_once.numbers
    assert joined.duplicates == at_once.duplicates
    assert [(each.text, type(each.reason)) for each in joined.refused] == [
        (each.text, type(each.reason)) for each in at_once.refused
    ]
    assert known == set(joined.numbers)
