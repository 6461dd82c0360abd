"""A connection's settings as a row of its table, both ways."""

from typing import Final

from sqlalchemy import Row

from smstui.domain.states import MessageType
from smstui.services.connection_settings import ConnectionSettings
from smstui.smpp.values import Alphabet, BindMode, BindSettings, LongMessages

UNLEARNED: Final = "raw"
"""How receipts are taken to write the id until the first of them has told."""

ConnectionRow = Row[tuple[object, ...]]


def to_row(settings: ConnectionSettings) -> dict[str, object]:
    """The columns that `settings` fills."""
    bind = settings.bind
    return {
        "name": settings.name,
        "host": bind.host,
        "port": bind.port,
        "tls": bind.tls,
        "system_id": bind.system_id,
        "password": bind.password,
        "system_type": bind.system_type,
        "bind_mode": bind.mode,
        "window": bind.window,
        "rate": None if bind.rate is None else int(bind.rate),
        "types": ",".join(sorted(settings.types)),
        "alphabet": bind.alphabet,
        "long_messages": bind.long_messages,
        "reply_number": settings.reply_number,
        "stop_code": settings.stop_code,
        "enquire_link_interval": int(bind.enquire_link_interval),
        "response_timeout": int(bind.response_timeout),
        "enabled": settings.enabled,
        "binds": settings.binds,
        "validity": settings.validity,
        "voice_service_type": settings.voice_service_type,
        "voice_tag": settings.voice_tag,
    }


def types_of(column: str) -> frozenset[MessageType]:
    """The message types that the column `types` names."""
    return frozenset(MessageType(name) for name in column.split(","))


def from_row(row: ConnectionRow) -> ConnectionSettings:
    """The settings that a whole row of the table holds."""
    bind = BindSettings(
        host=row.host,
        port=row.port,
        system_id=row.system_id,
        password=row.password,
        tls=row.tls,
        system_type=row.system_type,
        mode=BindMode(row.bind_mode),
        window=row.window,
        rate=row.rate,
        alphabet=Alphabet(row.alphabet),
        long_messages=LongMessages(row.long_messages),
        enquire_link_interval=row.enquire_link_interval,
        response_timeout=row.response_timeout,
    )
    return ConnectionSettings(
        name=row.name,
        bind=bind,
        types=types_of(row.types),
        reply_number=row.reply_number,
        stop_code=row.stop_code,
        enabled=row.enabled,
        binds=row.binds,
        validity=row.validity,
        voice_service_type=row.voice_service_type,
        voice_tag=row.voice_tag,
    )
