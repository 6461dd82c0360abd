"""`smstui simulator` as a process."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields

import pytest

from smstui.cli.simulator import read_hazards, simulator
from smstui.smpp.simulator import Hazards, IdStyle, ReceiptField
from tests.simulator.raw import SUBMIT_SM, Esme, submit_body

PATIENCE = 20.0
"""Seconds to a process's start or end."""


@asynccontextmanager
async def command(*arguments: str, **environment: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "smstui", "simulator", *arguments,
        stdin=PIPE, stdout=PIPE, stderr=PIPE, env={**os.environ, "LC_ALL": "en_US.UTF-8", **environment},
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE):
            yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def line_of(process: Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_listens_checks_passwords_and_ends_cleanly(number: signal.Signals) -> None:
    async with command("--port", "0", "--system-id", "me", "--password-env", "SECRET", SECRET="secret") as process:
        line = await line_of(process)
        assert line.startswith("SMSC simulator listening on 127.0.0.1:")
        port = int(line.rpartition(":")[2])
        stranger, esme = await Esme.connect(port), await Esme.connect(port)
        assert (await stranger.bind(password="wrong")).status == 0x0E
        await stranger.close()
        assert (await esme.bind()).status == 0
        assert (await esme.ask(SUBMIT_SM, submit_body())).status == 0
        process.send_signal(number)
        assert await esme.rest() == b""
        await esme.close()
        assert await line_of(process) == "Binds: 1, submits: 1, receipts: 0, inbound: 0\n"
        assert await process.wait() == 0
        assert process.stderr is not None
        assert await process.stderr.read() == b""


async def test_hazards_inbound_and_standard_input() -> None:
    options = ("--id-style", "hex", "--refuse-share", "1", "--refuse-status", "0x401")
    inbound = ("--inbound", "+33601020304:36034:see: this", "--stdin")
    async with command("--port", "0", "--json", *options, *inbound) as process:
        place = json.loads(await line_of(process))
        assert place["host"] == "127.0.0.1"
        esme = await Esme.connect(place["port"])
        await esme.bind()
        assert (await esme.deliver()).text == b"see: this"
        assert (await esme.ask(SUBMIT_SM, submit_body())).status == 0x401
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(b"nonsense\n\n+33601020305 36034 STOP it\n")
        delivered = await esme.deliver()
        assert (delivered.source[2], delivered.destination[2], delivered.text) == ("33601020305", "36034", b"STOP it")
        assert b"nonsense" in await process.stderr.readline()
        await esme.close()


async def test_a_taken_port_is_one_sentence() -> None:
    async with command("--port", "0") as process:
        port = (await line_of(process)).strip().rpartition(":")[2]
        async with command("--port", port) as second:
            stdout, stderr = await second.communicate()
            assert (second.returncode, stdout) == (1, b"")
            assert stderr.decode().splitlines() == [
                f"Port {port} of 127.0.0.1 is taken by another program: stop it, or choose another port."
            ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--undelivered-share", "0.7", "--expired-share", "0.7"),
        ("--refuse-share", "2"),
        ("--refuse-status", "many"),
        ("--inbound", "nobody"),
        ("--password-env", "SECRET"),
    ],
)
async def test_wrong_options_are_wrong_usage(arguments: tuple[str, ...]) -> None:
    async with command(*arguments) as process:
        _, stderr = await process.communicate()
        assert process.returncode == 2
        assert b"Traceback" not in stderr


def test_every_hazard_is_an_option() -> None:
    offered = {option.name for option in simulator.params}
    assert {one.name for one in fields(Hazards)} <= offered


def test_options_become_hazards() -> None:
    read = read_hazards({"id_style": "uuid", "receipt_without": ("err", "text"), "drop_after": 3, "refuse_share": 0.5})
    without = frozenset({ReceiptField.ERR, ReceiptField.TEXT})
    assert read == Hazards(id_style=IdStyle.UUID, receipt_without=without, drop_after=3, refuse_share=0.5)
