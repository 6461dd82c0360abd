"""How fast messages may leave: the contracted rate, and what the SMSC's throttling teaches."""

import math

_LATENESS = 0.25
"""Seconds of delay that are made up for, so that a late wake-up costs no rate; a longer pause is a rest, and lost."""
_DECREASE = 0.5
_RECOVERY = 0.1
"""The share of the rate at which throttling began that is won back each second."""
_COUNTING = 1.0
"""Seconds over which the accepted ones are counted, for a first guess of what the SMSC bears."""
_SLOWEST = 1.0
"""submit_sm a second, below which no throttling pushes."""


class TokenBucket:
    """At most `rate` PDUs a second, evenly; a burst only makes up for a delay. Instants are monotonic seconds."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._next = -math.inf

    def allowed(self, now: float) -> int:
        """How many may leave at `now`."""
        # The margin keeps a wake-up at exactly the due instant from being a rounding error too early.
        due = math.floor((now - self._from(now)) * self.rate + 1e-6) + 1
        return max(due, 0)

    def take(self, count: int, now: float) -> None:
        """Account for `count` PDUs that leave at `now`."""
        self._next = self._from(now) + count / self.rate

    def delay(self, now: float) -> float:
        """Seconds from `now` until one may leave."""
        return max(0.0, self._next - now)

    def _from(self, now: float) -> float:
        return now if now - self._next > _LATENESS else self._next


class Pacer:
    """The contracted rate (None is no limit), and additive increase, multiplicative decrease under throttling."""

    def __init__(self, rate: float | None, now: float) -> None:
        self._contract = TokenBucket(rate) if rate else None
        self._throttle: TokenBucket | None = None
        self._step = 0.0
        self._increased_at = now
        self._decreased_at = -math.inf
        self._accepted = 0
        self._counted_from = now

    @property
    def throttled_rate(self) -> float | None:
        """PDUs a second that the SMSC's throttling has taught; None as long as it never throttled."""
        return self._throttle.rate if self._throttle else None

    def allowed(self, now: float) -> int | None:
        """How many PDUs may leave at `now`; None is any number."""
        self._increase(now)
        limits = [bucket.allowed(now) for bucket in self._buckets()]
        return min(limits) if limits else None

    def take(self, count: int, now: float) -> None:
        """Account for `count` PDUs that leave at `now`."""
        for bucket in self._buckets():
            bucket.take(count, now)

    def delay(self, now: float) -> float:
        """Seconds from `now` until a PDU may leave."""
        return max((bucket.delay(now) for bucket in self._buckets()), default=0.0)

    def accepted(self, count: int, now: float) -> None:
        """`count` PDUs were answered without throttling: the SMSC bears at least this rate."""
        if now - self._counted_from >= _COUNTING:
            self._accepted, self._counted_from = 0, now
        self._accepted += count

    def throttled(self, written_at: float, now: float) -> None:
        """A PDU written at `written_at` was throttled; those written before the last decrease say nothing new."""
        if written_at < self._decreased_at:
            return
        if self._throttle is None:
            rate = self._accepted / max(now - self._counted_from, _COUNTING)
            self._throttle = TokenBucket(max(rate, _SLOWEST))
        self._step = max(self._throttle.rate * _RECOVERY, _SLOWEST)
        self._throttle = TokenBucket(max(self._throttle.rate * _DECREASE, _SLOWEST))
        self._decreased_at = self._increased_at = now

    def _increase(self, now: float) -> None:
        if self._throttle and now > self._increased_at:
            self._throttle.rate += self._step * (now - self._increased_at)
            self._increased_at = now

    def _buckets(self) -> tuple[TokenBucket, ...]:
        return tuple(bucket for bucket in (self._contract, self._throttle) if bucket)
