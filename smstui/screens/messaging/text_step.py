"""The composer's first step (the guide, part 2, "ETAPE 2"): type, sender, template, name, text and STOP mention."""

from dataclasses import dataclass, replace
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Select, TextArea

from smstui.domain.campaign_rules import NAME_LIMIT, VOICE_LANGUAGES, VOICE_LIMIT
from smstui.domain.states import MessageType
from smstui.domain.text import transliterate
from smstui.domain.visible import printable
from smstui.i18n import N_, _
from smstui.screens.messaging.means import Means
from smstui.screens.messaging.problems import TEXT_FIELDS
from smstui.screens.messaging.rendering import Rendering, encoding_of, stop_code
from smstui.screens.messaging.writing import Writing
from smstui.services.templates import Template
from smstui.widgets.choice_line import ChoiceLine
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import LineField
from smstui.widgets.merge_editor import MergeEditor
from smstui.widgets.text_counter import TextCounter
from smstui.widgets.tick import Tick

SHORT_WORDS: Final = {
    MessageType.PRO: N_("Pro"),
    MessageType.UNICODE: N_("Unicode"),
    MessageType.REPONSE: N_("Réponse"),
    MessageType.VOIX: N_("Voix"),
}
_WHAT_IT_IS: Final = {
    MessageType.PRO: N_("160 characters an SMS, a sender of your choice."),
    MessageType.UNICODE: N_("Every script and emoji, 70 characters an SMS."),
    MessageType.REPONSE: N_("People can answer; metropolitan France only."),
    MessageType.VOIX: N_("Read aloud by the operator: its title, then the text."),
}
_LANGUAGES: Final = dict(zip(VOICE_LANGUAGES, ("Français", "English", "Deutsch", "Español"), strict=True))


class TextStep(VerticalScroll, can_focus=False):
    """The form. It shows a `Writing` and says what becomes of it."""

    @dataclass
    class Edited(Message):
        """The form says something else; `field` is what changed."""

        field: str

    class SenderWanted(Message):
        """A sender is to be added."""

    class TemplateWanted(Message):
        """A template is to be chosen."""

    def __init__(self, writing: Writing) -> None:
        super().__init__()
        self._writing = writing
        self._means: Means | None = None

    def compose(self) -> ComposeResult:
        """One value a line, the text below, its counter and its STOP mention."""
        writing = self._writing
        types = ChoiceLine([(each, _(word)) for each, word in SHORT_WORDS.items()], writing.type, id="type")
        yield Labelled(_("Type"), types, id="type-row")
        sender = Select[str]([], prompt="…", id="sender", compact=True)
        yield Labelled(_("Sender"), sender, Button(_("Add"), id="add-sender", compact=True), id="sender-row")
        yield Labelled(_("Template"), Button("", id="template", compact=True), id="template-row")
        name = LineField(writing.name, max_length=NAME_LIMIT, id="name", compact=True)
        yield Labelled(_("Name"), name.leading_to("#text"), id="name-row")
        title = LineField(writing.title, max_length=VOICE_LIMIT, id="title", compact=True)
        yield Labelled(_("Title"), title.leading_to("#text"), id="title-row")
        languages = [(words, tag) for tag, words in _LANGUAGES.items()]
        known = writing.language if writing.language in _LANGUAGES else VOICE_LANGUAGES[0]
        language = Select(languages, value=known, allow_blank=False, id="language", compact=True)
        yield Labelled(_("Language"), language, id="language-row")
        yield MergeEditor(writing.text, _("Text"), id="text")
        yield TextCounter(id="counter")
        yield Labelled("", id="text-row", classes="-bare")
        yield Labelled("", Tick("", writing.stop, id="stop", compact=True), id="stop-row")

    def on_mount(self) -> None:
        """Show what the type asks for."""
        self._show_type(self._writing)

    def written(self, before: Writing) -> Writing:
        """`before` with what the form says now."""
        select = self.query_one("#sender", Select)
        sender = before.sender
        if self._means is not None and not select.disabled:
            chosen = None if select.value is Select.NULL else str(select.value)
            sender = before.sender if before.sender is None and chosen == self._means.default_sender else chosen
        return replace(
            before,
            type=MessageType(self.query_one("#type", ChoiceLine).value),
            sender=sender,
            name=self.query_one("#name", Input).value,
            title=self.query_one("#title", Input).value,
            language=str(self.query_one("#language", Select).value),
            text=self.query_one("#text", TextArea).text,
            stop=self.query_one("#stop", Tick).value,
        )

    def show_means(self, means: Means, writing: Writing) -> None:
        """Show what can be sent with; a type that can't be used yet is disabled, and the reason stands under it."""
        self._means = means
        self.query_one("#type", ChoiceLine).disallow([each for each in MessageType if each not in means.stop_codes])
        stop = self.query_one("#stop", Tick)
        stop.disabled = not means.may_omit_stop and stop.value
        self._row("stop").hint(
            _("Untick it for an informational message only.")
            if means.may_omit_stop
            else _("Required, unless an administrator gave the right to omit it.")
        )
        self.query_one(MergeEditor).area.free_fields = means.free_fields
        self._show_senders(means, writing)
        self.show_writing(writing)

    def show_writing(self, writing: Writing) -> None:
        """Show what follows from the form."""
        self._writing = writing
        self._show_type(writing)
        template = self._means.template(writing.template_id) if self._means else None
        button = self.query_one("#template", Button)
        label = Content((printable(template.title) if template else _("choose a template")) + " ▾")
        if label != button.label:
            button.label = label
            button.refresh(layout=True)
        code = stop_code(writing, self._means)
        mention = _("STOP SMS “{mention}”").format(mention=f"STOP {code}") if code else _("STOP SMS")
        tick = self.query_one("#stop", Tick)
        if tick.label.plain != mention:
            tick.label = mention

    def show_rendering(self, rendering: Rendering, writing: Writing) -> None:
        """Count the text as one contact gets it."""
        counter = self.query_one(TextCounter)
        if writing.type is MessageType.VOIX:
            counter.show_spoken(rendering.text, VOICE_LIMIT)
            return
        encoding = encoding_of(writing.type)
        if rendering.is_personal:
            reader = rendering.reader or _("a number without contact")
            counter.show(rendering.text, encoding, reader=reader, hint=_("F7: next contact"))
        else:
            several = len(rendering.parts(writing.type)) > 1
            counter.show(rendering.text, encoding, hint=_("F3: where it is cut") if several else "")

    def show_errors(self, sentences: dict[str, str]) -> None:
        """Say beside each field what is wrong with it."""
        for field in TEXT_FIELDS:
            self._row(field).fail(sentences.get(field, ""))

    def focus_on(self, field: str) -> None:
        """Stand on that field."""
        widget = self.query_one(f"#{field}")
        self.screen.set_focus(widget if widget.focusable else self.query_one("#name"))

    def take_template(self, template: Template) -> None:
        """Fill the form with a template; the text can be had back by Ctrl+Z."""
        self._fill(template.text)
        select = self.query_one("#sender", Select)
        if self._means and template.sender in self._means.senders and not select.disabled:
            select.value = template.sender

    def replace_costly(self) -> None:
        """Put the nearest GSM-7 characters in the place of those that need Unicode. It can be undone."""
        changed = transliterate(self.query_one("#text", TextArea).text)
        if changed.replacements:
            self._fill(changed.text)

    def _fill(self, text: str) -> None:
        area = self.query_one("#text", TextArea)
        area.replace(text, area.document.start, area.document.end)

    @on(ChoiceLine.Changed)
    def _type_chosen(self, event: ChoiceLine.Changed) -> None:
        if self._means is not None:
            self._show_senders(self._means, replace(self._writing, type=MessageType(event.value)))
        self._edited(event, "type")

    @on(Select.Changed, "#sender")
    def _sender_chosen(self, event: Select.Changed) -> None:
        if self._means is not None and not event.select.disabled:
            self._row("sender").hint("")
            self._edited(event, "sender")

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Tick.Changed)
    @on(Select.Changed, "#language")
    def _changed(self, event: Input.Changed | TextArea.Changed | Tick.Changed | Select.Changed) -> None:
        self._edited(event, (event.control.id or "") if event.control else "")

    def _edited(self, event: Message, field: str) -> None:
        event.stop()
        self.post_message(self.Edited(field))

    @on(Tick.Submitted)
    def _stop_done(self) -> None:
        self.screen.focus_next()

    @on(Button.Pressed, "#add-sender")
    def _add_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.SenderWanted())

    @on(Button.Pressed, "#template")
    def _template_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.TemplateWanted())

    def _show_type(self, writing: Writing) -> None:
        """What the type is, which ones can't be had, and the fields that it asks for."""
        spoken = writing.type is MessageType.VOIX
        self._row("title").display = spoken
        self._row("language").display = spoken
        words = [_(_WHAT_IT_IS[writing.type])]
        missing = [each for each in MessageType if self._means and each not in self._means.stop_codes]
        if missing:
            names = ", ".join(_(SHORT_WORDS[each]) for each in missing)
            words.append(_("Not carried by any connection: {types}").format(types=names))
        self._row("type").hint("\n".join(words))

    def _show_senders(self, means: Means, writing: Writing) -> None:
        select, button = self.query_one("#sender", Select), self.query_one("#add-sender", Button)
        number = means.reply_numbers.get(writing.type)
        select.disabled = number is not None
        button.disabled = number is not None
        with self.prevent(Select.Changed):
            if number is not None:
                select.set_options([(number, number)])
                select.value = number
                return
            default = means.sender_of(writing.type, None)
            select.prompt = (
                _("choose")
                if means.senders
                else _("{number} (no sender yet)").format(number=default)
                if default
                else _("no sender yet")
            )
            select.set_options([(name, name) for name in means.senders])
            chosen = writing.sender if writing.sender in means.senders else means.default_sender
            if chosen is not None:
                select.value = chosen
        if writing.sender and writing.sender != chosen:
            sentence = _("“{name}” is no longer there: “{other}” takes its place.")
            self._row("sender").hint(sentence.format(name=printable(writing.sender), other=chosen or default))

    def _row(self, field: str) -> Labelled:
        return self.query_one(f"#{field}-row", Labelled)
