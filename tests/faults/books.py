"""What the database says at one instant, and how it is held against the log of the SMSC.

`Books.faults` names what contradicts the first three invariants of the design: nothing, whatever has just died.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from tests.faults.smsc_log import Phoned, SmscLog

STATES = {"DELIVRD": "delivered", "UNDELIV": "undelivered", "EXPIRED": "expired", "REJECTD": "rejected_by_network"}
"""Of a message, by the word of its receipt."""
TAKEN = {"accepted", *STATES.values()}
"""States of messages that the SMSC has accepted."""
PERHAPS_TAKEN = TAKEN | {"unknown"}
REFUNDED = {"suppressed", "cancelled", "rejected"}
CAMPAIGNS = "SELECT id, account_id, kind, name, state, recipients FROM campaign"
MESSAGES = """
    SELECT message.id, message.campaign_id, message.destination, message.state, message.smsc_id,
        COALESCE(message.accepted_parts, 0), COALESCE(message.text, campaign.text),
        COALESCE(message.segments, campaign.segments), COALESCE(message.price, campaign.price), COUNT(batch.id),
        COALESCE(SUM(CASE WHEN message.id <= batch.sent_upto THEN 1 ELSE 0 END), 0)
    FROM message JOIN campaign ON campaign.id = message.campaign_id
        LEFT JOIN batch ON batch.campaign_id = message.campaign_id
        AND message.id BETWEEN batch.first_id AND batch.last_id
    GROUP BY message.id, campaign.id
    ORDER BY message.id
"""
LEASES = "SELECT bind, owner, token, bind_state FROM lease"


class Campaign(NamedTuple):
    """A row of campaign."""

    id: int
    account_id: int
    kind: str
    name: str
    state: str
    recipients: int
    """None is known before the campaign is prepared."""


class Message(NamedTuple):
    """A row of message, with what its batches say of it."""

    id: int
    campaign_id: int
    number: str
    state: str
    smsc_id: str | None
    accepted_parts: int
    text: str
    """Its own, or the campaign's; so are the two that follow."""
    segments: int
    price: int
    """Thousandths of a credit."""
    batches: int
    """That cover it: a queued message needs exactly one, or nobody will ever send it, or two will."""
    sent: int
    """Of these, that say that its bytes may have left."""

    @property
    def owed(self) -> int:
        """What is to be given back: the parts that the SMSC certainly never accepted."""
        return self.price * (self.segments - self.accepted_parts) // self.segments if self.state in REFUNDED else 0


class Lease(NamedTuple):
    """A row of lease."""

    bind: int
    owner: str
    token: int
    bind_state: str

    @property
    def pid(self) -> int:
        """Of the process that holds it, or held it last."""
        return int(self.owner.split(":")[1])


@dataclass(frozen=True, slots=True)
class Books:
    """One snapshot of the database."""

    campaigns: dict[int, Campaign]
    messages: list[Message]
    parked: set[str]
    """The SMSC's ids of receipts without a message."""
    inbox: Counter[tuple[str, str]]
    """(number, text)."""
    opted_out: set[str]
    ledger: list[tuple[int, int, str, str]]
    """(account, amount, cause, reference)."""
    leases: list[Lease]
    open_batches: int

    @classmethod
    def read(cls, engine: Engine) -> "Books":
        """The database now."""
        with engine.connect() as connection:
            if engine.name == "sqlite":
                connection.execute(text("BEGIN"))
            return cls._of(connection)

    @classmethod
    def _of(cls, connection: Connection) -> "Books":
        def rows(sql: str) -> Iterator[tuple[object, ...]]:
            return (tuple(row) for row in connection.execute(text(sql)))

        return cls(
            campaigns={row[0]: Campaign(*row) for row in rows(CAMPAIGNS)},
            messages=[Message(*row) for row in rows(MESSAGES)],
            parked={row[0] for row in rows("SELECT smsc_id FROM parked_receipt")},
            inbox=Counter((row[0], row[1]) for row in rows("SELECT source, text FROM inbound_message")),
            opted_out={row[0] for row in rows("SELECT number FROM opt_out")},
            ledger=list(rows("SELECT account_id, amount, cause, reference FROM ledger_entry")),
            leases=[Lease(*row) for row in rows(LEASES)],
            open_batches=sum(1 for _ in rows("SELECT id FROM batch")),
        )

    @property
    def counts(self) -> Counter[str]:
        """Messages of people's campaigns by state; a queued one that may have left is in flight."""
        return Counter(
            "in_flight" if one.state == "queued" and one.sent else one.state
            for one in self.messages
            if self.campaigns[one.campaign_id].kind == "campaign"
        )

    @property
    def is_done(self) -> bool:
        """Whether every message has left, or never will."""
        return not self.open_batches and not self.counts["queued"]

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is awaited, not even a receipt."""
        return self.is_done and not self.counts["accepted"]

    @property
    def balances(self) -> Counter[int]:
        """The sum of each account's entries."""
        balances: Counter[int] = Counter()
        for account, amount, _, _ in self.ledger:
            balances[account] += amount
        return balances

    def faults(self, before: SmscLog, after: SmscLog) -> list[str]:
        """What is wrong, held against what the log said before these books were read, and after."""
        return [*self._lost(), *self._twice(after), *self._astray(before, after), *self._unkept(before), *self._money()]

    def _lost(self) -> Iterator[str]:
        """Queued, in flight and outcomes are the recipients, and what is queued will be sent."""
        rows = Counter(one.campaign_id for one in self.messages)
        for campaign in self.campaigns.values():
            if campaign.state != "preparing" and rows[campaign.id] != campaign.recipients:
                yield f"{campaign.name}: {rows[campaign.id]} messages of {campaign.recipients}"
        for one in self.messages:
            needed = 0 if self.campaigns[one.campaign_id].state == "preparing" else 1
            if one.state == "queued" and one.batches != needed:
                yield f"{one} is queued, and {one.batches} batches offer it"

    def _twice(self, log: SmscLog) -> Iterator[str]:
        for number, body, part in log.twice():
            yield f"{number} got part {part} of {body!r} more than once"

    def _astray(self, before: SmscLog, after: SmscLog) -> Iterator[str]:
        """Every message at a phone is accounted for, and what is accounted for as accepted is at a phone."""
        by_number: defaultdict[str, list[Message]] = defaultdict(list)
        for one in self.messages:
            by_number[one.number].append(one)
        for phoned in before.phoned:
            owners = [one for one in by_number[phoned.number] if phoned.text in one.text]
            if not any(one.sent or one.state in PERHAPS_TAKEN for one in owners):
                yield f"{phoned} is at a phone, and the books say {owners}"
        at_phones: defaultdict[str, list[Phoned]] = defaultdict(list)
        for phoned in after.phoned:
            at_phones[phoned.number].append(phoned)
        for one in self.messages:
            if one.state in TAKEN:
                got = [at for at in at_phones[one.number] if at.text in one.text]
                if not got or len(got) < got[0].parts:
                    yield f"{one} is accepted, and the phone got {got}"
                elif one.smsc_id and one.smsc_id != got[0].smsc_id:
                    yield f"{one} has not the id of {got}"

    def _unkept(self, before: SmscLog) -> Iterator[str]:
        """What was acknowledged is here, a phone's message once."""
        states: defaultdict[str, set[str]] = defaultdict(set)
        for one in self.messages:
            states[one.number].add(one.state)
        for receipt in before.receipted:
            if receipt.smsc_id not in self.parked and STATES[receipt.stat] not in states[receipt.number]:
                yield f"{receipt} was acknowledged, and the books say {states[receipt.number]}"
        for answer in set(before.answered):
            if self.inbox[answer.number, answer.text] != 1:
                yield f"{answer} was acknowledged, and is in the inbox {self.inbox[answer.number, answer.text]} times"
            if answer.text == "STOP" and answer.number not in self.opted_out:
                yield f"{answer} was acknowledged, and the number is not opted out"

    def _money(self) -> Iterator[str]:
        """No balance is below zero; a campaign is paid once, and what was never accepted is given back once."""
        yield from (f"the balance of account {one} is {sum_}" for one, sum_ in self.balances.items() if sum_ < 0)
        entries = [(cause, reference) for _, _, cause, reference in self.ledger]
        yield from (f"{entry} counted {times} times" for entry, times in Counter(entries).items() if times > 1)
        amounts = {(cause, reference): amount for _, amount, cause, reference in self.ledger}
        costs: Counter[int] = Counter()
        owed: Counter[int] = Counter()
        for one in self.messages:
            costs[one.campaign_id] += one.price
            owed[one.campaign_id] += one.owed
        for campaign in self.campaigns.values():
            paid = -amounts.get(("campaign", str(campaign.id)), 0)
            if paid != (0 if campaign.state == "preparing" else costs[campaign.id]):
                yield f"{campaign.name} ({campaign.state}) has paid {paid} for messages of {costs[campaign.id]}"
            refund, due = amounts.get(("refund", str(campaign.id)), 0), owed[campaign.id]
            if refund != due if campaign.state == "done" else refund > due:
                yield f"{campaign.name} ({campaign.state}) was given back {refund} of {due}"


def reader(database_url: str) -> Engine:
    """A reader of our own, which keeps no connection: one state of the database for all statements of a transaction."""
    isolation = "AUTOCOMMIT" if database_url.startswith("sqlite") else "REPEATABLE READ"
    return create_engine(database_url, poolclass=NullPool, isolation_level=isolation)
