"""What a terminal shows while it is too small for the pages."""

from textual.widgets import Static

from smstui.i18n import _

SMALLEST_WIDTH = 80
SMALLEST_HEIGHT = 24


class TooSmall(Static):
    """One sentence over the whole screen; what is under it stays as it was."""

    def __init__(self) -> None:
        super().__init__(
            _("The terminal is too small: at least {width}×{height} characters are needed. Nothing is lost.").format(
                width=SMALLEST_WIDTH, height=SMALLEST_HEIGHT
            ),
            markup=False,
        )
