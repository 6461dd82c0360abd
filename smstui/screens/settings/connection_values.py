"""The rules of a connection's values, one value at a time, as its form shows them."""

from dataclasses import fields, replace
from typing import Final

from smstui.services.connection_settings import ConnectionSettings, InvalidConnection, checked
from smstui.smpp.values import BindSettings

BLANK: Final = ConnectionSettings("", BindSettings("", 2775, "", ""))
"""What an empty form shows; 2775 is the port that IANA gave to SMPP."""

_SOUND: Final = ConnectionSettings("x", BindSettings("x", 1, "x", "x"))
_BIND_FIELDS: Final = frozenset(field.name for field in fields(BindSettings))


def refusal_of(field: str, written: ConnectionSettings, *, password_kept: bool) -> InvalidConnection | None:
    """What is wrong with the value `field` of `written`, whatever the others are."""
    if field == "password" and password_kept and not written.bind.password:
        return None
    if field in _BIND_FIELDS:
        settings = replace(_SOUND, bind=replace(_SOUND.bind, **{field: getattr(written.bind, field)}))
    elif field == "reply_number":
        settings = replace(_SOUND, types=written.types or _SOUND.types, reply_number=written.reply_number)
    elif field == "types":
        settings = replace(_SOUND, types=written.types, reply_number="000")
    else:
        settings = replace(_SOUND, **{field: getattr(written, field)})
    try:
        checked(settings)
    except InvalidConnection as refusal:
        return refusal
    return None


def written_tag(text: str) -> int | None:
    """The tag that `text` writes, decimal or hexadecimal; None for no text, -1 when it writes none."""
    if not text:
        return None
    try:
        return int(text, 0)
    except ValueError:
        return -1


def shown_tag(tag: int | None) -> str:
    """A tag as SMSC manuals write it: 0x1403."""
    return "" if tag is None else f"0x{tag:04X}"


def whole(text: str) -> int:
    """The number that `text` writes; 0 when it writes none."""
    return int(text) if text.isascii() and text.isdigit() else 0
