"""Beside the open menu of the smallest terminal, in the longer language, no button of a page is cut off."""

from dataclasses import replace

from smstui.app import SmstuiApp
from smstui.domain.actor import Actor
from smstui.screens.sections import sections
from smstui.settings import Settings
from tests.payments_support import open_shop
from tests.screens.stage import on_stage
from tests.support import FakeClock


async def test_every_page_has_room_for_its_buttons(settings: Settings, clock: FakeClock, admin: Actor) -> None:
    french = replace(settings, language="fr")
    async with on_stage(SmstuiApp(french, dispatch=False, clock=clock), login=False) as stage:
        await open_shop(stage.app.backend)
        await stage.app.backend.accounts.dismiss_welcome(admin)
        cut: dict[str, list[str]] = {}
        await stage.enter(admin.speaking("fr"))
        for section in sections(demo=False, admin=True):
            await stage.go_to(section.id)
            if found := stage.cut_buttons():
                cut[section.id] = found
        assert cut == {}
