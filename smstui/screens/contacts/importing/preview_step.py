"""Step 2 (the guide, part 4, "ETAPE 4"): the first rows of the file as they were read, and how they were read."""

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Select

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import explain, number
from smstui.i18n import N_, _, ngettext
from smstui.screens.contacts.importing.step import Step
from smstui.screens.latest import Latest
from smstui.services.backend import Backend
from smstui.services.importing.separators import NO_SEPARATOR, SEPARATORS
from smstui.services.importing.sheet import FileKind, ReadingOptions, TextEncoding
from smstui.services.importing.values import Look
from smstui.widgets.labelled import Labelled
from smstui.widgets.sheet_view import SheetView
from smstui.widgets.tick import Tick
from smstui.widgets.words import Words

_ENCODING_WORDS = {
    TextEncoding.UTF_8: N_("UTF-8"),
    TextEncoding.CP1252: N_("Windows-1252"),
    TextEncoding.UTF_16: N_("UTF-16"),
    TextEncoding.LATIN_9: N_("ISO 8859-15"),
    TextEncoding.MAC_ROMAN: N_("Mac Roman"),
}
_SEPARATOR_WORDS = {
    ";": N_("semicolon"),
    ",": N_("comma"),
    "\t": N_("tab"),
    "|": N_("vertical bar"),
    NO_SEPARATOR: N_("none"),
}


class PreviewStep(Step):
    """The encoding and the separator of a text can be overridden: the file is then looked into again."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "go_on", N_("Go on"), show=False, id="import.go_on")]
    note = N_("2/5 Preview")

    def __init__(self, backend: Backend, actor: Actor) -> None:
        super().__init__(backend, actor)
        self._wanted = ReadingOptions()
        self._looking = Latest(self, self._look_again, group="import-look")

    def compose(self) -> ComposeResult:
        """What the file is, how it is read, its first rows."""
        yield Words("", id="kind")
        with Horizontal(id="reading"):
            encodings = [(_(words), str(each)) for each, words in _ENCODING_WORDS.items()]
            yield Labelled(
                _("Encoding"), Select(encodings, allow_blank=False, id="encoding", compact=True), id="encoding-row"
            )
            yield Labelled(
                _("Separator"),
                Select(_separators(";"), allow_blank=False, id="separator", compact=True),
                id="separator-row",
            )
        yield Labelled("", id="reading-row")
        yield Tick(_("The first line is a header: skip it"), id="skip-header", compact=True)
        yield SheetView(id="rows")
        yield from self.buttons(_("Confirm file"))

    def take_focus(self) -> None:
        """Stand in the rows."""
        self.query_one(SheetView).focus()

    def refresh_step(self) -> None:
        """Show the rows as they were read."""
        look = self.draft.look
        self._wanted = self.draft.options
        self.query_one("#kind", Words).update(_summary(self.draft.file.name, look))
        self._row.fail("")
        self.query_one("#reading").display = look.kind is FileKind.CSV
        with self.prevent(Select.Changed, Tick.Changed):
            if look.encoding is not None:
                self.query_one("#encoding", Select).value = str(look.encoding)
            if look.separator is not None:
                self.query_one("#separator", Select).set_options(_separators(look.separator))
                self.query_one("#separator", Select).value = look.separator
            self.query_one(Tick).value = self.draft.skip_header
        self._view.show([[printable(cell) for cell in row] for row in look.first_rows])
        self._view.leave_out(int(self.draft.skip_header))

    async def confirmed(self) -> bool:
        """Not while the file can't be read in the way that is chosen."""
        if self._wanted != self.draft.options and not self._row.error:
            await self._look_again()
        if self._row.error:
            self.query_one("#encoding").focus()
        return not self._row.error

    @property
    def _row(self) -> Labelled:
        return self.query_one("#reading-row", Labelled)

    @property
    def _view(self) -> SheetView:
        return self.query_one(SheetView)

    @on(Select.Changed, "#encoding")
    def _encoding_chosen(self, event: Select.Changed) -> None:
        chosen = TextEncoding(str(event.value))
        if self._draft is not None and chosen is not (self._wanted.encoding or self.draft.look.encoding):
            self._wanted = replace(self._wanted, encoding=chosen)
            self._looking.ask()

    @on(Select.Changed, "#separator")
    def _separator_chosen(self, event: Select.Changed) -> None:
        found, wanted = self.draft.look.separator if self._draft else None, self._wanted.separator
        if self._draft is not None and event.value != (found if wanted is None else wanted):
            self._wanted = replace(self._wanted, separator=str(event.value))
            self._looking.ask()

    @on(Tick.Changed)
    def _header_ticked(self, event: Tick.Changed) -> None:
        self._draft = replace(self.draft, skip_header=event.value)
        self._view.leave_out(int(event.value))

    @on(Tick.Submitted)
    def action_go_on(self) -> None:
        """Go to the button that leads on."""
        self.query_one("#next").focus()

    async def _look_again(self) -> None:
        """Read the file as it is wanted; when it can't be, say why, and keep what was seen."""
        draft, options = self.draft, self._wanted
        try:
            look = await self.backend.imports.look(self.actor, draft.file, options)
        except Refusal as refusal:
            self._row.fail(explain(refusal))
            return
        if draft.file is self.draft.file and options == self._wanted:
            self._draft = self.draft.looked_again(options, look)
            self.refresh_step()


def _summary(name: str, look: Look) -> Content:
    rows = ngettext("{count} row", "{count} rows", look.rows).format(count=number(look.rows))
    columns = ngettext("{count} column", "{count} columns", len(look.columns)).format(count=number(len(look.columns)))
    return Content.assemble((printable(name), "bold"), f"   {look.kind.upper()} · {rows} · {columns}")


def _separators(found: str) -> list[tuple[str, str]]:
    """The choices; a separator that a file announces may be any character."""
    known = [*SEPARATORS, NO_SEPARATOR]
    every = known if found in known else [found, *known]
    return [(_(_SEPARATOR_WORDS[each]) if each in _SEPARATOR_WORDS else printable(each), each) for each in every]
