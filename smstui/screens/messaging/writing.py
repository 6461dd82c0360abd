"""What the person has written of a campaign: it outlives the page, and, kept as a draft, the program."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from weakref import WeakKeyDictionary

from smstui.domain.actor import Actor
from smstui.domain.hours import HoursConsent
from smstui.domain.recipients import Recipients
from smstui.domain.states import MessageType
from smstui.domain.storable import storable
from smstui.screens.host import Host
from smstui.services.backend import Backend
from smstui.services.campaigns import Draft
from smstui.services.composing import DEFAULT_LANGUAGE
from smstui.services.drafts import StoredDraft, UnknownDraft
from smstui.services.when import NOW, When
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
    title: str = ""
    """Of SMS Voix."""
    language: str = DEFAULT_LANGUAGE
    """Of SMS Voix."""
    template_id: int | None = None
    group_ids: tuple[int, ...] = ()
    contact_ids: tuple[int, ...] = ()
    numbers: WrittenNumbers = field(default_factory=WrittenNumbers)
    when: When = NOW
    consent: HoursConsent = HoursConsent.NONE
    replaces_id: int | None = None
    """The scheduled campaign that this one takes the place of."""
    validity: int | None = None

    @classmethod
    def of(cls, stored: StoredDraft) -> "Writing":
        """The form that a draft fills."""
        draft = stored.draft
        return cls(
            type=draft.type,
            sender=draft.sender,
            name=draft.name,
            text=draft.text,
            stop=draft.stop,
            title=draft.title,
            language=draft.language,
            template_id=draft.template_id,
            group_ids=draft.group_ids,
            contact_ids=draft.contact_ids,
            numbers=WrittenNumbers(draft.numbers_text, stored.pasted),
            when=draft.when,
            consent=draft.consent,
            replaces_id=draft.replaces_id,
            validity=draft.validity,
        )

    @property
    def is_blank(self) -> bool:
        """Whether nothing would be lost with it."""
        written = (self.name.strip(), self.text.strip(), self.title.strip(), self.group_ids, self.contact_ids)
        return not any(written) and self.numbers == WrittenNumbers() and self.when == NOW and self.replaces_id is None

    @property
    def has_chosen(self) -> bool:
        """Whether recipients are chosen otherwise than by their numbers."""
        return bool(self.group_ids or self.contact_ids)

    def draft(self, numbers: tuple[str, ...], typed: str = "") -> Draft:
        """The campaign that this asks for, to `numbers` beside those that were chosen; `typed` is kept with it."""
        return Draft(
            name=storable(self.name),
            text=storable(self.text),
            numbers_text=storable(typed),
            numbers=numbers,
            type=self.type,
            sender=None if self.type is MessageType.REPONSE else self.sender,
            stop=self.stop,
            validity=self.validity,
            group_ids=self.group_ids,
            contact_ids=self.contact_ids,
            template_id=self.template_id,
            title=storable(self.title),
            language=self.language,
            when=self.when,
            consent=self.consent,
            replaces_id=self.replaces_id,
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """A writing, and where it is kept."""

    writing: Writing = field(default_factory=Writing)
    draft_id: int | None = None
    """Of the draft that holds it; None while there is none."""
    saved: Writing | None = None
    """What that draft holds."""
    read: Recipients | None = None
    """What was read of its numbers, when it was."""
    resumed: datetime | None = None
    """When it was left: it is a draft of before, taken up just now."""


_KEPT: Final[WeakKeyDictionary[Host, tuple[Actor, Kept]]] = WeakKeyDictionary()
_WANTED: Final[WeakKeyDictionary[Host, tuple[Actor, int]]] = WeakKeyDictionary()


def keep(host: Host, actor: Actor, kept: Kept) -> None:
    """Keep this for `actor`, until the application ends or somebody else writes."""
    _KEPT[host] = (actor, kept)


def take_up(host: Host, actor: Actor, draft_id: int) -> None:
    """Have the composer go on with that draft, when it is shown next."""
    _WANTED[host] = (actor, draft_id)


async def begun(host: Host, backend: Backend, actor: Actor) -> Kept:
    """What the composer shows first: the draft that is to be taken up, what was written before, or the newest draft.

    Raises UnknownDraft when what was to be taken up is no longer there, and refusals of the database.
    """
    wanter, wanted = _WANTED.pop(host, (None, 0))
    if wanter == actor:
        return _resumed(await backend.drafts.get(actor, wanted))
    writer, kept = _KEPT.get(host, (None, Kept()))
    if writer == actor and (kept.draft_id is None or await _is_there(backend, actor, kept.draft_id)):
        return replace(kept, resumed=None)
    if writer != actor and (drafts := await backend.drafts.list(actor)):
        return _resumed(await backend.drafts.get(actor, drafts[0].id))
    return Kept()


async def _is_there(backend: Backend, actor: Actor, draft_id: int) -> bool:
    return any(each.id == draft_id for each in await backend.drafts.list(actor))


def _resumed(stored: StoredDraft) -> Kept:
    writing = Writing.of(stored)
    return Kept(writing, stored.id, writing, resumed=stored.updated_at)


__all__ = ["Kept", "UnknownDraft", "Writing", "begun", "keep", "take_up"]
