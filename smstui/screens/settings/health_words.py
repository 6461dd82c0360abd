"""The health of a connection in words: the rows of its tables, and its figures."""

from datetime import datetime

from textual.content import Content

from smstui.domain.text import printable
from smstui.formats import NARROW_NO_BREAK_SPACE, clock_time, local, number, rate_text
from smstui.i18n import _, ngettext
from smstui.screens.settings.words import bind_content
from smstui.services.connections import NO_DISPATCHER
from smstui.services.health_values import SLOT, SLOTS, BindHealth, ConnectionHealth, RecentReceipt, SmscRefusal
from smstui.smpp.status import status_meaning, status_name
from smstui.widgets.columns import Cell
from smstui.widgets.state_sign import GOING, message_sign

_CODE_WIDTH = 6
_HISTORY_MINUTES = round(SLOTS * SLOT.total_seconds() / 60)


def bind_cells(bind: BindHealth, health: ConnectionHealth, now: datetime) -> tuple[Cell, ...]:
    """Number, state, window, rate, since when, and whose it is."""
    return (
        number(bind.bind),
        bind_content(bind.state, enabled=health.enabled or bind.state != NO_DISPATCHER),
        f"{number(bind.in_flight)}/{number(health.window)}",
        rate_text(bind.rate),
        when(bind.since, now) if bind.since else "",
        printable(bind.owner),
    )


def reasons(health: ConnectionHealth) -> str:
    """Why binds were refused or lost, in the SMSC's words, a line each; "" when none was."""
    sentence = _("Bind {bind}: {reason}") if len(health.binds) > 1 else "{reason}"
    return "\n".join(
        sentence.format(bind=number(one.bind), reason=printable(one.reason)) for one in health.binds if one.reason
    )


def refusal_cells(refusal: SmscRefusal, now: datetime) -> tuple[Cell, ...]:
    """Code and meaning, the specification's name, how often, and when last."""
    code = f"0x{refusal.status:02X}".ljust(_CODE_WIDTH)
    return (
        f"{code} {_(status_meaning(refusal.status))}",
        status_name(refusal.status),
        number(refusal.count),
        when(refusal.last_at, now),
    )


def receipt_cells(receipt: RecentReceipt, now: datetime) -> tuple[Cell, ...]:
    """When it came, the state it gives, the SMSC's own word and code, the id."""
    sign = GOING if receipt.state is None else message_sign(receipt.state)
    return when(receipt.received_at, now), sign.content(), printable(receipt.word), printable(receipt.smsc_id)


def rate_words(health: ConnectionHealth) -> str:
    """The rate now, and what the contract allows."""
    if health.contracted_rate is None:
        return rate_text(health.rate)
    return _("{rate} of {contract}").format(rate=rate_text(health.rate), contract=rate_text(health.contracted_rate))


def response_words(health: ConnectionHealth) -> str:
    """The last response time and the longest of the history."""
    known = [moment.response_ms for moment in health.history if moment.response_ms is not None]
    return f"{_milliseconds(known[-1])} · max {_milliseconds(max(known))}" if known else "–"


def figures(health: ConnectionHealth) -> list[tuple[str, Content]]:
    """Throttling, and what waits for an explanation: a label and a sentence each."""
    in_doubt = ngettext("{count} message in doubt", "{count} messages in doubt", health.in_doubt)
    parked = ngettext("{count} unmatched receipt", "{count} unmatched receipts", health.parked)
    unsettled = [_count(in_doubt, health.in_doubt), _count(parked, health.parked)]
    return [(_("Throttling"), _throttling(health)), (_("Unsettled"), Content(", ").join(unsettled))]


def when(instant: datetime, now: datetime) -> str:
    """The time of day, or the day when it was another one: eight cells at most."""
    same_day = local(instant).date() == local(now).date()
    return clock_time(instant) if same_day else f"{local(instant):%d/%m}"


def _throttling(health: ConnectionHealth) -> Content:
    if not health.throttled and health.allowed_rate is None:
        return Content.styled(_("none in {minutes} min").format(minutes=_HISTORY_MINUTES), "$text-muted")
    times = _("{count} in {minutes} min").format(count=number(health.throttled), minutes=_HISTORY_MINUTES)
    if health.allowed_rate is None:
        return Content.styled(times, "$text-warning")
    learnt = _("now at most {rate}").format(rate=rate_text(health.allowed_rate))
    return Content.styled(f"{times}, {learnt}", "$text-warning")


def _count(sentence: str, count: int) -> Content:
    return Content.styled(sentence.format(count=number(count)), "$text-warning" if count else "$text-muted")


def _milliseconds(value: float) -> str:
    return f"{number(round(value))}{NARROW_NO_BREAK_SPACE}ms"
