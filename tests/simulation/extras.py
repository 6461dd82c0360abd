"""What a plan holds beyond the rest, drawn apart so that a seed stays itself: own texts, voice, sending hours."""

import json
from dataclasses import replace
from random import Random

from smstui.domain.states import MessageType
from smstui.domain.text import Encoding, measure
from smstui.smpp.simulator import ReceiptForm
from tests.simulation.plan import (
    STORM,
    Action,
    ConnectionPlan,
    Control,
    HoursPlan,
    Plan,
    Send,
    SendOwn,
    draw,
)

_STOP = " STOP 36034"
_LONGEST = 4
"""Parts of an own text, at most."""
ALWAYS = json.dumps({"opens": "08:00", "closes": "20:00", "always": True})


def extended(seed: int) -> Plan:
    """The plan of `seed`, with what it holds beyond the rest: the same at every call."""
    return _Extras(draw(seed)).plan()


class _Extras:
    def __init__(self, plan: Plan) -> None:
        self.base = plan
        self.chance = Random(f"extras {plan.seed}")
        self.numbers = sorted({number for _, one in plan.actions if isinstance(one, Send) for number in one.numbers})

    def plan(self) -> Plan:
        chance = self.chance
        connections = tuple(map(self._speaking, self.base.connections))
        names = [f"k{100 + index}" for index in range(chance.choice((0, 1, 1, 2)))]
        sent = [(chance.uniform(0.1, STORM - 2), self._send(name)) for name in names]
        pressed = [(min(at + chance.expovariate(0.7), STORM), self._press(one)) for at, one in sent]
        extra: list[tuple[float, Action]] = [*sent, *[one for one in pressed if chance.random() < 0.6]]
        actions = sorted((*self.base.actions, *extra), key=lambda pair: pair[0])
        hours = HoursPlan(chance.uniform(1.0, STORM), chance.random() < 0.5) if chance.random() < 0.4 else None
        return replace(self.base, connections=connections, actions=tuple(actions), hours=hours)

    def _speaking(self, plan: ConnectionPlan) -> ConnectionPlan:
        """A connection whose phones listen, if its receipts have words for that."""
        if plan.hazards.receipt_form is ReceiptForm.TLV:
            return plan
        share = self.chance.choice((0.0, 0.5, 1.0))
        return replace(plan, hazards=replace(plan.hazards, listened_share=share))

    def _send(self, name: str) -> SendOwn:
        chance = self.chance
        carried = [one for connection in self.base.connections for one in connection.types]
        kind = chance.choice((*carried, MessageType.VOIX))
        lengths = self._lengths(name, kind)
        some = chance.sample(self.numbers, chance.randint(1, len(self.numbers)))
        return SendOwn(name, tuple((number, chance.choice(lengths)) for number in some), kind, chance.choice((0, 0, 1)))

    def _lengths(self, name: str, kind: MessageType) -> list[str]:
        """A text of each number of parts, in every one of which the mark is whole."""
        encoding = Encoding.UCS2 if kind is MessageType.UNICODE else None
        found: dict[int, str] = {}
        words = 1
        while len(found) < _LONGEST:
            text = f"{name} on " * words + _STOP.strip()
            parts = measure(text, encoding).parts
            if all(name in part for part in parts) and len(parts) <= _LONGEST:
                found.setdefault(len(parts), text)
            words += 1
        return [found[1], *found.values()]

    def _press(self, sent: SendOwn) -> Control:
        verbs = ("pause", "resume", "cancel", "resend")
        if sent.type is MessageType.VOIX:
            verbs = verbs[:-1]  # the law keeps it until Monday
        return Control(self.chance.choice(verbs), sent.name)


def hours_of(plan: HoursPlan) -> str:
    """The setting whose hours turn when the minute does."""
    opens, closes = ("15:16", "20:00") if plan.opens else ("08:00", "15:16")
    return json.dumps({"opens": opens, "closes": closes, "always": False})
