"""The tables of what is bought: orders, the bank entries that pay them, invoices. Amounts of money are in cents."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from smstui.storage.columns import Id, Instant, account_id, metadata, primary_id

payment_order = Table(
    "payment_order",
    metadata,
    primary_id(),
    account_id(),
    Column("reference", String(24), nullable=False, unique=True, comment="what a payer writes on a transfer"),
    Column("method", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("credits", BigInteger, nullable=False, comment="thousandths of a credit"),
    Column("net", BigInteger, nullable=False, comment="cents, without VAT"),
    Column("vat", BigInteger, nullable=False, comment="cents"),
    Column("vat_rate", Integer, nullable=False, comment="hundredths of a percent"),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=True, comment="after which nothing is awaited any more"),
    Column("closed_at", Instant, nullable=True, comment="when it was paid, cancelled, or had expired"),
    Column("refunded_at", Instant, nullable=True),
    Column("refunded", BigInteger, nullable=False, server_default="0", comment="cents given back, with VAT"),
    Column("checkout_id", String(255), nullable=True, unique=True, comment="Stripe's Checkout session"),
    Column("checkout_url", Text, nullable=True),
    Column("payment_id", String(255), nullable=True, comment="Stripe's PaymentIntent"),
    Column("confirmed_by", Id, ForeignKey("account.id"), nullable=True, comment="the administrator"),
    Index(None, "account_id", "id"),
    Index(
        "ix_payment_order_pending",
        "state",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
)

bank_entry = Table(
    "bank_entry",
    metadata,
    primary_id(),
    Column("fingerprint", String(64), nullable=False, unique=True, comment="SHA-256: each entry is applied once"),
    Column("order_id", Id, ForeignKey("payment_order.id"), nullable=False),
    Column("amount", BigInteger, nullable=False, comment="cents"),
    Column("booked_on", Date, nullable=False),
    Column("payer", Text, nullable=False, comment="foreign text"),
    Column("remittance", Text, nullable=False, comment="foreign text"),
    Column("applied_at", Instant, nullable=False),
    Column("applied_by", Id, ForeignKey("account.id"), nullable=True),
    Index(None, "order_id"),
)

_ONE_INVOICE = text("kind = 'invoice'")

invoice = Table(
    "invoice",
    metadata,
    primary_id(),
    account_id(),
    Column("order_id", Id, ForeignKey("payment_order.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False, comment="of its kind and year, from 1, without gaps"),
    Column("issued_at", Instant, nullable=False),
    Column("document", Text, nullable=False, comment="all that it says, as JSON: it never changes"),
    Column("mailed_at", Instant, nullable=True, comment="last sent by e-mail"),
    UniqueConstraint("kind", "year", "number"),
    Index("ix_invoice_order_id", "order_id", unique=True, sqlite_where=_ONE_INVOICE, postgresql_where=_ONE_INVOICE),
    Index(None, "account_id", "id"),
)
