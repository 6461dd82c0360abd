"""Stripe's API, as far as Checkout needs it: sessions are created, looked at and expired, refunds are listed.

The `stripe` package is imported in a thread, when something is asked of Stripe for the first time.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Final, TypeVar

from smstui.services.stripe_refusals import (
    InvalidStripeAddress,
    NoStripeKey,
    StripeUnreachable,
    refusal_of,
    wants_retry,
)
from smstui.settings import STRIPE_API_VARIABLE, STRIPE_KEY_VARIABLE, StripeAccess

if TYPE_CHECKING:
    import ssl

    import stripe
    from stripe import ListObject
    from stripe import Refund as StripeRefund
    from stripe.checkout import Session as StripeSession
    from stripe.params import RefundListParams

T = TypeVar("T")
R = TypeVar("R")
CURRENCY: Final = "eur"
PAUSES: Final = (0.5, 2.0)
"""Seconds between the tries of one request, of which a random half is cut off."""
_OPEN_SESSIONS: Final = 8
"""Connections to Stripe at once."""
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_PAGE: Final = 100
_EXPANDED: Final = ["payment_intent.latest_charge"]


@dataclass(frozen=True, slots=True)
class NewSession:
    """What a payer is asked for. The same values with the same reference make the same session."""

    reference: str
    """The order's: it is the key by which Stripe knows a request that comes twice."""
    amount: int
    """Cents, with VAT."""
    item: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A Checkout session as Stripe describes it: https://docs.stripe.com/api/checkout/sessions/object."""

    id: str
    url: str | None
    """Where it is paid, while it is open."""
    is_paid: bool
    is_expired: bool
    amount: int
    """Cents of `currency`."""
    currency: str
    reference: str
    """Of the order that it was made for."""
    payment_id: str | None
    refunded: int
    """Cents given back so far."""


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that was given back."""

    id: str
    payment_id: str | None


class StripeApi:
    """A connection to Stripe. What answers badly or not at all is asked again a little later, then refused.

    All methods raise StripeUnreachable, StripeKeyRefused, StripeRefused.
    """

    def __init__(self, client: "stripe.StripeClient", access: StripeAccess) -> None:
        self._client = client
        self._access = access

    async def create(self, asked: NewSession) -> Session:
        """The session for an order, a new one unless there is one for this reference."""
        from stripe.params.checkout import SessionCreateParams

        about = {"order": asked.reference}
        params = SessionCreateParams(
            mode="payment",
            line_items=[
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": CURRENCY,
                        "unit_amount": asked.amount,
                        "product_data": {"name": asked.item},
                    },
                }
            ],
            allowed_payment_method_types=["card"],
            adaptive_pricing={"enabled": False},
            client_reference_id=asked.reference,
            metadata=about,
            payment_intent_data={"description": asked.reference, "metadata": about},
            success_url=self._access.return_url,
            cancel_url=self._access.return_url,
            expires_at=int(asked.expires_at.timestamp()),
        )
        sessions = self._client.v1.checkout.sessions
        return await self._ask(lambda: sessions.create_async(params, {"idempotency_key": asked.reference}), session_of)

    async def find(self, session_id: str) -> Session:
        """A session as it is now."""
        sessions = self._client.v1.checkout.sessions
        return await self._ask(lambda: sessions.retrieve_async(session_id, {"expand": _EXPANDED}), session_of)

    async def expire(self, session_id: str) -> Session:
        """End an open session, so that nobody can pay it any more. StripeRefused when it was not open."""
        sessions = self._client.v1.checkout.sessions
        return await self._ask(lambda: sessions.expire_async(session_id, {"expand": _EXPANDED}), session_of)

    async def refunds_since(self, since: datetime) -> tuple[Refund, ...]:
        """The refunds made since then, the newest first."""
        refunds, found, is_more = self._client.v1.refunds, list[Refund](), True
        while is_more:
            params: RefundListParams = {"created": {"gte": int(since.timestamp())}, "limit": _PAGE}
            if found:
                params["starting_after"] = found[-1].id
            page, is_more = await self._ask(partial(refunds.list_async, params), _page_of)
            found += page
            is_more = is_more and bool(page)
        return tuple(found)

    async def _ask(self, request: Callable[[], Awaitable[T]], read: Callable[[T], R]) -> R:
        """What `read` makes of the answer to `request`."""
        import aiohttp
        import stripe

        pauses = list(PAUSES)
        while True:
            try:
                return _readable(await request(), read)
            except (stripe.StripeError, aiohttp.ClientError, OSError) as error:
                refusal = refusal_of(error, self._access)
                if not pauses or not isinstance(refusal, StripeUnreachable) or not wants_retry(error):
                    raise refusal from None
            await asyncio.sleep(pauses.pop(0) * random.uniform(0.5, 1.0))  # noqa: S311 (no secret)


@asynccontextmanager
async def connected(access: StripeAccess) -> AsyncIterator[StripeApi]:
    """A connection to Stripe, until the end of the block. Raises NoStripeKey, InvalidStripeAddress."""
    key = checked_key(access)
    tls = await asyncio.to_thread(_prepare)
    import aiohttp
    import stripe

    connector = aiohttp.TCPConnector(limit=_OPEN_SESSIONS, ssl=tls)
    async with aiohttp.ClientSession(connector=connector) as session:
        http = stripe.AIOHTTPClient(
            timeout=aiohttp.ClientTimeout(total=access.timeout), session=session, proxy=_proxy(access.api)
        )
        client = stripe.StripeClient(key, http_client=http, base_addresses={"api": access.api.rstrip("/")})
        yield StripeApi(client, access)


def checked_key(access: StripeAccess) -> str:
    """The key, where it can be used: it never travels in clear. Raises NoStripeKey, InvalidStripeAddress."""
    from urllib.parse import urlsplit

    if access.key is None:
        raise NoStripeKey(STRIPE_KEY_VARIABLE)
    try:
        parts = urlsplit(access.api)
        host = parts.hostname
    except ValueError:
        raise InvalidStripeAddress(STRIPE_API_VARIABLE) from None
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)):
        raise InvalidStripeAddress(STRIPE_API_VARIABLE)
    return access.key


def _readable(answer: T, read: Callable[[T], R]) -> R:
    try:
        return read(answer)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise StripeUnreachable(f"{type(error).__name__} in its answer") from None


def session_of(answer: "StripeSession") -> Session:
    """The values of an answer. Raises AttributeError, TypeError when it is no session."""
    intent, refunded = answer.payment_intent, 0
    if intent is not None and not isinstance(intent, str):
        charge = intent.latest_charge
        refunded = charge.amount_refunded if charge is not None and not isinstance(charge, str) else 0
    return Session(
        id=str(answer.id),
        url=answer.url,
        is_paid=answer.status == "complete" and answer.payment_status == "paid",
        is_expired=answer.status == "expired",
        amount=int(answer.amount_total or 0),
        currency=str(answer.currency or ""),
        reference=str(answer.client_reference_id or ""),
        payment_id=_id_of(intent),
        refunded=int(refunded),
    )


def _page_of(answer: "ListObject[StripeRefund]") -> tuple[list[Refund], bool]:
    """Refunds, and whether there are more."""
    return [Refund(one.id, _id_of(one.payment_intent)) for one in answer.data], bool(answer.has_more)


def _id_of(expandable: "str | stripe.PaymentIntent | None") -> str | None:
    return expandable if expandable is None or isinstance(expandable, str) else str(expandable.id)


@cache
def _prepare() -> "ssl.SSLContext":
    """Import what is slow to import, and trust Stripe's certificates and the machine's."""
    import ssl

    import aiohttp  # noqa: F401 (here and below: imported for those who import it next, on the event loop)
    import stripe
    from stripe import Charge, CheckoutService, PaymentIntent, Refund, RefundService  # noqa: F401
    from stripe.checkout import Session, SessionService  # noqa: F401
    from stripe.params.checkout import SessionCreateParams  # noqa: F401

    stripe.enable_telemetry = False
    context = ssl.create_default_context(cafile=stripe.ca_bundle_path)
    context.load_default_certs()
    return context


def _proxy(address: str) -> str | None:
    """The proxy that the environment names for `address`."""
    from urllib.parse import urlsplit
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(address)
    return None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)
