"""Campaigns that are written, scheduled and repeated: drafts, templates, texts of their own, sending hours, settings."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SCHEDULED = sa.text("state = 'scheduled'")
PREPARING = sa.text("state = 'preparing'")
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Add the tables and the columns."""
    _create_template()
    _create_draft()
    _create_settings()
    _extend_campaign()
    _extend_batch_and_message()
    _extend_others()


def _create_template() -> None:
    op.create_table(
        "template",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("title_key", sa.String(length=100), nullable=False, comment="the title, folded"),
        sa.Column("sender", sa.String(length=16), nullable=True, comment="null is the account's default"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_template_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template")),
        sa.UniqueConstraint("account_id", "title_key", name=op.f("uq_template_account_id_title_key")),
        sqlite_autoincrement=True,
    )


def _create_draft() -> None:
    op.create_table(
        "draft",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("sender", sa.String(length=16), nullable=True, comment="null is the account's default"),
        sa.Column("template_id", ID, nullable=True, comment="from which it was begun, perhaps deleted since"),
        sa.Column("text", sa.Text(), nullable=False, comment="without its STOP mention, with its merge fields"),
        sa.Column("stop", sa.Boolean(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False, comment="of SMS Voix, spoken first"),
        sa.Column("language", sa.String(length=8), nullable=False, comment="of SMS Voix"),
        sa.Column(
            "validity", sa.Integer(), nullable=True, comment="seconds that the SMSC tries; null is the connection's"
        ),
        sa.Column("groups", sa.Text(), nullable=False, comment="ids, as JSON"),
        sa.Column("contacts", sa.Text(), nullable=False, comment="ids, as JSON"),
        sa.Column(
            "numbers", sa.Text(), nullable=False, comment="as typed; in E.164, one a line, once it is confirmed"
        ),
        sa.Column("pasted", sa.Text(), nullable=False, comment="lists, as pasted; empty once it is confirmed"),
        sa.Column(
            "at",
            sa.String(length=32),
            nullable=True,
            comment="2026-11-27T14:15, with an offset when given exactly; null is now",
        ),
        sa.Column("cron", sa.String(length=120), nullable=True, comment="when it recurs"),
        sa.Column("last_day", sa.String(length=10), nullable=True, comment="of the recurrence"),
        sa.Column("runs", sa.Integer(), nullable=True, comment="of the recurrence, at most"),
        sa.Column("hours_consent", sa.String(length=16), nullable=False),
        sa.Column("replaces_id", ID, nullable=True, comment="the scheduled campaign that it takes the place of"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column(
            "confirmed_at",
            sa.BigInteger(),
            nullable=True,
            comment="null while it is being written; then it stays as it is",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_draft_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_draft_account_id_confirmed_at"), "draft", ["account_id", "confirmed_at"], unique=False)


def _create_settings() -> None:
    op.create_table(
        "platform_setting",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_platform_setting")),
    )


def _extend_campaign() -> None:
    for column in (
        sa.Column("draft_id", ID, nullable=True, comment="what a person wrote of it"),
        sa.Column(
            "cost",
            sa.BigInteger(),
            nullable=False,
            server_default="0",
            comment="thousandths of a credit, taken for all of it",
        ),
        sa.Column(
            "personal",
            sa.Boolean(),
            nullable=False,
            server_default=sa.text("false"),
            comment="messages have their own text",
        ),
        sa.Column("language", sa.String(length=8), nullable=True, comment="of SMS Voix"),
        sa.Column("hours_consent", sa.String(length=16), nullable=False, server_default="anytime"),
        sa.Column(
            "due_at",
            sa.BigInteger(),
            nullable=True,
            comment="when its recipients are resolved; of a series, its next run",
        ),
        sa.Column("due_wall", sa.String(length=32), nullable=True, comment="the wall time of that instant"),
        sa.Column("zone", sa.String(length=64), nullable=True, comment="in which that is"),
        sa.Column("cron", sa.String(length=120), nullable=True, comment="of a series, which is never sent itself"),
        sa.Column("runs_left", sa.Integer(), nullable=True, comment="of a series; null is without end"),
        sa.Column("series_id", ID, nullable=True, comment="of which it is a run"),
        sa.Column(
            "hold", sa.String(length=24), nullable=True, comment="why it waits for a person, before it was prepared"
        ),
        sa.Column("preparing_token", sa.String(length=32), nullable=True, comment="of who resolves its recipients"),
        sa.Column(
            "preparing_until", sa.BigInteger(), nullable=True, comment="milliseconds: then another one may"
        ),
    ):
        op.add_column("campaign", column)
    op.execute("UPDATE campaign SET cost = price * recipients")
    op.create_index(
        "ix_campaign_due",
        "campaign",
        ["due_at"],
        unique=False,
        sqlite_where=SCHEDULED,
        postgresql_where=SCHEDULED,
    )
    op.create_index(
        "ix_campaign_preparing",
        "campaign",
        ["preparing_until"],
        unique=False,
        sqlite_where=PREPARING,
        postgresql_where=PREPARING,
    )
    op.create_index("uq_campaign_run", "campaign", ["series_id", "due_wall"], unique=True)


def _extend_batch_and_message() -> None:
    op.add_column(
        "batch",
        sa.Column("country", sa.String(length=2), nullable=True, comment="whose sending hours it keeps; null keeps none"),
    )
    op.add_column(
        "batch",
        sa.Column(
            "not_before", sa.BigInteger(), nullable=True, comment="of a waiting one: milliseconds since 1970"
        ),
    )
    op.create_index(
        "ix_batch_waiting",
        "batch",
        ["connection_id", "not_before"],
        unique=False,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    for column in (
        sa.Column("text", sa.Text(), nullable=True, comment="its own, complete; null is the campaign's"),
        sa.Column("segments", sa.Integer(), nullable=True, comment="of its own text; null is the campaign's"),
        sa.Column(
            "price", sa.BigInteger(), nullable=True, comment="thousandths of a credit; null is the campaign's"
        ),
    ):
        op.add_column("message", column)


def _extend_others() -> None:
    op.add_column(
        "account",
        sa.Column("time_zone", sa.String(length=64), nullable=False, server_default="Europe/Paris"),
    )
    op.add_column(
        "connection",
        sa.Column("voice_service_type", sa.String(length=5), nullable=True, comment="service_type of SMS Voix"),
    )
    op.add_column(
        "connection",
        sa.Column(
            "voice_tag",
            sa.Integer(),
            nullable=True,
            comment="tag of the vendor's TLV that holds the language of SMS Voix",
        ),
    )
    op.add_column(
        "inbound_message",
        sa.Column("read_at", sa.BigInteger(), nullable=True, comment="when its account first saw it"),
    )
