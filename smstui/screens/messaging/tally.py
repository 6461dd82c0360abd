"""The counts of a campaign, gathered into the five signs that people read."""

from smstui.domain.counts import Counts
from smstui.domain.states import MessageState
from smstui.screens.messaging.campaign_words import sign_of
from smstui.services.campaigns import Progress
from smstui.widgets.progress_line import Truth
from smstui.widgets.state_sign import DELIVERED, FAILED, GOING, UNSURE, WAITING, message_sign


def delivered(counts: Counts) -> int:
    """Messages that their phones received."""
    return counts.arrived


def failed(counts: Counts) -> int:
    """Messages that did not arrive, whoever says so."""
    return counts.undelivered + counts.expired + counts.rejected_by_network + counts.rejected


def truth(progress: Progress) -> Truth:
    """What the line at the top of a campaign's page says."""
    counts = progress.counts
    return Truth(
        state=sign_of(progress.summary),
        total=counts.total,
        decided=counts.total - counts.remaining,
        counts=(
            (WAITING, counts.queued),
            (GOING, counts.in_flight + counts.accepted),
            (DELIVERED, delivered(counts)),
            *([(message_sign(MessageState.LISTENED), counts.listened)] if counts.listened else []),
            (FAILED, failed(counts)),
            (UNSURE, counts.unknown),
            *([(message_sign(MessageState.CANCELLED), counts.cancelled)] if counts.cancelled else []),
        ),
        suppressed=counts.suppressed,
        rate=progress.rate,
    )
