"""What a segment costs, by country and type."""

from sqlalchemy import Connection

from smstui.domain.tariff import DEFAULT_TARIFF, Tariff


def current_tariff(_tx: Connection) -> Tariff:
    """The tariff of all accounts now."""
    return DEFAULT_TARIFF
