"""The picture of the README: the demo with a campaign being written, as the application itself draws it."""

import asyncio
import os
import tempfile
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "docs" / "screenshot.svg"
SIZE = (120, 32)
NAME = "Black Friday"
TEXT = "C'est bientôt le Black Friday ! Profitez-en pour commencer vos cadeaux de Noël : -40 % sur tout le magasin."
DEADLINE = 30.0


async def draw() -> str:
    """The picture as SVG."""
    from textual.widgets import TextArea

    from smstui.app import SmstuiApp
    from smstui.services.demo import Demo
    from smstui.settings import Settings

    async with Demo.open(Settings.load(language="fr"), keep=False) as demo:
        app = SmstuiApp(demo.settings, dispatch=True, demo=demo)
        async with app.run_test(size=SIZE) as pilot:
            await app.opened_backend()
            await pilot.press("enter")
            async with asyncio.timeout(DEADLINE):
                while not app.logged_in:
                    await pilot.pause()
            await app.workers.wait_for_complete()
            app.go_to("send")
            await app.workers.wait_for_complete()
            await pilot.pause()
            await pilot.press(*("space" if letter == " " else letter for letter in NAME))
            app.screen.query_one(TextArea).text = TEXT
            await pilot.pause()
            await app.workers.wait_for_complete()
            return app.export_screenshot(title="smstui")


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["XDG_DATA_HOME"] = home
        TARGET.write_text(asyncio.run(draw()), encoding="utf-8")
    print(f"{TARGET} is drawn")


if __name__ == "__main__":
    main()
