"""A bank statement: which orders its entries pay is shown before they do."""

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button
from textual.worker import Worker

from smstui.domain.errors import Refusal
from smstui.formats import credits_text, number
from smstui.i18n import _, ngettext
from smstui.money import euros
from smstui.screens.admin.statement_list import StatementList
from smstui.screens.admin.statement_words import Fate, Line, detail_words, lines_after, lines_of, sum_of
from smstui.screens.file_page import FilePage
from smstui.screens.once import once_at_a_time
from smstui.services.bank_statements import Applied, Preview
from smstui.services.camt import LIMIT, Aside
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words

_INTERVAL = 0.1
"""Seconds between two drawings of the progress, however fast it goes."""


class StatementPage(FilePage):
    """Reads a statement, shows its entries, and pays the orders of all that match, or of those ticked."""

    DEFAULT_CSS = """
    StatementPage #detail { height: 2; color: $text-muted; margin-top: 1; }
    """
    suffixes: ClassVar[frozenset[str]] = frozenset({".xml", ".camt", ".053"})

    def __init__(self) -> None:
        super().__init__()
        self._preview: Preview | None = None
        self._done: tuple[int, int] | None = None
        """How much is read, or paid, and of how much; None while neither runs."""
        self._drawn = ""
        self._applying: Worker[None] | None = None

    def advice(self) -> str:
        """What the file must be."""
        return _("A statement of the bank in the format camt.053 (XML), of {limit} MB at most.").format(limit=LIMIT)

    def outcome(self) -> ComposeResult:
        """The entries, and what the table has no room for of the one under the cursor."""
        yield StatementList()
        yield Words("", id="detail")

    def on_mount(self) -> None:
        """Draw the progress from time to time."""
        self.set_interval(_INTERVAL, self._draw)

    @property
    def entries(self) -> StatementList:
        """The entries."""
        return self.query_one(StatementList)

    @property
    def _to_pay(self) -> list[Line]:
        """The entries that would pay: of those ticked, or else of all."""
        ticked = self.entries.ticked
        return [line for line in ticked or self.entries.lines if line.fate is Fate.PAYS]

    @property
    def can_apply(self) -> bool:
        """Whether an entry would pay an order."""
        return self._preview is not None and any(line.fate is Fate.PAYS for line in self.entries.lines)

    async def look(self, path: Path) -> None:
        """Show what the entries would pay."""

        def progress(done: int, of: int) -> None:
            self._done = (done, of)

        try:
            preview = await self.backend.bank_statements.preview(self.actor, path, progress)
        finally:
            self._done = None
        self._preview = preview
        self.query_one("#headline", Words).update(_headline(preview))
        await self.entries.put(lines_of(preview))
        self._label()
        self.call_after_refresh(self.entries.table.focus)

    def _draw(self) -> None:
        if self._done is not None and self._done[1] and (self.reads or self._applying is not None):
            done, of = self._done
            words = _("{percent} %, Esc stops").format(percent=min(100, done * 100 // of))
            self.say_progress(f"{self.stage}  {words}")

    @property
    def stage(self) -> str:
        """What is being done."""
        return _("Reading the statement…") if self._applying is None else _("Paying the orders…")

    @on(WindowedTable.Marked)
    def _label(self) -> None:
        """How many orders the button would pay."""
        count = len(self._to_pay)
        words = ngettext("Pay {count} order", "Pay {count} orders", count)
        button = self.query_one("#apply", Button)
        button.label = Content(words.format(count=number(count)))
        button.refresh(layout=True)

    @on(WindowedTable.Moved)
    def _say_detail(self) -> None:
        line = self.entries.current
        self.query_one("#detail", Words).update("" if line is None else detail_words(line))

    @once_at_a_time("statement-apply")
    async def action_apply(self) -> None:
        """Pay the orders, once that is confirmed in numbers."""
        lines, preview = self._to_pay, self._preview
        if preview is None or not lines:
            return
        credits_given, total = sum_of(lines)
        count = number(len(lines))
        question = ngettext(
            "Take {count} order as paid: {total} have arrived, {credits} are given.",
            "Take {count} orders as paid: {total} have arrived, {credits} are given.",
            len(lines),
        ).format(count=count, total=euros(total), credits=credits_text(credits_given))
        confirm = ngettext("Pay {count} order", "Pay {count} orders", len(lines)).format(count=count)
        if await self.ask(ConfirmModal(_("Bank statement"), question, confirm=confirm)):
            self._applying = self.run_worker(self._apply(preview, lines), group="statement-pay")

    async def _apply(self, preview: Preview, lines: list[Line]) -> None:
        def progress(done: int, of: int) -> None:
            self._done = (done, of)

        chosen = {line.entry.fingerprint for line in lines}
        try:
            applied = await self.backend.bank_statements.apply(self.actor, preview, chosen, progress)
        except Refusal as refusal:
            self.say(refusal)
            return
        finally:
            self._done, self._applying = None, None
            self.say_progress("")
        self.query_one("#headline", Words).update(_outcome(applied))
        await self.entries.put(lines_after(self.entries.lines, applied))
        self._label()
        self.show_actions()
        self.entries.table.focus()

    def action_back(self) -> None:
        """Stop paying: what is paid stays so; else as with every file."""
        if self._applying is None:
            super().action_back()
            return
        self._applying.cancel()
        self.notify(_("Stopped. What was paid stays so: read the file again to see the rest."), markup=False)
        self.choose_again()


def _headline(preview: Preview) -> Content:
    matches, differing, left = map(len, (preview.matches, preview.differing, preview.leftovers))
    before = sum(each.reason is Aside.APPLIED for each in preview.leftovers)
    counts = [
        (ngettext("{count} entry pays an order", "{count} entries pay an order", matches), matches),
        (ngettext("{count} of another amount", "{count} of another amount", differing), differing),
        (ngettext("{count} pays nothing", "{count} pay nothing", left), left),
    ]
    words = ", ".join(sentence.format(count=number(count)) for sentence, count in counts)
    if not before:
        return Content(words)
    again = ngettext(
        "{count} entry was applied before: no order is paid twice.",
        "{count} entries were applied before: no order is paid twice.",
        before,
    ).format(count=number(before))
    return Content.assemble(words, "\n", (again, "$text-warning"))


def _outcome(applied: Applied) -> Content:
    paid, skipped = len(applied.paid), len(applied.skipped)
    words = ngettext("{count} order paid.", "{count} orders paid.", paid).format(count=number(paid))
    if skipped:
        more = ngettext("{count} was paid meanwhile.", "{count} were paid meanwhile.", skipped)
        words = f"{words} {more.format(count=number(skipped))}"
    return Content.assemble(("● ", "$text-success"), words)
