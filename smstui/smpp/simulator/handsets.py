"""The phones behind the simulated SMSC: what they received, and what they answer.

Messages are kept as they came and decoded when someone looks, so that a big campaign costs nothing.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from smstui.smpp.simulator.submit import Part, Submit
from smstui.smpp.simulator.texts import decode_payload
from smstui.smpp.values import Alphabet

TELL_INTERVAL = 0.1
"""Seconds between two calls of a subscriber, at least."""


@dataclass(frozen=True, slots=True)
class HandsetMessage:
    """A text that a phone received, whole."""

    number: str
    """The phone's, with its "+"."""
    sender: str
    text: str
    at: datetime
    is_voice: bool = False
    """Whether it was read aloud."""
    language: str = ""
    """In which, if the vendor's TLV says so."""


Reply = Callable[[str, str, str], Awaitable[None]]


class Handsets:
    """All phones of the simulated network."""

    def __init__(self, alphabet: Alphabet, kept: int, reply: Reply) -> None:
        self._alphabet = alphabet
        self._parts: deque[Submit] = deque(maxlen=kept)
        self._reply = reply
        self._subscribers: dict[object, Callable[[], None]] = {}
        self._telling: asyncio.TimerHandle | None = None

    def messages(self, limit: int | None = None) -> tuple[HandsetMessage, ...]:
        """The newest messages that are complete (at most `limit`), oldest first, in the order they were completed."""
        whole = _reassemble(self._parts)
        return tuple(self._read(parts) for parts in (whole if limit is None else whole[max(len(whole) - limit, 0) :]))

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` soon after phones received something, at most ten times a second; returns how to end that."""
        key = object()
        self._subscribers[key] = callback

        def unsubscribe() -> None:
            self._subscribers.pop(key, None)

        return unsubscribe

    async def reply(self, number: str, destination: str, text: str) -> None:
        """Send `text` from the phone `number` to `destination` (a short code or a number).

        It is delivered to a bound receiver or transceiver, and again until acknowledged.
        Raises NobodyBound when there is none.
        """
        await self._reply(number, destination, text)

    def receive(self, submits: Sequence[Submit]) -> None:
        """The network brings these to their phones."""
        self._parts.extend(submits)
        if self._subscribers and self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(TELL_INTERVAL, self._tell)

    def close(self) -> None:
        """Tell nobody anything more."""
        self._subscribers.clear()
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None

    def _tell(self) -> None:
        self._telling = None
        for callback in list(self._subscribers.values()):
            callback()

    def _read(self, parts: Sequence[Submit]) -> HandsetMessage:
        last = parts[-1]
        payload = b"".join(part.content.payload for part in sorted(parts, key=_part_number))
        text = decode_payload(payload, last.content.data_coding, self._alphabet)
        at = datetime.fromtimestamp(max(part.at for part in parts), UTC)
        language = next((value.decode("ascii", "replace") for _, value in last.content.vendor_tlvs), "")
        return HandsetMessage(last.destination.shown, last.source.shown, text, at, last.is_voice, language)


def _part_number(submit: Submit) -> int:
    return submit.content.part.number


def _reassemble(submits: Sequence[Submit] | deque[Submit]) -> list[list[Submit]]:
    """The complete messages among `submits`, in the order of their last parts."""
    whole: list[list[Submit]] = []
    begun: dict[tuple[object, ...], dict[int, Submit]] = {}
    for submit in submits:
        part: Part = submit.content.part
        if part.total <= 1:
            whole.append([submit])
            continue
        key = (submit.destination, submit.source, part.reference, part.total)
        parts = begun.setdefault(key, {})
        if part.number in parts:
            parts = begun[key] = {}
        parts[part.number] = submit
        if len(parts) == part.total:
            whole.append(list(begun.pop(key).values()))
    return whole
