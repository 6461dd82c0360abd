"""Who acts: every service call takes an actor, and every query is filtered by it."""

from dataclasses import dataclass, field, replace
from enum import StrEnum


class Role(StrEnum):
    """What an account may do beside its own affairs."""

    USER = "user"
    ADMIN = "admin"
    """Also edits the SMSC connections, shared by all accounts."""


@dataclass(frozen=True, slots=True)
class Actor:
    """An account that has proved who it is, or that the command line named."""

    account_id: int
    login: str
    role: Role
    language: str = field(compare=False)
    session: int | None = field(default=None, compare=False)
    """Of `smstui.services.sessions`: by which it is logged in; None where nobody logs in, as on the command line."""
    time_zone: str | None = field(default=None, compare=False)
    """Of IANA, by whose clocks times are shown; the machine's when None."""

    @property
    def is_admin(self) -> bool:
        """Whether it may edit what all accounts share."""
        return self.role is Role.ADMIN

    def speaking(self, language: str) -> "Actor":
        """The same account, in another language."""
        return replace(self, language=language)

    def living_in(self, time_zone: str) -> "Actor":
        """The same account, by other clocks."""
        return replace(self, time_zone=time_zone)
