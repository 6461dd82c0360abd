"""A message of a campaign in words: its row of the table, and everything that is known of it."""

from textual.content import Content

from smstui.domain.text import printable
from smstui.formats import clock_time
from smstui.i18n import _
from smstui.services.campaigns import MessageRow
from smstui.smpp.status import status_words
from smstui.widgets.columns import Cell
from smstui.widgets.state_sign import message_sign


def cells(row: MessageRow) -> tuple[Cell, ...]:
    """Number, state, when it was sent, when its final state came, and the SMSC's code."""
    return (
        row.number,
        message_sign(row.state).content(),
        clock_time(row.sent_at) if row.sent_at else "",
        clock_time(row.final_at) if row.final_at else "",
        _code(row),
    )


def detail(row: MessageRow) -> Content:
    """All of it, on two lines at most where they are wide enough."""
    times = [
        sentence.format(time=clock_time(at))
        for sentence, at in (
            (_("sent {time}"), row.sent_at),
            (_("answered {time}"), row.answered_at),
            (_("receipt {time}"), row.final_at),
        )
        if at is not None
    ]
    smsc_id = [_("SMSC id {id}").format(id=printable(row.smsc_id))] if row.smsc_id else []
    pieces: list[Content | str] = [message_sign(row.state).content(), *times, *smsc_id]
    if code := _code(row):
        pieces.append(Content.styled(code, "$text-warning"))
    return Content.assemble((f"{row.number}  ", "bold"), Content(" · ").join(pieces))


def _code(row: MessageRow) -> str:
    words = [status_words(row.status)] if row.status else []
    if row.error:
        words.append(printable(row.error))
    return ", ".join(words)
