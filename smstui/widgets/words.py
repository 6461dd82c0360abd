"""Words on a page."""

from textual.content import Content
from textual.widgets import Static


class Words(Static):
    """Text that is never markup; the page is laid out anew only when it changes."""

    def __init__(
        self,
        content: Content | str = "",
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 (Textual's name)
        classes: str | None = None,
    ) -> None:
        super().__init__(content, name=name, id=id, classes=classes, markup=False)

    def update(self, content: object = "", *, layout: bool = True) -> None:
        """Show `content`; nothing happens when it is there."""
        if not _is_same(self.content, content):
            super().update(content, layout=layout)  # type: ignore[arg-type]


def _is_same(shown: object, content: object) -> bool:
    if isinstance(shown, Content) and isinstance(content, Content):
        return shown.is_same(content)
    return isinstance(shown, str) and isinstance(content, str) and shown == content
