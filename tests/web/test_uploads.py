"""Files given to a session by its browser."""

import os
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from smstui.services.importing.files import read_sheet
from smstui.services.importing.refusals import FileTooBig
from smstui.services.importing.sheet import FILE_LIMIT, MEGABYTE
from smstui.settings import UPLOAD_URL_VARIABLE, Settings
from smstui.web.server import BrowserServer
from smstui.web.uploads import UPLOAD_LIMIT, Inbox, Uploads

Client = TestClient  # type: ignore[type-arg]


@pytest.fixture
async def uploads() -> Uploads:
    return Uploads()


@pytest.fixture
async def client(uploads: Uploads) -> AsyncIterator[Client]:
    server = BrowserServer(("true",), {}, "127.0.0.1", 0)
    server._uploads = uploads
    async with TestClient(TestServer(await server.application())) as client:
        yield client


@pytest.fixture
async def inbox(uploads: Uploads) -> AsyncIterator[Inbox]:
    inbox = await uploads.open()
    yield inbox
    if inbox.directory.exists():
        await uploads.close(inbox)


def form(name: str, octets: bytes) -> BytesIO:
    """As browsers write it."""
    head = f'--limit\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return BytesIO(head.encode() + octets + b"\r\n--limit--\r\n")


async def send(client: Client, inbox: Inbox, name: str, octets: bytes, origin: str | None = None) -> tuple[int, str]:
    headers = {
        "Origin": str(client.make_url("/")).rstrip("/") if origin is None else origin,
        "Content-Type": "multipart/form-data; boundary=limit",
    }
    async with client.post(f"/upload/{inbox.key}", data=form(name, octets), headers=headers) as response:
        return response.status, await response.text()


def given(inbox: Inbox) -> list[Path]:
    return sorted(inbox.directory.glob("*/*"))


async def test_a_file_arrives_whole_and_under_its_name(client: Client, inbox: Inbox) -> None:
    async with client.get(f"/upload/{inbox.key}") as response:
        page = await response.text()
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert 'type="file"' in page
    assert "Excel or CSV of 10 MB" in page
    assert "bank statement (XML) of 20 MB" in page
    status, page = await send(client, inbox, "été [b].csv", b"Dupont;0601020304")
    assert status == 200
    assert "été [b].csv has arrived" in page
    [file] = given(inbox)
    assert (file.name, file.read_bytes()) == ("été [b].csv", b"Dupont;0601020304")


async def test_the_same_name_twice_is_two_files(client: Client, inbox: Inbox) -> None:
    for octets in (b"1", b"2"):
        await send(client, inbox, "contacts.csv", octets)
    assert {file.read_bytes() for file in given(inbox)} == {b"1", b"2"}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:/Users/a/contacts.xlsx", "contacts.xlsx"),
        ("\u202evsc.rebmun", "vsc.rebmun"),
        ("...", "contacts"),
        (".bashrc", "bashrc"),
    ],
)
async def test_a_name_leads_nowhere_else(client: Client, inbox: Inbox, name: str, kept: str) -> None:
    status, _page = await send(client, inbox, name, b"x")
    assert status == 200
    assert [file.name for file in given(inbox)] == [kept]


async def test_a_name_with_control_characters_is_refused(client: Client, inbox: Inbox) -> None:
    status, page = await send(client, inbox, "\x1b[31mred\x07.csv", b"x")
    assert status == 400
    assert "choose it again" in page
    assert not given(inbox)


async def test_too_big_a_file_is_refused_and_leaves_nothing(client: Client, inbox: Inbox) -> None:
    largest = UPLOAD_LIMIT * MEGABYTE
    status, page = await send(client, inbox, "big.xml", bytes(largest + 1))
    assert status == 413
    assert "too big: 20 MB at most" in page
    assert not os.listdir(inbox.directory)
    assert (await send(client, inbox, "fits.xml", bytes(largest)))[0] == 200


async def test_contacts_that_are_too_big_are_refused_where_they_are_read(client: Client, inbox: Inbox) -> None:
    assert (await send(client, inbox, "contacts.csv", bytes(FILE_LIMIT + 1)))[0] == 200
    [file] = given(inbox)
    with pytest.raises(FileTooBig) as refused:
        read_sheet(file.read_bytes())
    assert refused.value.limit == FILE_LIMIT // MEGABYTE


async def test_a_disk_that_takes_nothing_is_told(client: Client, inbox: Inbox) -> None:
    inbox.directory.rmdir()
    status, page = await send(client, inbox, "contacts.csv", b"x")
    assert status == 507
    assert "There is no folder" in page


async def test_another_site_cannot_send(client: Client, inbox: Inbox) -> None:
    assert (await send(client, inbox, "contacts.csv", b"x", origin="http://evil.example"))[0] == 403
    assert not given(inbox)


async def test_only_the_key_of_a_session_opens_the_form(client: Client, uploads: Uploads, inbox: Inbox) -> None:
    async with client.get("/upload/guess") as response:
        assert response.status == 404
    await send(client, inbox, "contacts.csv", b"x")
    await uploads.close(inbox)
    assert not inbox.directory.exists()
    async with client.get(f"/upload/{inbox.key}") as response:
        assert response.status == 404


async def test_a_form_without_a_file_says_so(client: Client, inbox: Inbox) -> None:
    headers = {"Origin": str(client.make_url("/")).rstrip("/")}
    async with client.post(f"/upload/{inbox.key}", data=b"x", headers=headers) as response:
        assert response.status == 400
    assert not given(inbox)


async def test_the_session_knows_where(inbox: Inbox) -> None:
    environment = inbox.environment("http://localhost:8000")
    settings = Settings.load(environment=environment)
    assert settings.uploads is not None
    assert settings.uploads.url == environment[UPLOAD_URL_VARIABLE] == f"http://localhost:8000/upload/{inbox.key}"
    assert settings.uploads.directory == inbox.directory
    assert Settings.load(environment={}).uploads is None
