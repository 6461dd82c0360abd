"""Password hashes: argon2id (RFC 9106, its second recommended option), always in a thread of their own.

Wrong logins cost the same work as wrong passwords, so that the time of an answer tells nothing.
"""

import asyncio
from dataclasses import dataclass
from typing import ClassVar, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from smstui.domain.errors import Refusal
from smstui.i18n import N_

MAX_PASSWORD = 1024
"""Characters: beyond them is no password but a load on the machine."""

_hasher: Final = PasswordHasher()
NOBODY: Final = "$argon2id$v=19$m=65536,t=3,p=4$Y3d2WI192xGzwo16W8Yx7Q$zs4auewhQsfHeuDqkOcv1mwJJm6du8lIiRFqzqRGpk0"
"""The hash to verify when there is no account: no password is known for it."""


@dataclass(eq=False)
class PasswordTooLong(Refusal):
    """The password is longer than any that is accepted."""

    maximum: int = MAX_PASSWORD
    sentence: ClassVar[str] = N_("The password has more than {maximum} characters: choose a shorter one.")


def check_length(password: str) -> None:
    """Raise PasswordTooLong when it is."""
    if len(password) > MAX_PASSWORD:
        raise PasswordTooLong


async def hashed(password: str) -> str:
    """The hash of `password`, with its salt and parameters."""
    return await asyncio.to_thread(_hasher.hash, password.encode("utf-8", "surrogatepass"))


async def matches(password_hash: str, password: str) -> bool:
    """Whether `password` is the one that was hashed."""
    return await asyncio.to_thread(_matches, password_hash, password.encode("utf-8", "surrogatepass"))


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def _matches(password_hash: str, password: bytes) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
