"""What this process has in flight: windows taken, and the outcomes of their messages part by part."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from smstui.domain.message_fold import fold, parts_perhaps_accepted
from smstui.domain.states import MessageState
from smstui.services.dispatch.windows import Window
from smstui.smpp.values import Outcome, OutcomeKind

_PART_STATES = {
    OutcomeKind.ACCEPTED: MessageState.ACCEPTED,
    OutcomeKind.REJECTED: MessageState.REJECTED,
    OutcomeKind.UNKNOWN: MessageState.UNKNOWN,
    OutcomeKind.NOT_SENT: MessageState.QUEUED,
}


_PERHAPS_ACCEPTED = frozenset({OutcomeKind.ACCEPTED, OutcomeKind.UNKNOWN})
_QUEUED = MessageState.QUEUED


class Part(NamedTuple):
    """What became of one submit_sm."""

    number: int
    """From 1."""
    state: MessageState
    """QUEUED: certainly not sent."""
    smsc_id: str
    status: int


class Settled(NamedTuple):
    """A message whose parts all have their outcome."""

    message_id: int
    state: MessageState
    """QUEUED: it was not sent, and waits again."""
    smsc_id: str
    """Of an accepted message of one submit_sm; else empty."""
    status: int
    """command_status of the first refusal, else 0."""
    accepted_parts: int
    """How many segments the SMSC took, or may have taken."""
    sent_at: int
    """Milliseconds since 1970."""
    campaign_id: int
    parts: tuple[Part, ...] = ()
    """By number; none for a message of one submit_sm."""


@dataclass(slots=True, eq=False)
class _Open:
    """A window whose messages don't all have their outcome."""

    window: Window
    left: int
    unsent: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class _Length:
    """Of those messages of a window that are as long as each other."""

    opened: _Open
    parts: int
    """submit_sm of one."""
    segments: int


@dataclass(frozen=True, slots=True)
class Landed:
    """What a group of outcomes has completed."""

    messages: tuple[Settled, ...]
    windows: tuple[tuple[Window, tuple[int, ...]], ...]
    """Each with the ids of its messages that were not sent."""


class Flight:
    """The messages in flight of one bind, by id."""

    def __init__(self) -> None:
        self._lengths: dict[int, _Length] = {}
        self._parts: dict[int, list[Part]] = {}
        """Of messages of several parts, those that have their outcome."""
        self._batches: set[int] = set()

    def __len__(self) -> int:
        return len(self._lengths)

    @property
    def batches(self) -> Set[int]:
        """The rows of the windows that are expected or open."""
        return self._batches

    def expect(self, window: Window) -> None:
        """It was taken, and is about to be opened."""
        self._batches.add(window.batch_id)

    def open(self, window: Window, parts: int) -> None:
        """The messages of `window` leave, in `parts` submit_sm each."""
        self.expect(window)
        length = _Length(_Open(window, len(window.recipients)), parts, window.campaign.segments)
        self._lengths.update(dict.fromkeys([message_id for message_id, _ in window.recipients], length))

    def open_own(self, window: Window, parts: Sequence[int]) -> None:
        """The messages of `window`, which have texts of their own, leave in so many submit_sm each."""
        self.expect(window)
        opened = _Open(window, len(window.recipients))
        lengths: dict[tuple[int, int], _Length] = {}
        for (message_id, _), (_, segments), count in zip(window.recipients, window.texts, parts, strict=True):
            length = lengths.get((count, segments))
            if length is None:
                length = lengths[count, segments] = _Length(opened, count, segments)
            self._lengths[message_id] = length

    def land(self, outcomes: Iterable[Outcome]) -> Landed:
        """What is complete with these outcomes; one of a message that is not in flight changes nothing."""
        messages, windows = [], []
        for key, number, kind, smsc_id, status in outcomes:
            length = self._lengths.get(key)
            if length is None:
                continue
            opened, state = length.opened, _PART_STATES[kind]
            window = opened.window
            if length.parts == 1:
                paid = length.segments if kind in _PERHAPS_ACCEPTED else 0
                settled = Settled(key, state, smsc_id, status, paid, window.taken_at, window.campaign.id)
            else:
                parts = self._parts.setdefault(key, [])
                parts.append(Part(number, state, smsc_id, status))
                if len(parts) < length.parts:
                    continue
                settled = _settle(key, length, self._parts.pop(key))
            del self._lengths[key]
            messages.append(settled)
            if settled.state is _QUEUED:
                opened.unsent.append(key)
            opened.left -= 1
            if not opened.left:
                self._batches.discard(window.batch_id)
                windows.append((window, tuple(opened.unsent)))
        return Landed(tuple(messages), tuple(windows))


def _settle(message_id: int, length: _Length, parts: list[Part]) -> Settled:
    window = length.opened.window
    ordered = tuple(sorted(parts))
    states = [part.state for part in ordered]
    accepted = parts_perhaps_accepted(states) * length.segments // len(ordered)
    refused = next((part.status for part in ordered if part.state is MessageState.REJECTED), 0)
    return Settled(message_id, fold(states), "", refused, accepted, window.taken_at, window.campaign.id, ordered)
