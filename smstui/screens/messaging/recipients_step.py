"""The composer's second step (the guide, part 2, "ETAPE 3"): groups, contacts and numbers, and what they add up to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button

from smstui.domain.recipients import Recipients
from smstui.domain.visible import printable
from smstui.formats import credits_text, number
from smstui.i18n import _, ngettext
from smstui.screens.messaging.reckoning_table import COUNTRY, PLAINER, ReckoningTable
from smstui.services.campaigns import Plan
from smstui.services.groups import Group
from smstui.widgets.recipients_area import RecipientsArea, WrittenNumbers
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words

_NAMED = 4
"""Groups named before the others are only counted."""


class RecipientsStep(Vertical):
    """The three ways to choose recipients, combined; under them the reckoning, and the total."""

    class GroupsWanted(Message):
        """Groups are to be chosen."""

    class ContactsWanted(Message):
        """Contacts are to be chosen."""

    class ContactsListed(Message):
        """The contacts that were chosen are to be shown."""

    @dataclass
    class Opened(Message):
        """A line of the reckoning is to be opened (a key of `ReckoningTable`)."""

        wanted: str

    def __init__(self, numbers: WrittenNumbers, read: Recipients | None) -> None:
        super().__init__()
        self._numbers, self._read = numbers, read

    def compose(self) -> ComposeResult:
        """What is chosen, what it adds up to, and the total that is always seen."""
        with VerticalScroll(can_focus=False, id="recipients"):
            with Vertical(id="chosen"):
                yield Words("", id="limit", classes="muted")
                yield Words("", id="groups-chosen")
                yield Button(_("Search a group of contacts…"), id="pick-groups", compact=True)
                yield Words("", id="contacts-chosen")
                with Horizontal(classes="picks"):
                    yield Button(_("Search a contact…"), id="pick-contacts", compact=True)
                    yield Button(_("List"), id="list-contacts", compact=True)
                yield RecipientsArea(self._numbers, self._read)
            yield ReckoningTable()
        yield Words("", id="total")
        yield Words("", id="problems")

    @property
    def area(self) -> RecipientsArea:
        """The numbers."""
        return self.query_one(RecipientsArea)

    def take_focus(self) -> None:
        """Stand on the first of the ways."""
        self.screen.set_focus(self.query_one("#pick-groups"))

    def show_limit(self, limit: int) -> None:
        """Say how many recipients a campaign may have."""
        sentence = _("Campaigns are limited to {limit} contacts at most.")
        self.query_one("#limit", Words).update(Content(sentence.format(limit=number(limit))))

    def show_chosen(self, group_ids: Sequence[int], groups: Mapping[int, Group], contacts: int) -> None:
        """Name the groups and count the contacts that were chosen."""
        chosen = [groups[each] for each in group_ids if each in groups]
        names = [f"{printable(each.name)} ({number(each.contacts)})" for each in chosen[:_NAMED]]
        if others := len(chosen) - len(names):
            names.append(ngettext("{count} more", "{count} more", others).format(count=number(others)))
        self.query_one("#groups-chosen", Words).update(_chosen(_("Your groups of contacts"), ", ".join(names)))
        words = ngettext("{count} contact", "{count} contacts", contacts).format(count=number(contacts))
        self.query_one("#contacts-chosen", Words).update(_chosen(_("Your contacts"), words if contacts else ""))
        self.query_one("#list-contacts").display = bool(contacts)

    def show_plan(self, plan: Plan | None) -> None:
        """Show what the campaign would be; None while there is nobody to send to."""
        table = self.query_one(ReckoningTable)
        table.display = plan is not None
        read = self.area.recipients
        if plan is not None:
            table.show_plan(plan, len(read.refused), read.duplicates)
        self.query_one("#total", Words).update(total_words(plan))
        self.set_class(plan is not None, "-some")

    def show_reckoning(self) -> None:
        """Say that it is being reckoned."""
        self.query_one("#total", Words).update(Content.styled(_("Reckoning…"), "$text-muted"))

    def show_problems(self, sentences: Sequence[str]) -> None:
        """Say what stands in the way."""
        problems = self.query_one("#problems", Words)
        problems.display = bool(sentences)
        problems.update(Content("\n".join(f"✕ {sentence}" for sentence in sentences)))

    @on(Button.Pressed, "#pick-groups")
    def _groups_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.GroupsWanted())

    @on(Button.Pressed, "#pick-contacts")
    def _contacts_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.ContactsWanted())

    @on(Button.Pressed, "#list-contacts")
    def _list_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.ContactsListed())

    @on(WindowedTable.Chosen)
    def _line_chosen(self, event: WindowedTable.Chosen) -> None:
        event.stop()
        key = str(event.key)
        if key != PLAINER and not key.startswith(COUNTRY):
            self.post_message(self.Opened(key))


def total_words(plan: Plan | None) -> Content:
    """Two lines: an amount must not be cut at its thin space, where a wrapped line would be."""
    count = plan.recipients if plan else 0
    who: list[Content | str] = [
        Content.assemble(_("Total number of recipients: "), (number(count), "bold")),
        *([segments_words(plan)] if plan and count else []),
    ]
    if plan is None:
        return Content(" · ").join(who)
    price: list[Content | str] = [
        Content.styled(_("cost {amount}").format(amount=credits_text(plan.cost)), "bold"),
        _("balance {amount}").format(amount=credits_text(plan.balance)),
    ]
    return Content("\n").join([Content(" · ").join(who), Content(" · ").join(price)])


def segments_words(plan: Plan) -> str:
    """How many SMS one message takes."""
    shortest, longest = plan.reckoned.segments
    if shortest == longest:
        return _("{segments} SMS each").format(segments=longest)
    return _("{shortest} to {longest} SMS each").format(shortest=shortest, longest=longest)


def _chosen(label: str, words: str) -> Content:
    return Content.assemble((label, "$text-muted"), "   ", (words, "bold"))
