"""Messages on their way through a connection: queued, in flight, settled. It touches no socket."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from smstui.domain.clock import Clock
from smstui.smpp.framing import Frame
from smstui.smpp.outbox import Job, Outbox
from smstui.smpp.pacing import Pacer
from smstui.smpp.submit import Submit, destination_octets
from smstui.smpp.values import BindSettings, Listener, Outcome, OutcomeKind
from smstui.smpp.window import SequenceNumbers, Submission, Window
from smstui.smpp.wire import Status

BATCH = 256
"""PDUs in one write, and messages in one answer of `room`."""
_ASK_AGAIN = 0.1
"""Seconds until `may_send` is asked again."""
_THROTTLING = frozenset({Status.THROTTLED, Status.QUEUE_FULL})


@dataclass(slots=True)
class Stats:
    """Counts since the connection was made, in PDUs."""

    written: int = 0
    accepted: int = 0
    rejected: int = 0
    throttled: int = 0
    unknown: int = 0
    not_sent: int = 0
    unmatched: int = 0
    """Responses to nothing in flight: duplicates, or answers that came too late."""
    responses: int = 0
    """Those that were awaited, whatever they said."""
    response_seconds: float = 0.0
    """The sum of the times that they took."""


class Traffic:
    """Window, outbox and pacer of a connection. Every PDU handed over gets exactly one outcome."""

    def __init__(
        self, settings: BindSettings, listener: Listener, clock: Clock, may_send: Callable[[], bool] = lambda: True
    ) -> None:
        self.stats = Stats()
        self.sequence = SequenceNumbers()
        self._listener = listener
        self._clock = clock
        self._may_send = may_send
        self._window = Window(settings.window, self.sequence)
        self._outbox = Outbox()
        self._pacer = Pacer(settings.rate, clock.monotonic())
        self._room_changed = asyncio.Event()
        self._work_changed = asyncio.Event()
        self._outcomes: list[Outcome] = []
        self._closing = False

    @property
    def in_flight(self) -> int:
        """PDUs whose response is awaited."""
        return len(self._window)

    @property
    def throttled_rate(self) -> float | None:
        """PDUs a second that the SMSC's throttling has taught; None as long as it never throttled."""
        return self._pacer.throttled_rate

    @property
    def oldest(self) -> float | None:
        """The monotonic instant when the oldest PDU in flight was written."""
        return self._window.oldest()

    def changed(self) -> None:
        """Wake everybody who waits."""
        self._room_changed.set()
        self._work_changed.set()

    async def wait(self, delay: float | None) -> None:
        """Wait for a change of what is in flight, at most `delay` seconds."""
        await _wait(self._room_changed, delay)

    async def wait_for_work(self) -> None:
        """Wait until `take` may give something."""
        await _wait(self._work_changed, self.take_delay())

    def room(self, parts: int) -> int:
        """How many messages of `parts` parts may be handed over now."""
        free = self._free()
        if free <= 0:
            return 0
        allowed = self._pacer.allowed(self._clock.monotonic())
        pdus = free if allowed is None else min(free, allowed)
        return max(1, min(pdus // parts, BATCH)) if pdus > 0 else 0

    def room_delay(self) -> float | None:
        """Seconds until the pace leaves room; None when only a change can."""
        return self._pacer.delay(self._clock.monotonic()) if self._free() > 0 else None

    def _free(self) -> int:
        """PDUs that may be queued. Throttled ones keep their place: after a crash they are in doubt like the others."""
        return self._window.size - len(self._window) - self._outbox.queued - self._outbox.throttled

    def submit(self, messages: Sequence[tuple[int, str, Submit]]) -> Job:
        """Queue `messages`: (key, E.164, PDUs)."""
        job = Job([(key, destination_octets(number), submit) for key, number, submit in messages])
        self._outbox.put(job)
        return job

    def announce(self) -> None:
        """Wake those who wait for work, if there is any."""
        if not self._outbox.is_empty:
            self._work_changed.set()

    def take(self) -> bytes:
        """The PDUs that may be written now, at most `BATCH`; they are in flight from here on."""
        if not self._may_send():
            return b""
        now = self._clock.monotonic()
        allowed = self._pacer.allowed(now)
        limit = min(self._window.size - len(self._window), BATCH if allowed is None else min(allowed, BATCH))
        submissions = self._outbox.take(limit, now) if limit > 0 else []
        if not submissions:
            return b""
        self._pacer.take(len(submissions), now)
        self.stats.written += len(submissions)
        numbers = self._window.register(submissions)
        return b"".join(
            [
                submit.pdu(part, destination, number)
                for number, (_, part, submit, destination, _, _) in zip(numbers, submissions, strict=True)
            ]
        )

    def take_delay(self) -> float | None:
        """Seconds until `take` may give something; None when only a change can make it."""
        now = self._clock.monotonic()
        due = self._outbox.due(now)
        if due is None or len(self._window) >= self._window.size:
            return None
        return max(due, self._pacer.delay(now), 0.0 if self._may_send() else _ASK_AGAIN)

    def answers(self, responses: Iterable[Frame]) -> None:
        """The SMSC answered these. The outcomes are kept until `report`."""
        now, waited, answered, accepted = self._clock.monotonic(), 0.0, 0, 0
        settle, keep, new, kind = self._window.settle, self._outcomes.append, tuple.__new__, OutcomeKind.ACCEPTED
        for _, status, sequence, body in responses:
            submission = settle(sequence, None)
            if submission is None:
                self.stats.unmatched += 1
                continue
            key, part, _, _, _, written_at = submission
            waited += now - written_at
            answered += 1
            if status:
                self._refused(submission, status, now)
                continue
            accepted += 1
            keep(new(Outcome, (key, part, kind, body.partition(b"\0")[0].decode("latin-1"), 0)))
        self.stats.responses += answered
        self.stats.response_seconds += waited
        self.stats.accepted += accepted

    def _refused(self, submission: Submission, status: int, now: float) -> None:
        if status not in _THROTTLING:
            self.stats.rejected += 1
            self._outcomes.append(Outcome(submission.key, submission.part, OutcomeKind.REJECTED, "", status))
            return
        self.stats.throttled += 1
        self._pacer.throttled(submission.written_at, now)
        if self._closing:
            self._give_up([submission], OutcomeKind.NOT_SENT)
        else:
            self._outbox.retry(submission, now)

    def report(self) -> None:
        """Hand the outcomes since the last call to the listener."""
        if not self._outcomes:
            return
        outcomes, self._outcomes = self._outcomes, []
        self._pacer.accepted(len(outcomes), self._clock.monotonic())
        self._listener.outcomes(outcomes)

    def settled(self) -> None:
        """Report, and let more be written: there is room again."""
        self.report()
        self._room_changed.set()
        self.announce()

    def expire(self, before: float) -> None:
        """What was written at `before` or earlier gets no answer any more."""
        expired = list(self._window.expire(before))
        if expired:
            self._give_up(expired, OutcomeKind.UNKNOWN)
            self.settled()

    def refuse(self, messages: Iterable[tuple[int, str, Submit]]) -> None:
        """Messages that can't even be queued."""
        for key, _, submit in messages:
            for part in range(1, submit.parts + 1):
                self._give_up([Submission(key, part, submit, b"")], OutcomeKind.NOT_SENT)
        self.report()

    def withdraw(self, job: Job) -> None:
        """Nobody waits for `job` any more: what is left of it is not sent."""
        self._give_up(self._outbox.withdraw(job), OutcomeKind.NOT_SENT)
        self.settled()

    def close(self, error: Exception) -> None:
        """Write nothing more; jobs end with `error`. Answers are still awaited."""
        self._closing = True
        self._give_up(self._outbox.clear(error), OutcomeKind.NOT_SENT)
        self.settled()

    async def emptied(self, timeout: float) -> None:
        """Wait until nothing is in flight, at most `timeout` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while self._window:
                    await self.wait(None)

    def lose(self) -> None:
        """The link is gone: what was written is unknown, the rest not sent."""
        self._give_up(self._window.clear(), OutcomeKind.UNKNOWN)
        self._give_up(self._outbox.clear(), OutcomeKind.NOT_SENT)
        self.settled()

    def _give_up(self, submissions: Iterable[Submission], kind: OutcomeKind) -> None:
        for submission in submissions:
            if kind is OutcomeKind.UNKNOWN:
                self.stats.unknown += 1
            else:
                self.stats.not_sent += 1
            self._outcomes.append(Outcome(submission.key, submission.part, kind))


async def _wait(event: asyncio.Event, delay: float | None) -> None:
    """Wait until `event` is set from now on, at most `delay` seconds."""
    event.clear()
    if delay is None:
        await event.wait()
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(delay):
            await event.wait()
