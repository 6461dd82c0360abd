"""How the steps of an import look, in French, at a fixed time."""

from dataclasses import replace
from pathlib import Path

import pytest

from smstui.app import SmstuiApp
from smstui.screens.contacts.importing.certification_step import CertificationStep
from smstui.screens.contacts.importing.groups_step import GroupsStep
from smstui.services.groups import GroupDetails
from smstui.settings import Settings
from tests.screens.importing import Walk, dated, documents, text_file
from tests.screens.stage import SMALL, WIDE, Stage
from tests.screens.test_messaging_snapshots import shopkeeper
from tests.screens.test_snapshots import Scene, SnapCompare, played
from tests.support import FakeClock

__all__ = ["documents"]
CLIENTS = """\
Nom;Prénom;Email;Mobile;Ville;Anniversaire
Dupont;Hugo;tech@smsmode.com;601010101;Marseille;12/03/1984
Leduc;Marie;marie.leduc@example.com;06 02 02 02 02;Aix-en-Provence;01/12/1990
Desmoineaux;Claude;tech@smsmode.com;603030303;Toulon;
Henry;Francis;tech@smsmode.com;604040404;Lyon;30/06/1975
Lefèvre;Zoé;zoe@example.com;01 44 55 66 77;Paris;
Garcia;Léa;lea@example.com;601010101;Nîmes;
Moreau;Théo;theo@example;0612345678;Brest;
Petit;Inès;ines@example.com;0698765432;Lille;
"""


@pytest.fixture
def french_app(settings: Settings, clock: FakeClock, documents: Path) -> SmstuiApp:
    app = SmstuiApp(replace(settings, language="fr"), dispatch=False, clock=clock)
    app.animation_level = "none"
    return app


def documents_folder() -> Path:
    return Path("~/Documents").expanduser()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def entered(stage: Stage) -> Walk:
    """The page, with some files in the folder, two groups, and a number on the STOP list."""
    backend, folder = stage.app.backend, documents_folder()
    dated(_made(folder / "Anciens fichiers"))
    text_file(folder / "clients-2026.csv", CLIENTS)
    text_file(folder / "salon-de-mars.csv", CLIENTS * 400)
    text_file(folder / "notes.md", "- rappeler Hugo\n")
    actor = await shopkeeper(stage)
    await backend.groups.add(actor, GroupDetails("Club de lecture", "Les jeudis"))
    await backend.groups.add(actor, GroupDetails("Groupe 1"))
    await backend.opt_outs.add(actor, "0698765432")
    walk = Walk(stage, actor, folder)
    await walk.open()
    return walk


async def file(stage: Stage) -> None:
    walk = await entered(stage)
    await stage.press("shift+tab", "shift+tab", "right", "tab", "tab")
    await stage.until(lambda: "clients-2026.csv" in stage.text() and stage.focused is walk.chooser.table)
    await stage.press("down")
    await stage.settle()


async def preview(stage: Stage) -> None:
    walk = await entered(stage)
    await walk.choose("clients-2026.csv")
    await stage.until(lambda: "Desmoineaux" in stage.text())


async def mapping(stage: Stage) -> None:
    walk = await entered(stage)
    await walk.to_mapping("clients-2026.csv")
    await stage.until(lambda: "sur 8" in stage.text())


async def groups(stage: Stage) -> None:
    walk = await entered(stage)
    await walk.to_groups("clients-2026.csv")
    await stage.until(lambda: "Groupe 1" in stage.text())
    await stage.press("down", "space")
    await stage.until(lambda: "1 groupe(s) sélectionné(s)" in stage.text())


async def certification(stage: Stage) -> None:
    walk = await entered(stage)
    await walk.to_groups("clients-2026.csv")
    await stage.until(lambda: "Groupe 1" in stage.text())
    await stage.press("down", "space")
    await stage.until(lambda: "1 groupe(s) sélectionné(s)" in stage.text())
    await walk.confirm(CertificationStep)
    await stage.press("space")
    await stage.settle()


async def result(stage: Stage) -> None:
    walk = await entered(stage)
    await walk.to_mapping("clients-2026.csv")
    await walk.confirm(GroupsStep)
    await stage.until(lambda: "Groupe 1" in stage.text())
    await stage.press("down", "space")
    await walk.confirm(CertificationStep)
    await walk.certify()
    await stage.until(lambda: "Ligne 6" in stage.text())


@pytest.mark.parametrize(
    ("scene", "size"),
    [
        (file, SMALL),
        (preview, SMALL),
        (mapping, SMALL),
        (mapping, WIDE),
        (groups, WIDE),
        (certification, SMALL),
        (result, WIDE),
    ],
    ids=lambda value: f"{value[0]}x{value[1]}" if isinstance(value, tuple) else value.__name__,
)
def test_looks_as_before(snap_compare: SnapCompare, french_app: SmstuiApp, scene: Scene, size: tuple[int, int]) -> None:
    assert snap_compare(french_app, terminal_size=size, run_before=played(scene))
