"""What the person has written of a campaign: it outlives the page, so that no way through the menu loses it."""

from dataclasses import dataclass, field
from typing import Final
from weakref import WeakKeyDictionary

from smstui.domain.actor import Actor
from smstui.domain.states import MessageType
from smstui.screens.host import Host
from smstui.services.campaigns import Draft
from smstui.widgets.recipients_area import WrittenNumbers


@dataclass(frozen=True, slots=True)
class Writing:
    """The form of the composer, as it stands."""

    type: MessageType = MessageType.PRO
    sender: str | None = None
    """None is the account's default sender."""
    name: str = ""
    text: str = ""
    stop: bool = True
    numbers: WrittenNumbers = field(default_factory=WrittenNumbers)

    def draft(self, numbers: tuple[str, ...]) -> Draft:
        """The campaign that this asks for, to `numbers`."""
        return Draft(
            name=self.name, type=self.type, sender=self.sender, text=self.text, stop=self.stop, numbers=numbers
        )


_KEPT: Final[WeakKeyDictionary[Host, tuple[Actor, Writing]]] = WeakKeyDictionary()


def keep(host: Host, actor: Actor, writing: Writing) -> None:
    """Keep `writing` for `actor`, until the application ends or somebody else writes."""
    _KEPT[host] = (actor, writing)


def kept(host: Host, actor: Actor) -> Writing:
    """What was kept for `actor`; a blank form for anybody else."""
    writer, writing = _KEPT.get(host, (None, Writing()))
    return writing if writer == actor else Writing()
