"""The services over one database, put together."""

import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from smstui.domain.clock import Clock, SystemClock
from smstui.services.accounts import Accounts
from smstui.services.administration import Administration
from smstui.services.audit import AuditTrail
from smstui.services.audit_search import AuditSearch
from smstui.services.bank_statements import BankStatements
from smstui.services.campaigns import Campaigns
from smstui.services.certification import Certification
from smstui.services.checkout import Checkout
from smstui.services.company import CompanySettings
from smstui.services.connections import Connections
from smstui.services.contact_files import ContactFiles
from smstui.services.contacts import Contacts
from smstui.services.conversations import Conversations
from smstui.services.credits import Ledger
from smstui.services.dispatch.dispatcher import Dispatcher
from smstui.services.drafts import Drafts
from smstui.services.free_fields import FreeFields
from smstui.services.groups import Groups
from smstui.services.health import Health
from smstui.services.importing.imports import Imports
from smstui.services.inbox import Inbox
from smstui.services.invoice_mail import InvoiceMail
from smstui.services.invoices import Invoices, issue_due
from smstui.services.low_credit import LowCredit
from smstui.services.mail import Mailer
from smstui.services.mail_round import MailRound
from smstui.services.opt_outs import OptOuts
from smstui.services.orders import Orders
from smstui.services.personal_data import PersonalRecords
from smstui.services.platform_settings import PlatformSettings
from smstui.services.profile import Profiles
from smstui.services.senders import Senders
from smstui.services.sessions import Sessions
from smstui.services.tariffs import Tariffs
from smstui.services.templates import Templates
from smstui.settings import NO_SMTP, NO_STRIPE, Settings, SmtpAccess, StripeAccess
from smstui.storage.database import Database


class Backend:
    """Every use case, for screens and command line alike."""

    def __init__(
        self, database: Database, clock: Clock, stripe: StripeAccess = NO_STRIPE, smtp: SmtpAccess = NO_SMTP
    ) -> None:
        self.database = database
        self.clock = clock
        self.accounts = Accounts(database, clock)
        self.profiles = Profiles(database, clock)
        self.sessions = Sessions(database, clock)
        self.certification = Certification(database, clock)
        self.credits = Ledger(database)
        self.senders = Senders(database, clock)
        self.connections = Connections(database, clock)
        self.health = Health(database, clock)
        self.dispatcher = Dispatcher(database, clock, owner_name())
        self.campaigns = Campaigns(database, clock, queued=self.dispatcher.wake)
        self.templates = Templates(database, clock)
        self.drafts = Drafts(database, clock)
        self.platform = PlatformSettings(database, clock)
        self.inbox = Inbox(database)
        self.conversations = Conversations(database, clock, queued=self.dispatcher.wake)
        self.opt_outs = OptOuts(database, clock)
        self.contacts = Contacts(database, clock)
        self.groups = Groups(database, clock)
        self.free_fields = FreeFields(database)
        self.contact_files = ContactFiles(database, clock)
        self.personal_data = PersonalRecords(database, clock)
        self.imports = Imports(database, clock)
        self.audit = AuditTrail(database)
        self.checkout = Checkout(database, clock, stripe)
        self.company = CompanySettings(database, clock, company_known=issue_due)
        self.orders = Orders(database, clock)
        self.invoices = Invoices(database, clock)
        self.bank_statements = BankStatements(database, clock)
        self.mailer = Mailer(clock, smtp)
        self.invoice_mail = InvoiceMail(database, clock, self.mailer)
        self.low_credit = LowCredit(database, clock)
        self.mail_round = MailRound(self.mailer, clock, (self.invoice_mail.due, self.low_credit.due))
        self.tariffs = Tariffs(database, clock)
        self.administration = Administration(database, clock, queued=self.dispatcher.wake)
        self.audit_search = AuditSearch(database)

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings, clock: Clock | None = None) -> AsyncIterator[Self]:
        """The services over the database of `settings`, closed at the end. Raises the refusals of `Database.open`."""
        database = await Database.open(settings.database_url)
        try:
            yield cls(database, clock or SystemClock(), settings.stripe, settings.smtp)
        finally:
            await database.close()


def owner_name() -> str:
    """How this process signs the connections that it dispatches: no other process does so."""
    return f"{socket.gethostname()[:64]}:{os.getpid()}:{secrets.token_hex(8)}"
