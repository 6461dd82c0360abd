"""The composer's first step (the guide, part 2, "ETAPE 2"): type, sender, name, text and its STOP mention."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Button, Input, Select, TextArea

from smstui.domain.campaign_rules import NAME_LIMIT
from smstui.domain.states import MessageType
from smstui.domain.text import Encoding, transliterate, with_stop
from smstui.i18n import N_, _
from smstui.screens.messaging.writing import Writing
from smstui.widgets.choice_line import ChoiceLine
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import LineField
from smstui.widgets.text_counter import TextCounter
from smstui.widgets.text_field import TextField
from smstui.widgets.tick import Tick

_SHORT_WORDS = {
    MessageType.PRO: N_("Pro"),
    MessageType.UNICODE: N_("Unicode"),
    MessageType.REPONSE: N_("Réponse"),
    MessageType.VOIX: N_("Voix"),
}
FIELDS = ("type", "sender", "name", "text", "stop")


@dataclass(frozen=True, slots=True)
class Means:
    """What the account can send with."""

    senders: Sequence[str]
    default_sender: str | None
    reply_numbers: Mapping[MessageType, str]
    """The number that stands for the sender, for the types that show one."""
    default_numbers: Mapping[MessageType, str]
    """The number that phones show when the account has no sender, by type."""
    stop_codes: Mapping[MessageType, str]
    """The STOP code of the connection of each type that can be sent now."""
    may_omit_stop: bool


class TextStep(Vertical):
    """The form. It shows a `Writing` and says what becomes of it."""

    @dataclass
    class Edited(Message):
        """The form says this now; `field` is what changed."""

        writing: Writing
        field: str

    class SenderWanted(Message):
        """A sender is to be added."""

    def __init__(self, writing: Writing) -> None:
        super().__init__()
        self._writing = writing
        self._means: Means | None = None

    def compose(self) -> ComposeResult:
        """One value a line, the text below, its counter and its STOP mention."""
        yield Labelled(_("Type"), self._types(), id="type-row")
        yield Labelled(
            _("Sender"),
            Select[str]([], prompt="…", id="sender", compact=True),
            Button(_("Add"), id="add-sender", compact=True),
            id="sender-row",
        )
        yield Labelled(
            _("Name"),
            LineField(self._writing.name, max_length=NAME_LIMIT, id="name", compact=True).leading_to("#text"),
            id="name-row",
        )
        area = TextField(self._writing.text, id="text", highlight_cursor_line=False)
        area.border_title = _("Text")
        yield area
        yield TextCounter(id="counter")
        yield Labelled("", id="text-row", classes="-bare")
        yield Labelled("", Tick("", self._writing.stop, id="stop", compact=True), id="stop-row")

    def _types(self) -> ChoiceLine:
        return ChoiceLine([(each, _(word)) for each, word in _SHORT_WORDS.items()], self._writing.type, id="type")

    def on_mount(self) -> None:
        """Count the text."""
        self._refresh()

    def show_means(self, means: Means) -> None:
        """Show what can be sent with; a type that can't be used yet is disabled, and the reason stands under it."""
        self._means = means
        missing = [each for each in MessageType if each not in means.stop_codes]
        self.query_one(ChoiceLine).disallow(missing)
        words = ", ".join(_(_SHORT_WORDS[each]) for each in missing)
        self._row("type").hint(_("Not carried by any connection: {types}").format(types=words) if missing else "")
        stop = self.query_one("#stop", Tick)
        stop.disabled = not means.may_omit_stop
        self._row("stop").hint(
            _("Untick it for an informational message only.")
            if means.may_omit_stop
            else _("Required, unless an administrator gave the right to omit it.")
        )
        self._show_senders(means)
        self._refresh()

    def show_error(self, field: str, sentence: str) -> None:
        """Say beside that field what is wrong with it; "" when nothing is."""
        self._row(field).fail(sentence)

    def focus_on(self, field: str) -> None:
        """Stand on that field."""
        self.query_one(f"#{field}").focus()

    def choose_sender(self, name: str) -> None:
        """Take that sender, which the next `show_means` will hold."""
        self._writing = replace(self._writing, sender=name)

    def replace_costly(self) -> None:
        """Put the nearest GSM-7 characters in the place of those that need Unicode. It can be undone."""
        area = self.query_one("#text", TextArea)
        changed = transliterate(area.text)
        if changed.replacements:
            area.replace(changed.text, area.document.start, area.document.end)

    def complete_text(self) -> str:
        """The text with its STOP mention, when it takes one."""
        if not self._writing.stop:
            return self._writing.text
        codes = self._means.stop_codes if self._means else {}
        code = codes.get(self._writing.type)
        return with_stop(self._writing.text, code) if code else with_stop(self._writing.text)

    @on(ChoiceLine.Changed)
    def _type_chosen(self, event: ChoiceLine.Changed) -> None:
        chosen = MessageType(event.value)
        if self._means is not None:
            self._show_senders(self._means, chosen)
        self._edit("type", replace(self._writing, type=chosen))

    @on(Select.Changed, "#sender")
    def _sender_chosen(self, event: Select.Changed) -> None:
        if self._means is None or event.select.disabled:
            return
        sender = None if event.value is Select.NULL else str(event.value)
        self._edit("sender", replace(self._writing, sender=sender))

    @on(Input.Changed, "#name")
    def _named(self, event: Input.Changed) -> None:
        self._edit("name", replace(self._writing, name=event.value))

    @on(TextArea.Changed, "#text")
    def _text_written(self, event: TextArea.Changed) -> None:
        self._edit("text", replace(self._writing, text=event.text_area.text))

    @on(Tick.Changed, "#stop")
    def _stop_ticked(self, event: Tick.Changed) -> None:
        self._edit("stop", replace(self._writing, stop=event.value))

    @on(Tick.Submitted)
    def _stop_done(self) -> None:
        self.screen.focus_next()

    @on(Button.Pressed, "#add-sender")
    def _add_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.SenderWanted())

    def _edit(self, field: str, writing: Writing) -> None:
        if writing != self._writing:
            self._writing = writing
            self._refresh()
            self.post_message(self.Edited(writing, field))

    def _show_senders(self, means: Means, message_type: MessageType | None = None) -> None:
        message_type = message_type or self._writing.type
        select, button = self.query_one("#sender", Select), self.query_one("#add-sender", Button)
        number = means.reply_numbers.get(message_type)
        select.disabled = number is not None
        button.disabled = number is not None
        with self.prevent(Select.Changed):
            if number is not None:
                select.set_options([(number, number)])
                select.value = number
                return
            select.prompt = _("choose") if means.senders else self._default_number(means, message_type)
            select.set_options([(name, name) for name in means.senders])
            chosen = self._writing.sender if self._writing.sender in means.senders else means.default_sender
            if chosen is not None:
                select.value = chosen

    def _default_number(self, means: Means, message_type: MessageType) -> str:
        """What stands in the place of a sender when there is none."""
        number = means.default_numbers.get(message_type)
        return _("{number} (no sender yet)").format(number=number) if number else _("no sender yet")

    def _refresh(self) -> None:
        text = self.complete_text()
        self.query_one(TextCounter).show(text, Encoding.UCS2 if self._writing.type is MessageType.UNICODE else None)
        code = text.removeprefix(self._writing.text).strip() if self._writing.stop else ""
        self.query_one("#stop", Tick).label = _("STOP SMS “{mention}”").format(mention=code) if code else _("STOP SMS")

    def _row(self, field: str) -> Labelled:
        return self.query_one(f"#{field}-row", Labelled)
