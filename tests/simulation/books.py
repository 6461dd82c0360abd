"""The books as they are committed, at every commit: a mirror that notices at once what must never be in them."""

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

RECEIPTED = frozenset({"delivered", "listened", "undelivered", "expired", "rejected_by_network"})
NEVER_SENT = frozenset({"suppressed", "cancelled"})
LATER = {
    "queued": {"accepted", "rejected", "unknown"} | NEVER_SENT | RECEIPTED,
    "accepted": RECEIPTED,
    "unknown": {"accepted"} | RECEIPTED,
    "delivered": {"listened"},
}
"""What a message may become; from all other states nothing."""
MARK = re.compile(r"k\d+")
_MESSAGES = (
    "SELECT message.id, destination, coalesce(message.segments, campaign.segments),"
    " coalesce(message.price, campaign.price)"
    " FROM message JOIN campaign ON campaign.id = message.campaign_id WHERE campaign_id = ?"
)
_TRIGGERS = {
    "message": (
        "AFTER UPDATE OF state ON message WHEN OLD.state <> NEW.state",
        "'message', NEW.id, OLD.state, NEW.state",
    ),
    "campaign_new": ("AFTER INSERT ON campaign", "'campaign', NEW.id, NULL, NEW.state"),
    "campaign": (
        "AFTER UPDATE OF state ON campaign WHEN OLD.state <> NEW.state",
        "'campaign', NEW.id, OLD.state, NEW.state",
    ),
    "batch_new": ("AFTER INSERT ON batch", "'batch', NEW.id, NULL, NEW.state"),
    "batch": ("AFTER UPDATE ON batch", "'batch', NEW.id, OLD.state, NEW.state"),
    "batch_gone": ("AFTER DELETE ON batch", "'batch', OLD.id, OLD.state, NULL"),
    "lease_new": ("AFTER INSERT ON lease", "'lease', NEW.connection_id, NULL, NEW.owner"),
    "lease": (
        "AFTER UPDATE OF token ON lease WHEN OLD.token <> NEW.token",
        "'lease', NEW.connection_id, OLD.owner, NEW.owner",
    ),
    "ledger": ("AFTER INSERT ON ledger_entry", "'ledger', NEW.account_id, NULL, NEW.amount"),
    "opt_out_new": ("AFTER INSERT ON opt_out", "'opt_out', NEW.account_id, NULL, NEW.number"),
    "opt_out_gone": ("AFTER DELETE ON opt_out", "'opt_out', OLD.account_id, OLD.number, NULL"),
}


def keep_history(database: Path) -> None:
    """Let the database at this path note every change, in the transaction that makes it."""
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE history (id INTEGER PRIMARY KEY, what TEXT, key INTEGER, old TEXT, new TEXT)")
        for name, (when, values) in _TRIGGERS.items():
            note = f"INSERT INTO history (what, key, old, new) VALUES ({values})"
            connection.execute(f"CREATE TRIGGER history_{name} {when} BEGIN {note}; END")
    connection.close()


@dataclass(frozen=True, slots=True)
class Batch:
    """A row of the table."""

    id: int
    campaign_id: int
    connection_id: int
    first_id: int
    last_id: int
    sent_upto: int
    state: str
    bind: int | None
    lease_token: int | None
    country: str | None
    sent_at: int | None


@dataclass(slots=True)
class Campaign:
    """A row of the table, and its place in the simulation."""

    id: int
    account_id: int
    kind: str
    mark: str
    """What its texts have in every part: "k7"; the whole text of a message of the platform's own."""
    connection_id: int
    recipients: int
    state: str


@dataclass(slots=True)
class Message:
    """A row of the table."""

    id: int
    campaign: Campaign
    number: str
    segments: int
    price: int
    state: str = "queued"


class Books:
    """The mirror. `blame` is told what must not be; `note` of every change."""

    def __init__(self, path: Path, note: Callable[[str], None], blame: Callable[[str], None]) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.note = note
        self.blame = blame
        self.campaigns: dict[int, Campaign] = {}
        self.messages: dict[int, Message] = {}
        self.by_mark: defaultdict[tuple[str, str], list[Message]] = defaultdict(list)
        self.batches: dict[int, Batch] = {}
        self.opted_out: set[tuple[int, str]] = set()
        self.owners: dict[tuple[int, int], tuple[str, int]] = {}
        """Owner and token of each bind of a connection."""
        self.has_accepted: Callable[[Message], bool] = lambda _message: False
        """Whether the SMSC has accepted a part of it."""
        self.window = 0
        """The widest of all connections: a takeover leaves no more than that in doubt."""
        self._seen = 0
        self._commits = 0

    def observe(self, committer: str) -> None:
        """Take in what a job of `committer` may have committed."""
        news = self.connection.execute(
            "SELECT id, what, key, old, new FROM history WHERE id > ? ORDER BY id", (self._seen,)
        ).fetchall()
        if not news:
            return
        self._seen = news[-1][0]
        self._commits += 1
        touched = dict.fromkeys(what for _, what, *_ in news)
        if "campaign" in touched:
            self._load_campaigns()
        if "lease" in touched:
            rows = self.connection.execute("SELECT connection_id, bind, owner, token FROM lease")
            self.owners = {(connection_id, bind): (owner, token) for connection_id, bind, owner, token in rows}
        if "opt_out" in touched:
            self.opted_out = set(self.connection.execute("SELECT account_id, number FROM opt_out"))
        for _, what, key, old, new in news:
            self.note(f"{committer} commits {what} {key} {old} > {new}")
            if what == "message":
                self._became(self.messages[key], old, new, committer)
        doubted = sum(what == "message" and new == "unknown" for _, what, _, _, new in news)
        if "lease" in touched and doubted > self.window:
            self.blame(f"{committer} takes over and leaves {doubted} messages in doubt, more than a window")
        if "ledger" in touched:
            self._check_balances()
        if "batch" in touched:
            self._load_batches(committer)
        if self._commits % 16 == 0:
            self.check_coverage()

    def in_flight(self, message: Message) -> bool:
        """Whether the books say that it may have left, and that nothing is known of it."""
        return message.state == "queued" and any(
            batch.campaign_id == message.campaign.id and batch.first_id <= message.id <= batch.sent_upto
            for batch in self.batches.values()
        )

    def check_coverage(self) -> None:
        """Every queued message is in exactly one range, or it would be lost or sent twice."""
        rows = self.connection.execute(
            "SELECT message.id, message.campaign_id, count(batch.id) FROM message LEFT JOIN batch"
            " ON batch.campaign_id = message.campaign_id AND message.id BETWEEN batch.first_id AND batch.last_id"
            " WHERE message.state = 'queued' GROUP BY message.id HAVING count(batch.id) <> 1"
        ).fetchall()
        if rows:
            self.blame(f"queued messages in no range, or in several (message, campaign, ranges): {rows[:5]}")
        self._check_totals()

    def balance(self, account_id: int) -> int:
        """The sum of the account's entries."""
        total = "SELECT coalesce(sum(amount), 0) FROM ledger_entry WHERE account_id = ?"
        return int(self.connection.execute(total, (account_id,)).fetchone()[0])

    def close(self) -> None:
        """Look no more."""
        self.connection.close()

    def _became(self, message: Message, old: str, new: str, committer: str) -> None:
        if new not in LATER.get(old, ()):
            self.blame(f"message {message.id} went from {old} to {new} by {committer}")
        message.state = new

    def _load_campaigns(self) -> None:
        rows = self.connection.execute(
            "SELECT id, account_id, kind, text, connection_id, recipients, state FROM campaign"
        )
        for campaign_id, account_id, kind, text, *rest, state in rows.fetchall():
            known = self.campaigns.get(campaign_id)
            if known:
                known.state = state
                continue
            found = MARK.match(text)
            mark = found[0] if found and kind == "campaign" else text
            campaign = self.campaigns[campaign_id] = Campaign(campaign_id, account_id, kind, mark, *rest, state)
            for message_id, number, segments, price in self.connection.execute(_MESSAGES, (campaign_id,)):
                message = self.messages[message_id] = Message(message_id, campaign, number, segments, price)
                self.by_mark[mark, number].append(message)

    def _load_batches(self, committer: str) -> None:
        rows = self.connection.execute(
            "SELECT id, campaign_id, connection_id, first_id, last_id, sent_upto, state, bind, lease_token, country,"
            " sent_at FROM batch"
        )
        former, self.batches = self.batches, {row[0]: Batch(*row) for row in rows}
        for batch in self.batches.values():
            if former.get(batch.id) != batch:
                self._check_batch(batch, committer)

    def _check_batch(self, batch: Batch, committer: str) -> None:
        """A new or changed range: nobody may have received what waits in it, nobody be bothered by what leaves."""
        campaign = self.campaigns[batch.campaign_id]
        within = [
            message
            for message_id in range(batch.first_id, batch.last_id + 1)
            if (message := self.messages.get(message_id)) and message.campaign is campaign and message.state == "queued"
        ]
        for message in within:
            if self.has_accepted(message):
                self.blame(f"message {message.id}, which the SMSC has accepted, is {batch.state} again by {committer}")
        if batch.state != "sent":
            return
        if campaign.state not in {"sending", "done"}:
            self.blame(f"a window of campaign {campaign.id} is taken although it is {campaign.state}")
        if batch.country and campaign.kind == "campaign" and not self._is_open(batch.sent_at or 0):
            self.blame(f"a window of campaign {campaign.id} is taken outside the sending hours")
        for message in within:
            if campaign.kind == "campaign" and (campaign.account_id, message.number) in self.opted_out:
                self.blame(f"message {message.id} is taken although {message.number} has opted out")
        owner = self.owners.get((batch.connection_id, batch.bind or 1))
        if owner is None or owner[1] != batch.lease_token or owner[0] != committer:
            self.blame(f"{committer} takes a window of connection {batch.connection_id}, which is {owner}'s")

    def _is_open(self, at: int) -> bool:
        """Whether France may be written to: on a Sunday, to which the campaigns have a consent."""
        (setting,) = self.connection.execute("SELECT value FROM platform_setting").fetchone()
        hours = json.loads(setting)
        in_paris = datetime.fromtimestamp(at / 1000, UTC) + timedelta(hours=1)
        return hours["always"] or hours["opens"] <= f"{in_paris:%H:%M}" < hours["closes"]

    def _check_totals(self) -> None:
        rows = self.connection.execute(
            "SELECT campaign.id, recipients, count(message.id) FROM campaign LEFT JOIN message"
            " ON message.campaign_id = campaign.id GROUP BY campaign.id HAVING count(message.id) <> recipients"
        ).fetchall()
        if rows:
            self.blame(f"recipients and messages differ (campaign, recipients, messages): {rows}")
        for message in self.messages.values():
            if message.state == "queued" and message.campaign.state == "done":
                self.blame(f"campaign {message.campaign.id} is done, and message {message.id} is queued")

    def _check_balances(self) -> None:
        rows = self.connection.execute("SELECT account_id, sum(amount) FROM ledger_entry GROUP BY account_id")
        for account_id, balance in rows:
            if balance < 0:
                self.blame(f"account {account_id} has a balance of {balance}")
