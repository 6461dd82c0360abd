"""`smstui serve`: where it listens, what it refuses, how it stops."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from tests.web.conftest import STOP_DEADLINE, Serve


def refused(environment: dict[str, str], *arguments: str) -> str:
    """The one line with which `smstui serve` refuses `arguments`."""
    answer = subprocess.run(
        [sys.executable, "-m", "smstui", "serve", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.count("\n") == 1
    return answer.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
def test_other_addresses_are_refused(environment: dict[str, str], host: str) -> None:
    assert host in refused(environment, "--host", host)


def test_a_port_that_is_taken(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        assert port in refused(environment, "--port", port)


def test_a_wrong_database_url(environment: dict[str, str]) -> None:
    assert "pigeon" in refused(environment, "--port", "0", "--database", "pigeon")


async def test_the_page_asks_nothing_from_outside(serve: Serve) -> None:
    url, _process = await asyncio.to_thread(serve)
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        page = await answer.text()
    assert answer.status == 200
    assert page.replace(url, "").count("http://") == page.count("https://") == 0


def wait_until_childless(pid: int) -> None:
    """Wait until all processes that `pid` has started have ended. Fails after STOP_DEADLINE."""
    deadline = time.monotonic() + STOP_DEADLINE
    while children_of(pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)


async def first_screen(socket_: aiohttp.ClientWebSocketResponse) -> None:
    """Wait until the application behind `socket_` has painted something."""
    async for message in socket_:
        if message.type is aiohttp.WSMsgType.BINARY and len(message.data) > 1000:
            return


def is_running(pid: int) -> bool:
    """Whether there is such a process."""
    return Path(f"/proc/{pid}").exists()


def shown_of(pid: int, what: str) -> str:
    """The command line ("cmdline") or the environment ("environ") of a process."""
    return Path(f"/proc/{pid}/{what}").read_text()


def children_of(pid: int) -> set[int]:
    """The processes that `pid` has started, by /proc."""
    return {int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_stops_in_time_and_leaves_nothing_behind(serve: Serve, number: signal.Signals) -> None:
    url, process = await asyncio.to_thread(serve)
    async with aiohttp.ClientSession() as session, session.ws_connect(url.replace("http", "ws") + "/ws") as page:
        await first_screen(page)
        children = children_of(process.pid)
        assert children
        started = time.monotonic()
        process.send_signal(number)
        assert await asyncio.to_thread(process.wait, 2 * STOP_DEADLINE) == 0
        assert time.monotonic() - started < STOP_DEADLINE
        assert not [child for child in children if is_running(child)]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_a_frozen_session_does_not_keep_it_from_stopping(serve: Serve) -> None:
    url, process = await asyncio.to_thread(serve)
    async with aiohttp.ClientSession() as session, session.ws_connect(url.replace("http", "ws") + "/ws") as page:
        await first_screen(page)
        (child,) = children_of(process.pid)
        os.kill(child, signal.SIGSTOP)
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 2 * STOP_DEADLINE) == 0
        assert time.monotonic() - started < STOP_DEADLINE
        assert not is_running(child)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_a_closed_page_ends_its_process(serve: Serve) -> None:
    url, process = await asyncio.to_thread(serve)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url.replace("http", "ws") + "/ws") as page:
            await first_screen(page)
            assert children_of(process.pid)
        await asyncio.to_thread(wait_until_childless, process.pid)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_the_database_is_not_in_the_list_of_processes(serve: Serve, database_url: str) -> None:
    url, process = await asyncio.to_thread(serve)
    async with aiohttp.ClientSession() as session, session.ws_connect(url.replace("http", "ws") + "/ws") as page:
        await first_screen(page)
        for child in children_of(process.pid):
            assert database_url not in shown_of(child, "cmdline")
            assert database_url in shown_of(child, "environ")
