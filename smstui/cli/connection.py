"""`smstui connection`: the connections to SMSCs, shared by all accounts."""

from typing import TYPE_CHECKING

import click

from smstui.cli.context import Call, Json, Noun, secret, with_backend
from smstui.cli.output import table
from smstui.domain.states import MessageType
from smstui.i18n import _
from smstui.smpp.values import Alphabet, BindMode, BindSettings, LongMessages

if TYPE_CHECKING:
    from smstui.services.connection_settings import ConnectionSettings

PRO_AND_UNICODE = frozenset({MessageType.PRO, MessageType.UNICODE})


class MessageTypes(click.ParamType[frozenset[MessageType]]):
    """Message types, separated by commas."""

    name = "types"

    def convert(
        self, value: str | frozenset[MessageType], param: click.Parameter | None, ctx: click.Context | None
    ) -> frozenset[MessageType]:
        """Read `value`; an unknown type is wrong usage."""
        if isinstance(value, frozenset):
            return value
        try:
            return frozenset(MessageType(name.strip()) for name in value.split(","))
        except ValueError:
            self.fail(f"{value!r}: types are {', '.join(MessageType)}, separated by commas.", param, ctx)


class Tag(click.ParamType[int]):
    """The tag of a TLV, decimal or hexadecimal (0x1403)."""

    name = "tag"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read `value`; what is no number is wrong usage."""
        try:
            return value if isinstance(value, int) else int(str(value), 0)
        except ValueError:
            self.fail(f"{value!r} is not a number, like 5123 or 0x1403.", param, ctx)


@click.group(cls=Noun)
def connection() -> None:
    """Connections to SMSCs."""


@connection.command()
@click.argument("name")
@click.option("--host", required=True, help="Host name or IP address of the SMSC.")
@click.option("--port", type=int, required=True, help="TCP port of the SMSC.")
@click.option("--system-id", required=True, help="Who binds.")
@click.option("--password-env", metavar="VAR", help="Environment variable that holds the password, else it is asked.")
@click.option("--tls", is_flag=True, help="Speak through TLS, with the system's certificate authorities.")
@click.option("--window", type=int, default=10, show_default=True, help="Unanswered messages at most.")
@click.option("--rate", type=int, help="Messages a second by contract [default: no limit].")
@click.option("--binds", type=int, default=1, show_default=True, help="Binds held at once, over all dispatchers.")
@click.option("--validity", type=int, metavar="MIN", help="Minutes that the network tries [default: the SMSC's].")
@click.option("--enquire-link", type=int, default=30, show_default=True, metavar="S", help="Idle seconds before one.")
@click.option("--response-timeout", type=int, default=30, show_default=True, metavar="S", help="Then it is unknown.")
@click.option("--types", type=MessageTypes(), default=PRO_AND_UNICODE, metavar="T,…", help="pro,unicode,reponse,voix")
@click.option("--alphabet", type=click.Choice(Alphabet), default=Alphabet.GSM7, help="What data_coding 0 means there.")
@click.option("--long", "long_messages", type=click.Choice(LongMessages), default=LongMessages.UDH, help="Long texts.")
@click.option(
    "--bind-mode",
    type=click.Choice(BindMode),
    default=BindMode.TRANSCEIVER,
    help="Which bind; pair is the two others side by side.",
)
@click.option("--system-type", default="", help="As the operator of the SMSC says.")
@click.option("--reply-number", help="Source address of SMS Réponse, to which phones answer.")
@click.option("--stop-code", default="36034", show_default=True, help="Short code of the STOP mention.")
@click.option("--voice-service-type", help="service_type of SMS Voix, up to 5 characters [default: none].")
@click.option("--voice-tag", type=Tag(), metavar="TAG", help="TLV of the language of SMS Voix, such as 0x1403.")
@with_backend
async def add(
    call: Call,
    name: str,
    *,
    host: str,
    port: int,
    system_id: str,
    password_env: str | None,
    tls: bool,
    window: int,
    rate: int | None,
    binds: int,
    validity: int | None,
    enquire_link: int,
    response_timeout: int,
    types: frozenset[MessageType],
    alphabet: Alphabet,
    long_messages: LongMessages,
    bind_mode: BindMode,
    system_type: str,
    reply_number: str | None,
    stop_code: str,
    voice_service_type: str | None,
    voice_tag: int | None,
) -> None:
    """Add the connection NAME. It isn't tried: that is `smstui connection test NAME`."""
    from smstui.services.connection_settings import ConnectionSettings

    bind = BindSettings(
        host=host,
        port=port,
        system_id=system_id,
        password=secret(password_env, _("Password of the bind")),
        tls=tls,
        system_type=system_type,
        mode=bind_mode,
        window=window,
        rate=rate,
        alphabet=alphabet,
        long_messages=long_messages,
        enquire_link_interval=enquire_link,
        response_timeout=response_timeout,
    )
    settings = ConnectionSettings(
        name,
        bind,
        types,
        reply_number,
        stop_code,
        binds=binds,
        validity=None if validity is None else validity * 60,
        voice_service_type=voice_service_type,
        voice_tag=voice_tag,
    )
    await call.backend.connections.add(None, settings)
    added = await call.backend.connections.get(name.strip())
    call.answer(_document(added), _("Connection {name} added.").format(name=added.name))


@connection.command()
@click.argument("name")
@with_backend
async def test(call: Call, name: str) -> None:
    """Bind to the connection NAME and unbind; when it is refused, say what the SMSC said."""
    await call.backend.connections.test(name)
    call.answer({"name": name, "bound": True}, _("Bound to {name}, and unbound.").format(name=name))


@connection.command("list")
@with_backend
async def list_connections(call: Call) -> None:
    """List the connections and their state, as the process that dispatches last wrote it."""
    states = {status.name: status for status in await call.backend.connections.statuses()}
    connections = await call.backend.connections.list()
    call.answer(
        [
            {**_document(each), "state": states[each.name].state, "reason": states[each.name].reason}
            for each in connections
        ],
        table(
            (_("Name"), _("Address"), _("State"), _("Reason")),
            [
                (each.name, f"{each.bind.host}:{each.bind.port}", states[each.name].state, states[each.name].reason)
                for each in connections
            ],
        ),
    )


def _document(settings: "ConnectionSettings") -> dict[str, Json]:
    """The connection without its password."""
    bind = settings.bind
    return {
        "name": settings.name,
        "host": bind.host,
        "port": bind.port,
        "system_id": bind.system_id,
        "tls": bind.tls,
        "window": bind.window,
        "rate": bind.rate,
        "bind_mode": bind.mode,
        "binds": settings.binds,
        "types": sorted(settings.types),
        "voice_service_type": settings.voice_service_type,
        "voice_tag": settings.voice_tag,
        "enabled": settings.enabled,
    }
