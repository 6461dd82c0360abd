"""Of each contact, whether its names are written with characters that cost one unit in every encoding."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

PLAIN = (
    "abcdefghijklmnopqrstuvwxyz -éè0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'"
    "\n\r!\"#$%&()*+,./:;<=>?@_¡£¤¥§¿ÄÅÆÇÉÑÖØÜßàäåæìñòöøùüΓΔΘΛΞΠΣΦΨΩ"
)
"""The basic table of GSM-7 (3GPP TS 23.038, 6.2.1)."""


def upgrade() -> None:
    """Add the column, and find out what is known already."""
    for table in ("contact", "deleted_contact"):
        means = "whether each character of both names is known to cost one unit in every encoding"
        op.add_column(
            table, sa.Column("plain_names", sa.Boolean(), nullable=False, server_default=sa.false(), comment=means)
        )
    names = (sa.column(name, sa.Text) for name in ("last_name", "first_name"))
    contact = sa.table("contact", sa.column("plain_names", sa.Boolean), *names)
    is_plain = sa.func.ltrim(contact.c.last_name + contact.c.first_name, PLAIN) == ""
    op.execute(contact.update().where(is_plain).values(plain_names=sa.true()))
