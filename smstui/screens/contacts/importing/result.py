"""What became of a file that was imported: its counts, and the lines that were left out, with the reason."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Select

from smstui.domain.visible import printable
from smstui.formats import number
from smstui.i18n import N_, _
from smstui.screens.contacts.contact_words import day_and_time
from smstui.screens.contacts.importing.result_words import count_lines, proof
from smstui.screens.once import once_at_a_time
from smstui.screens.page import Page
from smstui.screens.saving import hand_out
from smstui.services.exporting.new_file import write_file
from smstui.services.exporting.off_loop import off_loop
from smstui.services.importing.rejects import REJECT_WORDS
from smstui.services.importing.values import ImportResult, Reject, RejectKind
from smstui.widgets.columns import Column
from smstui.widgets.modals import TextModal
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words

SHOWN_REJECTS: Final = 2000


class ImportResultPage(Page):
    """Opened when an import is done, and by the list of the past ones."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save_rejects", N_("Rejects as CSV"), id="import.save_rejects", priority=True),
        Binding("o", "contacts", N_("Contacts"), id="import.contacts"),
        Binding("p", "proof", N_("Proof"), id="import.proof"),
        Binding("f", "filter", N_("Filter"), show=False, id="import.filter"),
        Binding("n", "another", N_("Another file"), show=False, id="import.another"),
    ]

    def __init__(self, result: ImportResult, folder: Path | None = None, *, fresh: bool = False) -> None:
        """`folder`: where the file came from, if it is known; `fresh`: it was imported just now."""
        super().__init__()
        self._result, self._folder, self._fresh = result, folder, fresh
        self._rejects: Sequence[Reject] = ()

    def compose(self) -> ComposeResult:
        """From the whole to the parts."""
        yield Words(self._headline(), id="headline")
        yield Words(count_lines(self._result.counts), id="counts")
        with Horizontal(id="filter-row"):
            yield Words(_("To correct"), id="filter-label")
            kinds = [(_(words), str(kind)) for kind, words in REJECT_WORDS.items()]
            yield Select(kinds, prompt=_("all reasons"), id="reject-kind", compact=True)
            yield Words("", id="filter-count")
        yield WindowedTable[int](
            [
                Column("line", _("Line"), 7, right=True),
                Column("reason", _("Reason"), 18, grows=True),
                Column("content", _("Content"), 16, grows=True),
            ]
        )
        yield Words("", id="detail")
        with Horizontal(classes="actions"):
            if self._fresh:
                yield Button(_("Another file"), id="another", compact=True)
            yield Button(_("Rejects as CSV"), id="save", compact=True)
            yield Button(_("Contacts"), id="contacts", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Read the rejects."""
        self.heading = _("Result")
        left_out = self._left_out
        self.set_class(not left_out, "-complete")
        self.query_one("#save").display = bool(left_out)
        if left_out:
            self._read()

    @property
    def _left_out(self) -> bool:
        counts = self._result.counts
        return bool(counts.duplicates + counts.opted_out + counts.refused + counts.incomplete)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There may be nothing to save, and a past import leads to no other file."""
        if action in {"save_rejects", "filter"}:
            return self._left_out
        return self._fresh if action == "another" else super().check_action(action, parameters)

    def take_focus(self) -> None:
        """Stand in the rejects, or on what comes next."""
        if self._left_out:
            self._table.focus()
        else:
            self.query_one("#contacts").focus()

    @property
    def _table(self) -> WindowedTable[int]:
        return self.query_one(WindowedTable)

    def _headline(self) -> Content:
        groups = ", ".join(map(printable, self._result.groups))
        words = _("{file} imported into {groups}") if groups else _("{file} imported, into no group")
        words = words.format(file=printable(self._result.file_name), groups=groups)
        certified = _("certified by {login} on {at}").format(
            login=printable(self._result.certified_by), at=day_and_time(self._result.certified_at)
        )
        return Content.assemble(("● ", "$text-success"), (words, "bold"), (f"\n{certified}", "$text-muted"))

    @work(group="import-rejects")
    async def _read(self) -> None:
        self._rejects = await self.backend.imports.rejects(self.actor, self._result.id, SHOWN_REJECTS)
        self._show(None)

    def _show(self, kind: RejectKind | None) -> None:
        shown = {
            index: _cells(reject) for index, reject in enumerate(self._rejects) if kind is None or reject.kind is kind
        }
        self._table.show_rows(shown)
        self._table.move_to(0)
        cut = _("the first {count} only").format(count=number(SHOWN_REJECTS))
        words = cut if len(self._rejects) == SHOWN_REJECTS else number(len(shown))
        self.query_one("#filter-count", Words).update(words)
        self._show_detail()

    @on(Select.Changed, "#reject-kind")
    def _filtered(self, event: Select.Changed) -> None:
        self._show(None if event.value is Select.NULL else RejectKind(str(event.value)))
        self._table.focus()

    @on(WindowedTable.Moved)
    def _show_detail(self) -> None:
        index = self._table.cursor_key
        words = "" if index is None else _detail(self._rejects[index])
        self.query_one("#detail", Words).update(words)

    def action_filter(self) -> None:
        """Choose which rejects are shown."""
        select = self.query_one(Select)
        select.focus()
        select.action_show_overlay()

    def action_proof(self) -> None:
        """Show what is kept of the import to prove it."""
        self.app.push_screen(TextModal(_("Proof of the import"), proof(self._result)))

    @on(Button.Pressed, "#contacts")
    def action_contacts(self) -> None:
        """Go to the contacts."""
        self.go_to("contacts")

    @on(Button.Pressed, "#another")
    def action_another(self) -> None:
        """Import another file."""
        self.close()

    @on(Button.Pressed, "#save")
    @once_at_a_time("import-save-rejects")
    async def action_save_rejects(self) -> None:
        """Hand out the file of the lines that were left out."""
        octets = await self.backend.imports.rejects_file(self.actor, self._result.id)
        stem = printable(Path(self._result.file_name).stem) or "contacts"
        name = _("{name}-rejects.csv").format(name=stem)

        async def write(path: Path) -> None:
            await off_loop(write_file, path, octets, overwrite=False)

        await hand_out(self.host, write, name, self._folder)


def _cells(reject: Reject) -> tuple[str, str, str]:
    return number(reject.line), reject.reason, _content(reject)


def _content(reject: Reject) -> str:
    return " · ".join(printable(cell) for cell in reject.cells if cell)


def _detail(reject: Reject) -> str:
    words = _("Line {line}, {kind}: {reason}")
    told = words.format(line=number(reject.line), kind=_(REJECT_WORDS[reject.kind]), reason=reject.reason)
    return f"{told}\n{_content(reject)}"
