"""What keys are called, in the language of the person."""

from smstui.i18n import N_, _

KEY_NAMES = {
    "esc": N_("Esc"),
    "tab": N_("Tab"),
    "shift+tab": N_("Shift+Tab"),
    "space": N_("Space"),
    "home": N_("Home"),
    "end": N_("End"),
    "pgup": N_("PgUp"),
    "pgdn": N_("PgDn"),
    "delete": N_("Del"),
    "del": N_("Del"),
    "backspace": N_("Backspace"),
}
"""Textual's short names of keys, and ours: message ids."""


def key_name(short: str) -> str:
    """The name of the key that Textual shows as `short`: "Esc", "F1", "^P", "n"."""
    if short in KEY_NAMES:
        return _(KEY_NAMES[short])
    return short.upper() if len(short) > 1 else short
