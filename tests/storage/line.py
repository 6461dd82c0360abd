"""A line to the PostgreSQL server that can be cut at a chosen moment."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from smstui.storage.database import Database
from tests.postgresql import Server

WAIT = 30.0


class Line:
    """A Unix socket in front of the server's, which is cut when something certain goes through."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.folder = folder
        self._server = server
        self.cut_at = b""
        """Once, when the client says it; the server still hears it."""
        self.deaf = False
        """The server does not hear it either."""
        self.cuts = 0
        self.begun = self.ended = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.begun += 1
        there, away = await asyncio.open_unix_connection(self._server.folder / ".s.PGSQL.5432")
        back = asyncio.create_task(_pass_on(there, writer))
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                if self.cut_at and self.cut_at in data:
                    self.cut_at, self.cuts = b"", self.cuts + 1
                    back.cancel()
                    await asyncio.wait({back})
                    if not self.deaf:
                        away.write(data)
                        await there.read(65536)
                    break
                away.write(data)
        for each in (away, writer):
            each.close()
        await asyncio.wait({back})
        self.ended += 1


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
    writer.close()


@asynccontextmanager
async def behind_a_line(server: Server, url: str) -> AsyncIterator[tuple[Database, Line]]:
    folder = Path(tempfile.mkdtemp(prefix="smstui-line-"))
    line = Line(server, folder)
    listening = await asyncio.start_unix_server(line.serve, folder / ".s.PGSQL.5432")
    database = await Database.open(url.replace(str(server.folder), str(folder)))
    try:
        yield database, line
    finally:
        await database.close()
        listening.close()
        await listening.wait_closed()
        async with asyncio.timeout(WAIT):
            while line.ended < line.begun:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        shutil.rmtree(folder)
