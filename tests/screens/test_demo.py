"""The newcomer's road with real parts: the demo's simulator, the dispatcher in the application's own event loop."""

import re

from smstui.app import SmstuiApp
from smstui.screens.account.certification import CertificationModal
from smstui.screens.account.sign_up import SignUpScreen
from smstui.screens.account.welcome import WelcomeModal
from smstui.screens.demo.handsets import HandsetsModal
from smstui.screens.shell import Shell
from smstui.services.campaigns import Draft
from smstui.services.connection_settings import ConnectionSettings
from smstui.services.demo import Demo
from smstui.settings import Settings
from smstui.smpp.values import BindSettings
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.tick import Tick
from tests.screens.conftest import account
from tests.screens.stage import on_stage
from tests.support import PASSWORD


async def test_signs_up_and_certifies_with_the_code_of_the_phone(settings: Settings) -> None:
    async with Demo.open(settings, keep=False) as demo:
        app = SmstuiApp(demo.settings, demo=demo)
        async with on_stage(app) as stage:
            await stage.press("f2")
            await stage.until_screen(SignUpScreen)
            await stage.fill("#login", "ma-boutique")
            await stage.fill("#email", "moi@example.com")
            await stage.fill("#password", PASSWORD)
            app.screen.query_one("#terms", Tick).value = True
            app.screen.query_one("#sign-up").focus()
            await stage.press("enter")
            await stage.until_screen(WelcomeModal)
            await stage.press("enter")
            modal = await stage.until_screen(CertificationModal)
            await stage.type("0601020304")
            await stage.press("enter")
            await stage.until(lambda: modal.query_one("#code-step").display)
            await stage.until(demo.handsets.received)
            await stage.press("f9")
            await stage.until_screen(HandsetsModal)
            code = re.search(r"\b\d{6}\b", demo.handsets.received()[-1].text)
            assert code
            await stage.until(lambda: code.group() in stage.text())
            await stage.press("escape")
            await stage.until_screen(CertificationModal)
            await stage.type(code.group())
            await stage.press("enter")
            await stage.until_screen(Shell)
            await stage.until(lambda: "20 credits" in stage.text().splitlines()[0])
            await stage.until(lambda: "● SMPP bound" in stage.text().splitlines()[0])


async def test_quitting_asks_while_messages_wait(settings: Settings) -> None:
    app = SmstuiApp(settings)
    async with on_stage(app) as stage:
        backend = app.backend
        actor = await account(backend, "shop")
        nobody = BindSettings(host="127.0.0.1", port=1, system_id="shop", password="secret")
        await backend.connections.add(None, ConnectionSettings("away", nobody))
        await backend.senders.add(actor, "MaBoutique")
        await backend.campaigns.send(
            actor, Draft("Black Friday", "Bonjour", numbers=("+33601020304", "+33601020305"), sender="MaBoutique")
        )
        await stage.enter(actor)
        await stage.press("ctrl+q")
        await stage.until_screen(ConfirmModal)
        assert "2 messages stay in the queue" in stage.text()
        await stage.press("escape")
        await stage.until_screen(Shell)
        await stage.press("ctrl+q")
        await stage.until_screen(ConfirmModal)
        await stage.press("enter")
        await stage.until(lambda: not app.is_running)
