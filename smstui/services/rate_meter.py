"""How fast a count grows."""

from collections import deque

RATE_OVER = 5.0
"""Seconds over which a rate is taken."""


class RateMeter:
    """How fast something goes, from what its count was a moment ago."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def rate(self, now: float, gone: int) -> float:
        """Messages a second, when `gone` have left by the monotonic instant `now`."""
        self._samples.append((now, gone))
        while now - self._samples[0][0] > RATE_OVER and len(self._samples) > 2:
            self._samples.popleft()
        since, before = self._samples[0]
        return (gone - before) / (now - since) if now > since else 0.0
