"""Several binds a connection, validity periods, what a bind is doing, and messages in doubt."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNKNOWN = sa.text("state = 'unknown'")
POSTGRESQL = (
    "ALTER TABLE message SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02)",
    "ALTER TABLE batch SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02)",
)
"""Rows that are updated in place, and cleaned up before they make scans slow."""


def upgrade() -> None:
    """Add the columns and tables. Leases are made anew: nobody dispatches while the schema changes."""
    _add_columns()
    op.drop_table("lease")
    _create_lease()
    _create_health()
    _count_messages()
    op.create_index(
        "ix_message_in_doubt",
        "message",
        ["connection_id", "destination"],
        unique=False,
        sqlite_where=UNKNOWN,
        postgresql_where=UNKNOWN,
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in POSTGRESQL:
            op.execute(statement)


def _add_columns() -> None:
    added: dict[str, tuple[sa.Column[Any], ...]] = {
        "connection": (
            sa.Column(
                "binds", sa.Integer(), nullable=False, server_default="1", comment="held at once, over all processes"
            ),
            sa.Column(
                "validity",
                sa.Integer(),
                nullable=True,
                comment="seconds that the SMSC tries; null leaves it to the SMSC",
            ),
        ),
        "campaign": (
            sa.Column(
                "validity", sa.Integer(), nullable=True, comment="seconds that the SMSC tries; null is the connection's"
            ),
        ),
        "batch": (
            sa.Column("bind", sa.Integer(), nullable=True, comment="that sent it"),
            sa.Column("sent_at", sa.BigInteger(), nullable=True, comment="milliseconds since 1970"),
        ),
        "message": (
            sa.Column(
                "resent_by",
                ID,
                nullable=True,
                comment="the campaign that sent an unknown one again, by a person's choice",
            ),
        ),
        "parked_receipt": (
            sa.Column(
                "number",
                sa.String(length=21),
                nullable=True,
                comment="the phone that it is about, when the receipt says it",
            ),
        ),
    }
    for table, columns in added.items():
        for column in columns:
            op.add_column(table, column)


def _create_lease() -> None:
    op.create_table(
        "lease",
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("bind", sa.Integer(), autoincrement=False, nullable=False, comment="from 1"),
        sa.Column("owner", sa.String(length=128), nullable=False),
        sa.Column(
            "token", sa.BigInteger(), nullable=False, comment="raised at each change of owner: fences the former one"
        ),
        sa.Column(
            "expires_at", sa.BigInteger(), nullable=False, comment="milliseconds of the clock named beside it"
        ),
        sa.Column(
            "clock",
            sa.String(length=64),
            nullable=False,
            comment="which clock: one boot of one host, or the database's",
        ),
        sa.Column(
            "bind_state", sa.String(length=16), nullable=False, comment="what the owner sees, for other processes"
        ),
        sa.Column("bind_reason", sa.Text(), nullable=False),
        sa.Column("bind_since", sa.BigInteger(), nullable=False, comment="when it came into that state"),
        sa.Column(
            "rate",
            sa.Integer(),
            nullable=False,
            server_default="0",
            comment="submit_sm a second lately, as its owner measures",
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("fk_lease_connection_id_connection")
        ),
        sa.PrimaryKeyConstraint("connection_id", "bind", name=op.f("pk_lease")),
    )


def _count_messages() -> None:
    """Counts of their own, so that an index need not follow every change of a state."""
    op.create_table(
        "message_count",
        sa.Column("campaign_id", ID, nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_message_count_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("campaign_id", "state", name=op.f("pk_message_count")),
    )
    op.execute("INSERT INTO message_count SELECT campaign_id, state, COUNT(*) FROM message GROUP BY campaign_id, state")
    op.drop_index(op.f("ix_message_campaign_id_state"), "message")
    op.create_index(op.f("ix_message_campaign_id_id"), "message", ["campaign_id", "id"])


def _create_health() -> None:
    op.create_table(
        "bind_sample",
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("bind", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column(
            "in_flight",
            sa.Integer(),
            nullable=False,
            comment="submit_sm awaiting their response at that instant",
        ),
        sa.Column("accepted", sa.Integer(), nullable=False, comment="submit_sm since the sample before"),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("throttled", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column(
            "response_ms", sa.Integer(), nullable=True, comment="mean time to the response; null without responses"
        ),
        sa.Column(
            "allowed_rate",
            sa.Integer(),
            nullable=True,
            comment="submit_sm a second that throttling has taught; null: none",
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("fk_bind_sample_connection_id_connection")
        ),
        sa.PrimaryKeyConstraint("connection_id", "bind", "at", name=op.f("pk_bind_sample")),
    )
    op.create_table(
        "smsc_refusal",
        sa.Column("connection_id", ID, nullable=False),
        sa.Column(
            "status",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="command_status of a submit_sm_resp",
        ),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("fk_smsc_refusal_connection_id_connection")
        ),
        sa.PrimaryKeyConstraint("connection_id", "status", name=op.f("pk_smsc_refusal")),
    )
    op.create_table(
        "recent_receipt",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("smsc_id", sa.String(length=65), nullable=False),
        sa.Column(
            "state", sa.String(length=24), nullable=True, comment="null for an intermediate or unknown one"
        ),
        sa.Column("word", sa.String(length=64), nullable=False, comment="the SMSC's own word and code"),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("fk_recent_receipt_connection_id_connection")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recent_receipt")),
    )
    op.create_index(op.f("ix_recent_receipt_connection_id_id"), "recent_receipt", ["connection_id", "id"])
