"""Step 5 (the guide, part 4, "ETAPE 7"): what will be imported, in numbers, and the certification of the opt-in."""

from dataclasses import replace
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content

from smstui.domain.visible import printable
from smstui.formats import explain, number
from smstui.i18n import N_, _, ngettext
from smstui.screens.contacts.importing.draft import Draft
from smstui.screens.contacts.importing.opt_in import certified_text
from smstui.screens.contacts.importing.step import Step
from smstui.services.importing.planning import NotCertified, target_label
from smstui.widgets.folders import size_text
from smstui.widgets.labelled import Labelled
from smstui.widgets.tick import Tick
from smstui.widgets.words import Words


class CertificationStep(Step):
    """Nothing is imported without the tick."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    note = N_("5/5 Opt-in")

    def compose(self) -> ComposeResult:
        """The summary, the words to agree to, and the tick."""
        with VerticalScroll(can_focus=False):
            for field, label in (
                ("file", _("File")),
                ("rows", _("Rows")),
                ("fields", _("Fields")),
                ("groups", _("Groups")),
            ):
                yield Labelled(label, Words("", id=field))
        with Vertical(id="opt-in") as words:
            words.border_title = Content(_("Opt-in confirmation"))
            yield Words(certified_text())
            yield Tick(_("I certify it"), id="certified", compact=True)
            yield Labelled("", id="certified-row")
        yield from self.buttons(_("Confirm import"))

    def take_focus(self) -> None:
        """Stand on the tick."""
        self.query_one(Tick).focus()

    def refresh_step(self) -> None:
        """Show what was decided."""
        self.fail("")
        for field, words in _summary(self.draft).items():
            self.query_one(f"#{field}", Words).update(words)
        self.query_one(Tick).value = self.draft.certified

    async def confirmed(self) -> bool:
        """Only once it is certified."""
        if not self.draft.certified:
            self.fail(explain(NotCertified()))
            self.query_one(Tick).focus()
        return self.draft.certified

    def fail(self, sentence: str) -> None:
        """Say what stands in the way; "" when nothing does."""
        self.query_one("#certified-row", Labelled).fail(sentence)

    @on(Tick.Changed)
    def _ticked(self, event: Tick.Changed) -> None:
        self._draft = replace(self.draft, certified=event.value)
        self.fail("")

    @on(Tick.Submitted)
    def _go_on(self) -> None:
        self.query_one("#next").focus()


def _summary(draft: Draft) -> dict[str, Content]:
    rows = ngettext("{count} contact to import", "{count} contacts to import", draft.rows)
    header = _(", without the header") if draft.skip_header else ""
    fields = [printable(target_label(target)) for target in draft.mapping if target is not None]
    groups = [printable(group.name) for group in draft.groups]
    return {
        "file": Content(f"{printable(draft.file.name)} ({size_text(len(draft.file.octets))})"),
        "rows": Content.assemble((rows.format(count=number(draft.rows)), "bold"), header),
        "fields": Content(", ".join(fields)),
        "groups": Content(", ".join(groups) or _("none")),
    }
