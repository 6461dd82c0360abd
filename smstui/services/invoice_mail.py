"""Invoices and credit notes by e-mail: when a person says so, and once by themselves when they are issued."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select, update

from smstui import money
from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.errors import Refusal
from smstui.domain.identity import check_email
from smstui.i18n import N_
from smstui.services.audit import AuditAction, record
from smstui.services.documents.document import Document
from smstui.services.documents.words import day, saying, title
from smstui.services.invoices import CLAIMED, find_invoice, invoice_of
from smstui.services.mail import Attachment, Mail, Mailer
from smstui.services.mail_refusals import MailInDoubt
from smstui.services.mail_round import DueMail
from smstui.storage.database import Database
from smstui.storage.tables import account, invoice

YOUNG: Final = timedelta(days=1)
"""Older ones are not sent by themselves: they are from before there was a mail server, or it failed for too long."""
_NEWEST: Final = 5_000
"""Invoices, of all accounts, among which those are looked for."""
_AT_ONCE: Final = 50
"""Sent in one round, at most."""
_SUBJECT: Final = N_("{document} – {seller}")
_TEXT: Final = N_(
    "Hello,\n\nplease find attached: {document} of {date}, {total} including VAT, order {order}.\n\n{seller}\n"
)


class InvoiceMail:
    """Sends invoices by e-mail."""

    def __init__(self, database: Database, clock: Clock, mailer: Mailer) -> None:
        self._database, self._clock, self._mailer = database, clock, mailer

    def check(self) -> None:
        """That e-mail can be sent, as far as settings say. Raises MailNotSetUp, InvalidMailSetting."""
        self._mailer.check()

    async def address(self, actor: Actor) -> str:
        """Where the account's invoices go unless another address is given."""
        mine = select(account.c.email).where(account.c.id == actor.account_id)
        return await self._database.read(lambda tx: str(tx.execute(mine).scalar_one()))

    async def send(self, actor: Actor, number: str, to: str | None = None) -> str:
        """Send the account's invoice or credit note of this number, in its language, to its address or another one.

        Unless the server is seen not to take it, it does not leave by itself afterwards. The address that it went to.
        Raises UnknownInvoice, InvalidEmail, and what `Mailer.send` does.
        """
        self.check()
        found = await self._database.read(lambda tx: find_invoice(tx, actor, number))
        address = await self.address(actor) if to is None else check_email(to.strip())
        mail = await _mail(found.document, address, actor.language)
        due = _Due(self._database, self._clock, found.id)
        is_claimed = await self._database.write(due.claimed)
        try:
            await self._mailer.send(mail)
        except MailInDoubt:
            raise
        except Refusal:
            if is_claimed:
                await due.release()
            raise
        now = self._clock.now()

        def sent(tx: Connection) -> None:
            tx.execute(update(invoice).where(invoice.c.id == found.id).values(mailed_at=now))
            record(tx, actor, now, AuditAction.INVOICE_MAILED, f"{found.number}: {address}")

        await self._database.write(sent)
        return address

    async def due(self) -> tuple[DueMail, ...]:
        """Those that were issued lately, and that nobody has begun to send: part of every `MailRound`."""
        since = self._clock.now() - YOUNG
        newest = select(func.coalesce(func.max(invoice.c.id), 0) - _NEWEST).scalar_subquery()
        young = invoice.c.id > newest, invoice.c.issued_at >= since, invoice.c.mailed_at.is_(None)
        ids = select(invoice.c.id).where(*young).order_by(invoice.c.id).limit(_AT_ONCE)
        found = await self._database.read(lambda tx: tx.execute(ids).scalars().all())
        return tuple(_Due(self._database, self._clock, each) for each in found)


@dataclass(frozen=True, slots=True)
class _Due:
    """An invoice that goes out by itself."""

    database: Database
    clock: Clock
    id: int

    @property
    def key(self) -> str:
        """See `DueMail`."""
        return f"invoice {self.id}"

    async def claim(self) -> Mail | None:
        """See `DueMail`."""
        found = await self.database.write(self._claimed)
        return None if found is None else await _mail(*found)

    async def sent(self) -> None:
        """See `DueMail`."""
        await self.database.write(lambda tx: self._set(tx, self.clock.now()))

    async def release(self) -> None:
        """See `DueMail`."""
        await self.database.write(lambda tx: self._set(tx, None))

    def claimed(self, tx: Connection) -> bool:
        """Keep that it is being sent; False when it was before, or is."""
        free = update(invoice).where(invoice.c.id == self.id, invoice.c.mailed_at.is_(None))
        return tx.execute(free.values(mailed_at=CLAIMED)).rowcount == 1

    def _claimed(self, tx: Connection) -> tuple[Document, str, str] | None:
        if not self.claimed(tx):
            return None
        row = tx.execute(select(invoice).where(invoice.c.id == self.id)).one()
        whose = select(account.c.email, account.c.language).where(account.c.id == row.account_id)
        email, language = tx.execute(whose).one()
        return invoice_of(row).document, email, language

    def _set(self, tx: Connection, mailed_at: datetime | None) -> None:
        claimed = update(invoice).where(invoice.c.id == self.id, invoice.c.mailed_at == CLAIMED)
        tx.execute(claimed.values(mailed_at=mailed_at))


async def _mail(document: Document, address: str, language: str) -> Mail:
    """What is sent with `document`."""
    from smstui.services.documents.pdf import invoice_pdf

    say = saying(language)
    name = title(document, say)
    words = {
        "document": name,
        "date": day(document.issued_on, language),
        "total": money.euros(document.total, language),
        "order": document.order_reference,
        "seller": document.seller.name,
    }
    pdf = await asyncio.to_thread(invoice_pdf, document, language)
    return Mail(
        to=address,
        subject=say(_SUBJECT).format(document=name, seller=document.seller.name),
        text=say(_TEXT).format(**words),
        attachments=(Attachment(f"{document.number}.pdf", pdf),),
    )
