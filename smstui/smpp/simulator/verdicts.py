"""What the SMSC decides about each submit_sm, and what becomes of the messages it accepts."""

from collections.abc import Callable
from random import Random

from smstui.smpp.simulator.hazards import Hazards
from smstui.smpp.simulator.wire import ESME_ROK


class Verdicts:
    """Decides by the hazards, drawing from one seeded source."""

    def __init__(self, hazards: Hazards, random: Random, monotonic: Callable[[], float]) -> None:
        self._hazards = hazards
        self._random = random
        self._monotonic = monotonic
        self._count = 0
        self._began: float | None = None
        self._allowance = max(hazards.throttle_rate, 1.0)
        self._allowed_at = 0.0
        self.accepts_all = not (
            hazards.max_window
            or hazards.refuse_share
            or hazards.throttle_every
            or hazards.throttle_share
            or hazards.throttle_seconds
            or hazards.throttle_rate
        )
        """Whether `status` need not be asked."""
        self.delivers_all = not (hazards.undelivered_share or hazards.expired_share or hazards.rejected_share)
        """Whether `fate` need not be asked."""
        self.loses_some = bool(hazards.response_lost_share)
        """Whether `is_lost` has to be asked."""

    def status(self, unanswered: int) -> int:
        """The command_status for the next submit_sm, `unanswered` others being without their response."""
        self._count += 1
        if self._throttles(unanswered):
            return self._hazards.throttle_status
        if self._hazards.refuse_share and self._random.random() < self._hazards.refuse_share:
            return self._hazards.refuse_status
        return ESME_ROK

    def is_lost(self) -> bool:
        """Whether the next response gets lost."""
        return self._random.random() < self._hazards.response_lost_share

    def fate(self) -> str:
        """The final `stat` of the next accepted message (SMPP 3.4, appendix B)."""
        draw = self._random.random()
        for share, stat in (
            (self._hazards.undelivered_share, "UNDELIV"),
            (self._hazards.expired_share, "EXPIRED"),
            (self._hazards.rejected_share, "REJECTD"),
        ):
            if draw < share:
                return stat
            draw -= share
        return "DELIVRD"

    def _throttles(self, unanswered: int) -> bool:
        hazards = self._hazards
        return (
            bool(hazards.max_window and unanswered >= hazards.max_window)
            or bool(hazards.throttle_every and self._count % hazards.throttle_every == 0)
            or bool(hazards.throttle_share and self._random.random() < hazards.throttle_share)
            or bool(hazards.throttle_seconds and self._is_early())
            or bool(hazards.throttle_rate and self._is_fast())
        )

    def _is_early(self) -> bool:
        now = self._monotonic()
        if self._began is None:
            self._began = now
        return now - self._began < self._hazards.throttle_seconds

    def _is_fast(self) -> bool:
        """Whether the token bucket of `throttle_rate`, one second deep, is empty."""
        now, rate = self._monotonic(), self._hazards.throttle_rate
        self._allowance = min(self._allowance + (now - self._allowed_at) * rate, max(rate, 1.0))
        self._allowed_at = now
        if self._allowance < 1:
            return True
        self._allowance -= 1
        return False
