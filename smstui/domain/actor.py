"""Who acts: every service call takes an actor, and every query is filtered by it."""

from dataclasses import dataclass
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
    language: str

    @property
    def is_admin(self) -> bool:
        """Whether it may edit what all accounts share."""
        return self.role is Role.ADMIN
