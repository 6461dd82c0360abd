"""What an account holds about a number, as a document: JSON for programs, or plain words for the person."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias

from smstui.domain.contact import FIELD_LABELS, GROUPS_LABEL, ContactDetails, ContactField
from smstui.domain.state_words import CAMPAIGN_WORDS, MESSAGE_WORDS
from smstui.domain.states import CampaignKind
from smstui.domain.visible import printable
from smstui.formats import local
from smstui.i18n import N_, _, current_language
from smstui.services.exporting.contact_tables import day_text
from smstui.services.exporting.new_file import write_file
from smstui.services.exporting.off_loop import off_loop
from smstui.services.exporting.refusals import UnknownTableKind
from smstui.services.inbox import InboundMessage
from smstui.services.opt_out_query import OptOutSource
from smstui.services.personal_data import PersonalData, SentMessage
from smstui.services.personal_drafts import NamedIn

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
JSON_ENDING: Final = ".json"
TEXT_ENDING: Final = ".txt"
KIND_WORDS: Final = {
    CampaignKind.REPLY: N_("answer"),
    CampaignKind.TEST: N_("test"),
    CampaignKind.CERTIFICATION: N_("certification code"),
    CampaignKind.CONFIRMATION: N_("confirmation of a STOP"),
}
SOURCE_WORDS: Final = {
    OptOutSource.SMS: N_("by SMS"),
    OptOutSource.MANUAL: N_("by hand"),
    OptOutSource.IMPORT: N_("from a file"),
    OptOutSource.REPLY: N_("after an answer"),
}
"""Message ids."""


async def write_document(data: PersonalData, path: Path, *, overwrite: bool = False) -> None:
    """Write it to a .json file, or in plain words to a .txt file; nobody but its owner may read it.

    Raises UnknownTableKind, FileThere, NoFolder, FileNotWritable, NoRoomForFile.
    """
    match path.suffix.lower():
        case ".json":
            text = json.dumps(document(data), ensure_ascii=False, indent=2)
        case ".txt":
            text = "\n".join(plain_words(data))
        case _:
            raise UnknownTableKind(path.name, (JSON_ENDING, TEXT_ENDING))
    await off_loop(write_file, path, f"{text}\n".encode("utf-8", "replace"), overwrite=overwrite)


def document(data: PersonalData) -> dict[str, Json]:
    """All of it, as one JSON object."""
    contact = data.contact
    return {
        "number": data.number,
        "collected_at": data.collected_at.isoformat(),
        "contact": None
        if contact is None
        else {
            **details_document(contact.details),
            "groups": list(contact.groups),
            "created_at": contact.created_at.isoformat(),
            "updated_at": contact.updated_at.isoformat(),
        },
        "deleted_contacts": [
            {**details_document(each.details), "deleted_at": each.deleted_at.isoformat()} for each in data.deleted
        ],
        "opt_out": None
        if data.opt_out is None
        else {"source": data.opt_out.source.value, "at": data.opt_out.at.isoformat()},
        "sent": [_sent_document(each) for each in data.sent],
        "received": [_received_document(each) for each in data.received],
        "named_in": [
            {"campaign": each.campaign or None, "state": each.state.value, "at": each.at.isoformat()}
            for each in data.named_in
        ],
    }


def details_document(details: ContactDetails) -> dict[str, Json]:
    """A contact's own fields; "" and null are not known."""
    return {
        "mobile": details.mobile,
        "last_name": details.last_name,
        "first_name": details.first_name,
        "email": details.email,
        "title": details.title,
        "birth_date": details.birth_date.isoformat() if details.birth_date else None,
        "company": details.company,
        "address": details.address,
        "fields": dict(details.extra),
    }


def plain_words(data: PersonalData) -> list[str]:
    """All of it in lines of the current language, safe for a terminal."""
    lines = [_("All that is held about {number} on {day}").format(number=data.number, day=_day(data.collected_at)), ""]
    lines += _contact_lines(data)
    if data.opt_out is None:
        lines.append(_("STOP list: not on it"))
    else:
        words = _("STOP list: since {day}, {source}")
        lines.append(words.format(day=_day(data.opt_out.at), source=_(SOURCE_WORDS[data.opt_out.source])))
    lines += ["", _("Messages sent: {count}").format(count=len(data.sent))]
    lines += [line for each in data.sent for line in _sent_lines(each)]
    lines += ["", _("Messages received: {count}").format(count=len(data.received))]
    lines += [line for each in data.received for line in _received_lines(each)]
    if data.named_in:
        lines += ["", _("Given by hand to campaigns: {count}").format(count=len(data.named_in))]
        lines += map(_named_line, data.named_in)
    return [printable(line) for line in lines]


def _contact_lines(data: PersonalData) -> Iterator[str]:
    if data.contact is None:
        yield _("Address book: not in it")
    else:
        day = _day(data.contact.created_at)
        yield _("Address book: since {day}, changed on {changed}").format(
            day=day, changed=_day(data.contact.updated_at)
        )
        yield from _details_lines(data.contact.details)
        if data.contact.groups:
            yield _labelled(_(GROUPS_LABEL), ", ".join(data.contact.groups))
    for each in data.deleted:
        yield _("Deleted from the address book on {day}, kept for a day").format(day=_day(each.deleted_at))
        yield from _details_lines(each.details)


def _details_lines(details: ContactDetails) -> Iterator[str]:
    values = {
        ContactField.LAST_NAME: details.last_name,
        ContactField.FIRST_NAME: details.first_name,
        ContactField.EMAIL: details.email,
        ContactField.MOBILE: details.mobile,
        ContactField.TITLE: details.title,
        ContactField.BIRTH_DATE: day_text(details.birth_date, current_language()),
        ContactField.COMPANY: details.company,
        ContactField.ADDRESS: details.address,
    }
    labelled = [(_(FIELD_LABELS[each]), value) for each, value in values.items()]
    for label, value in (*labelled, *details.extra):
        if value:
            yield _labelled(label, value)


def _labelled(label: str, value: str) -> str:
    return "  " + _("{label}: {value}").format(label=label, value=value)


def _sent_document(sent: SentMessage) -> dict[str, Json]:
    return {
        "kind": sent.kind.value,
        "campaign": sent.campaign or None,
        "sender": sent.sender,
        "text": sent.text,
        "state": sent.state.value,
        "error": sent.error,
        "queued_at": sent.queued_at.isoformat(),
        "sent_at": sent.sent_at.isoformat() if sent.sent_at else None,
        "final_at": sent.final_at.isoformat() if sent.final_at else None,
    }


def _received_document(received: InboundMessage) -> dict[str, Json]:
    return {
        "to": received.destination,
        "text": received.text,
        "at": received.at.isoformat(),
        "campaign": received.campaign,
    }


def _sent_lines(sent: SentMessage) -> Iterator[str]:
    name = sent.campaign or _(KIND_WORDS[sent.kind])
    yield _labelled(f"{_day(sent.sent_at or sent.queued_at)}  {sent.sender}, {name}", _(MESSAGE_WORDS[sent.state]))
    yield f"    {' '.join(sent.text.splitlines())}"


def _received_lines(received: InboundMessage) -> Iterator[str]:
    yield f"  {_day(received.at)}  → {received.destination}{f', {received.campaign}' if received.campaign else ''}"
    yield f"    {' '.join(received.text.splitlines())}"


def _named_line(named: NamedIn) -> str:
    name = named.campaign or _("(without a name)")
    return _labelled(f"{_day(named.at)}  {name}", _(CAMPAIGN_WORDS[named.state]))


def _day(instant: datetime) -> str:
    return f"{local(instant):%d/%m/%Y %H:%M}"
