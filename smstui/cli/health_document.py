"""The health of a connection as `smstui doctor --json` prints it."""

from datetime import datetime

from smstui.cli.output import Json
from smstui.services.health_values import (
    SLOT,
    BindHealth,
    ConnectionHealth,
    RecentReceipt,
    SmscRefusal,
)
from smstui.smpp.status import status_meaning, status_name


def health_document(health: ConnectionHealth) -> Json:
    """All of it; instants in ISO 8601, times of responses in milliseconds, rates in submit_sm a second."""
    return {
        "name": health.name,
        "enabled": health.enabled,
        "window": health.window,
        "in_flight": health.in_flight,
        "rate": health.rate,
        "contracted_rate": health.contracted_rate,
        "allowed_rate": health.allowed_rate,
        "throttled": health.throttled,
        "response_ms": _rounded(health.response_ms),
        "waiting": health.waiting,
        "in_doubt": health.in_doubt,
        "unmatched_receipts": health.parked,
        "binds": [_bind(each) for each in health.binds],
        "history": {
            "slot_seconds": SLOT.total_seconds(),
            "rate": [each.rate for each in health.history],
            "response_ms": [_rounded(each.response_ms) for each in health.history],
            "throttled": [each.throttled for each in health.history],
        },
        "errors": [_refusal(each) for each in health.refusals],
        "receipts": [_receipt(each) for each in health.receipts],
    }


def _bind(bind: BindHealth) -> Json:
    return {
        "bind": bind.bind,
        "state": bind.state,
        "reason": bind.reason,
        "owner": bind.owner,
        "since": _instant(bind.since),
        "rate": bind.rate,
        "in_flight": bind.in_flight,
        "allowed_rate": bind.allowed_rate,
    }


def _refusal(refusal: SmscRefusal) -> Json:
    return {
        "status": refusal.status,
        "name": status_name(refusal.status),
        "words": status_meaning(refusal.status),
        "count": refusal.count,
        "last_at": _instant(refusal.last_at),
    }


def _receipt(receipt: RecentReceipt) -> Json:
    return {
        "smsc_id": receipt.smsc_id,
        "state": receipt.state,
        "word": receipt.word,
        "at": _instant(receipt.received_at),
    }


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _rounded(milliseconds: float | None) -> int | None:
    return None if milliseconds is None else round(milliseconds)
