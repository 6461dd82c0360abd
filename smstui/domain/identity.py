"""Who an account is: its login and its e-mail address."""

import re
from dataclasses import dataclass
from typing import ClassVar

from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.i18n import N_

_LOGIN = re.compile(r"[A-Za-z0-9._-]{3,64}")
_LABEL = r"[^\W_](?:[^\W_]|-){0,62}"
_EMAIL = re.compile(
    rf"(?=.{{3,254}}\Z)(?=[^@]{{1,64}}@)[\w!#$%&'*+/=?^`{{|}}~-]+(?:\.[\w!#$%&'*+/=?^`{{|}}~-]+)*@(?:{_LABEL}(?<!-)\.)+{_LABEL}(?<!-)"
)


@dataclass(eq=False)
class InvalidLogin(Refusal):
    """A login of other characters, too short or too long."""

    login: str
    """As written, made printable."""
    sentence: ClassVar[str] = N_(
        "“{login}” can't be an identifier: 3 to 64 letters without accents, digits, full stops, “_” or “-”."
    )


@dataclass(eq=False)
class InvalidEmail(Refusal):
    """Not written as an e-mail address."""

    email: str
    """As written, made printable."""
    sentence: ClassVar[str] = N_("“{email}” is not an e-mail address: write it as name@example.com.")


def check_login(login: str) -> str:
    """`login`, if it can be one. Raises InvalidLogin."""
    if not _LOGIN.fullmatch(login):
        raise InvalidLogin(printable(login))
    return login


def check_email(email: str) -> str:
    """`email`, if it is written as an address (RFC 5321, section 4.1.2, without quoted forms). Raises InvalidEmail."""
    if not _EMAIL.fullmatch(email) or email.rpartition(".")[2].isdigit():
        raise InvalidEmail(printable(email))
    return email
