"""A file of prices: what it would change is shown before it does."""

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button

from smstui.domain.country import name_of
from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import explain, number
from smstui.i18n import _, current_language, ngettext
from smstui.screens.admin.tariff_words import price_words
from smstui.screens.file_page import FilePage
from smstui.screens.once import once_at_a_time
from smstui.screens.settings.words import TYPE_WORDS
from smstui.services.tariffs import PriceChange, TariffPreview
from smstui.widgets.columns import Cell, Column
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words


class TariffImportPage(FilePage):
    """All prices of the file are taken, or none."""

    DEFAULT_CSS = """
    TariffImportPage {
        #changes, #refused { height: 1fr; display: none; }
        #changes.-shown, #refused.-shown { display: block; }
        #detail { height: auto; color: $text-muted; margin-top: 1; }
    }
    """
    suffixes: ClassVar[frozenset[str]] = frozenset({".csv", ".txt"})

    def __init__(self) -> None:
        super().__init__()
        self._preview: TariffPreview | None = None

    def advice(self) -> str:
        """What the file must be."""
        return _("CSV with the columns country;type;credits. Countries that it doesn't name stay as they are.")

    def outcome(self) -> ComposeResult:
        """The changes, or the lines that can't be used."""
        yield WindowedTable[int](
            [
                Column("country", _("Country"), 14, grows=True),
                Column("type", _("Type"), 11),
                Column("before", _("Before"), 10, right=True),
                Column("after", _("Afterwards"), 10, right=True),
            ],
            id="changes",
        )
        yield WindowedTable[int](
            [Column("line", _("Line"), 7, right=True), Column("why", _("Reason"), 18, grows=True)], id="refused"
        )
        yield Words("", id="detail")

    @property
    def can_apply(self) -> bool:
        """Whether the file changes something."""
        return self._preview is not None and bool(self._preview.changes)

    async def look(self, path: Path) -> None:
        """Show what the prices of the file would change."""
        preview = self._preview = await self.backend.tariffs.preview(self.actor, path)
        changes, refused = preview.changes, preview.file.refused
        self.query_one("#headline", Words).update(_headline(preview))
        for name, rows in (
            ("#changes", {index: _cells(each) for index, each in enumerate(changes)}),
            ("#refused", {index: (number(each.line), explain(each.why)) for index, each in enumerate(refused)}),
        ):
            table = self.query_one(name, WindowedTable)
            table.set_class(bool(rows), "-shown")
            table.show_rows(rows)
            if rows:
                table.focus()
        words = ngettext("Change {count} price", "Change {count} prices", len(changes))
        self.query_one("#apply", Button).label = Content(words.format(count=number(len(changes))))
        if not changes and not refused:
            self.call_after_refresh(self.query_one("#another").focus)

    @property
    def _refused(self) -> WindowedTable[int]:
        return self.query_one("#refused", WindowedTable)

    @on(WindowedTable.Moved)
    def _say_reason(self) -> None:
        """Why the line under the cursor can't be used, in full."""
        refused = self._preview.file.refused if self._preview else ()
        index = self._refused.cursor_key
        known = index is not None and index < len(refused)
        self.query_one("#detail", Words).update(explain(refused[index].why) if index is not None and known else "")

    @once_at_a_time("tariff-apply")
    async def action_apply(self) -> None:
        """Take the prices, once that is confirmed."""
        preview = self._preview
        if preview is None or not preview.changes:
            return
        count = len(preview.changes)
        question = ngettext(
            "Change {count} price of all accounts? What is being sent keeps its price.",
            "Change {count} prices of all accounts? What is being sent keeps its price.",
            count,
        )
        confirm = ngettext("Change {count} price", "Change {count} prices", count).format(count=number(count))
        modal = ConfirmModal(_("Tariffs"), question.format(count=number(count)), confirm=confirm)
        if not await self.ask(modal):
            return
        try:
            changed = len(await self.backend.tariffs.apply(self.actor, preview))
        except Refusal as refusal:
            self.say(refusal)
            return
        words = ngettext("{count} price changed.", "{count} prices changed.", changed)
        self.notify(words.format(count=number(changed)), markup=False)
        self.close()


def _headline(preview: TariffPreview) -> Content:
    file, changes = preview.file, len(preview.changes)
    if file.refused:
        words = ngettext(
            "✕ {count} line can't be used: no price is taken before it is corrected.",
            "✕ {count} lines can't be used: no price is taken before they are corrected.",
            len(file.refused),
        )
        return Content.styled(words.format(count=number(len(file.refused))), "$text-error")
    read = ngettext("{count} price read", "{count} prices read", file.count).format(count=number(file.count))
    words = ngettext("{count} would change", "{count} would change", changes) if changes else _("nothing would change")
    return Content(f"{printable(read)}, {words.format(count=number(changes))}")


def _cells(change: PriceChange) -> tuple[Cell, ...]:
    country = f"{name_of(change.country, current_language())} ({change.country})"
    after = Content.styled(price_words(change.after), "bold")
    return country, _(TYPE_WORDS[change.type]), price_words(change.before), after
