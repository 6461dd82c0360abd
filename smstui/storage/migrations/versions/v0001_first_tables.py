"""The first tables: accounts, credits, connections, campaigns and what comes back."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

APPEND_ONLY_SQLITE = """
CREATE TRIGGER ledger_entry_keep_{verb} BEFORE {verb} ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'ledger entries are never changed'); END
"""
APPEND_ONLY_POSTGRESQL = (
    """
    CREATE FUNCTION ledger_entry_keep() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'ledger entries are never changed'; END $$
    """,
    """
    CREATE TRIGGER ledger_entry_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_keep()
    """,
)


def upgrade() -> None:
    """Create the tables, and make the ledger append-only."""
    create_tables()
    if op.get_bind().dialect.name == "postgresql":
        for statement in APPEND_ONLY_POSTGRESQL:
            op.execute(statement)
    else:
        for verb in ("UPDATE", "DELETE"):
            op.execute(APPEND_ONLY_SQLITE.format(verb=verb))


def create_tables() -> None:
    """The tables and their indexes."""
    op.create_table(
        "account",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("login_key", sa.String(length=64), nullable=False, comment="the login, case folded"),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False, comment="the e-mail address, case folded"),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("terms_accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("certified_number", sa.String(length=16), nullable=True),
        sa.Column("certified_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "welcomed_at", sa.BigInteger(), nullable=True, comment="when the pop-up of the test credits was answered"
        ),
        sa.Column("may_omit_stop", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email_key", name=op.f("uq_account_email_key")),
        sa.UniqueConstraint("login_key", name=op.f("uq_account_login_key")),
    )
    op.create_table(
        "connection",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("tls", sa.Boolean(), nullable=False),
        sa.Column("system_id", sa.String(length=15), nullable=False),
        sa.Column("password", sa.String(length=64), nullable=False),
        sa.Column("system_type", sa.String(length=12), nullable=False),
        sa.Column("bind_mode", sa.String(length=16), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False, comment="submit_sm awaiting their response, at most"),
        sa.Column("rate", sa.Integer(), nullable=True, comment="submit_sm a second by contract; null is no limit"),
        sa.Column("types", sa.String(length=64), nullable=False, comment="message types it carries, joined by commas"),
        sa.Column("alphabet", sa.String(length=16), nullable=False, comment="what data_coding 0 means there"),
        sa.Column("long_messages", sa.String(length=16), nullable=False, comment="udh, sar or payload"),
        sa.Column("reply_number", sa.String(length=16), nullable=True),
        sa.Column("stop_code", sa.String(length=16), nullable=False, comment="the short code of the STOP mention"),
        sa.Column(
            "receipt_id_form", sa.String(length=16), nullable=False, comment="how receipts write the id; learned"
        ),
        sa.Column("enquire_link_interval", sa.Integer(), nullable=False, comment="seconds"),
        sa.Column("response_timeout", sa.Integer(), nullable=False, comment="seconds"),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column(
            "removed_at",
            sa.BigInteger(),
            nullable=True,
            comment="kept for the campaigns that it carried; never enabled",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection")),
    )
    op.create_index(
        "uq_connection_name",
        "connection",
        ["name"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "login_failure",
        sa.Column("login_key", sa.String(length=64), nullable=False, comment="as typed, case folded: known or not"),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("login_key", name=op.f("pk_login_failure")),
    )
    op.create_table(
        "campaign",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("sender", sa.String(length=16), nullable=False, comment="source address as on the wire"),
        sa.Column("text", sa.Text(), nullable=False, comment="complete, with its STOP mention"),
        sa.Column("segments", sa.Integer(), nullable=False, comment="of one message"),
        sa.Column("price", sa.BigInteger(), nullable=False, comment="thousandths of a credit for one message"),
        sa.Column("priority", sa.Integer(), nullable=False, comment="higher goes first"),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_campaign_account_id_account")),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("fk_campaign_connection_id_connection")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_index(op.f("ix_campaign_account_id_created_at"), "campaign", ["account_id", "created_at"], unique=False)
    op.create_index(
        "uq_campaign_account_id_name",
        "campaign",
        ["account_id", "name"],
        unique=True,
        sqlite_where=sa.text("kind = 'campaign'"),
        postgresql_where=sa.text("kind = 'campaign'"),
    )
    op.create_table(
        "certification_code",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_certification_code_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_code")),
    )
    op.create_index(
        op.f("ix_certification_code_account_id_sent_at"), "certification_code", ["account_id", "sent_at"], unique=False
    )
    op.create_index(
        op.f("ix_certification_code_number_sent_at"), "certification_code", ["number", "sent_at"], unique=False
    )
    op.create_table(
        "inbound_part",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("source", sa.String(length=21), nullable=False),
        sa.Column("destination", sa.String(length=21), nullable=False),
        sa.Column("reference", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False, comment="undecoded: a cut may fall inside a character"),
        sa.Column("encoding", sa.String(length=16), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("fk_inbound_part_connection_id_connection")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_part")),
        sa.UniqueConstraint(
            "connection_id",
            "source",
            "destination",
            "reference",
            "total",
            "part",
            name=op.f("uq_inbound_part_connection_id_source_destination_reference_total_part"),
        ),
    )
    op.create_table(
        "lease",
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("owner", sa.String(length=128), nullable=False),
        sa.Column(
            "token", sa.BigInteger(), nullable=False, comment="raised at each change of owner: fences the former one"
        ),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column(
            "bind_state", sa.String(length=16), nullable=False, comment="what the owner sees, for other processes"
        ),
        sa.Column("bind_reason", sa.Text(), nullable=False),
        sa.Column(
            "rate",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="submit_sm a second lately, as its owner measures",
        ),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name=op.f("fk_lease_connection_id_connection")),
        sa.PrimaryKeyConstraint("connection_id", name=op.f("pk_lease")),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False, comment="thousandths of a credit; negative takes"),
        sa.Column("cause", sa.String(length=24), nullable=False),
        sa.Column(
            "reference",
            sa.String(length=64),
            nullable=False,
            comment="what caused it: each cause counts once a reference",
        ),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_entry_not_empty")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_ledger_entry_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("cause", "reference", name=op.f("uq_ledger_entry_cause_reference")),
    )
    op.create_index(op.f("ix_ledger_entry_account_id"), "ledger_entry", ["account_id"], unique=False)
    op.create_table(
        "opt_out",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("number", sa.String(length=21), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_opt_out_account_id_account")),
        sa.PrimaryKeyConstraint("account_id", "number", name=op.f("pk_opt_out")),
    )
    op.create_table(
        "parked_receipt",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("smsc_id", sa.String(length=65), nullable=False),
        sa.Column("smsc_id_key", sa.String(length=65), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("error", sa.String(length=64), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("fk_parked_receipt_connection_id_connection")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked_receipt")),
        sa.UniqueConstraint(
            "connection_id", "smsc_id", "state", name=op.f("uq_parked_receipt_connection_id_smsc_id_state")
        ),
    )
    op.create_index(
        op.f("ix_parked_receipt_connection_id_smsc_id_key"),
        "parked_receipt",
        ["connection_id", "smsc_id_key"],
        unique=False,
    )
    op.create_table(
        "sender",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("name", sa.String(length=11), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sender_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sender")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_sender_account_id_name")),
    )
    op.create_table(
        "batch",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("campaign_id", ID, nullable=False),
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("first_id", ID, nullable=False, comment="of the range of message ids, both ends in it"),
        sa.Column("last_id", ID, nullable=False),
        sa.Column(
            "sent_upto", ID, nullable=False, comment="the last id whose bytes may have left; committed before they do"
        ),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("lease_token", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_batch_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name=op.f("fk_batch_connection_id_connection")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_batch_campaign_id"), "batch", ["campaign_id"], unique=False)
    op.create_index(
        "ix_batch_free",
        "batch",
        ["connection_id", "priority", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'free'"),
        postgresql_where=sa.text("state = 'free'"),
    )
    op.create_table(
        "inbound_message",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("account_id", ID, nullable=True, comment="null when it answers nothing we sent"),
        sa.Column("campaign_id", ID, nullable=True),
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("source", sa.String(length=21), nullable=False),
        sa.Column("destination", sa.String(length=21), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "fingerprint",
            sa.LargeBinary(),
            nullable=False,
            comment="of the whole deliver_sm: a redelivery is applied once",
        ),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_inbound_message_account_id_account")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_inbound_message_campaign_id_campaign")),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("fk_inbound_message_connection_id_connection")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_message")),
    )
    op.create_index(
        op.f("ix_inbound_message_account_id_received_at"),
        "inbound_message",
        ["account_id", "received_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_inbound_message_connection_id_fingerprint"),
        "inbound_message",
        ["connection_id", "fingerprint"],
        unique=False,
    )
    op.create_table(
        "message",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("campaign_id", ID, nullable=False),
        sa.Column("destination", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("connection_id", ID, nullable=True, comment="set when accepted"),
        sa.Column(
            "smsc_id",
            sa.String(length=65),
            nullable=True,
            comment="raw, as in submit_sm_resp; of a message of one part",
        ),
        sa.Column(
            "smsc_id_key", sa.String(length=65), nullable=True, comment="the id case folded, without leading zeros"
        ),
        sa.Column("accepted_parts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=True, comment="command_status of a refusal"),
        sa.Column("error", sa.String(length=64), nullable=True, comment="the SMSC's own word or code for a failure"),
        sa.Column("sent_at", sa.BigInteger(), nullable=True, comment="milliseconds since 1970"),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("final_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_message_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(
        "ix_message_awaiting_receipt",
        "message",
        ["connection_id", "smsc_id_key"],
        unique=False,
        sqlite_where=sa.text("state = 'accepted'"),
        postgresql_where=sa.text("state = 'accepted'"),
    )
    op.create_index(op.f("ix_message_campaign_id_state"), "message", ["campaign_id", "state"], unique=False)
    op.create_index(op.f("ix_message_destination"), "message", ["destination"], unique=False)
    op.create_table(
        "message_part",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("part", sa.Integer(), nullable=False, comment="from 1"),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("smsc_id", sa.String(length=65), nullable=True),
        sa.Column("smsc_id_key", sa.String(length=65), nullable=True),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_message_part_message_id_message")),
        sa.PrimaryKeyConstraint("message_id", "part", name=op.f("pk_message_part")),
    )
    op.create_index(
        "ix_message_part_awaiting_receipt",
        "message_part",
        ["connection_id", "smsc_id_key"],
        unique=False,
        sqlite_where=sa.text("state = 'accepted'"),
        postgresql_where=sa.text("state = 'accepted'"),
    )
