"""What DESIGN.md says of a message's life, in plain Python: nothing of it is taken from the program but its words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from smstui.domain.states import CampaignKind, MessageState
from smstui.smpp.values import OutcomeKind

S, K = MessageState, CampaignKind
NEVER_SENT = {S.SUPPRESSED, S.CANCELLED}
RECEIPTED = (S.UNDELIVERED, S.REJECTED_BY_NETWORK, S.EXPIRED, S.DELIVERED)
"""What receipts say; of a failed message of several parts, the first of these."""
OUTCOMES = {
    OutcomeKind.ACCEPTED: S.ACCEPTED,
    OutcomeKind.REJECTED: S.REJECTED,
    OutcomeKind.UNKNOWN: S.UNKNOWN,
    OutcomeKind.NOT_SENT: S.QUEUED,
}
URGENCY = {K.CAMPAIGN: 0, K.REPLY: 1, K.TEST: 1, K.CONFIRMATION: 2}


def is_open(now: datetime) -> bool:
    """Whether France may be written to, Sundays and holidays included: 08:00 to 20:00 by its winter time."""
    return 7 <= now.hour < 19


@dataclass(eq=False)
class Part:
    """One submit_sm of a message in flight, or of one that was."""

    message: "Message"
    number: int
    smsc_id: str = ""
    """What the SMSC called it, if it took it: whether we were told or not."""
    landed: bool = False
    state: MessageState = S.IN_FLIGHT
    told: set[MessageState] = field(default_factory=set)
    """What its receipts have said."""


@dataclass(eq=False)
class Message:
    """One message to one number."""

    id: int
    number: str
    campaign: "Campaign"
    segments: int
    submits: int
    """submit_sm that it takes."""
    price: int
    """Thousandths of a credit."""
    state: MessageState = S.QUEUED
    bind: int | None = None
    """Which bind it is in flight over."""
    parts: list[Part] = field(default_factory=list)
    paid: int = 0
    """Segments that the SMSC took, or may have taken."""
    resent: bool = False
    window: list["Message"] = field(default_factory=list)
    """Those that left together."""
    unsent: bool = False
    """Certainly not sent: it waits again when its window is done."""

    def leave(self, bind: int, window: list["Message"], *, sent: bool) -> None:
        """`sent`: its dispatcher knows of it."""
        self.state, self.bind, self.window = S.IN_FLIGHT, bind, window
        self.parts = [Part(self, number) for number in range(1, self.submits + 1)] if sent else []

    def come_back(self) -> None:
        self.state, self.bind, self.parts, self.unsent = S.QUEUED, None, [], False

    def be_in_doubt(self) -> None:
        """The dispatcher died: nothing is known of any part."""
        self.state, self.bind, self.paid, self.unsent = S.UNKNOWN, None, self.segments, False
        for part in self.parts:
            part.state = S.UNKNOWN

    def settle(self) -> None:
        """Every part has its outcome, and that is committed."""
        states = {part.state for part in self.parts}
        if states == {S.QUEUED}:
            self.unsent = True
            return
        taken = sum(part.state in {S.ACCEPTED, S.UNKNOWN} for part in self.parts)
        self.paid, self.bind = taken * self.segments // len(self.parts), None
        if S.REJECTED in states:
            self.state = S.REJECTED
        else:
            self.state = S.ACCEPTED if states == {S.ACCEPTED} else S.UNKNOWN

    def follow_receipts(self) -> None:
        """The first final word stands; delivered when all parts are, failed when one is."""
        states = {part.state for part in self.parts}
        if self.state not in {S.ACCEPTED, S.UNKNOWN} or S.REJECTED in states:
            return
        failed = [state for state in RECEIPTED if state in states and state is not S.DELIVERED]
        if failed or states == {S.DELIVERED}:
            self.state = failed[0] if failed else S.DELIVERED


@dataclass(eq=False)
class Campaign:
    """A sending: a person's campaign or message to one phone, or the platform's own."""

    id: int
    kind: CampaignKind
    keeps_hours: bool
    state: str = "sending"
    ended: bool = False
    messages: list[Message] = field(default_factory=list)

    @property
    def is_listed(self) -> bool:
        """Only those can be paused, resumed, cancelled and sent again."""
        return self.kind is K.CAMPAIGN

    @property
    def obeys_opt_outs(self) -> bool:
        return self.kind in {K.CAMPAIGN, K.REPLY}

    @property
    def cost(self) -> int:
        return sum(one.price for one in self.messages)

    def waits(self, now: datetime) -> bool:
        """Neither paused nor cancelled, but outside its hours, which only campaigns keep."""
        return self.state == "sending" and self.kind is K.CAMPAIGN and self.keeps_hours and not is_open(now)

    @property
    def refund(self) -> int:
        """What is given back when it has ended: what the SMSC certainly did not take."""
        lost = [one for one in self.messages if one.state in NEVER_SENT | {S.REJECTED}]
        return sum(one.price // one.segments * (one.segments - one.paid) for one in lost)

    def waiting(self) -> Iterator[Message]:
        return (one for one in self.messages if one.state is S.QUEUED)

    def remaining(self) -> bool:
        return any(one.state in {S.QUEUED, S.IN_FLIGHT} for one in self.messages)


@dataclass
class Platform:
    """Everything that was ever asked for."""

    campaigns: list[Campaign] = field(default_factory=list)
    opted_out: set[str] = field(default_factory=set)
    parked: list[tuple[Part, MessageState, float]] = field(default_factory=list)
    """Receipts whose message is not known yet, each once, with the instant of its arrival."""

    @property
    def messages(self) -> list[Message]:
        return [one for campaign in self.campaigns for one in campaign.messages]

    def accepted(self) -> list[Part]:
        """By the SMSC, whether we were told or not."""
        return [part for one in self.messages for part in one.parts if part.smsc_id]

    def in_flight(self, bind: int) -> list[Message]:
        return [one for one in self.messages if one.bind == bind]

    def wants(self, message: Message) -> bool:
        return not message.campaign.obeys_opt_outs or message.number not in self.opted_out

    def sendable(self, now: datetime) -> list[Message]:
        return [
            message
            for campaign in self.campaigns
            for message in campaign.waiting()
            if campaign.state == "sending" and not campaign.waits(now) and self.wants(message)
        ]

    def opt_out(self, number: str) -> None:
        self.opted_out.add(number)
        for message in self.messages:
            if message.state is S.QUEUED and message.number == number and message.campaign.obeys_opt_outs:
                message.state = S.SUPPRESSED

    def receive(self, part: Part, state: MessageState, now: float) -> None:
        """A final receipt comes."""
        part.told.add(state)
        if part.state is S.ACCEPTED and part.message.bind is None:
            part.state = state
            part.message.follow_receipts()
        elif all((part, state) != (one, word) for one, word, _ in self.parked):
            self.parked.append((part, state, now))

    def settle(self, messages: list[Message]) -> None:
        """These outcomes are committed, with what receipts had said before."""
        for message in messages:
            message.settle()
        for message in messages:
            if all(one.unsent or one.state is not S.IN_FLIGHT for one in message.window):
                for one in message.window:
                    if one.unsent:
                        one.come_back()
            for place in [one for one in self.parked if one[0].message is message]:
                if place[0].state is S.ACCEPTED:
                    place[0].state = place[1]
                    self.parked.remove(place)
            message.follow_receipts()

    def learn(self, messages: Mapping[int, MessageState], parts: Mapping[tuple[int, int], MessageState]) -> None:
        """What the books may know, and need not: a doubt that its own receipt has resolved, an opt-out seen late."""
        for one in self.messages:
            if one.state is S.QUEUED and messages[one.id] is S.SUPPRESSED and not self.wants(one):
                one.state = S.SUPPRESSED
            if one.state is S.UNKNOWN and len(one.parts) == 1 and messages[one.id] in one.parts[0].told:
                one.state = one.parts[0].state = messages[one.id]
            for part in one.parts if len(one.parts) > 1 and one.bind is None else []:
                found = parts.get((one.id, part.number), part.state)
                if found is not part.state:
                    assert part.state is S.UNKNOWN
                    assert found in part.told, "somebody else's receipt"
                    part.state = found
                    one.follow_receipts()
