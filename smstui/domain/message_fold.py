"""What became of a message, from what became of its parts. A message of one part follows the same rule."""

from collections.abc import Collection

from smstui.domain.states import RECEIPTED_STATES, MessageState

_FAILURES = (MessageState.UNDELIVERED, MessageState.REJECTED_BY_NETWORK, MessageState.EXPIRED)
"""What a receipt says of a part that did not arrive, the clearest word first."""
_ON_ITS_WAY = {MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.LISTENED}


def fold(parts: Collection[MessageState]) -> MessageState:
    """The state of a message whose parts are in the states `parts` (QUEUED: certainly not sent).

    Accepted when all are, delivered when all are, listened to when all are. A part refused by the SMSC makes it
    rejected; a part that did not arrive makes it so too, without waiting for the others. It goes back to queued only
    when no part was sent at all; when some were, sending it again would send those twice, so it is unknown. Raises
    ValueError without parts.
    """
    seen = set(parts)
    if not seen:
        raise ValueError("a message has at least one part")
    if len(seen) == 1:
        return seen.pop()
    if MessageState.REJECTED in seen:
        return MessageState.REJECTED
    for failure in _FAILURES:
        if failure in seen:
            return failure
    if seen <= _ON_ITS_WAY:
        return MessageState.ACCEPTED if MessageState.ACCEPTED in seen else MessageState.DELIVERED
    return MessageState.UNKNOWN


def may_become(current: MessageState, receipted: MessageState) -> bool:
    """Whether receipts may move a message from `current` to `receipted`: the first final word stands.

    Only an accepted message awaits one; a late one still resolves an unknown. What was delivered may be listened to.
    """
    if current is MessageState.DELIVERED:
        return receipted is MessageState.LISTENED
    return current in {MessageState.ACCEPTED, MessageState.UNKNOWN} and receipted in RECEIPTED_STATES


def parts_perhaps_accepted(parts: Collection[MessageState]) -> int:
    """How many of `parts` the SMSC took or may have taken: those are paid for."""
    return sum(part not in {MessageState.REJECTED, MessageState.QUEUED} for part in parts)
