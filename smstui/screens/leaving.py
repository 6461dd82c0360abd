"""The question before something written is thrown away."""

from smstui.i18n import _
from smstui.widgets.modals import ConfirmModal


def leave_question(sentence: str, *, title: str | None = None, confirm: str | None = None) -> ConfirmModal:
    """Asks whether to leave; `sentence` says what would be lost. `title` and `confirm` where it is not about a form."""
    return ConfirmModal(
        title or _("Leave the form?"),
        sentence,
        confirm=confirm or _("Leave without saving"),
        cancel=_("Stay"),
        dangerous=True,
    )
