"""What keeps payments by card from working, in words that say what to do. No key is ever in them."""

import re
from dataclasses import dataclass
from typing import ClassVar, Final

from smstui.domain.errors import Refusal
from smstui.i18n import N_
from smstui.settings import STRIPE_KEY_VARIABLE, StripeAccess

_LONGEST: Final = 200
"""Characters of foreign words that a refusal repeats."""
_KEY: Final = re.compile(r"\b(?:sk|rk|pk)_\w+[\w*]*")


@dataclass(eq=False)
class NoStripeKey(Refusal):
    """Nobody has set up payments by card."""

    variable: str
    sentence: ClassVar[str] = N_(
        "Payment by card is not set up: put Stripe's secret key in the environment variable {variable}, "
        "or pay by transfer."
    )


@dataclass(eq=False)
class InvalidStripeAddress(Refusal):
    """The key would go to an address that is none, or travel in clear."""

    variable: str
    sentence: ClassVar[str] = N_(
        "The environment variable {variable} must hold an https address (http on this machine only): correct it."
    )


@dataclass(eq=False)
class StripeKeyRefused(Refusal):
    """Stripe does not know the key, or it may not do this."""

    variable: str
    words: str
    """Foreign text."""
    sentence: ClassVar[str] = N_("Stripe refuses the key of the environment variable {variable} ({words}): check it.")


@dataclass(eq=False)
class StripeUnreachable(Refusal):
    """No answer, or none that can be used: the same may be asked again."""

    reason: str
    """Foreign text."""
    sentence: ClassVar[str] = N_("Stripe cannot be reached ({reason}): nothing is lost, try again a little later.")


@dataclass(eq=False)
class StripeRefused(Refusal):
    """Stripe understood the request, and says no."""

    words: str
    """Foreign text."""
    sentence: ClassVar[str] = N_("Stripe refuses the payment ({words}): order again, or ask an administrator.")


def refusal_of(error: Exception, access: StripeAccess) -> Refusal:
    """What a person is told of an error of the `stripe` package."""
    import stripe

    if isinstance(error, stripe.AuthenticationError):
        return StripeKeyRefused(STRIPE_KEY_VARIABLE, f"HTTP {error.http_status}")
    words = _safe(_words(error), access)
    if isinstance(error, stripe.PermissionError):
        return StripeKeyRefused(STRIPE_KEY_VARIABLE, words)
    if isinstance(error, stripe.InvalidRequestError | stripe.IdempotencyError | stripe.CardError):
        return StripeRefused(words)
    return StripeUnreachable(words)


def wants_retry(error: Exception) -> bool:
    """Whether Stripe does not say that the same request would end in the same way."""
    import stripe

    headers = error.headers if isinstance(error, stripe.StripeError) else None
    return (headers or {}).get("stripe-should-retry") != "false"


def _words(error: Exception) -> str:
    import stripe

    if isinstance(error, stripe.APIConnectionError):
        cause = error.__cause__
        return f"{type(cause).__name__}: {cause}".rstrip(": ")
    if isinstance(error, stripe.APIError) and error.error is None:
        return f"HTTP {error.http_status}"
    if isinstance(error, stripe.StripeError):
        return error.user_message or f"HTTP {error.http_status}"
    return f"{type(error).__name__}: {error}".rstrip(": ")


def _safe(words: str, access: StripeAccess) -> str:
    """`words` on one line, not too long, without anything that looks like a key."""
    shown = _KEY.sub("…", words.replace(access.key or "\0", "…"))
    return " ".join(shown.split())[:_LONGEST]
