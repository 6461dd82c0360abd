"""What the environment and the command line say about where to work, as whom, and in which language."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from smstui.i18n import environment_language

DATABASE_URL_VARIABLE = "SMSTUI_DATABASE_URL"
ACCOUNT_VARIABLE = "SMSTUI_ACCOUNT"
UPLOAD_URL_VARIABLE = "SMSTUI_UPLOAD_URL"
UPLOAD_DIRECTORY_VARIABLE = "SMSTUI_UPLOAD_DIRECTORY"
STRIPE_KEY_VARIABLE = "SMSTUI_STRIPE_KEY"
STRIPE_API_VARIABLE = "SMSTUI_STRIPE_API"
STRIPE_RETURN_VARIABLE = "SMSTUI_STRIPE_RETURN_URL"
SMTP_HOST_VARIABLE = "SMSTUI_SMTP_HOST"
SMTP_PORT_VARIABLE = "SMSTUI_SMTP_PORT"
SMTP_USER_VARIABLE = "SMSTUI_SMTP_USER"
SMTP_PASSWORD_VARIABLE = "SMSTUI_SMTP_PASSWORD"  # noqa: S105
SMTP_SECURITY_VARIABLE = "SMSTUI_SMTP_SECURITY"
SMTP_FROM_VARIABLE = "SMSTUI_SMTP_FROM"
SECRET_VARIABLES = frozenset({STRIPE_KEY_VARIABLE, SMTP_PASSWORD_VARIABLE})
"""What processes that read foreign files are not given."""
STRIPE_API = "https://api.stripe.com"
STRIPE_RETURN_PAGE = "https://stripe.com/"
DATABASE_FILE = "smstui.db"


@dataclass(frozen=True, slots=True)
class UploadPlace:
    """How files come from the browser of a page of `smstui serve`."""

    url: str
    """The page that takes them; holds a secret."""
    directory: Path
    """Where each appears, in a folder of its own."""


@dataclass(frozen=True, slots=True)
class StripeAccess:
    """How payments by card reach Stripe. The key is in the environment only: never stored, logged or shown."""

    key: str | None = field(default=None, repr=False)
    """The secret or restricted key; None where nobody can pay by card."""
    api: str = STRIPE_API
    """Where the API answers."""
    return_url: str = STRIPE_RETURN_PAGE
    """The page that a browser shows after the payment, or when it is given up."""
    timeout: float = 20.0
    """Seconds that an answer may take."""


NO_STRIPE = StripeAccess()


@dataclass(frozen=True, slots=True)
class SmtpAccess:
    """How e-mail leaves, as the environment says it; `smstui.services.mail` checks it. The password is never stored."""

    host: str = ""
    """"" where no e-mail is sent."""
    port: str = ""
    """"" is the usual one of `security`."""
    user: str = ""
    """"" is no login."""
    password: str = field(default="", repr=False)
    security: str = ""
    """"starttls" when ""; "tls" from the first byte on; "none"."""
    sender: str = ""
    """An address, or a name and its address: Boutique <facturation@example.com>; `user` when ""."""
    timeout: float = 30.0
    """Seconds that connecting may take, and each message."""


NO_SMTP = SmtpAccess()


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the data is, and who works with it."""

    database_url: str
    account: str | None
    """The login that the command line acts for; None when nothing names one."""
    language: str
    """"fr" or "en", until an account has said otherwise."""
    data_directory: Path
    uploads: UploadPlace | None = None
    """None when the person's files are on this machine."""
    stripe: StripeAccess = NO_STRIPE
    smtp: SmtpAccess = NO_SMTP

    @classmethod
    def load(
        cls,
        *,
        database_url: str | None = None,
        account: str | None = None,
        language: str | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> "Settings":
        """The settings of `environment`; an argument that is given and not empty replaces it."""
        directory = _data_directory()
        return cls(
            database_url=database_url or environment.get(DATABASE_URL_VARIABLE) or _sqlite_url(directory),
            account=account or environment.get(ACCOUNT_VARIABLE) or None,
            language=language or environment_language(),
            data_directory=directory,
            uploads=_uploads(environment),
            stripe=_stripe(environment),
            smtp=_smtp(environment),
        )


def _data_directory() -> Path:
    from platformdirs import user_data_path

    return user_data_path("smstui", appauthor=False)


def _uploads(environment: Mapping[str, str]) -> UploadPlace | None:
    url, directory = environment.get(UPLOAD_URL_VARIABLE), environment.get(UPLOAD_DIRECTORY_VARIABLE)
    return UploadPlace(url, Path(directory)) if url and directory else None


def _stripe(environment: Mapping[str, str]) -> StripeAccess:
    return StripeAccess(
        key=environment.get(STRIPE_KEY_VARIABLE, "").strip() or None,
        api=environment.get(STRIPE_API_VARIABLE) or STRIPE_API,
        return_url=environment.get(STRIPE_RETURN_VARIABLE) or STRIPE_RETURN_PAGE,
    )


def _smtp(environment: Mapping[str, str]) -> SmtpAccess:
    return SmtpAccess(
        host=environment.get(SMTP_HOST_VARIABLE, "").strip(),
        port=environment.get(SMTP_PORT_VARIABLE, "").strip(),
        user=environment.get(SMTP_USER_VARIABLE, "").strip(),
        password=environment.get(SMTP_PASSWORD_VARIABLE, ""),
        security=environment.get(SMTP_SECURITY_VARIABLE, "").strip().lower(),
        sender=environment.get(SMTP_FROM_VARIABLE, "").strip(),
    )


def _sqlite_url(directory: Path) -> str:
    return f"sqlite:///{directory / DATABASE_FILE}"
