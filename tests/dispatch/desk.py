"""One connection's part of a real database, worked with as dispatchers, people and the SMSC's receipts do."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select, update

from smstui.domain.credits import Credits
from smstui.domain.hours import HoursConsent
from smstui.domain.states import CampaignKind, MessageState, MessageType
from smstui.services import control
from smstui.services.credits import Cause, available, post
from smstui.services.dispatch import hours, windows
from smstui.services.dispatch import lease as leases
from smstui.services.dispatch.flight import Flight, Settled
from smstui.services.dispatch.lease import LEASE_TIME, Lease
from smstui.services.dispatch.outcomes import write_outcomes
from smstui.services.dispatch.windows import Window
from smstui.services.following import summary_and_counts
from smstui.services.message_counts import message_counts
from smstui.services.opt_outs import OptOutSource, record_opt_out
from smstui.services.outgoing import (
    CAMPAIGN_PRIORITY,
    PERSON_PRIORITY,
    SYSTEM_PRIORITY,
    NewCampaign,
    OwnMessage,
    enqueue,
    enqueue_own,
    may_have_left,
)
from smstui.services.platform_settings import SENDING_HOURS, put_setting
from smstui.services.receipt_ids import LearntForm
from smstui.services.receipts import forget_parked, learnt_form, record, resolve_parked
from smstui.services.resending import resend
from smstui.smpp.values import Outcome, Receipt
from smstui.storage.columns import to_milliseconds
from smstui.storage.tables import batch, campaign, message, message_part
from smstui.storage.tables import lease as lease_table
from tests.books import Books
from tests.support import FakeClock

PRIORITIES = {
    CampaignKind.CAMPAIGN: CAMPAIGN_PRIORITY,
    CampaignKind.REPLY: PERSON_PRIORITY,
    CampaignKind.TEST: PERSON_PRIORITY,
    CampaignKind.CONFIRMATION: SYSTEM_PRIORITY,
}
HOURS = json.dumps({"opens": "08:00", "closes": "20:00", "always": False})


@dataclass
class Bind:
    """A dispatcher of one bind: what it knows, and forgets when it dies."""

    number: int
    lease: Lease
    learnt: LearntForm
    flight: Flight = field(default_factory=Flight)
    settled: list[Settled] = field(default_factory=list)
    closed: list[tuple[Window, tuple[int, ...]]] = field(default_factory=list)
    in_doubt: bool = False
    """The last transaction was committed, and this dispatcher was told otherwise."""

    def land(self, outcome: Outcome) -> None:
        landed = self.flight.land([outcome])
        self.settled += landed.messages
        self.closed += landed.windows


@dataclass(frozen=True)
class Found:
    """What the database says at one instant."""

    messages: Mapping[int, MessageState]
    parts: Mapping[tuple[int, int], MessageState]
    campaigns: Mapping[int, tuple[str, bool]]
    """The state of each, and whether it has ended."""
    counts: Mapping[int, Mapping[MessageState, int]]
    """How many messages of each campaign are in each state, as it is kept up to date; those in flight are queued."""
    balance: int


class Desk:
    """The functions that the program itself calls, each in a transaction of its own."""

    def __init__(self, books: Books, balance: int) -> None:
        self.clock = FakeClock()
        self.actor = books.new_account(Credits(balance))
        self._books = books
        self._connection_id = books.new_connection()
        self._sent = 0
        books.write(lambda tx: put_setting(tx, SENDING_HOURS, HOURS))

    def send(
        self, messages: Sequence[OwnMessage], kind: CampaignKind, *, personal: bool, keeps_hours: bool
    ) -> tuple[int, Mapping[str, int]]:
        """The ids of the campaign, and of the message to each number. Without texts of their own all are as long.

        `keeps_hours`: those of France, with the consent to Sundays and holidays.
        """
        self._sent += 1
        segments, price = (7, 7) if personal else (messages[0].segments, messages[0].price)
        new = NewCampaign(
            account_id=self.actor.account_id,
            kind=kind,
            name=f"campaign {self._sent}",
            type=MessageType.PRO,
            connection_id=self._connection_id,
            sender="x",
            text="x",
            segments=segments,
            price=Credits(price),
            priority=PRIORITIES[kind],
            at=self.clock.now(),
        )

        def work(tx: Connection) -> int:
            numbers = [one.number for one in messages]
            campaign_id = enqueue_own(tx, new, messages) if personal else enqueue(tx, new, numbers)
            if cost := Credits(sum(one.price for one in messages)):
                post(tx, new.account_id, -cost, Cause.CAMPAIGN, str(campaign_id), new.at)
            if keeps_hours:
                consent = update(campaign).values(hours_consent=HoursConsent.SUNDAYS)
                tx.execute(consent.where(campaign.c.id == campaign_id))
                tx.execute(update(batch).values(country="FR").where(batch.c.campaign_id == campaign_id))
            return campaign_id

        return self._with_messages(self._books.write(work))

    def resend(self, campaign_id: int) -> tuple[int, Mapping[str, int]]:
        """The ids of the new campaign, and of the message to each number."""
        at = self.clock.now()
        return self._with_messages(self._books.write(lambda tx: resend(tx, self.actor, campaign_id, at)).id)

    def _with_messages(self, campaign_id: int) -> tuple[int, Mapping[str, int]]:
        mine = select(message.c.destination, message.c.id).where(message.c.campaign_id == campaign_id)
        rows = self._books.read(lambda tx: tx.execute(mine).all())
        return campaign_id, {row.destination: row.id for row in rows}

    def pause(self, campaign_id: int) -> None:
        self._books.write(lambda tx: control.pause(tx, self.actor, campaign_id))

    def resume(self, campaign_id: int) -> None:
        self._books.write(lambda tx: control.resume(tx, self.actor, campaign_id))

    def cancel(self, campaign_id: int) -> None:
        self._books.write(lambda tx: control.cancel(tx, self.actor, campaign_id, self.clock.now()))

    def cancel_rest(self) -> None:
        while self._books.write(lambda tx: control.cancel_next(tx, self._connection_id, self.clock.now())):
            pass

    def opt_out(self, number: str) -> None:
        at = self.clock.now()
        self._books.write(lambda tx: record_opt_out(tx, self.actor.account_id, number, OptOutSource.SMS, at))

    def take_over(self, bind: int) -> tuple[Bind, int]:
        """A new dispatcher of this bind, and how many messages its predecessor leaves in doubt."""
        self.clock.advance(LEASE_TIME)
        expired = update(lease_table).where(
            lease_table.c.connection_id == self._connection_id, lease_table.c.bind == bind
        )

        def work(tx: Connection) -> tuple[Bind, int]:
            tx.execute(expired.values(expires_at=0))
            lease = leases.acquire(tx, self._connection_id, bind, "owner", self.clock)
            assert lease is not None
            doubtful = windows.recover(tx, self._connection_id, bind, to_milliseconds(self.clock.now()))
            forget_parked(tx, self._connection_id, self.clock.now())
            learnt = learnt_form(tx, self._connection_id)
            learnt = resolve_parked(tx, self._connection_id, learnt) if doubtful else learnt
            return Bind(bind, lease, learnt), doubtful

        return self._books.write(work)

    def turn(self, bind: Bind, room: int | None, *, confirmed: bool) -> Window | None:
        """As a journal: outcomes and ends of windows, then the next window if there is `room` for one.

        Before that, what waits for its hours is looked at, as with every beat.
        """
        now = to_milliseconds(self.clock.now())

        def work(tx: Connection) -> tuple[LearntForm, Window | None]:
            leases.check(tx, bind.lease)
            if bind.in_doubt:
                windows.take_back(tx, bind.lease, bind.flight.batches | {window.batch_id for window, _ in bind.closed})
            learnt = write_outcomes(tx, self._connection_id, bind.settled, bind.learnt, now)
            windows.close(tx, bind.lease, bind.closed, now)
            hours.reopen(tx, self._connection_id, now, HOURS)
            return learnt, windows.take(tx, bind.lease, room, now) if room else None

        learnt, window = self._books.write(work)
        bind.in_doubt = not confirmed
        if confirmed:
            bind.learnt, bind.settled, bind.closed = learnt, [], []
        return window

    def tell(self, bind: Bind, receipt: Receipt) -> None:
        """A receipt comes over this bind."""

        def work(tx: Connection) -> LearntForm:
            leases.check(tx, bind.lease)
            return record(tx, self._connection_id, [receipt], bind.learnt, self.clock.now())

        bind.learnt = self._books.write(work)

    def check(self, bind: Bind) -> None:
        """Raises LeaseLost."""
        self._books.write(lambda tx: leases.check(tx, bind.lease))

    def look(self) -> Found:
        return self._books.read(self._look)

    def _look(self, tx: Connection) -> Found:
        row, part, sending = message.c, message_part.c, campaign.c
        mine = sending.connection_id == self._connection_id
        found = tx.execute(select(sending.id, sending.state, sending.finished_at).where(mine)).all()
        states = select(row.id, row.state, may_have_left().label("left")).join_from(message, campaign).where(mine)
        parts = select(part.message_id, part.part, part.state).where(part.connection_id == self._connection_id)
        return Found(
            messages={
                one.id: MessageState.IN_FLIGHT if one.left and one.state == "queued" else MessageState(one.state)
                for one in tx.execute(states)
            },
            parts={(one.message_id, one.part): MessageState(one.state) for one in tx.execute(parts)},
            campaigns={one.id: (one.state, one.finished_at is not None) for one in found},
            counts={one.id: {state: n for state, n in message_counts(tx, one.id).items() if n} for one in found},
            balance=available(tx, self.actor.account_id).milli,
        )

    def counts(self, campaign_id: int) -> Mapping[MessageState, int]:
        """As the campaign's account sees them."""
        progress = self._books.read(lambda tx: summary_and_counts(tx, self.actor, campaign_id))
        return {state: messages for state, messages in progress.counts.items() if messages}

    def waiting(self, campaign_id: int) -> int:
        """How many messages of a campaign wait for their hours, as its account sees them."""
        progress = self._books.read(lambda tx: summary_and_counts(tx, self.actor, campaign_id))
        return sum(one.messages for one in progress.waiting)
