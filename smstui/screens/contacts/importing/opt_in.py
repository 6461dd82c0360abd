"""What a person certifies before contacts are imported (the guide, part 4, "Confirmation Opt-in")."""

from smstui.i18n import N_, _

_LINES = (
    N_("I certify that the imported contacts meet the conditions below:"),
    N_("- The contacts agreed to receive SMS from me."),
    N_("- The contacts were neither obtained from a third party, nor bought, nor rented."),
    N_("Otherwise, the platform may at any time suspend or cancel the SMS campaigns sent to these contacts."),
)


def certified_text() -> str:
    """The words shown, and kept with the import, in the current language."""
    return "\n".join(_(line) for line in _LINES)
