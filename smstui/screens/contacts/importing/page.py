"""Address book › Import contacts: the walk through the steps, forth and back, and the import itself."""

import asyncio
from collections.abc import Sequence
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Button

from smstui.domain.errors import Refusal
from smstui.formats import explain, number
from smstui.i18n import N_, _, ngettext
from smstui.screens.contacts.importing.certification_step import CertificationStep
from smstui.screens.contacts.importing.draft import Draft
from smstui.screens.contacts.importing.file_step import FileStep
from smstui.screens.contacts.importing.groups_step import GroupsStep
from smstui.screens.contacts.importing.history import PastImportsPage
from smstui.screens.contacts.importing.mapping_step import MappingStep
from smstui.screens.contacts.importing.opt_in import certified_text
from smstui.screens.contacts.importing.preview_step import PreviewStep
from smstui.screens.contacts.importing.progress_step import ProgressStep
from smstui.screens.contacts.importing.result import ImportResultPage
from smstui.screens.contacts.importing.step import Step
from smstui.screens.leaving import leave_question
from smstui.screens.once import once_at_a_time
from smstui.screens.page import Page
from smstui.services.importing.values import ImportResult
from smstui.widgets.modals import ConfirmModal

_FILE: Final = 0
_CERTIFICATION: Final = 4
_RUNNING: Final = 5


class ImportPage(Page):
    """One step at a time. What was decided stays as long as the page does, and until the file is imported."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "next", N_("Confirm"), id="import.next", priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._steps: Sequence[Step] = ()
        self._at = _FILE
        self._draft: Draft | None = None
        self._cancelled = asyncio.Event()
        self._idle = asyncio.Event()
        """Set while no import runs."""
        self._idle.set()
        self._leaving = False

    def compose(self) -> ComposeResult:
        """The first step; the others are made when they are come to."""
        file_step = FileStep(self.backend, self.actor, self.host)
        others = (PreviewStep, MappingStep, GroupsStep, CertificationStep, ProgressStep)
        self._steps = (file_step, *(step(self.backend, self.actor) for step in others))
        yield file_step

    def on_mount(self) -> None:
        """Begin."""
        self.note = _(self._step.note)

    @property
    def _step(self) -> Step:
        return self._steps[self._at]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is to be confirmed while the import runs, nor while a file is to come from the browser."""
        if action == "next":
            return self._at != _RUNNING and (self._at != _FILE or self.host.settings.uploads is None)
        return super().check_action(action, parameters)

    def take_focus(self) -> None:
        """Stand where the step starts."""
        self._step.take_focus()

    async def may_leave(self) -> bool:
        """Ask when choices would be lost, or an import would be cancelled."""
        if not self._idle.is_set():
            if not await self._stop_agreed():
                return False
            self._leaving = True
            self._cancelled.set()
            await self._idle.wait()
            return True
        if self._at == _FILE or self._draft is None or not self._kept(self._draft).decided:
            return True
        return await self.ask(
            leave_question(
                _("Nothing was imported yet: what you chose for this file will be lost."),
                title=_("Leave the import?"),
                confirm=_("Leave without importing"),
            )
        )

    @on(Button.Pressed, "#back")
    def action_back(self) -> None:
        """One step back; from the first one to the menu. What was decided stays."""
        if self._at == _RUNNING:
            self._stop()
        elif self._at == _FILE:
            super().action_back()
        else:
            self._step_back()

    @on(Button.Pressed, "#next")
    @once_at_a_time("import-step")
    async def action_next(self) -> None:
        """Go on, when nothing stands in the way; the last step starts the import."""
        if self._at == _RUNNING or not await self._step.confirmed():
            return
        if self._at == _CERTIFICATION:
            self._import()
        else:
            await self._show(self._at + 1)

    @once_at_a_time("import-step")
    async def _step_back(self) -> None:
        await self._show(self._at - 1)

    @on(FileStep.Looked)
    @work(group="import-looked", exclusive=True)
    async def _file_looked_at(self, event: FileStep.Looked) -> None:
        """The same file again: all that was decided about it stands."""
        if self._at != _FILE:
            return
        before = self._draft
        if before is None or before.file.sha256 != event.file.sha256 or before.file.name != event.file.name:
            self._draft = Draft.of(event.file, event.folder, event.look)
        await self._show(_FILE + 1)

    @on(FileStep.PastWanted)
    def _past_wanted(self) -> None:
        self.open(PastImportsPage())

    @on(ProgressStep.StopWanted)
    def _stop_wanted(self) -> None:
        self._stop()

    async def _show(self, position: int) -> None:
        """Show that step, with what was decided in the one before."""
        if self._draft is not None:
            self._draft = self._kept(self._draft)
        step = self._steps[position]
        self._step.display = False
        if not step.is_attached:
            await self.mount(step)
        step.display = True
        self._at = position
        if self._draft is not None:
            step.show(self._draft)
        self.note = _(step.note)
        self.refresh_bindings()
        step.take_focus()

    def _kept(self, draft: Draft) -> Draft:
        """`draft` with what the step in view has made of it."""
        return draft if self._at == _FILE else self._step.draft

    @once_at_a_time("import-run")
    async def _import(self) -> None:
        """Import, and show what came of it."""
        assert self._draft is not None
        self._idle.clear()
        self._cancelled.clear()
        result: ImportResult | None = None
        try:
            await self._show(_RUNNING)
            progress = self._step
            assert isinstance(progress, ProgressStep)
            draft = self._draft
            result = await self.backend.imports.run(
                self.actor, draft.file, draft.plan(certified_text()), progress.hear, self._cancelled
            )
        except Refusal as refusal:
            await self._nothing_written(explain(refusal))
        else:
            await self._say_outcome(result)
        finally:
            self._idle.set()
            if result is None and self._at == _RUNNING:
                await self._show(_CERTIFICATION)
        if result is not None and not self._leaving:
            folder, self._draft = draft.folder, None
            await self._show(_FILE)
            self.open(ImportResultPage(result, folder, fresh=True))

    async def _nothing_written(self, sentence: str) -> None:
        """Go back to the certification, and say why there."""
        await self._show(_CERTIFICATION)
        certification = self._step
        assert isinstance(certification, CertificationStep)
        certification.fail(sentence)
        if self._leaving:
            self.notify(sentence, markup=False)

    async def _say_outcome(self, result: ImportResult | None) -> None:
        """What a person who cancelled must know."""
        if result is None:
            await self._nothing_written(_("Import cancelled: nothing was written."))
        elif self._cancelled.is_set():
            count = result.counts.created + result.counts.updated
            sentence = ngettext(
                "Too late to cancel: the import was finished, {count} contact was written.",
                "Too late to cancel: the import was finished, {count} contacts were written.",
                count,
            )
            self.notify(sentence.format(count=number(count)), severity="warning", markup=False)

    @once_at_a_time("import-stop")
    async def _stop(self) -> None:
        """Cancel the import once that is confirmed; it may have ended in the meantime."""
        if not await self._stop_agreed():
            return
        if self._idle.is_set():
            self.notify(_("Too late to cancel: the import had ended."), severity="warning", markup=False)
        else:
            self._cancelled.set()

    async def _stop_agreed(self) -> bool:
        return await self.ask(
            ConfirmModal(
                _("Cancel the import?"),
                _("It goes on until you answer. If it is not finished by then, nothing will be written."),
                confirm=_("Cancel the import"),
                cancel=_("Go on"),
                dangerous=True,
            )
        )
