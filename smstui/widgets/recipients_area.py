"""Numbers typed one by one or pasted by the thousand: added, each once, bad lines kept with their reason."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input

from smstui import formats
from smstui.domain.recipients import Recipients, RefusedLine, read_recipients
from smstui.i18n import _, ngettext
from smstui.widgets.line_field import LineField
from smstui.widgets.typed_ahead import caught_up
from smstui.widgets.words import Words

LARGE_PASTE: Final = 500
"""Characters from which what is added is read in a thread."""
_NAMED: Final = 8
"""Numbers shown of those that were added, the newest first."""
NOTHING: Final = Recipients(numbers=(), duplicates=0, refused=())


@dataclass(frozen=True, slots=True)
class WrittenNumbers:
    """What the person wrote and added: enough to show the area again as it was."""

    typed: str = ""
    """In the field, not added yet."""
    pasted: str = ""
    """All that was added, one after the other."""


class NumbersField(LineField):
    """A line that hands over what is entered, and whole lists that are pasted into it."""

    @dataclass
    class Entered(Message):
        """Add this."""

        text: str

    @dataclass
    class Refused(Message):
        """This can't be added: it stays in the field."""

        reason: str

    class Passed(Message):
        """Enter in an empty field."""

    def enter(self) -> bool:
        """Hand over what is written; False when it can't be added. All of it at once: what is typed next is new."""
        written = self.value.strip()
        if not written:
            return True
        refused = read_recipients(written).refused
        if refused:
            self.post_message(self.Refused(formats.explain(refused[0].reason)))
            return False
        self.value = ""
        self.post_message(self.Entered(written))
        return True

    async def action_submit(self) -> None:
        """Enter."""
        if not self.value.strip():
            self.post_message(self.Passed())
        self.enter()

    def _on_paste(self, event: events.Paste) -> None:
        """A list is added at once, good lines and bad ones."""
        if len(event.text.split()) > 1 and len(event.text.splitlines()) > 1:
            event.stop()
            event.prevent_default()
            self.post_message(self.Entered(event.text))


class RecipientsArea(Vertical):
    """The field, its button, and what was added."""

    DEFAULT_CSS = """
    RecipientsArea { height: auto; }
    RecipientsArea > Static { height: auto; }
    RecipientsArea > Horizontal { height: 1; }
    RecipientsArea NumbersField { width: 1fr; max-width: 40; }
    RecipientsArea Button { margin-left: 1; }
    RecipientsArea > .recipients--error { color: $text-error; display: none; }
    RecipientsArea > .recipients--error.-shown { display: block; }
    RecipientsArea > .recipients--added {
        height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; display: none;
    }
    RecipientsArea > .recipients--added.-shown { display: block; }
    """

    @dataclass
    class Changed(Message):
        """What is written, or what was added, is this now."""

        recipients: Recipients

    class ListWanted(Message):
        """All that was added is to be shown."""

    def __init__(self, written: WrittenNumbers, read: Recipients | None = None, *, id: str | None = None) -> None:  # noqa: A002
        """`read`: what was read of what was added, if it was read before."""
        super().__init__(id=id)
        self._written = written
        self._to_read = deque([written.pasted] if written.pasted and read is None else [])
        self._is_reading = False
        self._known = set(read.numbers) if read else set()
        self._lines = _line_count(written.pasted) if read else 0
        self.recipients = read or NOTHING

    def compose(self) -> ComposeResult:
        """Counts, field, error, and the newest of what was added."""
        yield Words("", classes="recipients--counts")
        with Horizontal():
            yield NumbersField(
                self._written.typed, placeholder=_("Type your numbers"), max_length=1000, id="numbers", compact=True
            )
            yield Button(_("+ Add"), id="add-number", compact=True)
            yield Button(_("List"), id="list-numbers", compact=True)
        yield Words("", classes="recipients--error")
        yield Words("", classes="recipients--added")

    def on_mount(self) -> None:
        """Read what was added before."""
        self._show()
        self._read_on()

    @property
    def written(self) -> WrittenNumbers:
        """What is in the area."""
        return self._written

    @property
    def is_reading(self) -> bool:
        """Whether some of it is not counted yet."""
        return bool(self._to_read) or self._is_reading

    async def take_typed(self) -> bool:
        """Add what is left in the field; False when it can't be, and the area says why."""
        field = self.query_one(NumbersField)
        await caught_up(field)
        added = field.enter()
        await caught_up(field)
        await caught_up(self)
        return added

    def forget(self) -> None:
        """Take all that was added out."""
        self._replace((), ())

    def keep(self, numbers: Sequence[str]) -> None:
        """Of the numbers that were added, keep these; bad lines stay."""
        self._replace(tuple(numbers), self.recipients.refused)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._say("")
        if event.value != self._written.typed:
            self._written = replace(self._written, typed=event.value)
            self.post_message(self.Changed(self.recipients))

    @on(NumbersField.Entered)
    def _entered(self, event: NumbersField.Entered) -> None:
        event.stop()
        self._say("")
        before = f"{self._written.pasted}\n" if self._written.pasted else ""
        self._written = WrittenNumbers("", before + event.text.strip("\r\n"))
        self._to_read.append(event.text)
        self._read_on()

    @on(NumbersField.Refused)
    def _refused(self, event: NumbersField.Refused) -> None:
        event.stop()
        self._say(event.reason)

    @on(NumbersField.Passed)
    def _passed(self, event: NumbersField.Passed) -> None:
        event.stop()
        self.screen.focus_next()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "list-numbers":
            self.post_message(self.ListWanted())
            return
        field = self.query_one(NumbersField)
        field.enter()
        field.focus()

    def _read_on(self) -> None:
        if self._is_reading:
            return
        while self._to_read and len(self._to_read[0]) < LARGE_PASTE:
            self._take(*_joined(self.recipients, self._known, self._to_read.popleft(), self._lines))
        if self._to_read:
            self._is_reading = True
            self._show()
            self.run_worker(self._read(), group="recipients")

    async def _read(self) -> None:
        text, known = self._to_read.popleft(), self._known
        read = await asyncio.to_thread(_joined, self.recipients, known, text, self._lines)
        self._is_reading = False
        if known is self._known:
            self._take(*read)
        self._read_on()

    def _take(self, recipients: Recipients, lines: int) -> None:
        self.recipients, self._lines = recipients, lines
        self._show()
        self.post_message(self.Changed(recipients))

    def _replace(self, numbers: tuple[str, ...], refused: tuple[RefusedLine, ...]) -> None:
        """What was added is this from now on; the bad lines come first and are numbered anew."""
        renumbered = tuple(replace(each, line=line) for line, each in enumerate(refused, start=1))
        lines = [*(each.text for each in renumbered), *numbers]
        self._written = WrittenNumbers(self._written.typed, "\n".join(lines))
        self._to_read.clear()
        self._known = set(numbers)
        self._take(Recipients(numbers, 0, renumbered), len(lines))

    def _say(self, problem: str) -> None:
        error = self.query_one(".recipients--error", Words)
        error.set_class(bool(problem), "-shown")
        error.update(Content(f"✕ {problem}" if problem else ""))

    def _show(self) -> None:
        numbers = self.recipients.numbers
        self.query_one(".recipients--counts", Words).update(_counts(self.recipients, reading=self.is_reading))
        self.query_one("#list-numbers").display = bool(numbers)
        added = self.query_one(".recipients--added", Words)
        added.set_class(bool(numbers), "-shown")
        added.update(Content("  ".join([*reversed(numbers[-_NAMED:]), *(["…"] if len(numbers) > _NAMED else [])])))


def repeated_numbers(pasted: str) -> tuple[str, ...]:
    """The numbers that a list names more than once."""
    seen: set[str] = set()
    repeated: dict[str, None] = {}
    for line in pasted.splitlines():
        read = read_recipients(line)
        twice = read.numbers if read.duplicates else ()
        repeated |= dict.fromkeys((*twice, *(number for number in read.numbers if number in seen)))
        seen.update(read.numbers)
    return tuple(repeated)


def _joined(before: Recipients, known: set[str], text: str, lines: int) -> tuple[Recipients, int]:
    """What was added and what `text` adds to it and to the numbers `known`, and how many lines there are."""
    read = read_recipients(text)
    new = tuple(number for number in read.numbers if number not in known)
    known.update(new)
    later = tuple(RefusedLine(each.line + lines, each.text, each.reason) for each in read.refused)
    joined = Recipients(
        numbers=before.numbers + new,
        duplicates=before.duplicates + read.duplicates + len(read.numbers) - len(new),
        refused=before.refused + later,
    )
    return joined, lines + _line_count(text)


def _line_count(text: str) -> int:
    """Lines as `read_recipients` counts them; a last line end closes its line."""
    ends = text.count("\n") + text.count("\r") - text.count("\r\n")
    return ends + (not text.endswith(("\n", "\r")))


def _counts(recipients: Recipients, *, reading: bool) -> Content:
    valid, refused = len(recipients.numbers), len(recipients.refused)
    pieces: list[Content | str] = [Content.styled(_("Typed by hand"), "$text-muted")]
    if valid or recipients.duplicates or refused:
        words = ngettext("{count} number", "{count} numbers", valid)
        pieces.append(Content.styled(words.format(count=formats.number(valid)), "bold"))
    if recipients.duplicates:
        words = ngettext("{count} duplicate", "{count} duplicates", recipients.duplicates)
        pieces.append(words.format(count=formats.number(recipients.duplicates)))
    if refused:
        words = ngettext("✕ {count} refused", "✕ {count} refused", refused)
        pieces.append(Content.styled(words.format(count=formats.number(refused)), "$text-error"))
    if reading:
        pieces.append(_("reading…"))
    return Content("  ").join(pieces)
