"""The messages of a campaign as a table: to whom each went, what became of it, what it cost, what the SMSC said."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, and_, select

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.credits import Credits
from smstui.domain.state_words import MESSAGE_WORDS
from smstui.domain.states import REFUNDED_STATES
from smstui.domain.storable import storable
from smstui.domain.visible import printable
from smstui.i18n import N_, translated
from smstui.services.audit import AuditAction, record
from smstui.services.exporting.off_loop import off_loop
from smstui.services.exporting.tables import CsvTable, new_table
from smstui.services.following import own_campaign, shown_state
from smstui.services.scheduling import zone_of
from smstui.smpp.status import status_meaning, status_name
from smstui.storage.columns import from_milliseconds
from smstui.storage.database import Database
from smstui.storage.tables import contact, message

_PAGE: Final = 500
"""Messages read and written at a time."""
LABELS: Final = (
    N_("Number"),
    N_("Contact"),
    N_("State"),
    N_("SMS"),
    N_("Credits"),
    N_("Sent"),
    N_("Answered"),
    N_("Receipt"),
    N_("SMSC code"),
    N_("SMSC words"),
)
"""Message ids of the columns."""
Rows = Sequence[Sequence[str]]


async def export_messages(
    database: Database, clock: Clock, actor: Actor, campaign_id: int, path: Path, *, overwrite: bool = False
) -> int:
    """Write all messages of the account's campaign to a .csv or .xlsx file; how many. Cancelled, it leaves nothing.

    Raises UnknownCampaign, UnknownTableKind, FileThere, NoFolder, FileNotWritable, NoRoomForFile, TooBigForWorkbook.
    """
    columns, count = await _columns(database, actor, campaign_id), 0
    async with new_table(path, columns.header, overwrite=overwrite) as append:
        async for rows in _pages(database, columns):
            await append(rows)
            count += len(rows)
        await _record(database, clock, actor, f"{path.name}: {count}")
    return count


async def stream_messages(database: Database, clock: Clock, actor: Actor, campaign_id: int, stream: BinaryIO) -> int:
    """Write all messages of the account's campaign as CSV to a stream, such as standard output; how many.

    Raises UnknownCampaign, OSError.
    """
    columns, count = await _columns(database, actor, campaign_id), 0
    await _record(database, clock, actor, f"-: {columns.campaign}")
    table = CsvTable(stream)
    await off_loop(table.begin, columns.header)
    async for rows in _pages(database, columns):
        await off_loop(table.append, rows)
        count += len(rows)
    await off_loop(stream.flush)
    return count


@dataclass(frozen=True, slots=True)
class _Columns:
    """A campaign's messages as the language of its account writes them."""

    campaign_id: int
    campaign: str
    account_id: int
    zone: ZoneInfo
    is_french: bool
    segments: int
    """Of a message without its own."""
    price: int
    """The same, in thousandths of a credit."""
    header: Sequence[str]
    states: Mapping[str, str]
    """The words of each state."""
    language: str

    def cells(self, row: Row[Any]) -> Sequence[str]:
        """A message in these columns."""
        segments = row.segments or self.segments
        return (
            row.destination,
            f"{row.first_name or ''} {row.last_name or ''}".strip(),
            self.states[row.shown],
            str(segments),
            self._cost(row, segments),
            self._time(row.sent_at),
            self._time(row.answered_at),
            self._time(row.final_at),
            f"0x{row.status:08X} {status_name(row.status)}".strip() if row.status else "",
            self._words(row),
        )

    def _cost(self, row: Row[Any], segments: int) -> str:
        """What it costs in the end: what the SMSC never accepted is given back."""
        price = self.price if row.price is None else row.price
        if row.state in REFUNDED_STATES:
            price = price // segments * row.accepted_parts
        amount = f"{Credits(price).decimal.normalize():f}"
        return amount.replace(".", ",") if self.is_french else amount

    def _time(self, milliseconds: int | None) -> str:
        """On the account's clocks."""
        if milliseconds is None:
            return ""
        at = from_milliseconds(milliseconds).astimezone(self.zone)
        return f"{at:%d/%m/%Y %H:%M:%S}" if self.is_french else f"{at:%Y-%m-%d %H:%M:%S}"

    def _words(self, row: Row[Any]) -> str:
        meaning = _meaning(row.status, self.language) if row.status else ""
        return ", ".join(filter(None, (meaning, printable(row.error or ""))))


@cache
def _meaning(status: int, language: str) -> str:
    """What a command_status means: the same few, again and again."""
    return translated(status_meaning(status), language)


async def _columns(database: Database, actor: Actor, campaign_id: int) -> _Columns:
    """Raises UnknownCampaign."""

    def look(tx: Connection) -> _Columns:
        row, language = own_campaign(tx, actor, campaign_id), actor.language
        return _Columns(
            campaign_id=row.id,
            campaign=row.name,
            account_id=actor.account_id,
            zone=zone_of(tx, actor.account_id),
            is_french=language == "fr",
            segments=row.segments,
            price=row.price,
            header=[translated(label, language) for label in LABELS],
            states={state.value: translated(words, language) for state, words in MESSAGE_WORDS.items()},
            language=language,
        )

    return await database.read(look)


async def _pages(database: Database, columns: _Columns) -> AsyncIterator[Rows]:
    """All messages, some at a time, by their ids."""
    after = 0

    def read(tx: Connection) -> tuple[int, Rows]:
        who = and_(contact.c.account_id == columns.account_id, contact.c.mobile == message.c.destination)
        page = (
            select(message, shown_state().label("shown"), contact.c.first_name, contact.c.last_name)
            .outerjoin_from(message, contact, who)
            .where(message.c.campaign_id == columns.campaign_id, message.c.id > after)
            .order_by(message.c.id)
            .limit(_PAGE)
        )
        found = tx.execute(page).all()
        return (found[-1].id if found else after), [columns.cells(row) for row in found]

    while True:
        after, rows = await database.read(read)
        if not rows:
            return
        yield rows


async def _record(database: Database, clock: Clock, actor: Actor, subject: str) -> None:
    now: datetime = clock.now()
    await database.write(lambda tx: record(tx, actor, now, AuditAction.MESSAGES_EXPORTED, storable(subject)))
