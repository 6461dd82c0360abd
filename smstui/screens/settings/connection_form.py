"""The form of one SMSC connection: every value with its error beside it, and a test before it is saved."""

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Button, Input, Select

from smstui.domain.errors import Refusal
from smstui.domain.states import MessageType
from smstui.formats import explain
from smstui.i18n import N_, _
from smstui.screens.leaving import leave_question
from smstui.screens.once import once_at_a_time
from smstui.screens.page import Page
from smstui.screens.settings.bind_test import BindTest
from smstui.screens.settings.connection_values import BLANK, refusal_of, shown_tag, whole, written_tag
from smstui.screens.settings.words import TYPE_WORDS
from smstui.services.connection_settings import ConnectionSettings, InvalidConnection
from smstui.services.connections import ConnectionNameTaken
from smstui.smpp.values import Alphabet, BindMode, LongMessages
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import NEXT, LineField
from smstui.widgets.tick import Tick

_MODES = {
    BindMode.TRANSCEIVER: N_("Transceiver (usual)"),
    BindMode.TRANSMITTER: N_("Transmitter (only sends)"),
    BindMode.RECEIVER: N_("Receiver (only receives)"),
    BindMode.PAIR: N_("Transmitter and receiver"),
}
_ALPHABETS = {
    Alphabet.GSM7: N_("GSM 03.38 (usual)"),
    Alphabet.LATIN1: N_("Latin-1"),
    Alphabet.UTF8: N_("UTF-8"),
}
_LONG = {
    LongMessages.UDH: N_("UDH (usual)"),
    LongMessages.SAR: N_("SAR"),
    LongMessages.PAYLOAD: N_("message_payload"),
}


VOICE_FIELDS = ("voice_service_type", "voice_tag")


class ConnectionForm(Page):
    """Adds a connection, or edits the one it is given."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", N_("Save"), id="connection.save", priority=True),
        Binding("f5", "test", N_("Test"), id="connection.test"),
    ]

    def __init__(self, edited: ConnectionSettings | None) -> None:
        """`edited`: the connection to change, None for a new one."""
        super().__init__()
        self._edited = edited
        self._shown = edited or BLANK
        self._saved = False

    def compose(self) -> ComposeResult:
        """One value a line; the test and the saving at the bottom."""
        with VerticalScroll(can_focus=False):
            for field, label, control in self._controls():
                if isinstance(control, LineField):
                    control.leads_to = NEXT
                yield Labelled(label, control, id=f"{field}-row", classes="-wide")
        with Horizontal(classes="actions"):
            yield Button(_("Test"), id="test", compact=True)
            yield Button(_("Save"), id="save", variant="primary", compact=True)

    def _controls(self) -> list[tuple[str, str, Widget]]:
        """Each value: its name in the settings, its label, its control."""
        shown, bind = self._shown, self._shown.bind
        kept = _("unchanged") if self._edited else ""
        return [
            ("name", _("Name"), LineField(shown.name, id="name", compact=True)),
            ("host", _("Host"), LineField(bind.host, id="host", compact=True)),
            ("port", _("Port"), _digits("port", str(bind.port or ""), 5)),
            ("tls", "", Tick(_("TLS"), bind.tls, id="tls", compact=True)),
            ("system_id", _("system_id"), LineField(bind.system_id, id="system_id", compact=True)),
            ("password", _("Password"), LineField(password=True, placeholder=kept, id="password", compact=True)),
            ("system_type", _("system_type"), LineField(bind.system_type, id="system_type", compact=True)),
            ("mode", _("Bind"), _choice("mode", _MODES, bind.mode)),
            ("types", _("Carries"), self._type_boxes()),
            ("reply_number", _("Reply number"), LineField(shown.reply_number or "", id="reply_number", compact=True)),
            ("stop_code", _("STOP code"), LineField(shown.stop_code, id="stop_code", compact=True)),
            ("voice_service_type", _("Voice service"), _line("voice_service_type", shown.voice_service_type or "", 5)),
            ("voice_tag", _("Voice tag"), _line("voice_tag", shown_tag(shown.voice_tag), 6)),
            ("window", _("Window"), _digits("window", str(bind.window), 4)),
            ("rate", _("Rate (SMS/s)"), _digits("rate", f"{bind.rate:.0f}" if bind.rate else "", 5)),
            ("binds", _("Binds"), _digits("binds", str(shown.binds), 2)),
            ("validity", _("Validity (min)"), _digits("validity", str((shown.validity or 0) // 60 or ""), 5)),
            ("alphabet", _("Alphabet"), _choice("alphabet", _ALPHABETS, bind.alphabet)),
            ("long_messages", _("Long messages"), _choice("long_messages", _LONG, bind.long_messages)),
            ("enabled", "", Tick(_("In use"), shown.enabled, id="enabled", compact=True)),
        ]

    def _type_boxes(self) -> Widget:
        boxes = (Tick(_(TYPE_WORDS[each]), each in self._shown.types, id=each, compact=True) for each in MessageType)
        return Horizontal(*boxes, classes="types")

    def on_mount(self) -> None:
        """Name the page, and say what is not obvious."""
        self.heading = self._edited.name if self._edited else _("New connection")
        self._row("rate").hint(_("Empty: no limit."))
        self._row("binds").hint(_("Held at once, over all dispatchers."))
        self._row("validity").hint(_("Empty: as long as the SMSC tries."))
        self._row("reply_number").hint(_("Phones answer SMS Réponse there."))
        self._row("voice_service_type").hint(_("service_type of SMS Voix. Empty: none."))
        self._row("voice_tag").hint(_("TLV of its language, such as 0x1403. Empty: none."))
        self._show_voice()

    def written(self) -> ConnectionSettings:
        """What the form says; numbers that are none are 0, which no rule accepts. What it hides stays as it was."""
        carries_voice = self._carries_voice()
        bind = replace(
            self._shown.bind,
            host=self._text("host"),
            port=whole(self._text("port")),
            tls=self.query_one("#tls", Tick).value,
            system_id=self._text("system_id"),
            password=self.query_one("#password", Input).value,
            system_type=self._text("system_type"),
            mode=BindMode(str(self.query_one("#mode", Select).value)),
            window=whole(self._text("window")),
            rate=whole(self._text("rate")) if self._text("rate") else None,
            alphabet=Alphabet(str(self.query_one("#alphabet", Select).value)),
            long_messages=LongMessages(str(self.query_one("#long_messages", Select).value)),
        )
        return replace(
            self._shown,
            name=self._text("name"),
            bind=bind,
            types=frozenset(each for each in MessageType if self.query_one(f"#{each}", Tick).value),
            reply_number=self._text("reply_number") or None,
            stop_code=self._text("stop_code"),
            enabled=self.query_one("#enabled", Tick).value,
            binds=whole(self._text("binds")),
            validity=whole(self._text("validity")) * 60 if self._text("validity") else None,
            voice_service_type=self._text("voice_service_type") if carries_voice else self._shown.voice_service_type,
            voice_tag=written_tag(self._text("voice_tag")) if carries_voice else self._shown.voice_tag,
        )

    async def may_leave(self) -> bool:
        """Ask when something written would be lost."""
        if self._saved or self.written() == self._untouched:
            return True
        return await self.ask(leave_question(_("What you wrote about this connection is not saved.")))

    @property
    def _untouched(self) -> ConnectionSettings:
        return replace(self._shown, bind=replace(self._shown.bind, password=""))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._check(event.input.id or "", lenient=not event.value)

    @on(Input.Blurred)
    def _left(self, event: Input.Blurred) -> None:
        if self.written() != self._untouched:
            self._check(event.input.id or "")

    @on(Tick.Changed)
    def _ticked(self, event: Tick.Changed) -> None:
        if event.checkbox.id in set(MessageType):
            self._check("types")
            self._check("reply_number")
            self._show_voice()

    @on(Tick.Submitted)
    def _go_on(self) -> None:
        self.screen.focus_next()

    @on(Button.Pressed, "#test")
    def action_test(self) -> None:
        """Try what is written, before it is saved."""
        if self._all_right():
            self._test()

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Save, and go back to the list."""
        if self._all_right():
            self._save()

    @once_at_a_time("connection-test")
    async def _test(self) -> None:
        await self.ask(BindTest(self.backend.connections, self._to_try()))

    @once_at_a_time("connection-save")
    async def _save(self) -> None:
        written = self.written()
        try:
            if self._edited is None:
                await self.backend.connections.add(self.actor, written)
            else:
                await self.backend.connections.update(self.actor, self._edited.name, written)
        except Refusal as refusal:
            self._show_refusal(refusal)
        else:
            self._saved = True
            self.notify(_("Connection saved."), markup=False)
            self.close()

    def _show_voice(self) -> None:
        """What only SMS Voix needs is shown where it is carried."""
        for field in VOICE_FIELDS:
            self._row(field).display = self._carries_voice()

    def _carries_voice(self) -> bool:
        return self.query_one(f"#{MessageType.VOIX}", Tick).value

    def _to_try(self) -> ConnectionSettings:
        """As written; under its stored name, so that an unchanged password is found."""
        written = self.written()
        return replace(written, name=self._edited.name) if self._edited else written

    def _all_right(self) -> bool:
        """Whether every value keeps its rule; the first that doesn't takes the focus."""
        broken = [row for row in self.query(Labelled) if self._check((row.id or "").removesuffix("-row"))]
        if broken:
            broken[0].query("Input, Tick").first().focus()
        return not broken

    def _check(self, field: str, *, lenient: bool = False) -> bool:
        """Say what is wrong with that value, and whether something is; `lenient` about one that is not there yet."""
        refusal = refusal_of(field, self.written(), password_kept=self._edited is not None)
        row = self._row(field)
        if refusal is not None and not lenient:
            row.fail(explain(refusal))
        elif row.error:
            row.fail("")
        return refusal is not None

    def _show_refusal(self, refusal: Refusal) -> None:
        if isinstance(refusal, InvalidConnection):
            self._row(refusal.field).fail(explain(refusal))
        elif isinstance(refusal, ConnectionNameTaken):
            self._row("name").fail(explain(refusal))
            self.query_one("#name").focus()
        else:
            self.say(refusal)

    def _row(self, field: str) -> Labelled:
        return self.query_one(f"#{field}-row", Labelled)

    def _text(self, field: str) -> str:
        return self.query_one(f"#{field}", Input).value.strip()


def _line(field: str, value: str, length: int) -> Input:
    return LineField(value, id=field, compact=True, max_length=length)


def _digits(field: str, value: str, length: int) -> Input:
    return LineField(value, id=field, compact=True, restrict=r"[0-9]*", max_length=length)


def _choice(
    field: str, words: dict[BindMode, str] | dict[Alphabet, str] | dict[LongMessages, str], value: str
) -> Widget:
    options = [(_(label), str(each)) for each, label in words.items()]
    return Select(options, value=str(value), allow_blank=False, id=field, compact=True)
