"""What the SMSCs accepted, delivered and were acknowledged: the truth that the books are held against."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from smstui.smpp.simulator.journal import AcknowledgedRecord, InboundRecord, MessageRecord, ReceiptRecord, Record
from smstui.smpp.simulator.submit import Submit
from smstui.smpp.simulator.texts import decode_payload
from smstui.smpp.values import Alphabet
from tests.simulation.books import MARK, RECEIPTED, Books, Message


@dataclass(slots=True)
class Accepted:
    """A submit_sm that an SMSC accepted."""

    mark: str
    number: str
    part: int
    parts: int
    stat: str
    acknowledged: bool = False
    """Whether the application has taken its receipt."""
    listened: bool = False
    """Whether it has taken the one that says so."""


class Phones:
    """The record of all SMSCs. `blame` is told what must never reach a phone, or be acknowledged."""

    def __init__(self, books: Books, note: Callable[[str], None], blame: Callable[[str], None]) -> None:
        self.books = books
        self.note = note
        self.blame = blame
        self.accepted: dict[tuple[str, int], Accepted] = {}
        """By SMSC and its own number of the message."""
        self.copies: Counter[tuple[str, str, int]] = Counter()
        """By mark, number and part."""
        self.said: list[str] = []
        """The texts that phones have sent, but for STOP."""
        self.stops: list[tuple[str, list[int]]] = []
        """Numbers that have sent STOP, with the accounts, one of which it must have meant."""
        self.unheard_stops: set[tuple[str, str]] = set()
        """The SMSCs and numbers whose STOP the application has not taken."""

    def accept(self, smsc: str, submit: Submit) -> None:
        """An SMSC has accepted a submit_sm."""
        content = submit.content
        text = decode_payload(content.payload, content.data_coding, Alphabet.GSM7)
        found, number = MARK.search(text), submit.destination.shown
        one = Accepted(found[0] if found else text, number, content.part.number, content.part.total, submit.stat)
        self.accepted[smsc, submit.number] = one
        self.note(f"{smsc} accepts {one.mark!r} {one.part}/{one.parts} to {number} as {submit.number}")
        rows = self.rows(one)
        self.copies[one.mark, number, one.part] += 1
        if self.copies[one.mark, number, one.part] > len(rows):
            self.blame(f"{number} got {one.mark!r}, part {one.part}, again")
        if not any(self._may_have_left(row, one.part) for row in rows):
            self.blame(f"{number} got {one.mark!r}, which the books call {[(row.id, row.state) for row in rows]}")

    def acknowledge(self, smsc: str, record: ReceiptRecord | InboundRecord) -> None:
        """The application has acknowledged a receipt, or the first part of a message from a phone."""
        if isinstance(record, InboundRecord):
            self.unheard_stops.discard((smsc, record.number))
            self.note(f"{smsc} is acknowledged {record.text[:20]!r}")
            if len(record.text) <= 70 and not self.inbox_count(record.text):
                self.blame(f"{record.text!r} was acknowledged before it was in the inbox")
            return
        one = self.accepted[smsc, record.submit.number]
        one.acknowledged = True
        one.listened = one.listened or record.stat == "LISTENED"
        receipt_id = record.write_id(record.submit.number)
        self.note(f"{smsc} is acknowledged the receipt {record.stat} of {record.submit.number}")
        if not any(self.has_end(row, one.part) for row in self.rows(one)) and not self._is_parked(one.number):
            states = [(row.id, row.state) for row in self.rows(one)]
            self.blame(f"the receipt of {one.mark!r} to {one.number} ({receipt_id}) was not kept: {states}")

    def say(self, connection: str, number: str, text: str, *, to_stop_code: bool) -> None:
        """A phone has sent `text` over a connection."""
        if "stop" not in text.lower():
            self.said.append(text)
            return
        self.unheard_stops.add((connection, number))
        if to_stop_code:
            sent = [
                row
                for (mark, receiver), rows in self.books.by_mark.items()
                for row in rows
                if receiver == number and self.copies[mark, number, 1] and row.state != "rejected"
            ]
            name = "SELECT name FROM connection WHERE id = ?"
            over = {
                one: self.books.connection.execute(name, (one,)).fetchone()[0]
                for one in {row.campaign.connection_id for row in sent}
            }
            campaigns = [row.campaign for row in sent if row.campaign.kind == "campaign"]
            meant = [one.account_id for one in campaigns if over[one.connection_id] == connection]
            if meant:
                self.stops.append((number, meant))

    def rows(self, one: Accepted) -> list[Message]:
        """The messages of the books that it may be: several when a person sends the same again."""
        return self.books.by_mark[one.mark, one.number]

    def copies_of(self, message: Message) -> list[int]:
        """How often each part of it was accepted."""
        key = (message.campaign.mark, message.number)
        parts = 1 + max((part for mark, number, part in self.copies if (mark, number) == key), default=0)
        return [self.copies[*key, part] for part in range(1, parts)]

    def has_accepted(self, message: Message) -> bool:
        """Whether a part of that message was accepted for sure: of several with one text, when all were."""
        key = (message.campaign.mark, message.number)
        rows = len(self.books.by_mark[key])
        return any(self.copies[*key, part] >= rows for part in range(1, message.segments + 1))

    def has_end(self, message: Message, part: int) -> bool:
        """Whether the books know how that part ended."""
        return message.state in RECEIPTED or self._part_state(message, part) in RECEIPTED

    def _may_have_left(self, message: Message, part: int) -> bool:
        """Whether the books say so of that part."""
        in_doubt = message.state == "unknown" or self._part_state(message, part) == "unknown"
        return in_doubt or self.books.in_flight(message)

    def _part_state(self, message: Message, part: int) -> str | None:
        """None for a message without rows for its parts."""
        state = "SELECT state FROM message_part WHERE message_id = ? AND part = ?"
        row = self.books.connection.execute(state, (message.id, part)).fetchone()
        return row and str(row[0])

    def inbox_count(self, text: str) -> int:
        """How often the books have that text from a phone."""
        count = "SELECT count(*) FROM inbound_message WHERE text = ?"
        return int(self.books.connection.execute(count, (text,)).fetchone()[0])

    def _is_parked(self, number: str) -> bool:
        """Whether any receipt waits for the response that explains it."""
        return self.books.connection.execute("SELECT 1 FROM parked_receipt LIMIT 1").fetchone() is not None

    def unacknowledged(self) -> list[Accepted]:
        """Those whose receipt the application has not taken."""
        return [one for one in self.accepted.values() if not one.acknowledged]


class PhoneJournal:
    """Takes the place of a simulator's log."""

    is_kept = True

    def __init__(self, smsc: str, phones: Phones) -> None:
        self._smsc = smsc
        self._phones = phones

    async def open(self) -> None:
        """Nothing is to be opened."""

    async def close(self) -> None:
        """Nothing is to be closed."""

    def add(self, records: Sequence[Record]) -> None:
        """These have happened."""
        for record in records:
            if isinstance(record, MessageRecord):
                self._phones.accept(self._smsc, record.submit)
            elif isinstance(record, AcknowledgedRecord):
                self._phones.acknowledge(self._smsc, record.delivery)
            elif isinstance(record, ReceiptRecord):
                self._phones.note(f"{self._smsc} receipts {record.submit.number}: {record.stat}")
