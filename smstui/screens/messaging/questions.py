"""What is asked before a campaign is cancelled, or sent after all: what will happen, in numbers."""

from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import amount, credits_text, number
from smstui.i18n import _, ngettext
from smstui.screens.messaging.campaign_words import is_waiting
from smstui.screens.messaging.coming import problems_of
from smstui.services.campaign_details import Withdrawal
from smstui.services.campaigns import CampaignSummary, Plan, Progress
from smstui.widgets.modals import ConfirmModal


def cancel_question(progress: Progress, undone: Withdrawal) -> ConfirmModal:
    """Whether to cancel a campaign, in numbers."""
    campaign = progress.summary
    return ConfirmModal(
        _("Cancel the campaign?"),
        "\n".join(_cancelled(progress, undone)),
        confirm=_("Stop the series") if campaign.cron else _("Cancel the campaign"),
        cancel=_("Keep it"),
        dangerous=True,
    )


def release_question(campaign: CampaignSummary, plan: Plan) -> ConfirmModal:
    """Whether to send now what waited for a person, in numbers. Raises what keeps it from being sent."""
    problems: tuple[Refusal, ...] = problems_of(plan, campaign.cost)
    if problems:
        raise problems[0]
    sentence = ngettext(
        "Send “{name}” now to {count} number?", "Send “{name}” now to {count} numbers?", plan.recipients
    )
    sentences = [sentence.format(name=printable(campaign.name), count=number(plan.recipients))]
    more = plan.cost - campaign.cost
    if campaign.cost.milli:
        sentence = _("It costs {credits}; {reserved} were reserved.")
        sentences.append(sentence.format(credits=credits_text(plan.cost), reserved=amount(campaign.cost)))
    else:
        sentence = _("It costs {credits} of {balance}.")
        sentences.append(sentence.format(credits=credits_text(more), balance=amount(plan.balance)))
    confirm = ngettext("Send now to {count} number", "Send now to {count} numbers", plan.recipients)
    return ConfirmModal(_("Send now?"), "\n".join(sentences), confirm=confirm.format(count=number(plan.recipients)))


def _cancelled(progress: Progress, undone: Withdrawal) -> list[str]:
    campaign, counts = progress.summary, progress.counts
    name = printable(campaign.name)
    if campaign.cron:
        return [_("“{name}” is not sent any more. What was sent of it stays as it is.").format(name=name)]
    if is_waiting(campaign):
        if not undone.credits.milli:
            sentence = ngettext(
                "“{name}” will not be sent to {count} number.",
                "“{name}” will not be sent to {count} numbers.",
                undone.messages,
            )
            return [sentence.format(name=name, count=number(undone.messages))]
        sentence = ngettext(
            "“{name}” will not be sent to {count} number, and {credits} will be given back.",
            "“{name}” will not be sent to {count} numbers, and {credits} will be given back.",
            undone.messages,
        )
        return [sentence.format(name=name, count=number(undone.messages), credits=credits_text(undone.credits))]
    sentences = []
    if left := counts.total - counts.queued - counts.suppressed - counts.cancelled:
        sentence = ngettext(
            "{count} message of “{name}” has left and can't be called back.",
            "{count} messages of “{name}” have left and can't be called back.",
            left,
        )
        sentences.append(sentence.format(count=number(left), name=name))
    sentence = ngettext(
        "{count} message will not be sent, and {credits} will be given back.",
        "{count} messages will not be sent, and {credits} will be given back.",
        undone.messages,
    )
    return [*sentences, sentence.format(count=number(undone.messages), credits=credits_text(undone.credits))]
