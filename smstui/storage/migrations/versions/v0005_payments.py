"""What is bought: orders, the bank entries that pay them, invoices; accounts that are blocked, alerted, billed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONE_INVOICE = sa.text("kind = 'invoice'")
PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    """Add the tables and the columns."""
    _create_payment_order()
    _create_bank_entry()
    _create_invoice()
    op.add_column("account", sa.Column("blocked_at", sa.BigInteger(), nullable=True))
    op.add_column("account", sa.Column("blocked_reason", sa.Text(), nullable=True))
    low = "thousandths of a credit, below which the account is warned"
    op.add_column("account", sa.Column("low_credit_alert", sa.BigInteger(), nullable=True, comment=low))
    op.add_column("account", sa.Column("billing", sa.Text(), nullable=True, comment="whom invoices are for, as JSON"))


def _create_payment_order() -> None:
    op.create_table(
        "payment_order",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("reference", sa.String(length=24), nullable=False, comment="what a payer writes on a transfer"),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("credits", sa.BigInteger(), nullable=False, comment="thousandths of a credit"),
        sa.Column("net", sa.BigInteger(), nullable=False, comment="cents, without VAT"),
        sa.Column("vat", sa.BigInteger(), nullable=False, comment="cents"),
        sa.Column("vat_rate", sa.Integer(), nullable=False, comment="hundredths of a percent"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True, comment="after which nothing is awaited any more"),
        sa.Column("closed_at", sa.BigInteger(), nullable=True, comment="when it was paid, cancelled, or had expired"),
        sa.Column("refunded_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "refunded", sa.BigInteger(), nullable=False, server_default="0", comment="cents given back, with VAT"
        ),
        sa.Column("checkout_id", sa.String(length=255), nullable=True, comment="Stripe's Checkout session"),
        sa.Column("checkout_url", sa.Text(), nullable=True),
        sa.Column("payment_id", sa.String(length=255), nullable=True, comment="Stripe's PaymentIntent"),
        sa.Column("confirmed_by", ID, nullable=True, comment="the administrator"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_payment_order_account_id_account")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["account.id"], name=op.f("fk_payment_order_confirmed_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_order")),
        sa.UniqueConstraint("checkout_id", name=op.f("uq_payment_order_checkout_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_payment_order_reference")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_payment_order_account_id_id"), "payment_order", ["account_id", "id"])
    op.create_index(
        "ix_payment_order_pending", "payment_order", ["state"], sqlite_where=PENDING, postgresql_where=PENDING
    )


def _create_bank_entry() -> None:
    op.create_table(
        "bank_entry",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="SHA-256: each entry is applied once"
        ),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False, comment="cents"),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False, comment="foreign text"),
        sa.Column("remittance", sa.Text(), nullable=False, comment="foreign text"),
        sa.Column("applied_at", sa.BigInteger(), nullable=False),
        sa.Column("applied_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["applied_by"], ["account.id"], name=op.f("fk_bank_entry_applied_by_account")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_order.id"], name=op.f("fk_bank_entry_order_id_payment_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_entry")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_bank_entry_fingerprint")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_bank_entry_order_id"), "bank_entry", ["order_id"])


def _create_invoice() -> None:
    op.create_table(
        "invoice",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="of its kind and year, from 1, without gaps"),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False, comment="all that it says, as JSON: it never changes"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_invoice_account_id_account")),
        sa.ForeignKeyConstraint(["order_id"], ["payment_order.id"], name=op.f("fk_invoice_order_id_payment_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("kind", "year", "number", name=op.f("uq_invoice_kind_year_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_invoice_account_id_id"), "invoice", ["account_id", "id"])
    op.create_index(
        "ix_invoice_order_id",
        "invoice",
        ["order_id"],
        unique=True,
        sqlite_where=ONE_INVOICE,
        postgresql_where=ONE_INVOICE,
    )
