"""The tables, as SQLAlchemy Core sees them. A change here needs a migration: `tests/storage` compares the two.

Instants are stored as whole milliseconds since 1970 (UTC), amounts as thousandths of a credit, numbers as E.164 with
their "+". Bulk statements use the raw integers; all others the `Instant` type.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from smstui.storage.book_tables import audit_entry as audit_entry
from smstui.storage.book_tables import contact as contact
from smstui.storage.book_tables import contact_group as contact_group
from smstui.storage.book_tables import contact_import as contact_import
from smstui.storage.book_tables import deleted_contact as deleted_contact
from smstui.storage.book_tables import deleted_member as deleted_member
from smstui.storage.book_tables import free_field as free_field
from smstui.storage.book_tables import group_member as group_member
from smstui.storage.campaign_tables import batch as batch
from smstui.storage.campaign_tables import campaign as campaign
from smstui.storage.campaign_tables import draft as draft
from smstui.storage.campaign_tables import message as message
from smstui.storage.campaign_tables import message_count as message_count
from smstui.storage.campaign_tables import message_part as message_part
from smstui.storage.campaign_tables import sender as sender
from smstui.storage.campaign_tables import template as template
from smstui.storage.columns import Id, Instant, account_id, metadata, primary_id
from smstui.storage.health_tables import bind_sample as bind_sample
from smstui.storage.health_tables import recent_receipt as recent_receipt
from smstui.storage.health_tables import smsc_refusal as smsc_refusal
from smstui.storage.payment_tables import bank_entry as bank_entry
from smstui.storage.payment_tables import invoice as invoice
from smstui.storage.payment_tables import payment_order as payment_order

ERASED = ""
"""The destination of a message whose number was erased: its campaign still counts it."""

account = Table(
    "account",
    metadata,
    primary_id(),
    Column("login", String(64), nullable=False),
    Column("login_key", String(64), nullable=False, unique=True, comment="the login, case folded"),
    Column("email", String(254), nullable=False),
    Column("email_key", String(254), nullable=False, unique=True, comment="the e-mail address, case folded"),
    Column("password_hash", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("language", String(8), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("terms_accepted_at", Instant, nullable=True),
    Column("certified_number", String(16), nullable=True),
    Column("certified_at", Instant, nullable=True),
    Column("welcomed_at", Instant, nullable=True, comment="when the pop-up of the test credits was answered"),
    Column("may_omit_stop", Boolean, nullable=False, default=False),
    Column("time_zone", String(64), nullable=False, server_default="Europe/Paris"),
    Column("blocked_at", Instant, nullable=True),
    Column("blocked_reason", Text, nullable=True),
    Column(
        "low_credit_alert",
        BigInteger,
        nullable=True,
        comment="thousandths of a credit, below which the account is warned",
    ),
    Column("billing", Text, nullable=True, comment="whom invoices are for, as JSON"),
    Column("theme", String(32), nullable=True),
    Column(
        "low_credit_told_at",
        Instant,
        nullable=True,
        comment="when it was last warned by e-mail; none since the balance was high enough",
    ),
)

login_session = Table(
    "login_session",
    metadata,
    primary_id(),
    account_id(),
    Column("origin", Text, nullable=False, comment="where it came from, as the program could see it"),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=True, comment="logged out, or ended from another session"),
    Index(None, "account_id", "id"),
)

login_failure = Table(
    "login_failure",
    metadata,
    Column("login_key", String(64), primary_key=True, comment="as typed, case folded: known or not"),
    Column("failures", Integer, nullable=False),
    Column("retry_at", Instant, nullable=False),
)

certification_code = Table(
    "certification_code",
    metadata,
    primary_id(),
    account_id(),
    Column("number", String(16), nullable=False),
    Column("code_hash", LargeBinary, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("tries_left", Integer, nullable=False),
    Column("used_at", Instant, nullable=True),
    Index(None, "account_id", "sent_at"),
    Index(None, "number", "sent_at"),
)

ledger_entry = Table(
    "ledger_entry",
    metadata,
    primary_id(),
    account_id(),
    Column("amount", BigInteger, nullable=False, comment="thousandths of a credit; negative takes"),
    Column("cause", String(24), nullable=False),
    Column("reference", String(64), nullable=False, comment="what caused it: each cause counts once a reference"),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("cause", "reference"),
    CheckConstraint("amount <> 0", name="not_empty"),
    Index(None, "account_id"),
)

connection = Table(
    "connection",
    metadata,
    primary_id(),
    Column("name", String(64), nullable=False),
    Column("host", String(255), nullable=False),
    Column("port", Integer, nullable=False),
    Column("tls", Boolean, nullable=False),
    Column("system_id", String(15), nullable=False),
    Column("password", String(64), nullable=False),
    Column("system_type", String(12), nullable=False),
    Column("bind_mode", String(16), nullable=False),
    Column("window", Integer, nullable=False, comment="submit_sm awaiting their response, at most"),
    Column("rate", Integer, nullable=True, comment="submit_sm a second by contract, over all binds; null is no limit"),
    Column("binds", Integer, nullable=False, server_default="1", comment="held at once, over all processes"),
    Column("validity", Integer, nullable=True, comment="seconds that the SMSC tries; null leaves it to the SMSC"),
    Column("types", String(64), nullable=False, comment="message types it carries, joined by commas"),
    Column("alphabet", String(16), nullable=False, comment="what data_coding 0 means there"),
    Column("long_messages", String(16), nullable=False, comment="udh, sar or payload"),
    Column("reply_number", String(16), nullable=True),
    Column("stop_code", String(16), nullable=False, comment="the short code of the STOP mention"),
    Column("voice_service_type", String(5), nullable=True, comment="service_type of SMS Voix"),
    Column("voice_tag", Integer, nullable=True, comment="tag of the vendor's TLV that holds the language of SMS Voix"),
    Column("receipt_id_form", String(16), nullable=False, comment="how receipts write the id; learned"),
    Column("enquire_link_interval", Integer, nullable=False, comment="seconds"),
    Column("response_timeout", Integer, nullable=False, comment="seconds"),
    Column("enabled", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("removed_at", Instant, nullable=True, comment="kept for the campaigns that it carried; never enabled"),
    Index(
        "uq_connection_name",
        "name",
        unique=True,
        sqlite_where=text("removed_at IS NULL"),
        postgresql_where=text("removed_at IS NULL"),
    ),
)

lease = Table(
    "lease",
    metadata,
    Column("connection_id", Id, ForeignKey("connection.id"), primary_key=True),
    Column("bind", Integer, primary_key=True, autoincrement=False, comment="from 1"),
    Column("owner", String(128), nullable=False),
    Column("token", BigInteger, nullable=False, comment="raised at each change of owner: fences the former one"),
    Column("expires_at", BigInteger, nullable=False, comment="milliseconds of the clock named beside it"),
    Column("clock", String(64), nullable=False, comment="which clock: one boot of one host, or the database's"),
    Column("bind_state", String(16), nullable=False, comment="what the owner sees, for other processes"),
    Column("bind_reason", Text, nullable=False, default=""),
    Column("bind_since", Instant, nullable=False, comment="when it came into that state"),
    Column(
        "rate", Integer, nullable=False, server_default="0", comment="submit_sm a second lately, as its owner measures"
    ),
)

parked_receipt = Table(
    "parked_receipt",
    metadata,
    primary_id(),
    Column("connection_id", Id, ForeignKey("connection.id"), nullable=False),
    Column("smsc_id", String(65), nullable=False),
    Column("smsc_id_key", String(65), nullable=False),
    Column("state", String(24), nullable=False),
    Column("error", String(64), nullable=True),
    Column("number", String(21), nullable=True, comment="the phone that it is about, when the receipt says it"),
    Column("received_at", Instant, nullable=False),
    UniqueConstraint("connection_id", "smsc_id", "state"),
    Index(None, "connection_id", "smsc_id_key"),
)

inbound_part = Table(
    "inbound_part",
    metadata,
    primary_id(),
    Column("connection_id", Id, ForeignKey("connection.id"), nullable=False),
    Column("source", String(21), nullable=False),
    Column("destination", String(21), nullable=False),
    Column("reference", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("part", Integer, nullable=False),
    Column("payload", LargeBinary, nullable=False, comment="undecoded: a cut may fall inside a character"),
    Column("encoding", String(16), nullable=False),
    Column("received_at", Instant, nullable=False),
    UniqueConstraint("connection_id", "source", "destination", "reference", "total", "part"),
)

inbound_message = Table(
    "inbound_message",
    metadata,
    primary_id(),
    Column("account_id", Id, ForeignKey("account.id"), nullable=True, comment="null when it answers nothing we sent"),
    Column("campaign_id", Id, ForeignKey("campaign.id"), nullable=True),
    Column("connection_id", Id, ForeignKey("connection.id"), nullable=False),
    Column("source", String(21), nullable=False),
    Column("destination", String(21), nullable=False),
    Column("text", Text, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False, comment="of the whole deliver_sm: a redelivery is applied once"),
    Column("received_at", Instant, nullable=False),
    Column("read_at", Instant, nullable=True, comment="when its account first saw it"),
    Index(None, "account_id", "received_at"),
    Index(None, "connection_id", "fingerprint"),
)

opt_out = Table(
    "opt_out",
    metadata,
    Column("account_id", Id, ForeignKey("account.id"), primary_key=True),
    Column("number", String(21), primary_key=True),
    Column("source", String(16), nullable=False),
    Column("at", Instant, nullable=False),
)

platform_setting = Table(
    "platform_setting",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)
