"""Who is logged in, the look an account has chosen, what was told it by e-mail."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table and the columns."""
    op.create_table(
        "login_session",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("origin", sa.Text(), nullable=False, comment="where it came from, as the program could see it"),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True, comment="logged out, or ended from another session"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_login_session_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_login_session_account_id_id"), "login_session", ["account_id", "id"])
    op.add_column("account", sa.Column("theme", sa.String(length=32), nullable=True))
    told = "when it was last warned by e-mail; none since the balance was high enough"
    op.add_column("account", sa.Column("low_credit_told_at", sa.BigInteger(), nullable=True, comment=told))
    op.add_column("invoice", sa.Column("mailed_at", sa.BigInteger(), nullable=True, comment="last sent by e-mail"))
