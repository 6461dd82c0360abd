"""`smstui simulator`: the bundled SMSC, with faults on demand."""

import asyncio
import signal
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from threading import Thread
from typing import ClassVar, TextIO, get_args, get_type_hints

import click

from smstui.cli.context import answer, secret
from smstui.cli.options import GlobalOptions, Verb, options_of
from smstui.cli.output import print_error, print_lines
from smstui.domain.errors import Refusal
from smstui.formats import explain
from smstui.i18n import N_, _
from smstui.smpp.simulator import Account, Hazards, NobodyBound, Simulator, SimulatorSettings
from smstui.smpp.values import Alphabet

DEFAULT_PORT = 2775
"""The port that IANA registered for SMPP."""
BIND_CHECK_INTERVAL = 0.05
"""Seconds between two looks for the first receiver."""


@dataclass(eq=False)
class NotAMessage(Refusal):
    """A line on standard input that is no message of a phone."""

    line: str
    sentence: ClassVar[str] = N_("“{line}” is not “FROM TO TEXT”: write a phone number, a destination and a text.")


@dataclass(frozen=True, slots=True)
class FromPhone:
    """A message that a phone is to send."""

    number: str
    destination: str
    text: str


class Integer(click.ParamType[int]):
    """A whole number that isn't negative, decimal or hexadecimal (0x45)."""

    name = "integer"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the number."""
        try:
            number = value if isinstance(value, int) else int(str(value), 0)
        except ValueError:
            self.fail(f"{value!r} is not a whole number, like 69 or 0x45.", param, ctx)
        if not 0 <= number <= 0xFFFFFFFF:
            self.fail(f"{value!r} is not between 0 and 0xFFFFFFFF.", param, ctx)
        return number


class Inbound(click.ParamType[FromPhone]):
    """FROM:TO:TEXT."""

    name = "FROM:TO:TEXT"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> FromPhone:
        """Read the three fields; the text may hold colons."""
        if isinstance(value, FromPhone):
            return value
        pieces = str(value).split(":", 2)
        if len(pieces) < 3 or not all(pieces[:2]):
            self.fail(f"{value!r} is not FROM:TO:TEXT, like +33601020304:36034:STOP.", param, ctx)
        return FromPhone(*pieces)


def hazard_options() -> list[click.Option]:
    """One option for each field of `Hazards`."""
    hints = get_type_hints(Hazards, include_extras=True)
    defaults = Hazards()
    options = []
    for one in fields(Hazards):
        kind, words = get_args(hints[one.name])
        options.append(_hazard_option(one.name, kind, words, getattr(defaults, one.name)))
    return options


def _hazard_option(name: str, kind: object, words: str, default: object) -> click.Option:
    flag = f"--{name.replace('_', '-')}"
    if kind is bool:
        return click.Option([flag], is_flag=True, help=words)
    if isinstance(default, frozenset):
        (member,) = get_args(kind)
        return click.Option([flag], type=click.Choice([str(one) for one in member]), multiple=True, help=words)
    if isinstance(default, StrEnum):
        choice = click.Choice([str(one) for one in type(default)])
        return click.Option([flag], type=choice, default=str(default), show_default=True, help=words)
    if kind is float:
        highest = 1.0 if name.endswith("_share") else None
        return click.Option([flag], type=click.FloatRange(0, highest), default=default, help=words)
    if kind is int:
        return click.Option([flag], type=Integer(), default=default, help=words)
    return click.Option([flag], default=default, help=words)


def read_hazards(values: dict[str, object]) -> Hazards:
    """The hazards that the options say. Raises click.UsageError when they contradict each other."""
    hints = get_type_hints(Hazards)
    typed: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, tuple):
            (member,) = get_args(hints[name])
            typed[name] = frozenset(member(one) for one in value)
        else:
            typed[name] = hints[name](value)
    try:
        return Hazards(**typed)  # type: ignore[arg-type]
    except ValueError as error:
        raise click.UsageError(f"{error}.") from error


@click.command(cls=Verb)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; any other must be asked for."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="0 takes a free one."
)
@click.option("--system-id", metavar="ID", help="Who may bind, with --password-env [default: anyone].")
@click.option("--password-env", metavar="VAR", help="Environment variable that holds the password of --system-id.")
@click.option("--receipt-delay", type=click.FloatRange(0), default=0.1, show_default=True, help="Seconds to a receipt.")
@click.option("--alphabet", type=click.Choice([str(one) for one in Alphabet]), default="gsm7", show_default=True,
              help="What data_coding 0 means.")  # fmt: skip
@click.option("--seed", type=int, help="The same seed gives the same ids and faults [default: new ones each time].")
@click.option(
    "--log", type=click.Path(dir_okay=False, path_type=Path), help="Append what phones received, as JSON lines."
)
@click.option(
    "--inbound", type=Inbound(), multiple=True, help="Once somebody is bound, send this from a phone (repeatable)."
)
@click.option("--stdin", "reads_stdin", is_flag=True, help="Send “FROM TO TEXT” lines of standard input from phones.")
@click.pass_context
def simulator(
    context: click.Context,
    /,
    *,
    host: str,
    port: int,
    system_id: str | None,
    password_env: str | None,
    receipt_delay: float,
    alphabet: str,
    seed: int | None,
    log: Path | None,
    inbound: tuple[FromPhone, ...],
    reads_stdin: bool,
    **hazards: object,
) -> None:
    """Run an SMSC with phones behind it, until SIGINT or SIGTERM; on demand it does wrong what real ones do wrong."""
    if password_env is not None and system_id is None:
        raise click.UsageError("--password-env needs --system-id.")
    accounts = (Account(system_id, secret(password_env, _("Password of the bind"))),) if system_id is not None else ()
    settings = SimulatorSettings(
        host=host,
        port=port,
        accounts=accounts,
        hazards=read_hazards(hazards),
        receipt_delay=receipt_delay,
        alphabet=Alphabet(alphabet),
        seed=seed,
        log=log,
    )
    asyncio.run(_serve(settings, options_of(context), inbound, reads_stdin=reads_stdin))


simulator.params.extend(hazard_options())


async def _serve(
    settings: SimulatorSettings, options: GlobalOptions, inbound: Iterable[FromPhone], *, reads_stdin: bool
) -> None:
    """Listen until a signal comes, then say what happened."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with Simulator(settings) as running:
        line = _("SMSC simulator listening on {host}:{port}").format(host=running.host, port=running.port)
        answer(options, {"host": running.host, "port": running.port}, line)
        sys.stdout.flush()
        phones: asyncio.Queue[FromPhone] = asyncio.Queue()
        for message in inbound:
            phones.put_nowait(message)
        if reads_stdin:
            _read_lines(sys.stdin, lambda text: loop.call_soon_threadsafe(_take_line, text, phones))
        sender = asyncio.create_task(_send_from_phones(running, phones))
        await stop.wait()
        sender.cancel()
        await asyncio.gather(sender, return_exceptions=True)
        if not options.as_json:
            print_lines(_summary(running))


def _summary(running: Simulator) -> str:
    """What happened, in one line."""
    stats = running.stats
    return _("Binds: {binds}, submits: {submits}, receipts: {receipts}, inbound: {inbound}").format(
        binds=stats.binds, submits=stats.submits, receipts=stats.receipts, inbound=stats.inbound
    )


async def _send_from_phones(running: Simulator, phones: "asyncio.Queue[FromPhone]") -> None:
    """Send what comes, each message once somebody is bound to receive it."""
    while True:
        message = await phones.get()
        while True:
            try:
                await running.handsets.reply(message.number, message.destination, message.text)
                break
            except NobodyBound:
                await asyncio.sleep(BIND_CHECK_INTERVAL)


def _take_line(text: str, phones: "asyncio.Queue[FromPhone]") -> None:
    """Queue a line of standard input, or say what is wrong with it."""
    pieces = text.strip().split(maxsplit=2)
    if len(pieces) == 3:
        phones.put_nowait(FromPhone(*pieces))
    elif pieces:
        print_error(explain(NotAMessage(text.strip())))


def _read_lines(source: TextIO, take: Callable[[str], object]) -> None:
    """Read `source` in a thread of its own, which the process doesn't wait for: its end may never come.

    `take` raises RuntimeError when the event loop is gone, which ends the reading.
    """

    def read() -> None:
        with suppress(RuntimeError):
            for text in source:
                take(text)

    Thread(target=read, name="simulator-stdin", daemon=True).start()
