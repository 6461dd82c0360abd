"""The address book: contacts, groups, free fields, imports, what was deleted, and the audit trail."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables."""
    _create_contacts()
    _create_groups()
    _create_deleted()
    _create_records()


def _create_contacts() -> None:
    op.create_table(
        "contact",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("mobile", sa.String(length=16), nullable=False, comment="E.164"),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.String(length=10), nullable=False, comment="as 1990-12-31; empty when not known"),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column(
            "extra", sa.Text(), nullable=False, comment="the free fields that have a value, as JSON; empty for none"
        ),
        sa.Column(
            "search", sa.String(length=600), nullable=False, comment="what a search looks through, folded, name first"
        ),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_contact_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("account_id", "mobile", name=op.f("uq_contact_account_id_mobile")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_contact_account_id_search"),
        "contact",
        ["account_id", "search"],
        unique=False,
        postgresql_include=["id"],
    )
    op.create_table(
        "free_field",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("name_key", sa.String(length=30), nullable=False, comment="the name, folded"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_free_field_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_free_field")),
        sa.UniqueConstraint("account_id", "name_key", name=op.f("uq_free_field_account_id_name_key")),
    )


def _create_groups() -> None:
    op.create_table(
        "contact_group",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_key", sa.String(length=100), nullable=False, comment="the name, folded"),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "filter",
            sa.Text(),
            nullable=True,
            comment="words that find its members; null when they are chosen one by one",
        ),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_contact_group_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_group")),
        sa.UniqueConstraint("account_id", "name_key", name=op.f("uq_contact_group_account_id_name_key")),
    )
    op.create_table(
        "group_member",
        sa.Column("group_id", ID, nullable=False),
        sa.Column("contact_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_group_member_contact_id_contact")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["contact_group.id"], name=op.f("fk_group_member_group_id_contact_group")
        ),
        sa.PrimaryKeyConstraint("group_id", "contact_id", name=op.f("pk_group_member")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_group_member_contact_id"), "group_member", ["contact_id"], unique=False)


def _create_deleted() -> None:
    op.create_table(
        "deleted_member",
        sa.Column("removal", sa.String(length=32), nullable=False),
        sa.Column("group_id", ID, autoincrement=False, nullable=False),
        sa.Column("contact_id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("removal", "group_id", "contact_id", name=op.f("pk_deleted_member")),
    )
    op.create_table(
        "deleted_contact",
        sa.Column("removal", sa.String(length=32), nullable=False, comment="one deletion, of one contact or many"),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("mobile", sa.String(length=16), nullable=False, comment="E.164"),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.String(length=10), nullable=False, comment="as 1990-12-31; empty when not known"),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column(
            "extra", sa.Text(), nullable=False, comment="the free fields that have a value, as JSON; empty for none"
        ),
        sa.Column(
            "search", sa.String(length=600), nullable=False, comment="what a search looks through, folded, name first"
        ),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_deleted_contact_account_id_account")),
        sa.PrimaryKeyConstraint("removal", "id", name=op.f("pk_deleted_contact")),
    )
    op.create_index(op.f("ix_deleted_contact_removed_at"), "deleted_contact", ["removed_at"], unique=False)


def _create_records() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, comment="what it was done to: foreign text"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_audit_entry_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_account_id_id"), "audit_entry", ["account_id", "id"], unique=False)
    op.create_table(
        "contact_import",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column(
            "token",
            sa.String(length=32),
            nullable=False,
            comment="by which its process is known to have finished",
        ),
        sa.Column("file_name", sa.Text(), nullable=False, comment="as its owner named it: foreign text"),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False, comment="octets"),
        sa.Column(
            "certified_by", sa.String(length=64), nullable=False, comment="the login of who certified the opt-in"
        ),
        sa.Column("certified_at", sa.BigInteger(), nullable=False),
        sa.Column("certified_text", sa.Text(), nullable=False, comment="what was certified, in the words shown"),
        sa.Column("groups", sa.Text(), nullable=False, comment="the names of the groups that it went to, as JSON"),
        sa.Column("finished_at", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("duplicates", sa.Integer(), nullable=False),
        sa.Column("opted_out", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column(
            "incomplete", sa.Integer(), nullable=False, comment="rows taken without a value that could not be read"
        ),
        sa.Column("header_skipped", sa.Boolean(), nullable=False),
        sa.Column("rejects", sa.LargeBinary(), nullable=True, comment="the lines left out and why: a compressed CSV"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_contact_import_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_import")),
        sa.UniqueConstraint("token", name=op.f("uq_contact_import_token")),
    )
    op.create_index(op.f("ix_contact_import_account_id_id"), "contact_import", ["account_id", "id"], unique=False)
