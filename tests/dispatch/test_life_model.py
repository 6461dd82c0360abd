"""A message's life against its model: sent over two binds that die, receipted, opted out, paused, cancelled, resent.

By day and by night: some campaigns keep the sending hours.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from smstui.domain.errors import Refusal
from smstui.domain.states import CampaignKind, MessageState
from smstui.services.dispatch.lease import LeaseLost
from smstui.services.dispatch.windows import Window
from smstui.services.outgoing import OwnMessage
from smstui.services.parked_receipts import PARKED_FOR
from smstui.smpp.values import Outcome, OutcomeKind, Receipt
from tests.books import Books, books
from tests.dispatch.desk import Bind, Desk
from tests.dispatch.life import OUTCOMES, RECEIPTED, URGENCY, Campaign, Message, Part, Platform, is_open

__all__ = ["books"]

S, K = MessageState, CampaignKind
NUMBERS = [f"+3361234000{digit}" for digit in range(4)]
BALANCE = 10_000_000
ANY = st.integers(0, 20)
"""Chooses one of a list, whatever its length."""
ROOMS = st.sampled_from([None, 1, 2, 3, 8])
"""submit_sm that there is room for in the window."""
BINDS = st.integers(0, 1)
KINDS = st.sampled_from([None, *3 * [OutcomeKind.ACCEPTED], *2 * [OutcomeKind.NOT_SENT], *OutcomeKind])
"""None: the SMSC takes it, but has not said so yet."""
BEFORE = {"pause": {"sending"}, "resume": {"paused"}, "cancel": {"sending", "paused"}}
AFTER = {"pause": "paused", "resume": "sending", "cancel": "cancelled"}


class Life(RuleBasedStateMachine):
    """Every rule is what people, dispatchers or the SMSC do."""

    def __init__(self, books: Books) -> None:
        super().__init__()
        self.desk = Desk(books, BALANCE)
        self.model = Platform()
        self.binds = [self.desk.take_over(1)[0], self.desk.take_over(2)[0]]
        self.named = 0
        self.agreed = False

    # What people do

    @rule(
        numbers=st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=4, unique=True),
        lengths=st.lists(st.sampled_from([1, 1, 2, 3, 4]), min_size=4, max_size=4),
        personal=st.booleans(),
        in_payload=st.booleans(),
        kind=st.sampled_from([*5 * [K.CAMPAIGN], *URGENCY]),
        keeps_hours=st.booleans(),
        bind=BINDS,
        room=ROOMS,
    )
    def send(
        self,
        numbers: list[str],
        lengths: list[int],
        personal: bool,
        in_payload: bool,
        kind: CampaignKind,
        keeps_hours: bool,
        bind: int,
        room: int | None,
    ) -> None:
        wanted = numbers if kind is K.CAMPAIGN else numbers[:1]
        if kind in {K.CAMPAIGN, K.REPLY}:
            wanted = [number for number in wanted if number not in self.model.opted_out]
        per_segment = 0 if kind is K.CONFIRMATION else 1001
        lengths = lengths if personal else 4 * lengths[:1]
        messages = [
            OwnMessage(number, "x" * segments, segments, per_segment * segments)
            for number, segments in zip(wanted, lengths, strict=False)
        ]
        if messages:
            campaign_id, ids = self.desk.send(messages, kind, personal=personal, keeps_hours=keeps_hours)
            self.know(Campaign(campaign_id, kind, keeps_hours), ids, messages, in_payload)
            self.turn(bind, room)

    def know(
        self, campaign: Campaign, ids: Mapping[str, int], messages: Iterable[OwnMessage], in_payload: bool
    ) -> None:
        campaign.messages = [
            Message(ids[number], number, campaign, segments, 1 if in_payload else segments, price)
            for number, _, segments, price in messages
        ]
        campaign.messages.sort(key=lambda one: one.id)
        self.model.campaigns.append(campaign)

    @precondition(lambda self: self.model.campaigns)
    @rule(what=st.sampled_from(["pause", "resume", "cancel", "resend", "opt out"]), which=ANY, at_once=st.booleans())
    def press(self, what: str, which: int, at_once: bool) -> None:
        campaign = self.model.campaigns[which % len(self.model.campaigns)]
        if what == "resend":
            self.resend(campaign)
        elif what != "opt out":
            self.control(campaign, what, at_once)
        elif len(self.model.opted_out) < len(NUMBERS) // 2:
            number = NUMBERS[which % len(NUMBERS)]
            self.desk.opt_out(number)
            self.model.opt_out(number)
        if campaign.is_listed:
            assert self.desk.counts(campaign.id) == Counter(one.state for one in campaign.messages)

    def control(self, campaign: Campaign, what: str, at_once: bool) -> None:
        act = partial(getattr(self.desk, what), campaign.id)
        if not campaign.is_listed or campaign.ended or campaign.state not in BEFORE[what]:
            with pytest.raises(Refusal):
                act()
            return
        act()
        campaign.state = AFTER[what]
        if at_once:
            self.cancel_rest()

    def cancel_rest(self) -> None:
        """Whoever comes upon a campaign that was cancelled goes on with it."""
        self.desk.cancel_rest()
        for campaign in self.model.campaigns:
            if campaign.state == "cancelled":
                for one in campaign.waiting():
                    one.state = S.CANCELLED

    def resend(self, campaign: Campaign) -> None:
        doubtful = [one for one in campaign.messages if one.state is S.UNKNOWN and not one.resent]
        wanted = [one for one in doubtful if one.number not in self.model.opted_out]
        if not campaign.is_listed or not wanted:
            with pytest.raises(Refusal):
                self.desk.resend(campaign.id)
            return
        campaign_id, ids = self.desk.resend(campaign.id)
        for one in doubtful:
            one.resent = True
        again = [OwnMessage(one.number, "", one.segments, one.price) for one in wanted]
        in_payload = wanted[0].submits < wanted[0].segments
        self.know(Campaign(campaign_id, K.CAMPAIGN, campaign.keeps_hours), ids, again, in_payload)

    @rule(hours=st.sampled_from([1, 5, 12]))
    def wait(self, hours: int) -> None:
        """Time goes by."""
        self.desk.clock.advance(hours * 3600)

    # What dispatchers do

    @rule(
        bind=BINDS,
        room=ROOMS,
        confirmed=st.sampled_from([True, True, False]),
        dead_for=st.sampled_from([*9 * [None], 0, 1, 23]),
    )
    def dispatch(self, bind: int, room: int | None, confirmed: bool, dead_for: int | None) -> None:
        """Write what happened and take a window; or die, and another takes over some hours later."""
        if dead_for is None:
            self.turn(bind, room, confirmed=confirmed)
        else:
            self.crash(bind, dead_for)

    def turn(self, bind: int, room: int | None, *, confirmed: bool = True) -> None:
        mine = self.binds[bind]
        written, was_in_doubt = {one.message_id for one in mine.settled}, mine.in_doubt
        window = self.desk.turn(mine, room, confirmed=confirmed)
        if was_in_doubt:
            for one in self.model.in_flight(mine.number):
                if not one.parts:
                    one.come_back()
        self.model.settle([one for one in self.model.in_flight(mine.number) if one.id in written])
        if room:
            self.check_window(window, room)
        if window is not None:
            self.leave(mine, window, confirmed)

    def leave(self, bind: Bind, window: Window, confirmed: bool) -> None:
        """A dispatcher that was not told of its window sends nothing of it."""
        known = {one.id: one for one in self.model.messages}
        leaving = [known[message_id] for message_id, _ in window.recipients]
        for one in leaving:
            one.leave(bind.number, leaving, sent=confirmed)
        if confirmed and window.texts:
            bind.flight.open_own(window, [one.submits for one in leaving])
        elif confirmed:
            bind.flight.open(window, leaving[0].submits)

    def check_window(self, window: Window | None, room: int) -> None:
        """Only what waits may leave, the most urgent first, and nothing by night that keeps the hours."""
        now = self.desk.clock.now()
        sendable = self.model.sendable(now)
        if window is None:
            assert not sendable
            for campaign in self.model.campaigns:
                if campaign.is_listed:
                    waiting = len(list(campaign.waiting())) if campaign.waits(now) else 0
                    assert self.desk.waiting(campaign.id) == waiting
            return
        allowed = {(one.id, one.number): one for one in sendable}
        assert set(window.recipients) <= set(allowed), "again, or against somebody's will"
        (campaign,) = {allowed[one].campaign for one in window.recipients}
        assert URGENCY[campaign.kind] == max(URGENCY[one.campaign.kind] for one in sendable)
        assert len(set(window.recipients)) == len(window.recipients)
        lengths = [allowed[one].segments for one in window.recipients]
        assert len(lengths) == 1 or sum(lengths) <= room
        assert not window.texts or [(len(one.text), one.segments) for one in window.texts] == [(n, n) for n in lengths]

    def crash(self, bind: int, hours: int = 0) -> None:
        former = self.binds[bind]
        self.desk.clock.advance(hours * 3600)
        self.binds[bind], doubtful = self.desk.take_over(former.number)
        in_flight = self.model.in_flight(former.number)
        assert doubtful == len(in_flight)
        for one in in_flight:
            one.be_in_doubt()
        oldest = self.desk.clock.monotonic() - PARKED_FOR.total_seconds()
        self.model.parked = [one for one in self.model.parked if one[2] >= oldest]
        with pytest.raises(LeaseLost):
            self.desk.check(former)
        self.cancel_rest()

    # What the SMSC does

    def on_the_wire(self) -> list[Part]:
        return [part for one in self.model.messages if one.bind for part in one.parts if not part.landed]

    def accept(self, part: Part) -> None:
        self.named += 1
        part.smsc_id = part.smsc_id or f"x{self.named}"

    @precondition(lambda self: self.on_the_wire())
    @rule(
        which=ANY, kinds=st.lists(KINDS, min_size=1, max_size=5), confirmed=st.sampled_from([None, True, True, False])
    )
    def respond(self, which: int, kinds: list[OutcomeKind | None], confirmed: bool | None) -> None:
        """To some of the parts that are on the wire; that is written at once, if `confirmed` is not None."""
        parts = self.on_the_wire()
        for kind, part in zip(kinds, parts[which % len(parts) :], strict=False):
            if kind is None:
                self.accept(part)
            else:
                self.respond_to(part, kind)
        if confirmed is not None:
            self.turn(0, None, confirmed=confirmed)
            self.turn(1, None, confirmed=confirmed)

    def respond_to(self, part: Part, kind: OutcomeKind) -> None:
        if part.smsc_id and kind is not OutcomeKind.UNKNOWN:
            kind = OutcomeKind.ACCEPTED
        if accepted := kind is OutcomeKind.ACCEPTED:
            self.accept(part)
        part.landed, part.state = True, OUTCOMES[kind]
        (bind,) = (one for one in self.binds if one.number == part.message.bind)
        bind.land(Outcome(part.message.id, part.number, kind, part.smsc_id if accepted else ""))

    @precondition(lambda self: self.model.accepted())
    @rule(
        bind=BINDS,
        which=ANY,
        states=st.lists(st.sampled_from([None, S.DELIVERED, *RECEIPTED]), min_size=1, max_size=4),
        strange=st.sampled_from(["", "y1"]),
    )
    def receipts(self, bind: int, which: int, states: list[MessageState | None], strange: str) -> None:
        """For whatever the SMSC ever took, at any time, once or more; and one for a message that is not ours."""
        parts = self.model.accepted()
        self.desk.tell(self.binds[bind], Receipt(strange, S.DELIVERED, "DELIVRD", "", "+33699999999"))
        for state, part in zip(states, parts[which % len(parts) :], strict=False):
            self.receipt(bind, part, state)

    def receipt(self, bind: int, part: Part, state: MessageState | None) -> None:
        self.desk.tell(self.binds[bind], Receipt(part.smsc_id, state, "WORD", "", part.message.number))
        if state is not None:
            self.model.receive(part, state, self.desk.clock.monotonic())

    # What must be true at any time

    @invariant()
    def the_books_agree(self) -> None:
        self.agreed = False
        found, balance = self.desk.look(), BALANCE
        self.model.learn(found.messages, found.parts)
        assert found.messages == {one.id: one.state for one in self.model.messages}
        for campaign in self.model.campaigns:
            state, campaign.ended = found.campaigns[campaign.id]
            if campaign.ended:
                assert not campaign.remaining(), "a message was forgotten"
                assert state == ("cancelled" if campaign.state == "cancelled" else "done")
            else:
                assert state == campaign.state
            stored = (S.QUEUED if one.state is S.IN_FLIGHT else one.state for one in campaign.messages)
            assert found.counts[campaign.id] == Counter(stored)
            balance += campaign.refund * campaign.ended - campaign.cost
        assert found.balance == balance
        self.agreed = True

    def teardown(self) -> None:
        """Whatever has happened, everything comes to its end."""
        if not self.agreed:
            return
        for campaign in self.model.campaigns:
            if campaign.state == "paused" and not campaign.ended:
                self.control(campaign, "resume", at_once=False)
        self.cancel_rest()
        while not is_open(self.desk.clock.now()):
            self.wait(1)
        for _ in range(len(self.model.campaigns) + 2):
            for bind in (0, 1):
                self.turn(bind, 100)
                for part in self.on_the_wire():
                    self.respond_to(part, OutcomeKind.ACCEPTED)
        self.turn(0, None)
        self.turn(1, None)
        self.cancel_rest()
        self.the_books_agree()
        assert all(campaign.ended for campaign in self.model.campaigns)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("books", "lives"), [("sqlite", 40), ("postgresql", 15)], indirect=["books"])
def test_a_message_lives_as_designed(books: Books, lives: int) -> None:
    run_state_machine_as_test(partial(Life, books), settings=settings(max_examples=lives, stateful_step_count=25))
