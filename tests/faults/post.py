"""E-mail of a site: a server that its programs reach, which can be watched, and what is due to leave by it."""

from dataclasses import dataclass

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import text

from smstui.services.backend import Backend
from smstui.services.orders import Method
from tests.faults.site import Site
from tests.mail_house import SENDER, MailHouse, attached
from tests.payments_support import open_shop


@dataclass
class PostOffice(MailHouse):
    """A mail server that sees when a client is done, and may cut the connection while a message arrives."""

    most: int = 0
    """Octets of a connection, after which it is cut; 0 is never."""
    quits: int = 0
    """How many clients had nothing more to send."""

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        self.quits += 1
        return "221 Bye"

    def environment(self, security: str = "none") -> dict[str, str]:
        """How the programs of a site reach it."""
        return {
            "SMSTUI_SMTP_HOST": "127.0.0.1",
            "SMSTUI_SMTP_PORT": str(self.port),
            "SMSTUI_SMTP_SECURITY": security,
            "SMSTUI_SMTP_FROM": SENDER,
        }

    @property
    def is_connected(self) -> bool:
        """Whether a client still waits for an answer, or for another message."""
        return any(each.transport is not None and not each.transport.is_closing() for each in self._protocols)

    @property
    def files(self) -> list[str]:
        """The names of all files that came."""
        return [name for message in self.received for name in attached(message)]

    def _protocol(self) -> SMTP:
        protocol = super()._protocol()
        if self.most:
            take, left = protocol.data_received, self.most

            def take_some(data: bytes) -> None:
                nonlocal left
                left -= len(data)
                if left < 0:
                    protocol.transport.abort()
                else:
                    take(data)

            protocol.data_received = take_some  # type: ignore[method-assign]
        return protocol


async def issue(site: Site) -> str:
    """An order of "shop" is paid: the number of its invoice, which nobody has sent yet."""

    async def pay(backend: Backend) -> str:
        await open_shop(backend)
        actor = await site.actor(backend)
        order = await backend.orders.order(actor, 1_000, Method.TRANSFER)
        await backend.orders.confirm(None, order.reference)
        return (await backend.invoices.list(actor))[0].number

    return await site.with_backend(pay)


async def sent(site: Site) -> dict[str, bool]:
    """What "shop" sees of each of its invoices: whether it was sent."""

    async def look(backend: Backend) -> dict[str, bool]:
        found = await backend.invoices.list(await site.actor(backend))
        return {one.number: one.mailed_at is not None for one in found}

    return await site.with_backend(look)


def is_claimed(site: Site, column: str) -> bool:
    """Whether somebody has begun to send, or sent, what `column` (as "invoice.mailed_at") tells of."""
    table = column.partition(".")[0]
    with site.reader.connect() as connection:
        return connection.execute(text(f"SELECT 1 FROM {table} WHERE {column} IS NOT NULL")).first() is not None
