"""What the composer asks for in pop-ups: a template, groups, contacts, and the lists behind its counts."""

from collections.abc import Sequence
from dataclasses import replace

from smstui.domain.errors import Refusal
from smstui.domain.recipients import RefusedLine
from smstui.formats import number
from smstui.i18n import _, ngettext
from smstui.screens.contacts.contact_picker import ContactPicker
from smstui.screens.contacts.group_picker import GroupPicker
from smstui.screens.messaging import excluded
from smstui.screens.messaging.means import Means
from smstui.screens.messaging.reckoning_table import REFUSED
from smstui.screens.messaging.template_picker import TemplatePicker
from smstui.screens.messaging.writing import Writing
from smstui.screens.page import Page
from smstui.services.campaigns import Draft, Plan
from smstui.services.templates import Template
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.recipients_area import RecipientsArea


async def choose_template(page: Page, writing: Writing, means: Means) -> Template | None:
    """The template that is to be taken, once it may overwrite the text."""
    template = await page.ask(TemplatePicker(means.templates))
    if template is None or not writing.text.strip() or writing.text == template.text:
        return template
    question = _("The text that you have written will be replaced by that of the template. Ctrl+Z brings it back.")
    confirm = _("Replace the text")
    return template if await page.ask(ConfirmModal(_("Template"), question, confirm=confirm)) else None


async def choose_groups(page: Page, writing: Writing) -> Writing:
    """With other groups, or the same."""
    title = _("Your groups of contacts")
    picker = GroupPicker(page.backend.groups, page.actor, title, writing.group_ids, to_send=True)
    choice = await page.ask(picker)
    return writing if choice is None else replace(writing, group_ids=tuple(each.id for each in choice.groups))


async def choose_contacts(page: Page, writing: Writing, limit: int) -> Writing:
    """With more contacts."""
    picker = ContactPicker(page.backend, page.actor, _("Your contacts"), search=_("Search a contact…"))
    chosen = tuple(dict.fromkeys((*writing.contact_ids, *await page.ask(picker))))
    if len(chosen) > limit:
        sentence = ngettext(
            "{count} contact is too many: {limit} at most.", "{count} contacts are too many: {limit} at most.", limit
        )
        words = sentence.format(count=number(len(chosen)), limit=number(limit))
        page.notify(words, severity="error", markup=False)
        return writing
    return replace(writing, contact_ids=chosen)


async def list_contacts(page: Page, writing: Writing) -> Writing:
    """Without the contacts that were taken out of the list."""
    kept = await page.ask(excluded.contacts_list(page.backend, page.actor, writing.contact_ids))
    return writing if kept is None else replace(writing, contact_ids=tuple(kept))


async def list_numbers(page: Page, area: RecipientsArea) -> None:
    """Take those numbers out that are taken out of the list."""
    numbers = area.recipients.numbers
    kept = await page.ask(excluded.numbers_list(numbers))
    if kept is not None and len(kept) < len(numbers) and area.recipients.numbers is numbers:
        area.keep([numbers[index] for index in kept])


async def forget_numbers(page: Page, area: RecipientsArea) -> None:
    """Take all numbers out that were added, once that is confirmed."""
    count = len(area.recipients.numbers)
    sentence = ngettext(
        "Take the {count} number that was added by hand out?", "Take the {count} numbers that were added by hand out?",
        count,
    )  # fmt: skip
    confirm = ngettext("Take out {count} number", "Take out {count} numbers", count).format(count=number(count))
    words = sentence.format(count=number(count))
    if await page.ask(ConfirmModal(_("Typed by hand"), words, confirm=confirm, dangerous=True)):
        area.forget()


async def open_line(page: Page, draft: Draft, plan: Plan, area: RecipientsArea, wanted: str) -> None:
    """Show the numbers that a line of the reckoning counts."""
    if wanted == REFUSED:
        await page.ask(excluded.refused_list(_refused(plan, area)))
        return
    try:
        modal = await excluded.excluded_list(page.backend, page.actor, draft, wanted, area.written.pasted)
    except Refusal as refusal:
        page.say(refusal)
        return
    await page.ask(modal)


def _refused(plan: Plan, area: RecipientsArea) -> Sequence[RefusedLine]:
    return (*area.recipients.refused, *plan.refused)
