"""What is asked before a sender goes that something still needs: which one takes its place, or to keep it."""

from collections.abc import Sequence
from typing import Final

from smstui.domain.visible import printable
from smstui.formats import number
from smstui.i18n import N_, _, ngettext
from smstui.screens.page import Page
from smstui.services.sender_uses import SenderUse, UseKind
from smstui.widgets.modals import ConfirmModal, TextModal
from smstui.widgets.pick_list import Pick, PickModal

_NAMED: Final = 6
"""Uses that a question names before it only counts them."""
_WORDS: Final = {
    UseKind.TEMPLATE: N_("template “{name}”"),
    UseKind.DRAFT: N_("draft “{name}”"),
    UseKind.CAMPAIGN: N_("campaign to come “{name}”"),
}


async def ask_replacement(page: Page, uses: Sequence[SenderUse], others: Sequence[str]) -> str | None:
    """The sender among `others` that takes the place of those in `uses`; None when they stay. From a worker."""
    needed = tuple(dict.fromkeys(use.sender for use in uses))
    sentence = ngettext("{names} is still needed:", "{names} are still needed:", len(needed))
    said = "\n".join([sentence.format(names=", ".join(needed)), *_lines(uses), ""])
    if not others:
        advice = _("Add another sender first: it can take that place.")
        await page.ask(TextModal(_("Delete"), f"{said}\n{advice}"))
        return None
    offer = _("Another sender can take that place everywhere.")
    question = ConfirmModal(_("Delete"), f"{said}\n{offer}", confirm=_("Replace…"), cancel=_("Keep"))
    if not await page.ask(question):
        return None
    return await page.ask(PickModal(_("Replace by"), [Pick(name, name) for name in others], ""))


def _lines(uses: Sequence[SenderUse]) -> list[str]:
    lines = [f"· {_words(use)}" for use in uses[:_NAMED]]
    more = len(uses) - _NAMED
    if more > 0:
        lines.append(ngettext("and {count} more", "and {count} more", more).format(count=number(more)))
    return lines


def _words(use: SenderUse) -> str:
    return _(_WORDS[use.kind]).format(name=printable(use.name)) if use.name else _("a draft without a name")
