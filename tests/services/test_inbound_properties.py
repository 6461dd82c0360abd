"""Long messages from phones: whatever happens to their parts on the way, each arrives once, whole, or not at all."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from smstui.domain.gsm7 import GSM7_CHARACTERS
from smstui.domain.text import encode_gsm7
from smstui.services.inbound import PARTS_KEPT_FOR, REDELIVERED_WITHIN, forget_parts, record_inbound
from smstui.smpp.inbound import read_delivery
from smstui.smpp.values import Alphabet, Inbound
from smstui.smpp.wire import Command
from smstui.storage.tables import inbound_message
from tests.books import Books, books
from tests.smpp.smsc import deliver_sm_body, tlv
from tests.support import START

__all__ = ["books"]

PHONES = ["+33612345678", "36999"]
OUR_NUMBERS = ["33700000000", "36034"]
REFERENCES = st.sampled_from([1, 255, 0x101, 0x1FF, 0xFF01]) | st.integers(0, 0xFFFF)


@dataclass(frozen=True)
class Route:
    """What the parts of one message have in common, and no other message at that time."""

    source: str
    destination: str
    reference: int


@dataclass(frozen=True)
class Long:
    """A message in parts."""

    route: Route
    text: str
    parts: tuple[tuple[int, bytes], ...]
    """data_coding and octets of each."""
    by_sar: bool

    @property
    def numbers(self) -> range:
        return range(1, len(self.parts) + 1)

    def part(self, number: int) -> Inbound:
        """As it is read from the wire."""
        total, reference, (data_coding, payload) = len(self.parts), self.route.reference, self.parts[number - 1]
        header, tlvs = b"", b""
        if self.by_sar:
            numbers = ((0x20C, reference, 2), (0x20E, total, 1), (0x20F, number, 1))
            tlvs = b"".join(tlv(tag, value.to_bytes(size)) for tag, value, size in numbers)
        elif reference > 255:
            header = b"\6\x08\4" + reference.to_bytes(2) + bytes((total, number))
        else:
            header = bytes((5, 0, 3, reference, total, number))
        body = deliver_sm_body(
            header + payload,
            source=self.route.source.encode(),
            destination=self.route.destination.encode(),
            esm_class=0x40 if header else 0,
            data_coding=data_coding,
            tlvs=tlvs,
        )
        read = read_delivery(Command.DELIVER_SM, body, Alphabet.GSM7)
        assert isinstance(read, Inbound)
        return read


GSM7 = st.text(st.sampled_from(sorted(GSM7_CHARACTERS)) | st.sampled_from("€[]"), min_size=2, max_size=40)
WIDE = st.text(st.sampled_from("aéщ😀𠮷\u200d"), min_size=1, max_size=40)
CODED_TEXTS = st.one_of(
    GSM7.map(lambda text: (text, 0, encode_gsm7(text))), WIDE.map(lambda text: (text, 8, text.encode("utf-16-be")))
)
ROUTES = st.builds(Route, st.sampled_from(PHONES), st.sampled_from(OUR_NUMBERS), REFERENCES)


@st.composite
def cut_anywhere(draw: st.DrawFn) -> Long:
    """Even inside a character."""
    text, data_coding, octets = draw(CODED_TEXTS)
    cuts = draw(st.sets(st.integers(1, len(octets) - 1), min_size=1, max_size=5))
    parts = tuple((data_coding, octets[start:end]) for start, end in pairwise([0, *sorted(cuts), len(octets)]))
    return Long(draw(ROUTES), text, parts, draw(st.booleans()))


@st.composite
def coded_part_by_part(draw: st.DrawFn) -> Long:
    """By an SMSC that takes Unicode only for the parts that need it."""
    coded = draw(st.lists(CODED_TEXTS, min_size=2, max_size=5))
    parts = tuple((data_coding, octets) for _, data_coding, octets in coded)
    return Long(draw(ROUTES), "".join(text for text, _, _ in coded), parts, draw(st.booleans()))


LONGS = cut_anywhere() | coded_part_by_part()
WAVES = st.lists(LONGS, min_size=1, max_size=5, unique_by=lambda long: long.route)


class Phones:
    """What they send, and what the inbox then holds."""

    def __init__(self, books: Books) -> None:
        self.at = START
        self._books = books
        self._connection_id = books.new_connection()

    def send(self, parts: Iterable[Inbound], pause: timedelta = timedelta(seconds=1)) -> None:
        """Parts that one transaction commits, `pause` apart."""

        def work(tx: Connection) -> None:
            for part in parts:
                self.at += pause
                record_inbound(tx, self._connection_id, part, self.at)

        self._books.write(work)

    def forget(self) -> None:
        """What a dispatcher does when it takes the connection over."""
        self._books.write(lambda tx: forget_parts(tx, self._connection_id, self.at))

    def inbox(self) -> Counter[tuple[str, str, str]]:
        row = inbound_message.c
        mine = select(row.source, row.destination, row.text).where(row.connection_id == self._connection_id)
        rows = self._books.read(lambda tx: tx.execute(mine).all())
        return Counter((one.source, one.destination, one.text) for one in rows)


def expected(longs: Iterable[Long]) -> Counter[tuple[str, str, str]]:
    return Counter((one.route.source, one.route.destination, one.text) for one in longs)


@st.composite
def arrivals(draw: st.DrawFn, wave: list[Long]) -> list[list[Inbound]]:
    """All parts of all messages in any order, some of them again; in one transaction or several."""
    parts = [long.part(number) for long in wave for number in long.numbers]
    arriving = draw(st.permutations(parts + draw(st.lists(st.sampled_from(parts), max_size=6))))
    cut = draw(st.integers(0, len(arriving)))
    return [arriving[:cut], arriving[cut:]]


@settings(max_examples=50)
@given(st.lists(WAVES, min_size=1, max_size=3), st.data())
def test_every_message_arrives_once_and_whole(books: Books, waves: list[list[Long]], data: st.DataObject) -> None:
    """Phones use their references again, at the earliest when their parts are no longer repeated."""
    phones = Phones(books)
    for wave in waves:
        for parts in data.draw(arrivals(wave)):
            phones.send(parts)
        phones.at += REDELIVERED_WITHIN
    assert phones.inbox() == expected(long for wave in waves for long in wave)


@settings(max_examples=50)
@given(WAVES, st.data())
def test_a_message_that_lacks_a_part_never_shows(books: Books, wave: list[Long], data: st.DataObject) -> None:
    phones = Phones(books)
    lost = {id(long): data.draw(st.sampled_from(long.numbers)) for long in wave}
    parts = [one.part(n) for one in wave for n in one.numbers if n != lost[id(one)]]
    phones.send(data.draw(st.permutations(parts + parts)))
    assert phones.inbox() == Counter()
    phones.at += PARTS_KEPT_FOR
    phones.forget()
    phones.send(one.part(lost[id(one)]) for one in wave)
    assert phones.inbox() == Counter(), "a new message with the same reference, perhaps"


@settings(max_examples=50)
@given(LONGS, st.data())
def test_parts_may_take_hours_and_come_again_until_the_last_one(books: Books, long: Long, data: st.DataObject) -> None:
    phones = Phones(books)
    *first, last = data.draw(st.permutations(long.numbers))
    again = data.draw(st.lists(st.sampled_from(first), max_size=3))
    pause = data.draw(st.timedeltas(timedelta(seconds=1), timedelta(hours=2)))
    phones.send((long.part(number) for number in [*first, *again, last]), pause)
    assert phones.inbox() == expected([long])


@settings(max_examples=30)
@given(
    st.tuples(GSM7, GSM7),
    st.integers(0, 255),
    st.lists(st.integers(1, 255), min_size=2, max_size=2, unique=True),
    st.booleans(),
    st.data(),
)
def test_references_of_16_bits_are_told_apart(
    books: Books, texts: tuple[str, str], low: int, highs: list[int], by_sar: bool, data: st.DataObject
) -> None:
    """Two messages of one phone at once, whose references differ in their first octet only."""
    phones, longs = Phones(books), []
    for text, high in zip(texts, highs, strict=True):
        octets = encode_gsm7(text)
        route = Route(PHONES[0], OUR_NUMBERS[0], high << 8 | low)
        longs.append(Long(route, text, ((0, octets[:1]), (0, octets[1:])), by_sar))
    phones.send(data.draw(st.permutations([long.part(number) for long in longs for number in long.numbers])))
    assert phones.inbox() == expected(longs)
