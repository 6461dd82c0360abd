"""Receipts and responses in any order, in any hand: a receipt changes its own message or none, never another's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, literal, select

from smstui.domain.credits import Credits
from smstui.domain.states import CampaignKind, MessageState, MessageType
from smstui.services.dispatch.flight import Flight, Settled
from smstui.services.dispatch.lease import acquire
from smstui.services.dispatch.outcomes import write_outcomes
from smstui.services.dispatch.windows import take
from smstui.services.outgoing import NewCampaign, enqueue
from smstui.services.receipt_ids import LearntForm, ReceiptIdForm
from smstui.services.receipts import learnt_form, record
from smstui.smpp.ids import id_candidates, id_key
from smstui.smpp.simulator.hazards import IdStyle
from smstui.smpp.simulator.ids import WRITERS
from smstui.smpp.values import Outcome, OutcomeKind, Receipt
from smstui.storage.columns import to_milliseconds
from smstui.storage.tables import connection, message, message_part
from tests.books import Books, books
from tests.support import START, FakeClock

__all__ = ["books"]

FORMS = {IdStyle.HEX_THEN_DECIMAL: ReceiptIdForm.DECIMAL, IdStyle.DECIMAL_THEN_HEX: ReceiptIdForm.HEXADECIMAL}
NUMERIC_STYLES = [IdStyle.DECIMAL, IdStyle.HEX, *FORMS]
COUNTS = [st.integers(1, 40), st.integers(0x1000, 0x1040), st.integers(1, 2**64)]
"""An SMSC's own numbers of its messages: often so close together that one in hexadecimal is another in decimal."""

Step = tuple[Sequence[int], Sequence[tuple[int, int]]]
"""The messages of which the responses, and the (message, part) of which the receipts, come together."""


@dataclass
class Traffic:
    """Messages of `parts` parts each, accepted and receipted by an SMSC of some style over a connection of its own."""

    books: Books
    counts: Sequence[Sequence[int]]
    """The SMSC's number of each part of each message."""
    style: IdStyle
    learnt: LearntForm
    named: bool = True
    """Whether receipts name their phone."""

    def __post_init__(self) -> None:
        self.connection_id = self.books.new_connection()
        self._flight = Flight()
        self.message_ids = self.books.write(self._send)

    def _send(self, tx: Connection) -> list[int]:
        """All messages are in flight, in one window."""
        new = NewCampaign(
            account_id=self.books.account.account_id,
            kind=CampaignKind.CAMPAIGN,
            name=f"over {self.connection_id}",
            type=MessageType.PRO,
            connection_id=self.connection_id,
            sender="x",
            text="x",
            segments=len(self.counts[0]),
            price=Credits(0),
            priority=0,
            at=START,
        )
        enqueue(tx, new, [self.number(index) for index in range(len(self.counts))])
        column = {"receipt_id_form": self.learnt.form or "raw"}
        tx.execute(connection.update().where(connection.c.id == self.connection_id).values(column))
        lease = acquire(tx, self.connection_id, 1, "test", FakeClock())
        assert lease is not None
        window = take(tx, lease, 1000, to_milliseconds(START))
        assert window is not None
        self._flight.open(window, new.segments)
        return [message_id for message_id, _ in window.recipients]

    @staticmethod
    def number(index: int) -> str:
        return f"+336{index:08}"

    def response(self, index: int) -> Sequence[Settled]:
        write, _ = WRITERS[self.style]
        ids = enumerate(map(write, self.counts[index]), start=1)
        accepted = [Outcome(self.message_ids[index], part, OutcomeKind.ACCEPTED, smsc_id) for part, smsc_id in ids]
        return self._flight.land(accepted).messages

    def receipt(self, index: int, part: int) -> Receipt:
        """It says which one it is about, in a way that only this test reads."""
        _, write = WRITERS[self.style]
        word = f"{index}/{part}"
        number = self.number(index) if self.named else ""
        return Receipt(write(self.counts[index][part]), MessageState.UNDELIVERED, word, "", number)

    def turn(self, responses: Sequence[int], receipts: Sequence[tuple[int, int]]) -> None:
        """What a dispatcher commits at once."""

        def work(tx: Connection) -> None:
            now = to_milliseconds(START)
            settled = [one for index in responses for one in self.response(index)]
            self.learnt = write_outcomes(tx, self.connection_id, settled, self.learnt, now)
            arrived = [self.receipt(index, part) for index, part in receipts]
            self.learnt = record(tx, self.connection_id, arrived, self.learnt, START)
            assert learnt_form(tx, self.connection_id).form is self.learnt.form

        self.books.write(work)

    def words(self) -> dict[tuple[int, int], str | None]:
        """What the receipts have said of each part of each message."""
        single, part = message.c, message_part.c
        mine = single.id.in_(self.message_ids)
        singles = select(single.id, literal(0), single.error).where(mine)
        parts = select(part.message_id, part.part - 1, part.error).where(part.message_id.in_(self.message_ids))
        rows = self.books.read(lambda tx: tx.execute(singles if len(self.counts[0]) == 1 else parts).all())
        return {(self.message_ids.index(row[0]), row[1]): row[2] for row in rows}

    def may_say(self, index: int, part: int, word: str | None) -> bool:
        """Whether that part may have this receipt: its own, or one of its phone's when receipts name it."""
        if word is None:
            return True
        return word.partition("/")[0] == str(index) if self.named else word == f"{index}/{part}"


@st.composite
def populations(draw: st.DrawFn) -> list[list[int]]:
    parts = draw(st.sampled_from([1, 1, 2]))
    counts = draw(st.lists(draw(st.sampled_from(COUNTS)), min_size=parts, max_size=12, unique=True))
    return [counts[start : start + parts] for start in range(0, len(counts) - parts + 1, parts)]


def check(traffic: Traffic, steps: Iterable[Step]) -> None:
    """Take these steps, each in a transaction of its own; no receipt ever says anything of another's message."""
    for responses, receipts in steps:
        traffic.turn(responses, receipts)
        assert all(traffic.may_say(*place, word) for place, word in traffic.words().items())


@st.composite
def steps(draw: st.DrawFn, counts: Sequence[Sequence[int]], *, ordered: bool = False) -> list[Step]:
    """Every response, and every receipt at least once; `ordered`: a response before the receipts of its message."""
    responses: list[Step] = [([index], []) for index in range(len(counts))]
    places = [(index, part) for index in range(len(counts)) for part in range(len(counts[0]))]
    again = draw(st.lists(st.sampled_from(places), max_size=3))
    receipts: list[Step] = [([], [place]) for place in places + again]
    drawn = draw(st.permutations(responses + receipts))
    return [step for step in drawn if step[0]] + [step for step in drawn if step[1]] if ordered else drawn


@settings(max_examples=60)
@given(populations(), st.sampled_from(IdStyle), st.data())
def test_once_the_form_is_known_every_receipt_finds_its_own(
    books: Books, counts: list[list[int]], style: IdStyle, data: st.DataObject
) -> None:
    traffic = Traffic(books, counts, style, LearntForm(FORMS.get(style, ReceiptIdForm.SAME)), named=False)
    check(traffic, data.draw(steps(counts)))
    assert None not in traffic.words().values()


@settings(max_examples=60)
@given(populations(), st.sampled_from([*NUMERIC_STYLES, *IdStyle]), st.data())
def test_receipts_that_come_after_their_response_teach_the_right_form(
    books: Books, counts: list[list[int]], style: IdStyle, data: st.DataObject
) -> None:
    traffic = Traffic(books, counts, style, LearntForm(), named=False)
    check(traffic, data.draw(steps(counts, ordered=True)))
    if traffic.learnt.form is not None:
        assert None not in traffic.words().values()


@settings(max_examples=60)
@given(populations(), st.sampled_from(NUMERIC_STYLES), st.sampled_from([None, *ReceiptIdForm]), st.data())
def test_a_receipt_that_names_its_phone_is_never_taken_for_anothers(
    books: Books, counts: list[list[int]], style: IdStyle, learnt: ReceiptIdForm | None, data: st.DataObject
) -> None:
    """Whatever was learnt before: the SMSC may have changed its ways."""
    check(Traffic(books, counts, style, LearntForm(learnt)), data.draw(steps(counts)))


@given(
    st.integers(0, 2**128).map(lambda count: WRITERS[IdStyle.HEX][0](count)) | st.text(min_size=1, max_size=65),
    st.sampled_from(ReceiptIdForm),
    st.integers(0, 5),
    st.booleans(),
)
def test_what_leads_from_a_receipt_to_a_response_leads_back(
    receipt: str, form: ReceiptIdForm, zeros: int, upper: bool
) -> None:
    """So that a parked receipt is found when its response comes."""
    key = form.response_key(receipt)
    assume(key)
    response = "0" * zeros + (key.upper() if upper and key.isascii() else key)
    assert id_key(receipt) in {id_key(one) for one in id_candidates(response)}


@given(st.sampled_from([None, *ReceiptIdForm]), st.sampled_from(ReceiptIdForm), st.data())
def test_an_smsc_that_changes_its_ways_is_learnt_again(
    before: ReceiptIdForm | None, now: ReceiptIdForm, data: st.DataObject
) -> None:
    """Twenty receipts that only the new form explains are enough, and the old one is never both kept and given up."""
    learnt = LearntForm(before)
    noise = data.draw(st.lists(st.sets(st.sampled_from(ReceiptIdForm)), max_size=10))
    for place, explained_by in enumerate(noise):
        learnt = learnt.after(f"noise {place}", explained_by)
        assert learnt.form in {before, *ReceiptIdForm}
    for place in range(20):
        learnt = learnt.after(f"clear {place}", {now})
    assert learnt == LearntForm(now)
    assert learnt.forms() == (now,)
