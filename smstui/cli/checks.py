"""What `smstui doctor` looks at: each check is one line, right or wrong."""

import os
import platform
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from smstui.cli.application import TERMINALS_WITHOUT_A_SCREEN
from smstui.domain.errors import Refusal
from smstui.i18n import _, ngettext
from smstui.smpp.values import BindState

if TYPE_CHECKING:
    from smstui.services.backend import Backend
    from smstui.services.health_values import ConnectionHealth
    from smstui.settings import Settings

OLDEST_PYTHON = (3, 11)
LEAST_COLUMNS, LEAST_LINES = 80, 24
SERVE_PORT = 8000
LEAST_FREE = 200_000_000
"""Octets on the disk: a large campaign fits."""
MOST_LAG = timedelta(minutes=1)
"""How far the clock may be behind what other processes have written."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    ok: bool
    detail: str


def environment_checks() -> Iterator[Check]:
    """Python, the terminal, and the port of `smstui serve`."""
    yield Check("python", sys.version_info >= OLDEST_PYTHON, platform.python_version())
    yield _terminal()
    yield _port()


def _terminal() -> Check:
    """TERM, size and encoding; without a terminal there is nothing to be wrong."""
    if not sys.stdout.isatty():
        return Check("terminal", True, _("none here, which is fine for scripts"))
    term, (columns, lines) = os.environ.get("TERM", ""), shutil.get_terminal_size()
    encoding = sys.stdout.encoding.lower()
    detail = f"TERM={term}, {columns}×{lines}, {encoding}"
    if term in TERMINALS_WITHOUT_A_SCREEN:
        return Check("terminal", False, _("{detail}: it cannot show a full screen, set TERM").format(detail=detail))
    if encoding != "utf-8":
        return Check("terminal", False, _("{detail}: set LANG to a UTF-8 locale").format(detail=detail))
    if columns < LEAST_COLUMNS or lines < LEAST_LINES:
        return Check("terminal", False, _("{detail}: make it at least 80×24").format(detail=detail))
    return Check("terminal", True, detail)


def _port() -> Check:
    """Whether the default port of `smstui serve` is free; it may well be `smstui serve` that has it."""
    with socket.socket() as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind(("127.0.0.1", SERVE_PORT))
        except OSError:
            return Check("serve", True, _("port {port} is taken: use --port").format(port=SERVE_PORT))
    return Check("serve", True, _("port {port} is free").format(port=SERVE_PORT))


def database_check(settings: "Settings") -> Check:
    """Whether the database is there, sound and current, or can be created."""
    from smstui.formats import explain
    from smstui.storage.address import sqlite_path, without_secrets
    from smstui.storage.migrate import check

    try:
        path = sqlite_path(settings.database_url)
        if path is not None and not path.exists():
            return _missing(path)
        schema = check(settings.database_url)
    except Refusal as refusal:
        return Check("database", False, explain(refusal))
    place = path or without_secrets(settings.database_url)
    if schema.revision is None:
        return Check("database", True, _("{place}, to be created at the first start").format(place=place))
    if not schema.is_current:
        return Check(
            "database", False, _("{place} is older than this program: run `smstui db upgrade`").format(place=place)
        )
    if path is not None and not os.access(path, os.W_OK):
        return Check("database", False, _("{place} can only be read: check your rights").format(place=path))
    return Check("database", True, _("{place}, version {revision}").format(place=place, revision=schema.revision))


def _missing(path: Path) -> Check:
    """Whether a database that isn't there can be created."""
    folder = _nearest(path.parent)
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return Check("database", True, _("{place}, to be created at the first start").format(place=path))
    sentence = _("{place} cannot be created: check your rights on {folder}")
    return Check("database", False, sentence.format(place=path, folder=folder))


def folder_checks(settings: "Settings") -> Iterator[Check]:
    """The data folder, where the log goes, and the room on the disk of the database."""
    from smstui.storage.address import sqlite_path

    folder = _nearest(settings.data_directory)
    writable = folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
    sentence = "{place}" if writable else _("{place} cannot be written: check your rights")
    yield Check("data folder", writable, sentence.format(place=settings.data_directory))
    database = sqlite_path(settings.database_url)
    if database is None:
        return
    place = _nearest(database.parent)
    free = shutil.disk_usage(place).free
    size = f"{free / 1e9:.1f}"
    yield Check("disk", free >= LEAST_FREE, _("{size} GB free on {place}").format(size=size, place=place))


def _nearest(folder: Path) -> Path:
    """`folder`, or the nearest one above it that exists."""
    return next(each for each in (folder, *folder.parents) if each.exists())


def database_exists(settings: "Settings") -> bool:
    """Whether the database, whose check was right, is there already."""
    from smstui.storage.address import sqlite_path
    from smstui.storage.migrate import check

    path = sqlite_path(settings.database_url)
    return check(settings.database_url).revision is not None if path is None else path.exists()


async def backend_checks(
    backend: "Backend", settings: "Settings", connections: "Sequence[ConnectionHealth]", *, bind: bool
) -> AsyncIterator[Check]:
    """The account that is named, the clock, the dispatcher, cards, e-mail, each connection; `bind` tries to bind."""
    yield await _account(backend, settings)
    yield await _clock(backend)
    yield _dispatcher(connections, await backend.health.overdue())
    yield _cards(backend)
    yield _mail(backend)
    yield _unsettled(connections)
    if not connections:
        yield Check("connection", True, _("none yet: `smstui connection add` makes one"))
    for connection in connections:
        yield await _connection(backend, connection, bind=bind)


async def _account(backend: "Backend", settings: "Settings") -> Check:
    from smstui.formats import explain

    if not settings.account:
        return Check("account", True, _("none named; commands that need one take --account"))
    try:
        actor = await backend.accounts.find(settings.account)
    except Refusal as refusal:
        return Check("account", False, explain(refusal))
    return Check("account", True, f"{actor.login} ({actor.role})")


async def _clock(backend: "Backend") -> Check:
    """A clock that is behind would start campaigns late, and measure everything that others wrote wrongly."""
    now = backend.clock.now().astimezone()
    lag = await backend.health.clock_lag()
    detail = f"{now:%Y-%m-%d %H:%M:%S %Z}"
    if lag <= MOST_LAG:
        return Check("clock", True, detail)
    sentence = _("{time} is {seconds} s behind what is stored: set the clock of this machine")
    return Check("clock", False, sentence.format(time=detail, seconds=round(lag.total_seconds())))


def _dispatcher(connections: "Sequence[ConnectionHealth]", overdue: int) -> Check:
    """Whether somebody sends what waits."""
    stuck = [each.name for each in connections if each.waiting and each.enabled and not each.is_held]
    if stuck:
        sentence = _("messages wait on {names}, and nothing sends them: start `smstui dispatch` or the application")
        return Check("dispatcher", False, sentence.format(names=", ".join(stuck)))
    if overdue:
        sentence = ngettext(
            "{count} campaign should have begun, and nothing begins it: start `smstui dispatch` or the application",
            "{count} campaigns should have begun, and nothing begins them: start `smstui dispatch` or the application",
            overdue,
        )
        return Check("dispatcher", False, sentence.format(count=overdue))
    owners = sorted({each.owner for one in connections for each in one.binds if each.owner})
    return Check("dispatcher", True, ", ".join(owners) or _("none runs, and nothing waits"))


def _cards(backend: "Backend") -> Check:
    """Whether credits can be paid by card; Stripe is not asked."""
    from smstui.formats import explain
    from smstui.services.stripe_refusals import NoStripeKey

    try:
        backend.checkout.check()
    except NoStripeKey as refusal:
        return Check("cards", True, _("not offered: {variable} is not set").format(variable=refusal.variable))
    except Refusal as refusal:
        return Check("cards", False, explain(refusal))
    return Check("cards", True, _("offered"))


def _mail(backend: "Backend") -> Check:
    """Whether invoices and warnings can leave by e-mail; the server is not asked."""
    from smstui.formats import explain
    from smstui.services.mail_refusals import MailNotSetUp

    try:
        server = backend.mailer.check()
    except MailNotSetUp as refusal:
        return Check("e-mail", True, _("none is sent: {variable} is not set").format(variable=refusal.variable))
    except Refusal as refusal:
        return Check("e-mail", False, explain(refusal))
    return Check("e-mail", True, _("by {host}").format(host=server.host))


def _unsettled(connections: "Sequence[ConnectionHealth]") -> Check:
    """What a person may want to look at; nothing is wrong with the program."""
    in_doubt, parked = sum(each.in_doubt for each in connections), sum(each.parked for each in connections)
    details = (
        ngettext("{count} message in doubt", "{count} messages in doubt", in_doubt).format(count=in_doubt),
        ngettext("{count} unmatched receipt", "{count} unmatched receipts", parked).format(count=parked),
    )
    return Check("messages", True, ", ".join(details))


async def _connection(backend: "Backend", health: "ConnectionHealth", *, bind: bool) -> Check:
    """One connection: tried when `bind`, else as its dispatcher sees it."""
    from smstui.formats import explain

    name = f"connection {health.name}"
    if bind:
        try:
            await backend.connections.test(health.name)
        except Refusal as refusal:
            return Check(name, False, explain(refusal))
        return Check(name, True, _("bound and unbound"))
    if not health.enabled:
        return Check(name, True, _("disabled"))
    states = ", ".join(f"{each.state}: {each.reason}" if each.reason else each.state for each in health.binds)
    facts = _("{rate}/s, {throttled} throttled lately").format(rate=health.rate, throttled=health.throttled)
    seen = {each.state for each in health.binds}
    well = BindState.BOUND in seen or BindState.WAITING not in seen
    return Check(name, well, f"{states}; {facts}" if health.is_held else states)
