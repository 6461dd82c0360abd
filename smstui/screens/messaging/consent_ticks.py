"""The consent to send outside the sending hours: one box for Sundays and holidays, one for any time."""

from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from smstui.domain.hours import EARLIEST_OPENING, LATEST_CLOSING, HoursConsent
from smstui.i18n import _
from smstui.widgets.labelled import Labelled
from smstui.widgets.tick import Tick

_NAMES: Final = ("sundays", "anytime")


class ConsentTicks(Vertical):
    """Each box stands there only where it would change something; one that is taken away is unticked first."""

    DEFAULT_CSS = """
    ConsentTicks { height: auto; }
    ConsentTicks Label { display: none; }
    ConsentTicks > Labelled > Static { margin-left: 4; }
    """

    class Changed(Message):
        """A box was ticked or unticked."""

    def __init__(self, consent: HoursConsent) -> None:
        super().__init__()
        self._given = consent

    def compose(self) -> ComposeResult:
        """The boxes."""
        sundays = Tick(
            _("Also send on Sundays and public holidays"),
            self._given is HoursConsent.SUNDAYS,
            id="sundays",
            compact=True,
        )
        anytime = Tick(_("Send outside the hours"), self._given is HoursConsent.ANYTIME, id="anytime", compact=True)
        yield Labelled("", sundays, id="sundays-row")
        yield Labelled("", anytime, id="anytime-row")

    def on_mount(self) -> None:
        """Say what ticking means; the boxes that are ticked already are offered."""
        for name in _NAMES:
            self._row(name).display = self._tick(name).value
        self._row("sundays").hint(_("The operators' charter tolerates it, not more."))
        meaning = _("Charter: {opens} to {closes} only. Law: everyone's consent.")
        self._row("anytime").hint(meaning.format(opens=f"{EARLIEST_OPENING:%H:%M}", closes=f"{LATEST_CLOSING:%H:%M}"))

    @property
    def consent(self) -> HoursConsent:
        """What is ticked."""
        if self._tick("anytime").value:
            return HoursConsent.ANYTIME
        return HoursConsent.SUNDAYS if self._tick("sundays").value else HoursConsent.NONE

    def offer(self, *, sundays: bool, anytime: bool) -> None:
        """Offer these boxes, and no other."""
        with self.prevent(Tick.Changed):
            for name, is_offered in zip(_NAMES, (sundays, anytime), strict=True):
                self._row(name).display = is_offered
                if not is_offered:
                    self._tick(name).value = False

    @on(Tick.Changed)
    def _ticked(self, event: Tick.Changed) -> None:
        event.stop()
        self.post_message(self.Changed())

    @on(Tick.Submitted)
    def _go_on(self, event: Tick.Submitted) -> None:
        event.stop()
        self.screen.focus_next()

    def _row(self, name: str) -> Labelled:
        return self.query_one(f"#{name}-row", Labelled)

    def _tick(self, name: str) -> Tick:
        return self.query_one(f"#{name}", Tick)
