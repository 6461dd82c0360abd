"""Templates: what is kept, what is refused, and whose they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smstui.domain.actor import Actor
from smstui.domain.campaign_rules import EmptyText, TextTooLong
from smstui.domain.merge import MisspelledMergeField, UnknownMergeField
from smstui.services.backend import Backend
from smstui.services.senders import UnknownSender
from smstui.services.templates import (
    LONGEST_TITLE,
    InvalidTitle,
    TemplateDetails,
    TitleTaken,
    UnknownTemplate,
    check_template_text,
    check_title,
)
from tests.support import FakeClock

SOLDES = TemplateDetails("-40% BLACK FRIDAY", "Bonjour {prénom|cher client}, -40 % dès demain !")


async def titles(backend: Backend, actor: Actor) -> list[str]:
    return [each.title for each in await backend.templates.list(actor)]


@pytest.mark.each_database
async def test_a_template_is_kept_found_and_changed(backend: Backend, actor: Actor, clock: FakeClock) -> None:
    await backend.senders.add(actor, "MaBoutique")
    added = await backend.templates.add(actor, SOLDES)
    assert (added.title, added.text, added.sender) == (SOLDES.title, SOLDES.text, None)
    assert await backend.templates.find(actor, "  -40% black friday ") == added
    clock.advance(60)
    changed = await backend.templates.edit(actor, added.id, TemplateDetails("Été", "Texte", "MaBoutique"))
    assert (changed.title, changed.text, changed.sender) == ("Été", "Texte", "MaBoutique")
    assert (changed.created_at, changed.updated_at) == (added.created_at, clock.now())
    assert await backend.templates.get(actor, added.id) == changed
    with pytest.raises(UnknownTemplate):
        await backend.templates.find(actor, SOLDES.title)


@pytest.mark.each_database
async def test_titles_are_told_apart_without_case_and_accents(backend: Backend, actor: Actor) -> None:
    first = await backend.templates.add(actor, TemplateDetails("Été", "A"))
    second = await backend.templates.add(actor, TemplateDetails("Hiver", "B"))
    with pytest.raises(TitleTaken):
        await backend.templates.add(actor, TemplateDetails(" ETE ", "C"))
    with pytest.raises(TitleTaken):
        await backend.templates.edit(actor, second.id, TemplateDetails("ete", "B"))
    await backend.templates.edit(actor, first.id, TemplateDetails("ÉTÉ", "A"))
    assert await titles(backend, actor) == ["ÉTÉ", "Hiver"]


@pytest.mark.each_database
async def test_a_title_as_long_as_may_be_is_kept_whole(backend: Backend, actor: Actor) -> None:
    title = "œ" * LONGEST_TITLE
    await backend.templates.add(actor, TemplateDetails(title, "A"))
    assert await titles(backend, actor) == [title]


@pytest.mark.parametrize("title", ["", "  ", "\0", "x" * (LONGEST_TITLE + 1)])
async def test_a_title_must_be_there_and_short(backend: Backend, actor: Actor, title: str) -> None:
    with pytest.raises(InvalidTitle):
        await backend.templates.add(actor, TemplateDetails(title, "A"))


async def test_a_text_must_say_something_that_can_be_sent(backend: Backend, actor: Actor) -> None:
    with pytest.raises(EmptyText):
        await backend.templates.add(actor, TemplateDetails("A", " \n "))
    await backend.templates.add(actor, TemplateDetails("A", "x" * 1530))
    with pytest.raises(TextTooLong):
        await backend.templates.add(actor, TemplateDetails("B", "x" * 1531))
    with pytest.raises(TextTooLong):
        await backend.templates.add(actor, TemplateDetails("B", "ê" * 671))


async def test_merge_fields_are_those_of_the_account(backend: Backend, actor: Actor, other: Actor) -> None:
    await backend.free_fields.add(actor, "Magasin")
    details = TemplateDetails("A", "{prénom} au magasin {magasin}")
    assert (await backend.templates.add(actor, details)).text == details.text
    with pytest.raises(UnknownMergeField):
        await backend.templates.add(other, details)
    with pytest.raises(MisspelledMergeField):
        await backend.templates.add(actor, TemplateDetails("B", "{prenon}"))


async def test_a_sender_must_be_the_accounts(backend: Backend, actor: Actor, other: Actor) -> None:
    await backend.senders.add(other, "Rival")
    with pytest.raises(UnknownSender):
        await backend.templates.add(actor, TemplateDetails("A", "A", "Rival"))
    assert await titles(backend, actor) == []


@pytest.mark.each_database
async def test_an_account_neither_sees_nor_touches_anothers(backend: Backend, actor: Actor, other: Actor) -> None:
    mine = await backend.templates.add(actor, SOLDES)
    theirs = await backend.templates.add(other, SOLDES)
    assert await backend.templates.list(other) == (theirs,)
    with pytest.raises(UnknownTemplate):
        await backend.templates.get(other, mine.id)
    with pytest.raises(UnknownTemplate):
        await backend.templates.edit(other, mine.id, TemplateDetails("B", "B"))
    assert await backend.templates.remove(other, [mine.id]) == 0
    assert await backend.templates.remove(actor, [mine.id, theirs.id]) == 1
    assert (await backend.templates.find(other, SOLDES.title)) == theirs


@given(st.text(max_size=300))
def test_any_title_is_clean_or_refused(title: str) -> None:
    try:
        checked = check_title(title)
    except InvalidTitle:
        return
    assert 0 < len(checked) <= LONGEST_TITLE
    assert check_title(checked) == checked
    assert "\0" not in checked
    assert "\n" not in checked


@given(st.text(alphabet="ab{}|€ê \n", max_size=80))
def test_any_text_without_fields_is_itself_or_refused(text: str) -> None:
    try:
        merge = check_template_text(text, ())
    except (EmptyText, UnknownMergeField):
        return
    if not merge.is_personal and "{{" not in text:
        assert merge.render(None) == text
