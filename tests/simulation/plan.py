"""What happens in a simulation, drawn from its seed before it begins."""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from enum import Enum, auto
from random import Random

from smstui.domain.states import MessageType
from smstui.domain.text import measure
from smstui.smpp.simulator import Hazards, IdStyle, ReceiptForm
from smstui.smpp.values import BindMode, LongMessages

STORM = 8.0
"""Seconds during which things happen; then all faults end, and the rest must come right by itself."""
NUMBERS = tuple(f"+336{10000000 + index}" for index in range(40))
LONG = " and so on for quite a while"
_STOP = " STOP 36034"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionPlan:
    """A connection, and the SMSC at its other end."""

    name: str
    types: tuple[MessageType, ...]
    window: int
    rate: int | None
    binds: int
    mode: BindMode
    long_messages: LongMessages
    response_timeout: int
    enquire_link_interval: int
    receipt_delay: float
    hazards: Hazards

    @property
    def calm(self) -> Hazards:
        """How its SMSC behaves when all faults have ended: ids are written as before, phones listen as before."""
        was = self.hazards
        return Hazards(id_style=was.id_style, receipt_form=was.receipt_form, listened_share=was.listened_share)


class Death(Enum):
    """Where a node dies."""

    AT_ONCE = auto()
    IN_A_CALLBACK = auto()
    BEFORE_A_COMMIT = auto()
    AFTER_A_COMMIT = auto()
    AFTER_A_WRITE = auto()


@dataclass(frozen=True, slots=True)
class Send:
    """A campaign is confirmed."""

    name: str
    text: str
    type: MessageType
    numbers: tuple[str, ...]
    account: int
    """Which of the two accounts sends it."""


@dataclass(frozen=True, slots=True)
class SendOwn:
    """A campaign whose messages have texts of their own is queued."""

    name: str
    texts: tuple[tuple[str, str], ...]
    """By number."""
    type: MessageType
    account: int


@dataclass(frozen=True, slots=True)
class Control:
    """A campaign is paused, resumed, cancelled, or sent again where it is in doubt: `verb` is the service's method."""

    verb: str
    name: str
    commits: int = 0
    """The process that is asked dies after so many commits; 0 is never."""


@dataclass(frozen=True, slots=True)
class Code:
    """The platform sends a code before all campaigns."""

    number: str
    text: str


@dataclass(frozen=True, slots=True)
class OptOut:
    """A person puts a number on the list."""

    number: str


@dataclass(frozen=True, slots=True)
class Say:
    """A phone writes."""

    connection: str
    number: str
    text: str
    to_stop_code: bool


@dataclass(frozen=True, slots=True)
class Kill:
    """A dispatcher dies, the `nth` time it comes by there, and is started again."""

    node: str
    death: Death
    nth: int
    restart_after: float


@dataclass(frozen=True, slots=True)
class Freeze:
    """A process (or the SMSC of a connection) is stopped, and goes on later."""

    node: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Drain:
    """A dispatcher is asked to end, and is started again."""

    node: str
    timeout: float
    restart_after: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """The disk of a node is slow, refuses, or hangs."""

    node: str
    seconds: float
    is_slow: bool
    failing_share: float
    stuck_for: float


@dataclass(frozen=True, slots=True)
class Cut:
    """A connection is cut."""

    connection: str
    silent: bool


@dataclass(frozen=True, slots=True)
class Away:
    """Nobody listens at the SMSC, or nothing passes."""

    connection: str
    seconds: float
    is_blocked: bool


@dataclass(frozen=True, slots=True)
class Mood:
    """The SMSC behaves otherwise from now on."""

    connection: str
    hazards: Hazards


@dataclass(frozen=True, slots=True)
class ClockStep:
    """Somebody sets the clock on the wall."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Resettle:
    """An administrator changes the window of a connection, or switches it off and on again."""

    connection: str
    window: int
    is_off: bool


Asked = Send | SendOwn | Control | Code | OptOut | Say | Resettle
"""What a person does, or a phone."""
Action = Asked | Kill | Freeze | Drain | Trouble | Cut | Away | Mood | ClockStep


@dataclass(frozen=True, slots=True)
class HoursPlan:
    """Sending hours that turn once; when all faults have ended there are none any more."""

    at: float
    """Seconds from the start."""
    opens: bool
    """Else they close."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A simulation."""

    seed: int
    connections: tuple[ConnectionPlan, ...]
    nodes: tuple[str, ...]
    actions: tuple[tuple[float, Action], ...] = field(default=())
    hours: HoursPlan | None = None
    """None: whatever is sent may go at any time."""

    def account_of(self, name: str) -> int:
        """Whose campaign it is."""
        sent = (action for _, action in self.actions if isinstance(action, Send | SendOwn))
        return next(action.account for action in sent if action.name == name)

    @property
    def widest_window(self) -> int:
        """Of all connections, at all times."""
        changed = [action.window for _, action in self.actions if isinstance(action, Resettle)]
        return max([one.window for one in self.connections] + changed)

    def without(self, index: int) -> "Plan":
        """The plan without one of its actions."""
        return replace(self, actions=self.actions[:index] + self.actions[index + 1 :])

    def lines(self) -> list[str]:
        """For people."""
        return [
            f"nodes: {', '.join(self.nodes)}",
            brief(self.hours),
            *(brief(one) for one in self.connections),
            *(f"{index:3} at {at:6.3f} {brief(action)}" for index, (at, action) in enumerate(self.actions)),
        ]


def brief(value: object) -> str:
    """`value` in one line: of a dataclass, the fields that differ from their defaults."""
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, tuple):
        return f"({', '.join(map(brief, value))})"
    if not is_dataclass(value):
        return repr(value)
    shown = [
        f"{one.name}={brief(getattr(value, one.name))}"
        for one in fields(value)
        if one.default is MISSING or getattr(value, one.name) != one.default
    ]
    return f"{type(value).__name__}({', '.join(shown)})"


class Drawing:
    """Draws a plan."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.chance = Random(f"plan {seed}")
        self.names: list[str] = []
        self.numbers = NUMBERS[: self.chance.randint(8, len(NUMBERS))]

    def plan(self) -> Plan:
        """The whole."""
        chance = self.chance
        types = ((MessageType.PRO, MessageType.REPONSE), (MessageType.UNICODE,))
        count = chance.choice((1, 1, 2))
        connections = tuple(self._connection(name, types[at]) for at, name in enumerate(("main", "other")[:count]))
        carried = [one for connection in connections for one in connection.types]
        nodes = ("alpha", "beta", "gamma")[: chance.choice((1, 2, 2, 3))]
        sends = [chance.uniform(0.1, 2.0), *(chance.uniform(0.1, STORM - 2) for _ in range(chance.randint(0, 3)))]
        actions: list[tuple[float, Action]] = [(at, self._send(carried)) for at in sends]
        for _ in range(chance.randint(1, 14)):
            soon = chance.choice(sends) + chance.expovariate(1.0)
            at = chance.choice((soon, soon, chance.uniform(0.1, STORM)))
            actions.append((min(at, STORM), self._action(connections, nodes)))
        return Plan(self.seed, connections, nodes, tuple(sorted(actions, key=lambda pair: pair[0])))

    def _connection(self, name: str, types: tuple[MessageType, ...]) -> ConnectionPlan:
        chance = self.chance
        modes = (BindMode.TRANSCEIVER, BindMode.TRANSCEIVER, BindMode.TRANSCEIVER, BindMode.PAIR)
        style = (chance.choice(tuple(IdStyle)), chance.choice(tuple(ReceiptForm)))
        return ConnectionPlan(
            name=name,
            types=types,
            window=chance.choice((1, 2, 5, 10, 20, 50)),
            rate=chance.choice((None, 5, 10, 20, 50, 200)),
            binds=chance.choice((1, 1, 1, 1, 2, 3)),
            mode=chance.choice(modes),
            long_messages=chance.choice(tuple(LongMessages)),
            response_timeout=chance.choice((1, 2, 5)),
            enquire_link_interval=chance.choice((1, 3, 30)),
            receipt_delay=chance.choice((0.0, 0.02, 0.5, 3.0)),
            hazards=self._hazards(Hazards(id_style=style[0], receipt_form=style[1])),
        )

    def _hazards(self, base: Hazards) -> Hazards:
        """Up to three faults of an SMSC."""
        chance = self.chance
        faults: tuple[Callable[[], dict[str, object]], ...] = (
            lambda: {"response_delay": chance.choice((0.01, 0.1, 0.4, 1.5))},
            lambda: {"response_delay": chance.choice((0.05, 0.2)), "response_shuffle": chance.randint(2, 6)},
            lambda: {"response_lost_share": chance.choice((0.02, 0.2))},
            lambda: {"response_twice": True},
            lambda: {"response_tlvs": True},
            lambda: {"max_window": chance.randint(1, 6)},
            lambda: {"refuse_share": chance.choice((0.05, 0.5))},
            lambda: {"throttle_every": chance.randint(2, 7)},
            lambda: {"throttle_share": chance.choice((0.1, 0.6)), "throttle_status": chance.choice((0x58, 0x14))},
            lambda: {"throttle_seconds": chance.uniform(0.2, 3)},
            lambda: {"throttle_rate": chance.uniform(5, 50)},
            lambda: {"receipt_first": True, "response_delay": chance.choice((0.0, 0.2))},
            lambda: {"undelivered_share": 0.3, "expired_share": 0.2, "rejected_share": 0.1},
            lambda: {"deliver_twice": True},
            lambda: {"deliver_backwards": True},
            lambda: {"drop_after": chance.randint(2, 60), "drop_times": chance.randint(1, 4)},
            lambda: {"drop_after": chance.randint(2, 60), "drop_in_pdu": True, "drop_times": chance.randint(1, 4)},
            lambda: {"one_byte_writes": True},
            lambda: {"garbage_after": chance.randint(2, 60)},
            lambda: {"huge_length_after": chance.randint(2, 60)},
            lambda: {"unknown_command_after": chance.randint(2, 60)},
            lambda: {"unbind_after": chance.randint(2, 60)},
            lambda: {"ignore_enquire_link": True},
            lambda: {"enquire_link_every": 0.5},
            lambda: {"exclusive_bind": True},
            lambda: {"bind_refusal": chance.choice((0x0E, 0x05)), "bind_refusal_times": 1},
        )
        changes: dict[str, object] = {}
        for fault in chance.sample(faults, chance.choice((0, 1, 2, 3))):
            changes |= fault()
        return replace(base, **changes)  # type: ignore[arg-type]

    def _send(self, carried: list[MessageType]) -> Send:
        chance = self.chance
        name = f"k{len(self.names) + 1}"
        self.names.append(name)
        count = chance.randint(1, len(self.numbers))
        kind = chance.choice(carried)
        sign = " ✓" if kind is MessageType.UNICODE else ""
        words = chance.randint(30, 60) if chance.random() < 0.3 else 1
        while not all(name in part for part in measure(f"{name} on " * words + sign + _STOP).parts):
            words += 1
        return Send(name, f"{name} on " * words + sign, kind, self._some(count), chance.choice((0, 0, 1)))

    def _some(self, count: int) -> tuple[str, ...]:
        return tuple(self.chance.sample(self.numbers, count))

    def _action(self, connections: tuple[ConnectionPlan, ...], nodes: tuple[str, ...]) -> Action:
        chance = self.chance
        link, node, number = chance.choice(connections), chance.choice(nodes), chance.choice(self.numbers)
        name, seconds = chance.choice(self.names), chance.choice((0.05, 0.5, 2.0, 7.0, 9.0))
        kill = Kill(node, chance.choice(tuple(Death)), chance.randint(1, 30), chance.choice((0.1, 1.0, 7.0)))
        texts = ("STOP", "stop 36034", f"yes, {chance.random():.6f}", f"well, {chance.random():.6f}{LONG * 8}")
        drawn: tuple[tuple[int, Action], ...] = (
            (8, kill),
            (6, Freeze(node, seconds)),
            (1, Freeze(link.name, seconds)),
            (2, Drain(node, chance.choice((0.0, 0.3, 10.0)), chance.choice((0.1, 3.0)))),
            (1, Trouble("person", seconds, chance.random() < 0.5, chance.choice((0.3, 1.0)), 0.0)),
            (5, Trouble(node, seconds, chance.random() < 0.3, chance.choice((0.1, 0.3, 1.0)), 0.0)),
            (2, Trouble(node, seconds, False, 0.0, chance.choice((0.5, 3.0, 8.0)))),
            (4, Cut(link.name, chance.random() < 0.3)),
            (1, Away(link.name, seconds, chance.random() < 0.5)),
            (2, Mood(link.name, self._hazards(link.calm))),
            (2, Resettle(link.name, chance.choice((1, 3, 8)), chance.random() < 0.3)),
            (3, Control("pause", name)),
            (4, Control("resume", name)),
            (3, Control("cancel", name, chance.choice((0, 0, 1, 2)))),
            (2, Control("resend", name)),
            (2, Code(number, f"Your code is {chance.randint(100000, 999999)}")),
            (3, OptOut(number)),
            (1, ClockStep(chance.choice((-2.0, -0.3, 1.0)))),
            (8, Say(link.name, number, chance.choice(texts), chance.random() < 0.6)),
        )
        weights = [weight for weight, _ in drawn]
        return chance.choices([action for _, action in drawn], weights)[0]


def draw(seed: int) -> Plan:
    """The plan of `seed`: the same at every call."""
    return Drawing(seed).plan()
