"""The tables of the address books: contacts, their groups, imports, what was deleted and may come back."""

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from smstui.storage.columns import Id, Instant, account_id, metadata, primary_id

SEARCHED = 600
"""Characters of `search`: what an index of PostgreSQL takes, whatever their alphabet."""


def _contact_columns() -> list[Column[Any]]:
    return [
        Column("mobile", String(16), nullable=False, comment="E.164"),
        Column("last_name", Text, nullable=False),
        Column("first_name", Text, nullable=False),
        Column("email", Text, nullable=False),
        Column("title", Text, nullable=False),
        Column("birth_date", String(10), nullable=False, comment="as 1990-12-31; empty when not known"),
        Column("company", Text, nullable=False),
        Column("address", Text, nullable=False),
        Column("extra", Text, nullable=False, comment="the free fields that have a value, as JSON; empty for none"),
        Column("search", String(SEARCHED), nullable=False, comment="what a search looks through, folded, name first"),
        Column(
            "plain_names",
            Boolean,
            nullable=False,
            server_default=false(),
            comment="whether each character of both names is known to cost one unit in every encoding",
        ),
        Column("created_at", Instant, nullable=False),
        Column("updated_at", Instant, nullable=False),
    ]


contact = Table(
    "contact",
    metadata,
    primary_id(),
    account_id(),
    *_contact_columns(),
    UniqueConstraint("account_id", "mobile"),
    Index(None, "account_id", "search", postgresql_include=["id"]),
    sqlite_autoincrement=True,
)

contact_group = Table(
    "contact_group",
    metadata,
    primary_id(),
    account_id(),
    Column("name", String(100), nullable=False),
    Column("name_key", String(100), nullable=False, comment="the name, folded"),
    Column("description", Text, nullable=False),
    Column("filter", Text, nullable=True, comment="words that find its members; null when they are chosen one by one"),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("account_id", "name_key"),
)

group_member = Table(
    "group_member",
    metadata,
    Column("group_id", Id, ForeignKey("contact_group.id"), primary_key=True),
    Column("contact_id", Id, ForeignKey("contact.id"), primary_key=True),
    Index(None, "contact_id"),
    sqlite_with_rowid=False,
)

free_field = Table(
    "free_field",
    metadata,
    primary_id(),
    account_id(),
    Column("name", String(30), nullable=False),
    Column("name_key", String(30), nullable=False, comment="the name, folded"),
    UniqueConstraint("account_id", "name_key"),
)

deleted_contact = Table(
    "deleted_contact",
    metadata,
    Column("removal", String(32), primary_key=True, comment="one deletion, of one contact or many"),
    Column("id", Id, primary_key=True, autoincrement=False),
    account_id(),
    *_contact_columns(),
    Column("removed_at", Instant, nullable=False),
    Index(None, "removed_at"),
)

deleted_member = Table(
    "deleted_member",
    metadata,
    Column("removal", String(32), primary_key=True),
    Column("group_id", Id, primary_key=True, autoincrement=False),
    Column("contact_id", Id, primary_key=True, autoincrement=False),
)

contact_import = Table(
    "contact_import",
    metadata,
    primary_id(),
    account_id(),
    Column("token", String(32), nullable=False, unique=True, comment="by which its process is known to have finished"),
    Column("file_name", Text, nullable=False, comment="as its owner named it: foreign text"),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False, comment="octets"),
    Column("certified_by", String(64), nullable=False, comment="the login of who certified the opt-in"),
    Column("certified_at", Instant, nullable=False),
    Column("certified_text", Text, nullable=False, comment="what was certified, in the words shown"),
    Column("groups", Text, nullable=False, comment="the names of the groups that it went to, as JSON"),
    Column("finished_at", Instant, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("created", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("duplicates", Integer, nullable=False),
    Column("opted_out", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("incomplete", Integer, nullable=False, comment="rows taken without a value that could not be read"),
    Column("header_skipped", Boolean, nullable=False),
    Column("rejects", LargeBinary, nullable=True, comment="the lines left out and why: a compressed CSV"),
    Index(None, "account_id", "id"),
)

audit_entry = Table(
    "audit_entry",
    metadata,
    primary_id(),
    account_id(),
    Column("at", Instant, nullable=False),
    Column("action", String(32), nullable=False),
    Column("subject", Text, nullable=False, comment="what it was done to: foreign text"),
    Index(None, "account_id", "id"),
)
