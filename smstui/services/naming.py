"""Names for campaigns that the program makes: a copy, a resend, a run of a series."""

from itertools import count

from sqlalchemy import Connection, select

from smstui.domain.campaign_rules import NAME_LIMIT
from smstui.storage.tables import campaign


def unused_name(tx: Connection, account_id: int, name: str, pattern: str = " ({number})", first: int = 2) -> str:
    """`name` followed by `pattern` with the first number, from `first`, that makes a name without a campaign."""
    for number in count(first):
        wanted = with_suffix(name, pattern.format(number=number))
        taken = select(campaign.c.id).where(campaign.c.account_id == account_id, campaign.c.name == wanted)
        if tx.execute(taken).first() is None:
            return wanted
    raise AssertionError("numbers have no end")


def with_suffix(name: str, suffix: str) -> str:
    """`name`, as much of it as there is room for, and `suffix`."""
    return name[: NAME_LIMIT - len(suffix)] + suffix
