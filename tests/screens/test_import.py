"""Address book › Import contacts: from a file to contacts in groups, and all that may come between."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from textual.widgets import Input

from smstui.app import SmstuiApp
from smstui.domain.actor import Actor
from smstui.screens.contacts.importing.certification_step import CertificationStep
from smstui.screens.contacts.importing.file_step import FileStep
from smstui.screens.contacts.importing.groups_step import GroupsStep
from smstui.screens.contacts.importing.mapping_step import MappingStep
from smstui.screens.contacts.importing.new_field import NewFieldModal
from smstui.screens.contacts.importing.opt_in import certified_text
from smstui.screens.contacts.importing.preview_step import PreviewStep
from smstui.services.backend import Backend
from smstui.services.contact_query import ContactQuery
from smstui.services.contact_rows import Contact
from smstui.services.groups import GroupDetails
from smstui.settings import Settings
from smstui.storage.tables import contact_import
from smstui.widgets.labelled import Labelled
from smstui.widgets.modals import TextModal
from smstui.widgets.pick_list import PickModal
from tests.screens.conftest import account
from tests.screens.importing import NUMBERS, Walk, documents, text_file, workbook
from tests.screens.stage import on_stage
from tests.support import FakeClock

__all__ = ["documents"]


@pytest.fixture
async def walk(settings: Settings, clock: FakeClock, documents: Path) -> AsyncIterator[Walk]:
    """In French, on the page of the import, with the guide's two files in the folder."""
    workbook(documents / "modele1.xlsx")
    text_file(documents / "modele2.csv")
    async with on_stage(SmstuiApp(replace(settings, language="fr"), dispatch=False, clock=clock)) as stage:
        actor = replace(await account(stage.app.backend, "ma-boutique"), language="fr")
        yield Walk(stage, actor, documents)


async def mobiles(backend: Backend, actor: Actor, group_id: int | None = None) -> list[str]:
    ids = await backend.contacts.ids(actor, ContactQuery(group_id=group_id))
    return sorted(contact.mobile for contact in await backend.contacts.rows(actor, ids))


async def contacts(walk: Walk) -> Sequence[Contact]:
    """Of the whole book, by number."""
    book = walk.stage.app.backend.contacts
    found = await book.rows(walk.actor, await book.ids(walk.actor, ContactQuery()))
    return sorted(found, key=lambda contact: contact.mobile)


@pytest.mark.parametrize("name", ["modele1.xlsx", "modele2.csv"])
async def test_the_guide_from_a_file_to_contacts_in_a_group(walk: Walk, name: str) -> None:
    """The guide, part 4, "importation des contacts", étapes 1 to 7."""
    stage, backend = walk.stage, walk.stage.app.backend
    await walk.open()
    assert "1/5 Fichier" in stage.text()
    if name.endswith("csv"):
        await stage.press("shift+tab", "shift+tab", "right", "tab", "tab")
    await stage.until(lambda: name in stage.text())
    await stage.press("enter")
    await walk.at(PreviewStep)
    assert "2/5 Aperçu" in stage.text()
    assert "Dupont" in stage.text()
    assert walk.button(PreviewStep) == "Confirmer fichier"
    await walk.confirm(MappingStep)
    assert "Champ contact" in stage.text()
    assert "✓ 4 sur 4" in stage.text()
    assert walk.button(MappingStep) == "Confirmer mapping"
    await walk.confirm(GroupsStep)
    assert "Sélection groupe(s)" in stage.text()
    assert "Création groupe" in stage.text()
    await stage.press("n")
    await stage.type("Groupe 1")
    await stage.press("tab", "enter")
    await stage.until(lambda: "1 groupe(s) sélectionné(s)" in stage.text())
    assert walk.button(GroupsStep) == "Confirmer groupe(s)"
    await walk.confirm(CertificationStep)
    assert "Confirmation Opt-in" in stage.text()
    assert "4 contacts à importer" in stage.text()
    assert walk.button(CertificationStep) == "Confirmer import"
    await walk.certify()
    assert "importé dans Groupe 1" in stage.text()
    group = await backend.groups.find(walk.actor, "Groupe 1")
    assert await mobiles(backend, walk.actor, group.id) == NUMBERS


async def test_another_encoding_is_read_at_once(walk: Walk, documents: Path) -> None:
    """A file of Windows-1252 that is told to be another: the preview shows what would become of it."""
    stage = walk.stage
    text_file(documents / "cp1252.csv", "Lefèvre;Zoé;601010101\nGarcia;Léa;602020202\n", "cp1252")
    await walk.open()
    await walk.choose("cp1252.csv")
    await stage.until(lambda: "Windows-1252" in stage.text() and "Lefèvre" in stage.text())
    await walk.select("#encoding", "mac-roman")
    await stage.until(lambda: "LefËvre" in stage.text())
    await walk.select("#encoding", "utf-8")
    await stage.until(lambda: "✕" in stage.text())
    await stage.press("ctrl+s")
    await stage.settle()
    assert "2/5 Aperçu" in stage.text()
    await walk.select("#encoding", "cp1252")
    await stage.until(lambda: "✕" not in stage.text() and "Lefèvre" in stage.text())
    await walk.confirm(MappingStep)
    assert "Lefèvre" in stage.text()


async def test_another_separator_gives_other_columns(walk: Walk) -> None:
    stage = walk.stage
    await walk.open()
    await walk.choose("modele2.csv")
    await walk.select("#separator", "")
    await stage.until(lambda: "1 colonne" in stage.text())
    await walk.confirm(MappingStep)
    await stage.press("ctrl+s")
    await stage.until(lambda: "✕" in stage.text())
    await stage.press("escape")
    await walk.at(PreviewStep)
    await walk.select("#separator", ",")
    await stage.until(lambda: "4 colonnes" in stage.text())
    await walk.confirm(MappingStep)
    assert "✓ 4 sur 4" in stage.text()


async def test_a_header_that_is_not_skipped_is_a_line_like_the_others(walk: Walk) -> None:
    stage = walk.stage
    await walk.open()
    await walk.choose("modele1.xlsx")
    await stage.until(lambda: "[x] La première ligne" in stage.text())
    await stage.press("shift+tab", "space")
    await stage.until(lambda: "[ ] La première ligne" in stage.text())
    await walk.confirm(MappingStep)
    await walk.confirm(GroupsStep)
    await stage.press("ctrl+s")
    await walk.confirm(CertificationStep)
    assert "5 contacts à importer" in stage.text()
    await walk.certify()
    await stage.until(lambda: "Ligne 1" in stage.text())
    assert len(await mobiles(stage.app.backend, walk.actor)) == 4


async def test_a_field_that_is_given_anew_is_taken_from_the_other_column(walk: Walk) -> None:
    stage = walk.stage
    await walk.open()
    await walk.to_mapping("modele1.xlsx")
    await stage.press("down", "enter")
    await stage.until_screen(PickModal)
    await stage.type("nnn")
    await stage.press("enter")
    await stage.until(lambda: "repris à la colonne A" in stage.text())
    await stage.press("up", "up", "enter")
    await stage.until_screen(PickModal)
    await stage.type("p")
    await stage.press("enter")
    await stage.until(lambda: stage.text().count("Ne pas importer") == 1)
    await walk.confirm(GroupsStep)
    await stage.press("ctrl+s")
    await walk.confirm(CertificationStep)
    await walk.certify()
    first = (await contacts(walk))[0]
    assert (first.details.first_name, first.details.last_name) == ("Dupont", "Hugo")


async def test_without_a_column_of_numbers_nothing_goes_on(walk: Walk) -> None:
    stage = walk.stage
    await walk.open()
    await walk.to_mapping("modele1.xlsx")
    await stage.press("end", "delete", "ctrl+s")
    await stage.until(lambda: "✕" in stage.text())
    assert "3/5 Mapping" in stage.text()
    await stage.press("end", "enter")
    await stage.until_screen(PickModal)
    await stage.type("m")
    await stage.press("enter")
    await stage.until(lambda: "✓ 4 sur 4" in stage.text())
    await walk.confirm(GroupsStep)


async def test_a_field_is_added_while_a_column_is_mapped(walk: Walk, documents: Path) -> None:
    stage = walk.stage
    text_file(documents / "fidelite.csv", "Nom;Mobile;Carte\nDupont;0601010101;C-1\nLeduc;0602020202;C-2\n")
    await walk.open()
    await walk.to_mapping("fidelite.csv")
    await stage.press("end", "enter")
    await stage.until_screen(PickModal)
    await stage.press("end", "up", "enter")
    modal = await stage.until_screen(NewFieldModal)
    assert modal.query_one("#name", Input).value == "Carte"
    await stage.fill("#name", "Mobile")
    await stage.press("enter")
    await stage.until(lambda: modal.query_one(Labelled).error)
    await stage.fill("#name", "Carte")
    await stage.press("enter")
    await walk.at(MappingStep)
    await stage.until(lambda: "Carte" in stage.text().split("Champ contact")[1])
    await walk.confirm(GroupsStep)
    await stage.press("ctrl+s")
    await walk.confirm(CertificationStep)
    await walk.certify()
    assert [each.details.extra for each in await contacts(walk)] == [(("Carte", "C-1"),), (("Carte", "C-2"),)]


async def test_a_hundred_columns_can_be_gone_through(walk: Walk, documents: Path) -> None:
    text_file(documents / "large.csv", ";".join([f"v{index}" for index in range(99)] + ["0601010101"]) + "\n")
    await walk.open()
    await walk.to_mapping("large.csv")
    await walk.stage.press("end")
    await walk.stage.until(lambda: "CV" in walk.stage.text() and "✓ 1 sur 1" in walk.stage.text())


async def test_groups_are_searched_ticked_and_left_out(walk: Walk) -> None:
    stage, groups = walk.stage, walk.stage.app.backend.groups
    for name in ("Club de lecture", "Salon"):
        await groups.add(walk.actor, GroupDetails(name))
    await groups.add(walk.actor, GroupDetails("Les Dupont", filter="dupont"))
    await walk.open()
    await walk.to_groups("modele1.xlsx")
    await stage.until(lambda: "Salon" in stage.text())
    assert "Les Dupont" not in stage.text()
    await stage.press("slash")
    await stage.type("salon")
    await stage.press("enter", "space")
    await stage.until(lambda: "1 groupe(s) sélectionné(s)" in stage.text())
    await stage.press("slash", "end", *["backspace"] * 5, "enter", "home", "space")
    await stage.until(lambda: "2 groupe(s) sélectionné(s)" in stage.text())
    await walk.confirm(CertificationStep)
    assert "Club de lecture, Salon" in stage.text()
    await walk.certify()
    for name in ("Club de lecture", "Salon"):
        assert (await groups.find(walk.actor, name)).contacts == 4


async def test_a_group_whose_name_is_taken_is_told_beside_it(walk: Walk) -> None:
    stage, groups = walk.stage, walk.stage.app.backend.groups
    await groups.add(walk.actor, GroupDetails("Salon"))
    await walk.open()
    await walk.to_groups("modele1.xlsx")
    await stage.until(lambda: "Salon" in stage.text())
    await stage.press("n")
    await stage.type("salon")
    await stage.press("ctrl+s")
    await stage.until(lambda: "✕" in stage.text())
    assert len(await groups.list(walk.actor)) == 1


async def test_no_group_is_taken_only_after_a_hint(walk: Walk) -> None:
    stage = walk.stage
    await walk.open()
    await walk.to_groups("modele2.csv")
    await stage.press("ctrl+s")
    await stage.until(lambda: "confirmez encore une fois" in walk.words())
    await walk.confirm(CertificationStep)
    assert "aucun" in stage.text()


async def test_nothing_is_imported_without_the_certification(walk: Walk) -> None:
    stage = walk.stage
    await walk.open()
    await walk.to_certification("modele1.xlsx")
    for line in certified_text().splitlines():
        assert " ".join(line.split()) in walk.words()
    await stage.press("ctrl+s")
    await stage.until(lambda: "✕" in stage.text())
    assert await mobiles(stage.app.backend, walk.actor) == []
    await walk.certify()
    kept = await stage.app.backend.database.read(
        lambda tx: tx.execute(select(contact_import.c.certified_text)).scalar()
    )
    assert kept == certified_text()


async def test_what_was_decided_stays_when_one_goes_back_and_forth(walk: Walk) -> None:
    stage = walk.stage
    await stage.app.backend.groups.add(walk.actor, GroupDetails("Salon"))
    await walk.open()
    await walk.to_mapping("modele1.xlsx")
    await stage.press("delete")
    await walk.confirm(GroupsStep)
    await stage.until(lambda: "Salon" in stage.text())
    await stage.press("space")
    await walk.confirm(CertificationStep)
    await stage.press("space")
    for step in (GroupsStep, MappingStep, PreviewStep, FileStep):
        await stage.press("escape")
        await walk.at(step)
    await walk.choose("modele1.xlsx")
    await walk.confirm(MappingStep)
    assert stage.text().count("Ne pas importer") == 2
    await walk.confirm(GroupsStep)
    await stage.until(lambda: "1 groupe(s) sélectionné(s)" in stage.text())
    await walk.confirm(CertificationStep)
    assert "[x] Je le certifie" in stage.text()
    assert "Prénom, Email, Mobile" in stage.text()


async def test_keys_pressed_twice_import_once(walk: Walk) -> None:
    stage = walk.stage
    await walk.open()
    await walk.to_certification("modele1.xlsx")
    await stage.press("space", "ctrl+s", "ctrl+s", "ctrl+s")
    await walk.result()
    assert len(await stage.app.backend.imports.list(walk.actor)) == 1


async def test_a_file_that_is_none_of_contacts_is_told_and_another_one_chosen(walk: Walk, documents: Path) -> None:
    stage = walk.stage
    (documents / "faux.xlsx").write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n")
    await walk.open()
    await walk.try_to_choose("faux.xlsx")
    await stage.until(lambda: "PDF" in walk.chooser.query_one(Labelled).error)
    await walk.choose("modele1.xlsx")
    await stage.until(lambda: "Dupont" in stage.text())


async def test_hostile_names_and_cells_are_only_shown(walk: Walk, documents: Path) -> None:
    """Nothing of a file is markup, and nothing of it acts on the terminal."""
    stage = walk.stage
    name = "[bold]\x1b[31m\u202egpj.csv"
    text_file(documents / name, "[red]Du\u202epont;0601010101\n[@click=app.bell]x[/];0602020202\n=1+1\x1b[2J;bonjour\n")
    await walk.open()
    await stage.press("shift+tab", "shift+tab", "right", "tab", "tab")
    await stage.until(lambda: "[bold]␛[31m‹U+202E›gpj.csv" in stage.text())
    await stage.press("enter")
    await walk.at(PreviewStep)
    await stage.until(lambda: "[red]Du‹U+202E›pont" in stage.text() and "=1+1␛[2J" in stage.text())
    await walk.confirm(MappingStep)
    await walk.confirm(GroupsStep)
    await stage.press("ctrl+s")
    await walk.confirm(CertificationStep)
    await walk.certify()
    await stage.until(lambda: "Ligne 3" in stage.text())
    await stage.press("p")
    await stage.until_screen(TextModal)
    assert "[bold]␛[31m" in stage.text()
    for acting in ("\x1b", "\u202e"):
        assert acting not in stage.text()
