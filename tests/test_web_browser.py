"""A page is opened by a process that has no terminal and none of our secrets, and never waited for long."""

import os
import sys
from pathlib import Path

import pytest

from smstui.terminal.web_browser import opened_in_browser

URL = "https://checkout.example/c/pay/cs_1?a=1&b=2#fid%20x"
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")


@pytest.fixture
def seen(tmp_path: Path) -> Path:
    """Where `browser` writes what it was given."""
    return tmp_path / "seen"


@pytest.fixture
def browser(tmp_path: Path, seen: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The person's browser: a script that each test writes."""
    script = tmp_path / "browser"
    monkeypatch.setenv("BROWSER", str(script))
    monkeypatch.setenv("SMSTUI_STRIPE_KEY", "sk_secret")
    monkeypatch.setenv("TERM", "xterm-256color")
    _write(script, f"echo started > {seen}")
    return script


def _lines(seen: Path) -> list[str]:
    return seen.read_text().splitlines() if seen.exists() else []


def _write(script: Path, lines: str) -> None:
    script.write_text(f"#!/bin/sh\n{lines}\n")
    script.chmod(0o700)


async def test_the_persons_browser_gets_the_address_and_no_secret(browser: Path, seen: Path) -> None:
    _write(browser, f'echo "$1" > {seen}; env >> {seen}')
    assert await opened_in_browser(URL)
    lines = _lines(seen)
    assert lines[0] == URL
    assert not [line for line in lines if "sk_secret" in line]


async def test_nothing_is_imported_from_the_folder_that_one_is_in(
    browser: Path, seen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "webbrowser.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    _write(browser, f'echo "$1" > {seen}')
    assert await opened_in_browser(URL)
    assert _lines(seen) == [URL]


async def test_it_has_no_terminal_to_draw_on(browser: Path, seen: Path) -> None:
    _write(browser, f"(: < /dev/tty) 2> /dev/null || echo none > {seen}; test -t 0 || test -t 1 || echo off >> {seen}")
    assert await opened_in_browser(URL)
    assert _lines(seen) == ["none", "off"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a browser")
async def test_without_a_screen_there_is_none_even_where_the_terminal_has_some(
    tmp_path: Path, seen: Path, browser: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SCREENS:
        monkeypatch.delenv(name, raising=False)
    for name in ("www-browser", "w3m", "lynx", "links", "elinks"):
        (tmp_path / name).symlink_to(browser)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert not await opened_in_browser(URL)
    assert not _lines(seen)


async def test_one_that_fails_was_not_opened(browser: Path) -> None:
    _write(browser, "exit 3")
    assert not await opened_in_browser(URL)


async def test_one_that_goes_on_was_opened_and_goes_on(browser: Path, seen: Path) -> None:
    _write(browser, f"echo $$ > {seen}; exec sleep 30")
    assert await opened_in_browser(URL, longest=1.0)
    pid = int(_lines(seen)[0])
    os.kill(pid, 0)
    os.kill(pid, 15)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:alert(1)", "--help", ""])
async def test_nothing_but_pages_of_the_web_is_opened(browser: Path, seen: Path, url: str) -> None:
    assert not await opened_in_browser(url)
    assert not _lines(seen)
