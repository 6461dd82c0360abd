"""How the screens of the address book look, in French, at a fixed time."""

from dataclasses import replace
from datetime import date

import pytest

from smstui.app import SmstuiApp
from smstui.domain.actor import Actor
from smstui.domain.contact import ContactDetails
from smstui.screens.contacts.contact_form import ContactForm
from smstui.screens.contacts.group import GroupPage
from smstui.services.groups import GroupDetails
from smstui.settings import Settings
from tests.screens.stage import SMALL, WIDE, Stage
from tests.screens.test_messaging_snapshots import shopkeeper, shown
from tests.screens.test_snapshots import Scene, SnapCompare, played
from tests.support import FakeClock

PEOPLE = (
    ContactDetails("+33601010101", "Dupont", "Hugo", "hugo@example.com", "M.", date(1990, 12, 31), "Fleurs de Lys"),
    ContactDetails("+33602020202", "Leduc", "Marie", "marie.leduc@example.com", "Mme"),
    ContactDetails("+33603030303", "Desmoineau", "Claude", company="Librairie des Halles"),
    ContactDetails("+262692123456", "Henry", "Francis", "francis@example.re"),
    ContactDetails("+33604040404", "Moreau-Lefebvre [b]de la Tour d'Auvergne", "Anne-Élisabeth 🎉"),
)


@pytest.fixture
def french_app(settings: Settings, clock: FakeClock) -> SmstuiApp:
    app = SmstuiApp(replace(settings, language="fr"), dispatch=False, clock=clock)
    app.animation_level = "none"
    return app


async def book(stage: Stage) -> Actor:
    """Five contacts, one of them on the STOP list, in three groups."""
    backend, actor = stage.app.backend, await shopkeeper(stage)
    club = await backend.groups.add(actor, GroupDetails("Club de lecture", "Tous les mardis à 18 h"))
    vip = await backend.groups.add(actor, GroupDetails("VIP"))
    await backend.groups.add(actor, GroupDetails("Réunion", "Trouvés par leur numéro", filter="+262"))
    await backend.free_fields.add(actor, "Magasin")
    for place, details in enumerate(PEOPLE):
        await backend.contacts.add(actor, details, [club.id, vip.id][: place % 3])
    await backend.opt_outs.add(actor, "+33603030303")
    return actor


async def contacts(stage: Stage) -> None:
    """Two ticked, and one that was deleted."""
    actor = await book(stage)
    gone = await stage.app.backend.contacts.add(actor, ContactDetails("+33609090909", "Adam"))
    await shown(stage, actor, "contacts")
    await stage.until(lambda: "Adam" in stage.text())
    await stage.press("delete")
    await stage.until(lambda: "Supprimer 1 contact" in stage.text())
    await stage.press("right", "enter")
    await stage.until(lambda: "1 contact supprimé" in stage.text() and gone.mobile not in stage.text())
    await stage.until(lambda: "5 contacts" in stage.text() and "Henry" in stage.text())
    await stage.press("down", "space", "space")
    await stage.until(lambda: "2 cochés" in stage.text())
    await stage.settle()


async def contact(stage: Stage) -> None:
    """One on the STOP list, whose number is written anew: that of another one."""
    await shown(stage, await book(stage), "contacts")
    await stage.until(lambda: "Desmoineau" in stage.text())
    await stage.press("enter")
    await stage.until(lambda: isinstance(stage.shell.page, ContactForm) and "Sur la liste STOP" in stage.text())
    await stage.fill("#mobile", "06 01 01 01 01")
    await stage.until(lambda: "L’ouvrir (F4)" in stage.text())
    page = stage.shell.page
    assert page is not None
    page.query_one("#mobile").focus()
    await stage.settle()


async def groups(stage: Stage) -> None:
    await shown(stage, await book(stage), "groups")
    await stage.until(lambda: "Club de lecture" in stage.text() and "3 groupes" in stage.text())
    await stage.settle()


async def members(stage: Stage) -> None:
    await groups(stage)
    await stage.press("enter")
    await stage.until(lambda: isinstance(stage.shell.page, GroupPage) and "3 contacts" in stage.text())
    await stage.until(lambda: "Leduc" in stage.text())
    await stage.settle()


@pytest.mark.parametrize(
    ("scene", "size"),
    [(contacts, SMALL), (contacts, WIDE), (contact, SMALL), (groups, WIDE), (members, SMALL)],
    ids=lambda value: f"{value[0]}x{value[1]}" if isinstance(value, tuple) else value.__name__,
)
def test_looks_as_before(snap_compare: SnapCompare, french_app: SmstuiApp, scene: Scene, size: tuple[int, int]) -> None:
    assert snap_compare(french_app, terminal_size=size, run_before=played(scene))
