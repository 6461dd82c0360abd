"""Screens whose keys are described in the language of the person."""

from dataclasses import replace
from pathlib import Path
from typing import Generic

from textual.binding import ActiveBinding
from textual.screen import ModalScreen, Screen, ScreenResultType

from smstui.i18n import _


class TranslatedScreen(Screen[ScreenResultType], Generic[ScreenResultType]):
    """A screen whose bindings are written as message ids and shown translated: footer, help and palette."""

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """What the keys do at this moment, described in the current language."""
        return {
            key: active._replace(binding=replace(active.binding, description=_(active.binding.description)))
            if active.binding.description
            else active
            for key, active in super().active_bindings.items()
        }


class TranslatedModal(TranslatedScreen[ScreenResultType], ModalScreen[ScreenResultType], Generic[ScreenResultType]):
    """The same for a screen that stands in front of another, with the look of its `.dialog`."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
