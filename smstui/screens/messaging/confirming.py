"""The composer's last questions: a test to one's own phone, and the sending itself."""

from smstui.domain.contact import ContactDetails
from smstui.domain.errors import Refusal
from smstui.formats import credits_text, number
from smstui.i18n import _
from smstui.screens.messaging.writing import Writing
from smstui.screens.page import Page
from smstui.services.campaigns import Draft, Plan
from smstui.widgets.modals import ConfirmModal


async def first_reader(
    page: Page, writing: Writing, chosen: ContactDetails | None, mobile: str
) -> ContactDetails | None:
    """The contact whose text a confirmation shows: the first of those chosen, or else who has `mobile`, if anybody."""
    if writing.has_chosen or not mobile:
        return chosen
    contact = await page.backend.contacts.find(page.actor, mobile)
    return contact.details if contact else None


async def send_test(page: Page, draft: Draft, plan: Plan) -> None:
    """Send the message to the person's own number, once its cost is confirmed when it is more than one SMS."""
    segments = plan.measure.segments if plan.measure else 1
    if segments > 1:
        cost = _("The test takes {segments} SMS, which are paid as in a campaign.").format(segments=number(segments))
        balance = _("balance {amount}").format(amount=credits_text(plan.balance))
        question = f"{cost}\n\n{balance}"
        if not await page.ask(ConfirmModal(_("Test"), question, confirm=_("Send the test"))):
            return
    try:
        own = await page.backend.campaigns.send_test(page.actor, draft)
    except Refusal as refusal:
        page.say(refusal)
    else:
        page.notify(_("The test is on its way to {number}.").format(number=own), markup=False)
