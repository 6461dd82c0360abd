"""A Checkout server on this machine that speaks Stripe's HTTP, in a thread of its own, and does what a test says.

Errors, idempotency and the bodies of requests follow https://docs.stripe.com/api/errors, …/api/idempotent_requests.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from aiohttp import web

from tests.payments.stripe_books import EXPANSION, Books, Json, Mistake

KEY = "sk_test_51SecretOfTheShop"


@dataclass(frozen=True)
class Request:
    """What came in."""

    method: str
    path: str
    form: dict[str, str]
    idempotency_key: str | None
    client: str
    """What the header X-Stripe-Client-User-Agent says of this machine."""


@dataclass
class Trouble:
    """What becomes of one request."""

    status: int = 0
    message: str = ""
    retry: bool = True
    """What the header Stripe-Should-Retry says of an error."""
    is_cut: bool = False
    is_done: bool = False
    """The request is carried out before the answer is lost."""
    body: str | None = None
    """Sent in place of an answer."""


@dataclass
class Kept:
    """The answer to an idempotency key; None while it is being made."""

    path: str
    form: dict[str, str]
    answer: tuple[int, Json] | None = None


class StripeServer:
    """`url` is where it answers to `KEY`. Its clock is `books.now`."""

    def __init__(self, now: datetime) -> None:
        self.books = Books(now)
        self.url = ""
        self.requests: list[Request] = []
        self.troubles: list[Trouble] = []
        """Of the next requests, in turn."""
        self.hold = threading.Event()
        """While it is clear, answers wait; `waiting` counts them."""
        self.hold.set()
        self.waiting = 0
        self._kept: dict[str, Kept] = {}

    def count(self, method: str, ending: str = "") -> int:
        """How many requests of a kind came in."""
        return sum(one.method == method and one.path.endswith(ending) for one in self.requests)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Every request comes here."""
        form = dict(parse_qsl((await request.text()) or request.query_string, keep_blank_values=True))
        key = request.headers.get("Idempotency-Key")
        client = request.headers["X-Stripe-Client-User-Agent"]
        self.requests.append(Request(request.method, request.path, form, key, client))
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble is not None and trouble.is_cut and not trouble.is_done:
            return _cut(request)
        if trouble is not None and not trouble.is_done:
            return _troubled(trouble)
        status, body = await self._once(request, form, key) if request.method == "POST" else self._do(request, form)
        self.waiting += 1
        while not self.hold.is_set():  # noqa: ASYNC110 (it is set in another thread)
            await asyncio.sleep(0.005)
        self.waiting -= 1
        if trouble is not None and trouble.is_cut:
            return _cut(request)
        return web.json_response(body, status=status, headers={"Request-Id": "req_test"})

    async def _once(self, request: web.Request, form: dict[str, str], key: str | None) -> tuple[int, Json]:
        """A POST with a key that was used gets the answer that it got then."""
        assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
        if key is None:
            return self._do(request, form)
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = Kept(request.path, form)
            await asyncio.sleep(0)
            status, body = self._do(request, form)
            if status == 400:
                del self._kept[key]
            else:
                kept.answer = status, body
            return status, body
        if (kept.path, kept.form) != (request.path, form):
            words = "Keys for idempotent requests can only be used with the same parameters they were first used with."
            return 400, _error("idempotency_error", words)
        if kept.answer is None:
            return 409, _error("idempotency_error", "There is another request with this key.", "idempotency_key_in_use")
        return kept.answer

    def _do(self, request: web.Request, form: dict[str, str]) -> tuple[int, Json]:
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            given = request.headers.get("Authorization", "").removeprefix("Bearer ")
            return 401, _error("invalid_request_error", f"Invalid API Key provided: {given}")
        assert request.headers["Stripe-Version"]
        try:
            return 200, self._route(request.method, request.path.removeprefix("/v1/").split("/"), form)
        except Mistake as mistake:
            return mistake.status, _error(mistake.type, mistake.message, mistake.code, mistake.param)

    def _route(self, method: str, path: list[str], form: dict[str, str]) -> Json:
        expand = form.get("expand[0]") == EXPANSION
        match method, path:
            case "POST", ["checkout", "sessions"]:
                return self.books.create(form).document(expand=False)
            case "GET", ["checkout", "sessions", session_id]:
                return self.books.find(session_id).document(expand)
            case "POST", ["checkout", "sessions", session_id, "expire"]:
                return self.books.expire(session_id).document(expand)
            case "GET", ["refunds"]:
                return _page(self.books.refunds(int(form["created[gte]"])), form)
            case _:
                raise Mistake(404, f"Unrecognized request URL ({method}: {'/'.join(path)}).")


def _page(found: list[Json], form: dict[str, str]) -> Json:
    """Of a list, as much as is asked for."""
    ids = [one["id"] for one in found if isinstance(one, dict)]
    begin = ids.index(form["starting_after"]) + 1 if "starting_after" in form else 0
    end = begin + int(form["limit"])
    return {"object": "list", "url": "/v1/refunds", "data": found[begin:end], "has_more": end < len(found)}


def _error(kind: str, message: str, code: str | None = None, param: str | None = None) -> Json:
    body: dict[str, Json] = {"type": kind, "message": message}
    return {"error": body | ({"code": code} if code else {}) | ({"param": param} if param else {})}


def _troubled(trouble: Trouble) -> web.Response:
    if trouble.body is not None:
        return web.Response(text=trouble.body, status=trouble.status or 200)
    kind = "api_error" if trouble.status >= 500 else "card_error" if trouble.status == 402 else "invalid_request_error"
    return web.json_response(
        _error(kind, trouble.message or f"Trouble {trouble.status}"),
        status=trouble.status,
        headers={"Stripe-Should-Retry": str(trouble.retry).lower()},
    )


def _cut(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@contextmanager
def running_stripe(now: datetime) -> Iterator[StripeServer]:
    """A server, until the end of the block."""
    server, loop, started = StripeServer(now), asyncio.new_event_loop(), threading.Event()
    stop = asyncio.Event()

    async def serve() -> None:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", server.answer)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        started.set()
        await stop.wait()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert started.wait(10)
    try:
        yield server
    finally:
        server.hold.set()
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
