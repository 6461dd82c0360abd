"""A message of a campaign in words: its row of the table, and everything that is known of it."""

from zoneinfo import ZoneInfo

from textual.content import Content

from smstui.domain.visible import printable
from smstui.formats import clock_time
from smstui.i18n import _
from smstui.services.campaigns import MessageRow
from smstui.smpp.status import status_meaning, status_name
from smstui.widgets.columns import Cell
from smstui.widgets.state_sign import message_sign


def cells(row: MessageRow, zone: ZoneInfo | None = None) -> tuple[Cell, ...]:
    """Number, state, when it was sent, when its final state came, and the SMSC's code."""
    return (
        row.number or _("erased"),
        message_sign(row.state).content(),
        clock_time(row.sent_at, zone) if row.sent_at else "",
        clock_time(row.final_at, zone) if row.final_at else "",
        smsc_words(row.status, row.error),
    )


def detail(row: MessageRow, zone: ZoneInfo | None = None) -> Content:
    """All of it, on two lines at most where they are wide enough; then its text, when that is its own."""
    times = [
        sentence.format(time=clock_time(at, zone))
        for sentence, at in (
            (_("sent {time}"), row.sent_at),
            (_("answered {time}"), row.answered_at),
            (_("receipt {time}"), row.final_at),
        )
        if at is not None
    ]
    smsc_id = [_("SMSC id {id}").format(id=printable(row.smsc_id))] if row.smsc_id else []
    pieces: list[Content | str] = [message_sign(row.state).content(), *times, *smsc_id]
    if code := smsc_words(row.status, row.error):
        pieces.append(Content.styled(code, "$text-warning"))
    number = row.number or _("erased")
    said = Content.assemble((f"{number}  ", "bold"), Content(" · ").join(pieces))
    return Content.assemble(said, "\n", (printable(row.text), "$foreground")) if row.text else said


def smsc_words(status: int | None, error: str | None) -> str:
    """What the SMSC said of a failure: its code with what that means, and its own words; "" when it said nothing."""
    words = []
    if status:
        code = f"0x{status:08X} {status_name(status)}".rstrip()
        words.append(_("{label}: {value}").format(label=code, value=_(status_meaning(status))))
    if error:
        words.append(printable(error))
    return ", ".join(words)
