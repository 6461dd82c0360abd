"""What the account can send with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from smstui.domain.actor import Actor
from smstui.domain.hours import SendingHours
from smstui.domain.states import MessageType
from smstui.services.backend import Backend
from smstui.services.templates import Template
from smstui.smpp.values import BindMode


@dataclass(frozen=True, slots=True)
class Means:
    """What the account can send with."""

    senders: Sequence[str]
    default_sender: str | None
    reply_numbers: Mapping[MessageType, str]
    """The number that stands for the sender, for the types that show one."""
    default_numbers: Mapping[MessageType, str]
    """The number that phones show when the account has no sender, by type."""
    stop_codes: Mapping[MessageType, str]
    """The STOP code of the connection of each type that can be sent now."""
    may_omit_stop: bool
    certified_number: str | None
    free_fields: Sequence[str]
    """Of the account's contacts."""
    hours: SendingHours
    recipient_limit: int
    templates: Sequence[Template] = ()

    def template(self, template_id: int | None) -> Template | None:
        """One of the templates; None when it is no longer there."""
        return next((each for each in self.templates if each.id == template_id), None)

    def sender_of(self, message_type: MessageType, chosen: str | None) -> str:
        """What phones show as the sender of a message, "" when nothing can be sent."""
        return (
            self.reply_numbers.get(message_type)
            or chosen
            or self.default_sender
            or self.default_numbers.get(message_type)
            or ""
        )


async def read_means(backend: Backend, actor: Actor) -> Means:
    """What `actor` can send with now."""
    senders = await backend.senders.list(actor)
    profile = await backend.accounts.profile(actor)
    stop_codes: dict[MessageType, str] = {}
    reply_numbers: dict[MessageType, str] = {}
    default_numbers: dict[MessageType, str] = {}
    for connection in await backend.connections.list():
        if connection.enabled and connection.bind.mode is not BindMode.RECEIVER:
            for each in connection.types - stop_codes.keys():
                stop_codes[each] = connection.stop_code
                default_numbers[each] = connection.reply_number or connection.stop_code
                if each is MessageType.REPONSE and connection.reply_number:
                    reply_numbers[each] = connection.reply_number
    return Means(
        senders=[sender.name for sender in senders],
        default_sender=next((sender.name for sender in senders if sender.is_default), None),
        reply_numbers=reply_numbers,
        default_numbers=default_numbers,
        stop_codes=stop_codes,
        may_omit_stop=profile.may_omit_stop,
        certified_number=profile.certified_number,
        free_fields=await backend.free_fields.list(actor),
        hours=await backend.platform.sending_hours(),
        recipient_limit=await backend.platform.recipient_limit(),
        templates=await backend.templates.list(actor),
    )
