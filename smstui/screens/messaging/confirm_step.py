"""The composer's last step: all that is about to happen, in a few lines, and a test to one's own phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button

from smstui.domain.hours import SendingHours
from smstui.domain.schedule import instant_of
from smstui.domain.states import MessageType
from smstui.domain.text import measure
from smstui.domain.visible import printable
from smstui.formats import credits_text, number
from smstui.i18n import N_, _, ngettext
from smstui.screens.messaging import when_words
from smstui.screens.messaging.date_hours import Audience
from smstui.screens.messaging.means import Means
from smstui.screens.messaging.recipients_step import segments_words
from smstui.screens.messaging.reckoning_table import exclusion_words, field_words, left_out
from smstui.screens.messaging.rendering import Rendering, encoding_of
from smstui.screens.messaging.text_step import SHORT_WORDS
from smstui.screens.messaging.writing import Writing
from smstui.services.campaigns import Plan
from smstui.widgets.words import Words

_LABELS = {
    "name": N_("Name"),
    "type": N_("Type"),
    "text": N_("Text"),
    "recipients": N_("Recipients"),
    "cost": N_("Cost"),
    "when": N_("Sending"),
    "waits": N_("Waiting"),
    "runs": N_("Next dates"),
}
_CUT = "┃"


@dataclass(frozen=True, slots=True)
class Resolve:
    """All that a confirmation tells of."""

    writing: Writing
    rendering: Rendering
    """The text of the first contact."""
    plan: Plan
    means: Means
    now: datetime
    """Aware."""
    refused: int
    """Lines that were typed or pasted and can't be used."""
    duplicates: int
    """Numbers typed or pasted more than once."""

    @property
    def audience(self) -> Audience:
        """Whom it goes to, as far as its hours are concerned."""
        by_country = [(one.country, one.recipients) for one in self.plan.reckoned.by_country]
        return Audience.of(self.plan.zone, self.now, self.hours, by_country, self.writing.type)

    @property
    def hours(self) -> SendingHours:
        """The sending hours that it keeps: a message that only informs has none."""
        return hours_of(self.writing, self.means)

    @property
    def at(self) -> datetime | None:
        """When it begins, aware; None when it never does."""
        return self.now if self.writing.when.is_now else self.plan.begins_at

    @property
    def waits(self) -> list[str]:
        """Who waits for the sending hours, until when and why; a sentence for each country."""
        if self.at is None:
            return []
        waits = self.audience.waits(self.at, self.writing.consent)
        return when_words.wait_words(waits, self.audience, self.at)

    @property
    def everybody_waits(self) -> bool:
        """Whether nothing at all leaves when it begins."""
        return self.at is not None and sum(each.recipients for each in self.plan.waits) == self.plan.recipients

    @property
    def sending_words(self) -> str:
        """When it is sent."""
        when = self.writing.when
        if when.recurs:
            return when_words.sent_by(when.cron, self.plan.zone)
        return when_words.sent_at(when.wall, self.plan.zone) if when.wall else _("Sent as soon as it is confirmed.")


def hours_of(writing: Writing, means: Means) -> SendingHours:
    """The sending hours that a campaign keeps: a message that only informs has none."""
    informs = not writing.stop and writing.type is not MessageType.VOIX
    return SendingHours(always=True) if informs else means.hours


def lines(resolve: Resolve) -> dict[str, Content]:
    """What each line says; "" where there is nothing to say. May take a tenth of a second the first time."""
    writing, plan = resolve.writing, resolve.plan
    runs = [
        when_words.run_words(wall, resolve.audience.waits(instant_of(wall, plan.zone), writing.consent), plan.zone)
        for wall in plan.runs
    ]
    replaces = _(", in the place of the one that is scheduled") if writing.replaces_id is not None else ""
    sender = resolve.means.sender_of(writing.type, writing.sender)
    return {
        "name": Content.assemble((printable(writing.name.strip()), "bold"), replaces),
        "type": Content(
            _("SMS {type} from {sender}").format(type=_(SHORT_WORDS[writing.type]), sender=printable(sender))
        ),
        "text": _text(resolve),
        "recipients": _recipients(resolve),
        "cost": _cost(plan, recurs=writing.when.recurs),
        "when": Content.styled(resolve.sending_words, "bold"),
        "waits": Content("\n".join(resolve.waits)),
        "runs": Content("\n".join(runs)),
    }


def _text(resolve: Resolve) -> Content:
    """The text with the places where it is cut, and what it counts."""
    rendering, message_type = resolve.rendering, resolve.writing.type
    parts = rendering.parts(message_type)
    cut = Content.styled(_CUT, "bold $text-accent")
    shown = cut.join([Content(printable(part, keep_newlines=True)) for part in parts])
    units = measure(rendering.text, encoding_of(message_type)).units
    count = ngettext("{count} character", "{count} characters", units).format(count=number(units))
    words = [f"{count} - {len(parts)} SMS"]
    if rendering.reader:
        words.append(_("for {name}").format(name=printable(rendering.reader)))
    if len(parts) > 1:
        words.append(_("cut at {sign}").format(sign=_CUT))
    return Content("\n").join([shown, Content.styled(" · ".join(words), "$text-muted")])


def _recipients(resolve: Resolve) -> Content:
    plan = resolve.plan
    count = ngettext("{count} recipient", "{count} recipients", plan.recipients).format(count=number(plan.recipients))
    reasons = [
        f"{exclusion_words(why)} {number(count)}" for why, count in left_out(plan, resolve.refused, resolve.duplicates)
    ]
    lacking = [
        _("{count} without “{field}”").format(count=number(count), field=field_words(name))
        for name, count in plan.reckoned.lacking
    ]
    said = [Content.assemble((count, "bold"), f" · {segments_words(plan)}")]
    if reasons:
        said.append(Content(_("Left out: {reasons}").format(reasons=" · ".join(reasons))))
    if lacking:
        said.append(Content.styled(" · ".join(lacking), "$text-warning"))
    return Content("\n").join(said)


def _cost(plan: Plan, *, recurs: bool) -> Content:
    left = plan.balance - plan.cost
    words = [Content.styled(credits_text(plan.cost), "bold")]
    if recurs:
        words.append(Content(_("taken at each sending")))
    elif left.milli >= 0:
        words.append(Content(_("{amount} left").format(amount=credits_text(left))))
    return Content(" · ").join(words)


class ConfirmStep(Vertical):
    """The lines, and the test."""

    class TestWanted(Message):
        """The message is to be sent to the person's own number."""

    def compose(self) -> ComposeResult:
        """One line for each thing that is said, and the test."""
        with VerticalScroll(id="said-lines"):
            for key, label in _LABELS.items():
                with Horizontal(id=f"said-{key}", classes="said"):
                    yield Words(_(label), classes="said--label")
                    yield Words("", classes="said--words")
        with Horizontal(id="test-row"):
            yield Button(_("Send a test to my number"), id="test", compact=True)
            yield Words("", id="test-number", classes="muted")
        yield Words("", id="confirm-problems")

    def show(self, said: dict[str, Content]) -> None:
        """Show these lines."""
        for key, content in said.items():
            row = self.query_one(f"#said-{key}")
            row.display = bool(content.plain)
            row.query_one(".said--words", Words).update(content)

    def show_number(self, certified: str | None) -> None:
        """Say where a test goes."""
        words = certified or _("certify your number first, from the dashboard")
        self.query_one("#test-number", Words).update(words)

    def show_problems(self, sentences: Sequence[str]) -> None:
        """Say what stands in the way."""
        problems = self.query_one("#confirm-problems", Words)
        problems.display = bool(sentences)
        problems.update(Content("\n".join(f"✕ {sentence}" for sentence in sentences)))

    @on(Button.Pressed, "#test")
    def _test_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.TestWanted())
