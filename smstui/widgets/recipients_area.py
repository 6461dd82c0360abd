"""Numbers typed or pasted, by the thousand: counted while they are written, bad lines listed with their reason."""

import asyncio
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static, TextArea

from smstui import formats
from smstui.domain.recipients import Recipients, RefusedLine, read_recipients
from smstui.i18n import _, ngettext
from smstui.widgets.columns import Column
from smstui.widgets.text_field import TextField
from smstui.widgets.windowed_table import WindowedTable

LARGE_PASTE = 500
"""Lines from which a paste is set aside: the editor would stall the screen (4 s for 200,000 lines)."""

_NOTHING = Recipients(numbers=(), duplicates=0, refused=())


class NumbersEditor(TextField):
    """A text area that hands large pastes over instead of taking them in."""

    @dataclass
    class LargePaste(Message):
        """A paste of `LARGE_PASTE` lines or more."""

        text: str

    async def _on_paste(self, event: events.Paste) -> None:
        """Set a large paste aside."""
        if _line_count(event.text) >= LARGE_PASTE:
            event.stop()
            event.prevent_default()
            self.post_message(self.LargePaste(event.text))


@dataclass(frozen=True, slots=True)
class WrittenNumbers:
    """What the person wrote and pasted: enough to show the area again as it was."""

    typed: str = ""
    pasted: str = ""


class RecipientsArea(Vertical):
    """The editor, the counts, and the list of the lines that can't be used."""

    DEFAULT_CSS = """
    RecipientsArea { height: 1fr; }
    RecipientsArea > NumbersEditor {
        height: 1fr; min-height: 5; padding: 0; border: round $secondary 60%; border-title-color: $text-muted;
    }
    RecipientsArea > NumbersEditor:focus { border: round $accent; border-title-color: $text; }
    RecipientsArea > .recipients--pasted { height: auto; display: none; }
    RecipientsArea > .recipients--pasted.-shown { display: block; }
    RecipientsArea > .recipients--counts { height: auto; }
    RecipientsArea > WindowedTable { height: 5; display: none; }
    RecipientsArea > .recipients--reason { height: auto; color: $text-muted; }
    RecipientsArea > WindowedTable.-shown { display: block; }
    """

    @dataclass
    class Changed(Message):
        """The numbers are these now."""

        recipients: Recipients

    def __init__(self, written: WrittenNumbers, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._written = written
        self._read_pasted = ""
        self._pasted = _NOTHING
        self.recipients = _NOTHING

    def compose(self) -> ComposeResult:
        """The editor first, the list of refused lines last, hidden while it is empty."""
        editor = NumbersEditor(self._written.typed, soft_wrap=False, highlight_cursor_line=False, id="numbers")
        editor.border_title = _("Numbers: one a line, or separated by commas")
        yield editor
        yield Static("", classes="recipients--pasted", markup=False)
        yield Static("", classes="recipients--counts", markup=False)
        yield WindowedTable[int](
            [
                Column("line", _("Line"), 11, right=True),
                Column("reason", _("Why it can't be used"), 10, grows=True),
            ],
            id="refused",
        )
        yield Static("", classes="recipients--reason", markup=False)

    def on_mount(self) -> None:
        """Count what was written before."""
        self._count()

    @property
    def written(self) -> WrittenNumbers:
        """What is in the area."""
        return self._written

    def forget_pasted(self) -> None:
        """Take the pasted list out."""
        self._written = WrittenNumbers(self._written.typed)
        self._count()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Count again."""
        event.stop()
        self._written = WrittenNumbers(event.text_area.text, self._written.pasted)
        self._count()

    def on_numbers_editor_large_paste(self, event: NumbersEditor.LargePaste) -> None:
        """Add the list to what was pasted before."""
        event.stop()
        pasted = f"{self._written.pasted}\n{event.text}" if self._written.pasted else event.text
        self._written = WrittenNumbers(self._written.typed, pasted)
        self._count()

    def on_windowed_table_page_wanted(self, event: WindowedTable.PageWanted) -> None:
        """Rows of the list of refused lines."""
        event.stop()
        typed_lines = _line_count(self._written.typed)
        refused = self.recipients.refused
        rows = []
        for index in range(event.first, min(event.last, len(refused))):  # they may be fewer by now
            line = refused[index].line
            where = str(line) if line <= typed_lines else _("pasted {line}").format(line=line - typed_lines)
            rows.append((index, (where, formats.explain(refused[index].reason))))
        self._refused.put(rows)

    @on(WindowedTable.Moved)
    def _show_reason(self) -> None:
        """The reason of the line under the cursor, in full."""
        index, refused = self._refused.cursor_key, self.recipients.refused
        known = index is not None and index < len(refused)
        reason = formats.explain(refused[index].reason) if index is not None and known else ""
        self.query_one(".recipients--reason", Static).update(Content(reason))

    @property
    def _refused(self) -> WindowedTable[int]:
        return self.query_one("#refused", WindowedTable)

    def _count(self) -> None:
        self.run_worker(self._read(self._written), group="recipients", exclusive=True)

    async def _read(self, written: WrittenNumbers) -> None:
        """In a thread; what was pasted is read once, not at every key."""
        if written.pasted != self._read_pasted:
            self._pasted = await asyncio.to_thread(read_recipients, written.pasted)
            self._read_pasted = written.pasted
        self.recipients = await asyncio.to_thread(_joined, written.typed, self._pasted)
        self._show()
        self.post_message(self.Changed(self.recipients))

    def _show(self) -> None:
        pasted = self.query_one(".recipients--pasted", Static)
        pasted.set_class(bool(self._written.pasted), "-shown")
        if self._written.pasted:
            lines = _line_count(self._written.pasted)
            sentence = ngettext("Pasted list: {lines} line", "Pasted list: {lines} lines", lines)
            pasted.update(
                Content.assemble(
                    sentence.format(lines=formats.number(lines)), "   ", (_("F8 takes it out"), "$text-accent")
                )
            )
        self.query_one(".recipients--counts", Static).update(_summary(self.recipients))
        table = self._refused
        table.set_class(bool(self.recipients.refused), "-shown")
        table.forget_rows()
        table.show_keys(range(len(self.recipients.refused)))
        self._show_reason()


def _joined(typed: str, pasted: Recipients) -> Recipients:
    """The typed numbers, then the pasted ones that aren't among them; lines are counted through."""
    first = read_recipients(typed)
    known = set(first.numbers)
    more = tuple(number for number in pasted.numbers if number not in known)
    offset = _line_count(typed)
    later = tuple(RefusedLine(each.line + offset, each.text, each.reason) for each in pasted.refused)
    return Recipients(
        numbers=first.numbers + more,
        duplicates=first.duplicates + pasted.duplicates + len(pasted.numbers) - len(more),
        refused=first.refused + later,
    )


def _line_count(text: str) -> int:
    """Lines as `read_recipients` counts them; a last line end closes its line."""
    ends = text.count("\n") + text.count("\r") - text.count("\r\n")
    return ends + (not text.endswith(("\n", "\r")))


def _summary(recipients: Recipients) -> Content:
    valid, refused = len(recipients.numbers), len(recipients.refused)
    pieces: list[Content | str] = [
        Content.styled(
            ngettext("{count} valid number", "{count} valid numbers", valid).format(count=formats.number(valid)), "bold"
        )
    ]
    if recipients.duplicates:
        pieces.append(
            ngettext("{count} duplicate", "{count} duplicates", recipients.duplicates).format(
                count=formats.number(recipients.duplicates)
            )
        )
    if refused:
        sentence = ngettext("✕ {count} refused", "✕ {count} refused", refused)
        pieces.append(Content.styled(sentence.format(count=formats.number(refused)), "$text-error"))
    return Content("   ").join(pieces)
