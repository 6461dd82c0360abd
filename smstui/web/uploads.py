"""Files that a person at a browser gives to the session of their page: a small page with a form, opened by its address.

The address holds a key that only the session knows. A file is kept in a folder of the session's own, in a folder of its
own that appears when the file is whole; all of it goes when the session ends.
"""

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp_jinja2
from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import explain, number
from smstui.i18n import _
from smstui.services.camt import LIMIT as STATEMENT_LIMIT
from smstui.services.exporting.refusals import explained
from smstui.services.importing.refusals import FileTooBig
from smstui.services.importing.sheet import FILE_LIMIT, MEGABYTE
from smstui.settings import UPLOAD_DIRECTORY_VARIABLE, UPLOAD_URL_VARIABLE

CONTACT_LIMIT: Final = FILE_LIMIT // MEGABYTE
UPLOAD_LIMIT: Final = max(CONTACT_LIMIT, STATEMENT_LIMIT)
"""Megabytes: the largest of the files that any page takes. What is too big for its page is refused there."""
DEADLINE: Final = 120.0
"""Seconds that a file may take to arrive."""
_LONGEST_NAME: Final = 100
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class Inbox:
    """Where one session finds the files given to it."""

    key: str
    directory: Path

    def environment(self, origin: str) -> dict[str, str]:
        """What tells the session's process of it; `origin` is how the browser reaches this server."""
        return {
            UPLOAD_URL_VARIABLE: f"{origin}/upload/{self.key}",
            UPLOAD_DIRECTORY_VARIABLE: str(self.directory),
        }


class Uploads:
    """The inboxes of all sessions, and the pages that fill them."""

    def __init__(self) -> None:
        self._inboxes: dict[str, Inbox] = {}

    def routes(self) -> list[web.RouteDef]:
        """The form, and where it sends."""
        return [web.get("/upload/{key}", self.show_form), web.post("/upload/{key}", self.take_file)]

    async def open(self) -> Inbox:
        """An inbox for a new session."""
        directory = await asyncio.to_thread(tempfile.mkdtemp, prefix="smstui-")
        inbox = Inbox(secrets.token_urlsafe(32), Path(directory))
        self._inboxes[inbox.key] = inbox
        return inbox

    async def close(self, inbox: Inbox) -> None:
        """Forget what was given to a session that has ended."""
        del self._inboxes[inbox.key]
        await asyncio.to_thread(shutil.rmtree, inbox.directory, True)

    async def show_form(self, request: web.Request) -> web.Response:
        """The page with the form."""
        self._inbox(request)
        sentence = _(
            "Choose a file: Excel or CSV of {contacts} MB at most, or a bank statement (XML) of {statement} MB at most."
        )
        limits = {"contacts": number(CONTACT_LIMIT), "statement": number(STATEMENT_LIMIT)}
        return _page(request, sentence.format(**limits))

    async def take_file(self, request: web.Request) -> web.Response:
        """Keep the file of the form; the page says whether."""
        inbox = self._inbox(request)
        if request.headers.get("Origin") != str(request.url.origin()):
            raise web.HTTPForbidden
        if request.content_type != "multipart/form-data":
            return _page(request, _("No file was chosen."), status=400)
        try:
            async with asyncio.timeout(DEADLINE):
                parts = await request.multipart()
                part = await parts.next()
                while isinstance(part, BodyPartReader) and not part.filename:
                    part = await parts.next()
                if not isinstance(part, BodyPartReader):
                    return _page(request, _("No file was chosen."), status=400)
                kept = await _keep(inbox, part)
        except Refusal as refusal:
            return _page(request, explain(refusal), status=507)
        except (TimeoutError, ValueError, HttpProcessingError):
            return _page(request, _("The file did not arrive: choose it again."), status=400)
        if not kept:
            return _page(request, explain(FileTooBig(UPLOAD_LIMIT)), status=413)
        name = printable(Path(part.filename or "").name)
        return _page(request, _("{name} has arrived: go back to the page of smstui.").format(name=name), done=True)

    def _inbox(self, request: web.Request) -> Inbox:
        inbox = self._inboxes.get(request.match_info["key"])
        if inbox is None:
            raise web.HTTPNotFound
        return inbox


async def _keep(inbox: Inbox, part: BodyPartReader) -> bool:
    """Keep a file in the inbox, once it is whole; False when it is too big."""
    octets = bytearray()
    while chunk := await part.read_chunk(MEGABYTE):
        octets += chunk
        if len(octets) > UPLOAD_LIMIT * MEGABYTE:
            return False
    await asyncio.to_thread(_write, inbox.directory, _safe_name(part.filename or ""), bytes(octets))
    return True


def _write(directory: Path, name: str, octets: bytes) -> None:
    """Raises NoRoomForFile, FileNotWritable."""
    with explained(directory / name):
        beside = Path(tempfile.mkdtemp(prefix=".", dir=directory))
        (beside / name).write_bytes(octets)
        beside.rename(directory / secrets.token_hex(8))


def _safe_name(name: str) -> str:
    """The last part of `name`, as a file can be called anywhere."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(each for each in last if each.isprintable())[:_LONGEST_NAME].lstrip(".").strip()
    return kept or "contacts"


def _page(request: web.Request, sentence: str, *, status: int = 200, done: bool = False) -> web.Response:
    texts: Mapping[str, str] = {"title": _("Send a file"), "sentence": sentence, "send": _("Send")}
    response = aiohttp_jinja2.render_template("upload.html", request, {"texts": texts, "done": done}, status=status)
    response.headers.update(
        {"Content-Security-Policy": _POLICY, "Referrer-Policy": "same-origin", "Cache-Control": "no-store"}
    )
    return response
