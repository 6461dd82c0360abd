"""All that an account holds about one person: handed out, or erased (GDPR, articles 15 and 17)."""

from enum import StrEnum
from pathlib import Path
from typing import Final

from smstui.domain.errors import Refusal
from smstui.i18n import N_, _, ngettext
from smstui.screens.page import Page
from smstui.screens.saving import hand_out
from smstui.services.personal_document import write_document
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.pick_list import Pick, PickModal


class PersonAction(StrEnum):
    """What can be done with somebody's data."""

    HAND_OUT = "hand_out"
    ERASE = "erase"
    ERASE_AND_STOP = "erase_and_stop"
    """The number goes to the STOP list first."""


ACTION_WORDS: Final = {
    PersonAction.HAND_OUT: N_("Save all that is held"),
    PersonAction.ERASE_AND_STOP: N_("Erase, and never write again"),
    PersonAction.ERASE: N_("Erase"),
}
"""Message ids."""


async def handle_person(page: Page, mobile: str) -> bool:
    """Ask what to do with all that is held about a number (E.164), and do it; whether it was erased. From a worker."""
    picks = [Pick(action, _(words)) for action, words in ACTION_WORDS.items()]
    picked = await page.ask(PickModal(_("Personal data"), picks, PersonAction.HAND_OUT))
    try:
        match picked:
            case PersonAction.HAND_OUT:
                await _hand_out(page, mobile)
            case PersonAction.ERASE | PersonAction.ERASE_AND_STOP:
                return await _erase(page, mobile, stop=picked == PersonAction.ERASE_AND_STOP)
    except Refusal as refusal:
        page.say(refusal)
    return False


async def _hand_out(page: Page, mobile: str) -> None:
    data = await page.backend.personal_data.collect(page.actor, mobile)

    async def write(path: Path) -> None:
        await write_document(data, path)

    await hand_out(page.host, write, _("data-{number}.txt").format(number=mobile.removeprefix("+")), None)


async def _erase(page: Page, mobile: str, *, stop: bool) -> bool:
    sentence = _(
        "Erase {number} for good: the contact, its groups, its replies, and the number in your messages? Only the STOP "
        "list keeps it."
    ).format(number=mobile)
    title, confirm = _("Personal data"), _("Erase {number}").format(number=mobile)
    if not await page.ask(ConfirmModal(title, sentence, confirm=confirm, dangerous=True)):
        return False
    report = await page.backend.personal_data.erase(page.actor, mobile, stop=stop)
    words = ngettext(
        "{number} is erased, in {count} message also.", "{number} is erased, in {count} messages also.", report.messages
    )
    told = words.format(number=report.number, count=report.messages)
    if report.drafts:
        words = ngettext(
            "It was taken out of {count} campaign or draft.",
            "It was taken out of {count} campaigns and drafts.",
            report.drafts,
        )
        told = f"{told} {words.format(count=report.drafts)}"
    page.notify(told, markup=False)
    return True
