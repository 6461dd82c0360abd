"""The SMSC behind the sessions: who may bind, what is accepted, what phones get, what goes back."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

from smstui.domain.clock import Clock
from smstui.smpp.simulator import wire
from smstui.smpp.simulator.delayed import Delayed
from smstui.smpp.simulator.handsets import Handsets
from smstui.smpp.simulator.hazards import Hazards
from smstui.smpp.simulator.ids import WRITERS
from smstui.smpp.simulator.journal import InboundRecord, Journal, MessageRecord, ReceiptRecord
from smstui.smpp.simulator.outbox import Delivery, Outbox
from smstui.smpp.simulator.receipts import LISTENED, ReceiptWriter
from smstui.smpp.simulator.settings import NobodyBound, SimulatorSettings
from smstui.smpp.simulator.submit import Submit
from smstui.smpp.simulator.texts import code_text
from smstui.smpp.simulator.verdicts import Verdicts
from smstui.smpp.simulator.wire import Address

FIRST_NUMBERS = (10_000_000, 4_000_000_000)
"""The range in which the SMSC's count of messages begins."""


@dataclass(slots=True)
class Stats:
    """What has happened since the start."""

    binds: int = 0
    refused_binds: int = 0
    accepted: int = 0
    """submit_sm accepted."""
    refused: int = 0
    throttled: int = 0
    receipts: int = 0
    """Receipts made."""
    inbound: int = 0
    """Messages that phones sent."""
    drops: int = 0
    """Connections dropped on purpose."""
    widest_window: int = 0
    """The most submit_sm that a session had unanswered at once."""
    nacks: int = 0
    """generic_nack received."""
    enquiries_answered: int = 0
    """enquire_link_resp received."""

    @property
    def submits(self) -> int:
        """submit_sm received by those who may send them, whatever the answer."""
        return self.accepted + self.refused + self.throttled


class Tunable(Protocol):
    """What follows the hazards as they change."""

    def tune(self) -> None:
        """The hazards have changed."""


class Smsc:
    """What all sessions of one simulator share."""

    def __init__(self, settings: SimulatorSettings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.stats = Stats()
        self.random = Random(settings.seed)  # noqa: S311
        self.number = self.random.randrange(*FIRST_NUMBERS)
        """The number of the last message accepted."""
        self.journal = Journal(settings.log, settings.alphabet)
        self.handsets = Handsets(settings.alphabet, settings.kept_messages, self.reply)
        self.sessions: dict[Tunable, None] = {}
        """In the order in which they came: sets of objects would not be played alike twice."""
        self._outboxes: dict[str, Outbox] = {}
        self._bound: Counter[str] = Counter()
        self._references: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._due = Delayed[tuple[str, Sequence[Submit]]](settings.receipt_delay, self._receipts_due)
        self._listened = Delayed[tuple[str, Sequence[Submit]]](settings.receipt_delay, self._receipts_due)
        """What was delivered, and is to be listened to."""
        self._expiring: dict[float, Delayed[tuple[str, Sequence[Submit]]]] = {}
        """By validity period, what waits for its end."""
        self.use(settings.hazards)

    def use(self, hazards: Hazards) -> None:
        """Play `hazards` from now on."""
        self.hazards = hazards
        self.verdicts = Verdicts(hazards, self.random, self.clock.monotonic)
        self.write_id = WRITERS[hazards.id_style][0]
        self._receipts = ReceiptWriter(hazards)
        for session in self.sessions:
            session.tune()

    def bind_status(self, system_id: str, password: str) -> int:
        """The command_status for a bind (SMPP 3.4, section 5.1.3)."""
        hazards, accounts = self.hazards, {one.system_id: one.password for one in self.settings.accounts}
        refused = self.stats.refused_binds
        if hazards.bind_refusal and not (hazards.bind_refusal_times and refused >= hazards.bind_refusal_times):
            return hazards.bind_refusal
        if accounts and system_id not in accounts:
            return wire.ESME_RINVSYSID
        if accounts and password != accounts[system_id]:
            return wire.ESME_RINVPASWD
        if hazards.exclusive_bind and self._bound[system_id]:
            return wire.ESME_RALYBND
        return wire.ESME_ROK

    def bound(self, system_id: str) -> None:
        """A session of this account was bound."""
        self.stats.binds += 1
        self._bound[system_id] += 1

    def unbound(self, system_id: str) -> None:
        """A session of this account is gone."""
        self._bound[system_id] -= 1

    def may_drop(self) -> bool:
        """Whether another connection may be dropped on purpose."""
        return not self.hazards.drop_times or self.stats.drops < self.hazards.drop_times

    def outbox(self, system_id: str) -> Outbox:
        """What waits to be delivered to this account."""
        if system_id not in self._outboxes:
            settings = self.settings
            self._outboxes[system_id] = Outbox(settings.deliver_window, settings.redeliver_after, self.journal)
        return self._outboxes[system_id]

    @property
    def has_receiver(self) -> bool:
        """Whether somebody is bound to receive."""
        return self._listening_outbox() is not None

    @property
    def acknowledged(self) -> int:
        """How many receipts and inbound messages (or their parts) applications have taken."""
        return sum(outbox.acknowledged for outbox in self._outboxes.values())

    def accepted(self, system_id: str, submits: Sequence[Submit]) -> None:
        """These were accepted from an account: phones get them, receipts follow."""
        self.stats.accepted += len(submits)
        delivers_all = self.verdicts.delivers_all
        self.handsets.receive(submits if delivers_all else [one for one in submits if one.stat == "DELIVRD"])
        if self.journal.is_kept:
            self.journal.add([MessageRecord(one, self.write_id) for one in submits])
        asked = [one for one in submits if one.content.registered]
        if not delivers_all:
            for one in asked:
                if one.expires_late:
                    self._expire_later(system_id, one)
            asked = [one for one in asked if not one.expires_late]
        if asked and self.hazards.receipt_first:
            self._receipts_due((system_id, asked))
        elif asked:
            self._due.add((system_id, asked))

    def _expire_later(self, system_id: str, submit: Submit) -> None:
        validity = submit.content.validity
        if validity not in self._expiring:
            self._expiring[validity] = Delayed(validity, self._receipts_due)
        self._expiring[validity].add((system_id, [submit]))

    async def reply(self, number: str, destination: str, text: str) -> None:
        """Deliver `text` from the phone `number`. Raises NobodyBound."""
        outbox = self._listening_outbox()
        if outbox is None:
            raise NobodyBound
        self.stats.inbound += 1
        record = InboundRecord(number, destination, text, self.clock.now().timestamp())
        bodies = self._inbound_bodies(number, destination, text)
        deliveries = [Delivery(bodies[0], record), *(Delivery(body, None) for body in bodies[1:])]
        outbox.add(self._doubled(deliveries))

    async def close(self) -> None:
        """Deliver nothing more, and end the log. Raises LogNotWritable when lines were lost."""
        for waiting in (self._due, self._listened, *self._expiring.values()):
            waiting.close()
        self.handsets.close()
        for outbox in self._outboxes.values():
            outbox.close()
        await self.journal.close()

    def _listening_outbox(self) -> Outbox | None:
        return next((outbox for outbox in self._outboxes.values() if outbox.receivers), None)

    def _receipts_due(self, due: tuple[str, Sequence[Submit]]) -> None:
        system_id, submits = due
        now, receipts = self.clock.now().timestamp(), self._receipts
        self.stats.receipts += len(submits)
        kept = self.journal.is_kept
        self.outbox(system_id).add(
            self._doubled(
                [
                    Delivery(
                        receipts.body(one, now),
                        ReceiptRecord(one, self.write_id, receipts.stat(one), now) if kept else None,
                    )
                    for one in submits
                ]
            )
        )
        if self.hazards.listened_share:
            self._listen_later(system_id, submits)

    def _listen_later(self, system_id: str, submits: Sequence[Submit]) -> None:
        """A share of the voice messages among these, which were delivered, is listened to."""
        share, random = self.hazards.listened_share, self.random.random
        voices = [one for one in submits if one.is_voice and one.stat == "DELIVRD" and random() < share]
        if voices:
            self._listened.add((system_id, [one._replace(stat=LISTENED) for one in voices]))

    def _doubled(self, deliveries: list[Delivery]) -> list[Delivery]:
        if not self.hazards.deliver_twice:
            return deliveries
        return [one for delivery in deliveries for one in (delivery, Delivery(delivery.body, None))]

    def _inbound_bodies(self, number: str, destination: str, text: str) -> list[bytes]:
        """The deliver_sm bodies of a phone's message, one a part."""
        coded = code_text(text, self.settings.alphabet)
        head = wire.c_string(self.hazards.service_type)
        head += Address.of(number).encode() + Address.of(destination).encode()
        if len(coded.parts) == 1:
            return [head + wire.message_flags(0, coded.data_coding) + wire.short_message(coded.parts[0])]
        reference = self._references[number, destination] = (self._references[number, destination] + 1) % 256
        bodies = [
            head + wire.message_flags(wire.ESM_UDHI, coded.data_coding) + wire.short_message(header + part)
            for header, part in (
                (bytes([5, 0, 3, reference, len(coded.parts), number]), part)
                for number, part in enumerate(coded.parts, 1)
            )
        ]
        return bodies[::-1] if self.hazards.deliver_backwards else bodies
