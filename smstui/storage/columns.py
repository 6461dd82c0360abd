"""What all tables are made of: ids, instants, and the names of constraints."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Column, Dialect, ForeignKey, Integer, MetaData
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_milliseconds(instant: datetime) -> int:
    """Whole milliseconds since 1970 of an aware `instant`."""
    return (instant - EPOCH) // timedelta(milliseconds=1)


def from_milliseconds(milliseconds: int) -> datetime:
    """The aware UTC instant of `milliseconds` since 1970."""
    return EPOCH + timedelta(milliseconds=milliseconds)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as whole milliseconds since 1970 (UTC)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """To the database."""
        return None if value is None else to_milliseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        return None if value is None else from_milliseconds(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")


def primary_id() -> Column[int]:
    """The column `id`."""
    return Column("id", Id, primary_key=True, autoincrement=True)


def account_id() -> Column[int]:
    """The column of the account that a row belongs to."""
    return Column("account_id", Id, ForeignKey("account.id"), nullable=False)
