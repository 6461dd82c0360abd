"""The terms of use, short enough to be read."""

from smstui.i18n import N_, _

PARAGRAPHS = (
    N_(
        "1. The service. This platform sends your SMS over the SMSC connections that its administrator has set up. "
        "A message is sent once; its delivery depends on the recipient's operator and phone, and you see its state."
    ),
    N_(
        "2. Your recipients. You send promotional messages only to people who agreed to receive them, you say who you "
        "are, and every such message offers a free way to opt out (STOP). A number that answered STOP is never written "
        "to again."
    ),
    N_(
        "3. What is forbidden. Misleading senders, phishing, and any content that the law forbids. "
        "An account that does so is closed."
    ),
    N_(
        "4. Credits. A message costs its number of segments. What the SMSC did not accept is given back. "
        "Test credits are given once for each mobile number, and are not exchanged for money."
    ),
    N_(
        "5. Your data. Your account, contacts and messages are kept in the database of this platform, are shown to no "
        "other account, and are exported or erased on your request within a month."
    ),
    N_(
        "6. Your password. It is stored so that nobody can read it. Keep it to yourself: what is done with it is yours."
    ),
)


def terms() -> str:
    """The terms in the current language."""
    return "\n\n".join(_(paragraph) for paragraph in PARAGRAPHS)
