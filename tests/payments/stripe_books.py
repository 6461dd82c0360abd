"""What a Checkout server knows: sessions, payments and refunds, as Stripe's objects describe them.

https://docs.stripe.com/api/checkout/sessions/object, …/payment_intents/object, …/charges/object, …/refunds/object
"""

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"
SHORTEST, LONGEST = timedelta(minutes=30), timedelta(hours=24)
"""How soon and how late a session may expire, after it is made."""
KNOWN = frozenset(
    {
        "mode",
        "line_items[0][quantity]",
        "line_items[0][price_data][currency]",
        "line_items[0][price_data][unit_amount]",
        "line_items[0][price_data][product_data][name]",
        "allowed_payment_method_types[0]",
        "adaptive_pricing[enabled]",
        "client_reference_id",
        "metadata[order]",
        "payment_intent_data[description]",
        "payment_intent_data[metadata][order]",
        "success_url",
        "cancel_url",
        "expires_at",
    }
)
REQUIRED = KNOWN - {"allowed_payment_method_types[0]", "adaptive_pricing[enabled]", "cancel_url"}
EXPANSION = "payment_intent.latest_charge"


class Mistake(Exception):
    """An answer that says no."""

    def __init__(self, status: int, message: str, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.type = "invalid_request_error" if status < 500 else "api_error"


@dataclass
class Refund:
    id: str
    payment_id: str
    amount: int
    at: datetime


@dataclass
class Paid:
    """A session that Stripe keeps."""

    id: str
    form: dict[str, str]
    url: str
    created: datetime
    status: str = "open"
    payment_status: str = "unpaid"
    amount: int = 0
    currency: str = ""
    payment_id: str | None = None
    refunds: list[Refund] = field(default_factory=list)

    @property
    def reference(self) -> str:
        return self.form["client_reference_id"]

    @property
    def refunded(self) -> int:
        return sum(one.amount for one in self.refunds)

    def document(self, expand: bool) -> dict[str, Json]:
        return {
            "id": self.id,
            "object": "checkout.session",
            "amount_subtotal": self.amount,
            "amount_total": self.amount,
            "cancel_url": self.form.get("cancel_url"),
            "client_reference_id": self.reference,
            "created": int(self.created.timestamp()),
            "currency": self.currency,
            "expires_at": int(self.form["expires_at"]),
            "livemode": False,
            "metadata": {"order": self.form["metadata[order]"]},
            "mode": "payment",
            "payment_intent": self._payment() if expand else self.payment_id,
            "payment_status": self.payment_status,
            "status": self.status,
            "success_url": self.form["success_url"],
            "url": self.url if self.status == "open" else None,
        }

    def _payment(self) -> Json:
        if self.payment_id is None:
            return None
        charge: dict[str, Json] = {
            "id": self.payment_id.replace("pi_", "ch_"),
            "object": "charge",
            "amount": self.amount,
            "amount_refunded": self.refunded,
            "currency": self.currency,
            "paid": True,
            "refunded": self.refunded == self.amount,
        }
        return {
            "id": self.payment_id,
            "object": "payment_intent",
            "amount": self.amount,
            "amount_received": self.amount,
            "currency": self.currency,
            "latest_charge": charge,
            "status": "succeeded",
        }


class Books:
    """All sessions. `now` is the server's own clock."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.sessions: dict[str, Paid] = {}
        self._numbers = itertools.count(1)

    def create(self, form: dict[str, str]) -> Paid:
        """As POST /v1/checkout/sessions."""
        for name in sorted(form.keys() - KNOWN):
            raise Mistake(400, f"Received unknown parameter: {name}", "parameter_unknown", name)
        for name in sorted(REQUIRED - form.keys()):
            raise Mistake(400, f"Missing required param: {name}.", "parameter_missing", name)
        amount = form["line_items[0][price_data][unit_amount]"]
        if not amount.isdecimal() or int(amount) < 50:
            raise Mistake(400, "The Checkout Session's total amount must convert to at least 50 cents.")
        if form["mode"] != "payment" or form["line_items[0][quantity]"] != "1":
            raise Mistake(400, "Only payments of one item are known here.")
        for name in ("success_url", "cancel_url"):
            if not form[name].startswith(("https://", "http://")):
                raise Mistake(400, "Not a valid URL", "url_invalid", name)
        left = datetime.fromtimestamp(int(form["expires_at"]), self.now.tzinfo) - self.now
        if not SHORTEST <= left <= LONGEST:
            words = "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation."
            raise Mistake(400, words, None, "expires_at")
        number = next(self._numbers)
        session = Paid(f"cs_test_{number:06}", form, f"https://checkout.stripe.com/c/pay/cs_test_{number:06}", self.now)
        session.amount, session.currency = int(amount), form["line_items[0][price_data][currency]"]
        self.sessions[session.id] = session
        return session

    def find(self, session_id: str) -> Paid:
        """As GET /v1/checkout/sessions/{id}; what is too old has expired."""
        if session_id not in self.sessions:
            raise Mistake(404, f"No such checkout.session: {session_id}", "resource_missing", "session")
        session = self.sessions[session_id]
        if session.status == "open" and self.now.timestamp() >= int(session.form["expires_at"]):
            session.status = "expired"
        return session

    def expire(self, session_id: str) -> Paid:
        """As POST /v1/checkout/sessions/{id}/expire."""
        session = self.find(session_id)
        if session.status != "open":
            words = f'Only Checkout Sessions with a status in ["open"] can be expired, not {session.status}.'
            raise Mistake(400, words)
        session.status = "expired"
        return session

    def refunds(self, since: int) -> list[Json]:
        """As GET /v1/refunds, the newest first."""
        found = [one for session in self.sessions.values() for one in session.refunds if one.at.timestamp() >= since]
        return [
            {
                "id": one.id,
                "object": "refund",
                "amount": one.amount,
                "created": int(one.at.timestamp()),
                "payment_intent": one.payment_id,
                "status": "succeeded",
            }
            for one in sorted(found, key=lambda one: (one.at, one.id), reverse=True)
        ]

    def of_order(self, reference: str) -> Paid:
        """The only session of an order."""
        (session,) = [one for one in self.sessions.values() if one.reference == reference]
        return session

    def pay(self, reference: str) -> None:
        """As a payer does on the page of the session."""
        session = self.find(self.of_order(reference).id)
        assert session.status == "open", session.status
        session.status, session.payment_status = "complete", "paid"
        session.payment_id = f"pi_{next(self._numbers):06}"

    def refund(self, reference: str, cents: int) -> None:
        """As the merchant does on Stripe's dashboard."""
        session = self.of_order(reference)
        assert session.payment_id is not None
        assert session.refunded + cents <= session.amount
        session.refunds.append(Refund(f"re_{next(self._numbers):06}", session.payment_id, cents, self.now))
