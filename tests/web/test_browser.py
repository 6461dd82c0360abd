"""The application in a real browser: sign in, read a page."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pyte
import pytest
from playwright.async_api import Page, WebSocket, async_playwright

from tests.web.conftest import CHROMIUM_FLAGS, Serve

DEADLINE = 30.0
WIDTH, HEIGHT = 1200, 800


class Terminal:
    """What the terminal of a page shows, read from the frames that the browser itself receives.

    The page draws on canvases, so that its text isn't in the document.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        self._changed = asyncio.Event()
        page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._received)
        socket.on("framesent", self._sent)

    def _received(self, frame: bytes | str) -> None:
        if isinstance(frame, bytes):
            self._stream.feed(frame)
            self._changed.set()

    def _sent(self, frame: bytes | str) -> None:
        kind, *details = json.loads(frame)
        if kind == "resize":
            self._screen.resize(details[0]["height"], details[0]["width"])

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    async def shows(self, *words: str) -> str:
        """Wait until all `words` are on the screen; return it."""
        try:
            async with asyncio.timeout(DEADLINE):
                while not all(word in self.text for word in words):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            pytest.fail(f"{words} not on the screen:\n{self.text}")
        return self.text

    async def type(self, text: str) -> None:
        await self._page.keyboard.type(text)

    async def press(self, key: str) -> None:
        """Press `key` and wait until the screen has changed: what is typed next must find the new focus."""
        self._changed.clear()
        await self._page.keyboard.press(key)
        async with asyncio.timeout(DEADLINE):
            await self._changed.wait()


@pytest.fixture
async def page(chromium: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        yield await launched.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        await launched.close()


async def sign_in(terminal: Terminal) -> None:
    await terminal.shows("Log in", "Password")
    await terminal.type("shop")
    await terminal.shows("shop")
    await terminal.press("Tab")
    await terminal.type("Secret-2026")
    await terminal.shows("•" * len("Secret-2026"))
    await terminal.press("Enter")
    await terminal.shows("Dashboard", "shop", "42")


async def test_sign_in_and_read_a_page(serve: Serve, page: Page, create_account: Callable[[], None]) -> None:
    create_account()
    url, _process = await asyncio.to_thread(serve)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    terminal = Terminal(page)
    await page.goto(url)
    await sign_in(terminal)
    assert {address.split("/")[2] for address in asked if not address.startswith("data:")} == {url.split("/")[2]}
    await page.wait_for_selector("body.-first-byte")


async def test_a_file_comes_from_the_browser(
    serve: Serve, page: Page, create_account: Callable[[], None], tmp_path: Path
) -> None:
    create_account()
    file = tmp_path / "clients.csv"
    file.write_text("Nom;Mobile\nDupont;0601010101\nLeduc;0602020202\n")
    url, _process = await asyncio.to_thread(serve)
    terminal = Terminal(page)
    await page.goto(url)
    await sign_in(terminal)
    await terminal.press("Control+p")
    await terminal.shows("Search a section")
    await terminal.type("Import contacts")
    await terminal.shows("Address book › Import contacts")
    await terminal.press("Enter")
    await terminal.shows("Press F2")
    async with page.expect_popup(timeout=DEADLINE * 1000) as opened:
        await page.keyboard.press("F2")
    form = await opened.value
    await form.set_input_files("input[type=file]", file)
    await form.get_by_role("button", name="Send").click()
    await form.get_by_text("clients.csv has arrived").wait_for(timeout=DEADLINE * 1000)
    await form.close()
    await terminal.shows("clients.csv", "Dupont", "0602020202", "2/5")


async def test_a_demo_in_the_browser(serve: Serve, page: Page) -> None:
    url, _process = await asyncio.to_thread(serve, "--demo")
    terminal = Terminal(page)
    await page.goto(url)
    await terminal.shows("Log in")
    await terminal.press("Enter")
    await terminal.shows("Dashboard", "demo")


async def test_the_page_says_that_its_session_has_ended(serve: Serve, page: Page) -> None:
    url, _process = await asyncio.to_thread(serve)
    terminal = Terminal(page)
    await page.goto(url)
    await terminal.shows("Log in")
    await page.wait_for_selector("body.-first-byte")
    await page.keyboard.press("Control+q")
    await page.get_by_text("The session has ended.").wait_for(timeout=DEADLINE * 1000)
